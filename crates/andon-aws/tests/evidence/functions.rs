//! Lambda: the log of a function that never answered.

use super::*;

fn silent() -> Failure {
    let mut failure = failure("Lambda", "");
    failure.result.as_mut().unwrap().summary =
        Some("The AWS Lambda function smoke-test failed to return a result. Check the function.".to_owned());
    failure
}

#[tokio::test]
async fn the_log_of_a_function_that_never_answered_is_read() {
    let world = World::new();
    let started: jiff::Timestamp = STARTED.parse().unwrap();
    let at = |seconds: i64| started.as_millisecond() + 1000 * seconds;
    world.aws.append_log(
        "/aws/lambda/smoke-test",
        "2026/11/20/[$LATEST]1",
        [
            (at(-3600), "Task timed out after 1.00 seconds, an hour before\n".to_owned()),
            (at(1), "START RequestId: 7 Version: $LATEST\n".to_owned()),
            (at(61), "2026-11-20T09:01:01.000Z 7 Task timed out after 60.00 seconds\n".to_owned()),
        ],
    );
    let found = world.gather(&silent()).await;
    let cause = cause(&found);
    assert!(cause.iter().any(|line| line.contains("timed out after 60.00 seconds")), "{cause:?}");
    assert!(!text(&found).contains("an hour before"));
    assert_eq!(world.operations(), ["FilterLogEvents"]);
}

#[tokio::test]
async fn a_function_that_said_why_is_asked_nothing() {
    let world = World::new();
    let mut failure = silent();
    failure.result.as_mut().unwrap().summary = Some("Three of twelve pages answer 500".to_owned());
    assert_eq!(world.gather(&failure).await.missing, Vec::<String>::new());
    assert_eq!(world.operations(), Vec::<String>::new());
}
