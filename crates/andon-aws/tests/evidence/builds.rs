//! CodeBuild: phases and the log.

use serde_json::{Value, json};
use test_support::fault::Fault;

use super::*;

const ID: &str = "fd90c10e-e934-4f16-a125-5e3012cc15ec";
const BUILD: &str = "web-tests:fd90c10e-e934-4f16-a125-5e3012cc15ec";
const GROUP: &str = "/aws/codebuild/web-tests";

const COMPILER: [&str; 5] = [
    "[Container] 2026/11/20 09:04:10.000000 Running command cargo build --locked\n",
    "   Compiling web v0.1.0 (/codebuild/output/src1/src)\n",
    "error[E0425]: cannot find value `basket` in this scope\n",
    "  --> src/checkout.rs:41:17\n",
    "error: could not compile `web` (bin \"web\") due to 1 previous error\n",
];

const END: [&str; 3] = [
    "[Container] 2026/11/20 09:04:12.000000 Command did not exit successfully cargo build --locked exit status 101\n",
    "[Container] 2026/11/20 09:04:12.000000 Phase complete: BUILD State: FAILED\n",
    "[Container] 2026/11/20 09:04:12.000000 Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: cargo build --locked. Reason: exit status 101\n",
];

fn build(logs: &Value) -> Value {
    json!({
        "id": BUILD, "arn": format!("arn:aws:codebuild:eu-west-1:111122223333:build/{BUILD}"),
        "buildStatus": "FAILED", "currentPhase": "COMPLETED", "projectName": "web-tests",
        "phases": [
            { "phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED" },
            { "phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{
                "statusCode": "COMMAND_EXECUTION_ERROR",
                "message": "Error while executing command: cargo build --locked. Reason: exit status 101",
            }] },
            { "phaseType": "POST_BUILD", "phaseStatus": "SUCCEEDED", "contexts": [{ "statusCode": "", "message": "" }] },
            { "phaseType": "COMPLETED" },
        ],
        "logs": logs,
    })
}

fn logs() -> Value {
    json!({ "groupName": GROUP, "streamName": ID, "cloudWatchLogs": { "status": "ENABLED" } })
}

/// A build that failed, with so many lines before and after the cause.
fn world(before: usize, after: usize) -> World {
    let world = World::new();
    world.aws.put_build(build(&logs()));
    let compiler = COMPILER.map(str::to_owned);
    let end = END.map(str::to_owned);
    world.aws.append_log(GROUP, ID, lines(chatter(before).chain(compiler).chain(chatter(after)).chain(end)));
    world
}

fn failed() -> Failure {
    failure("CodeBuild", BUILD)
}

fn names_the_cause(found: &Found) {
    let cause = cause(found);
    assert!(cause.iter().any(|line| line.contains("cannot find value `basket`")), "{cause:?}");
}

#[tokio::test]
async fn phases_and_log_are_had_in_one_round_trip() {
    let world = world(20, 0);
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert_eq!(found.evidence.phases.len(), 1);
    assert_eq!(found.evidence.phases[0].phase, "BUILD");
    assert_eq!(found.evidence.phases[0].status, "COMMAND_EXECUTION_ERROR");
    assert!(!found.evidence.truncated_at_start);
    assert_eq!(found.missing, Vec::<String>::new());
    assert_eq!(world.operations(), ["BatchGetBuilds", "GetLogEvents"]);
    assert_eq!(world.round_trips(&failed()).await, 1);
}

#[tokio::test]
async fn a_cause_in_the_logs_end_spares_reading_its_beginning() {
    let world = world(9000, 100);
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert!(found.evidence.truncated_at_start);
    assert_eq!(world.calls("GetLogEvents").len(), 1);
    assert!(!text(&found).contains("package 5000 of"));
}

#[tokio::test]
async fn a_cause_further_up_is_found_on_the_page_before() {
    let world = world(50, 4000);
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert!(!found.evidence.truncated_at_start);
    assert_eq!(world.operations(), ["BatchGetBuilds", "GetLogEvents", "GetLogEvents"]);
}

#[tokio::test]
async fn a_log_without_a_cause_is_read_to_its_beginning_and_no_further() {
    let world = World::new();
    world.aws.put_build(build(&logs()));
    world.aws.append_log(GROUP, ID, lines(chatter(3000)));
    let found = world.gather(&failed()).await;
    assert!(!found.evidence.truncated_at_start);
    assert_eq!(found.evidence.log.len(), 3000);
    assert!(world.operations().len() <= 4, "{:?}", world.operations());
    assert_eq!(found.missing, Vec::<String>::new());
}

#[tokio::test]
async fn a_log_that_a_project_keeps_elsewhere_is_read_there() {
    let world = World::new();
    world.aws.put_build(build(&json!({ "groupName": "/build", "streamName": format!("tests/{ID}") })));
    world.aws.append_log("/build", &format!("tests/{ID}"), lines(COMPILER));
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert_eq!(found.missing, Vec::<String>::new());
    assert_eq!(world.operations(), ["BatchGetBuilds", "GetLogEvents", "GetLogEvents"]);
}

#[tokio::test]
async fn a_log_of_another_stream_is_never_taken_for_the_builds_own() {
    let world = world(0, 0);
    world.aws.put_build(build(&json!({ "groupName": "/build", "streamName": "gone" })));
    let found = world.gather(&failed()).await;
    assert!(found.evidence.log.is_empty());
    assert_eq!(found.missing, ["The log stream gone of /build no longer exists"]);
}

#[tokio::test]
async fn of_a_batch_the_build_that_failed_is_read() {
    let world = World::new();
    let other = "0f2d1a52-1d0e-4f16-a125-5e3012cc15ec";
    let summary = |status: &str, id: &str| {
        json!({ "currentBuildSummary": {
            "arn": format!("arn:aws:codebuild:eu-west-1:111122223333:build/web-tests:{id}"), "buildStatus": status,
        } })
    };
    world.aws.put_build_batch(json!({
        "id": BUILD, "buildBatchStatus": "FAILED", "projectName": "web-tests",
        "phases": [{ "phaseType": "IN_PROGRESS", "phaseStatus": "FAILED" }],
        "buildGroups": [summary("SUCCEEDED", "11111111-1d0e-4f16-a125-5e3012cc15ec"), summary("FAILED", other)],
    }));
    world.aws.append_log(GROUP, other, lines(COMPILER));
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert_eq!(world.operations(), ["BatchGetBuildBatches", "BatchGetBuilds", "GetLogEvents", "GetLogEvents"]);
}

const REPORT: &str = "arn:aws:codebuild:eu-west-1:111122223333:report/web-tests-unit:fd90c10e";

/// A build with a report in which so many test cases failed.
fn with_report(world: &World, failed: u64) {
    let mut build = build(&logs());
    build["reportArns"] = json!([REPORT]);
    world.aws.put_build(build);
    let report = json!({
        "arn": REPORT, "type": "TEST", "name": "unit", "status": if failed > 0 { "FAILED" } else { "SUCCEEDED" },
        "testSummary": { "total": 40, "statusCounts": { "SUCCEEDED": 40 - failed, "FAILED": failed } },
    });
    let case = |at: u64| {
        json!({
            "reportArn": REPORT, "prefix": "shop.BasketTest", "name": format!("total{at}"), "status": "FAILED",
            "message": "java.lang.AssertionError: expected:<30> but was:<29>",
        })
    };
    let passed = json!({ "reportArn": REPORT, "name": "empty", "status": "SUCCEEDED", "message": "" });
    world.aws.put_report(report, std::iter::once(passed).chain((0..failed).map(case)).collect());
}

#[tokio::test]
async fn failing_test_cases_are_named_by_the_builds_report_where_the_log_is_silent() {
    let world = World::new();
    with_report(&world, 7);
    world.aws.append_log(GROUP, ID, lines(END));
    let found = world.gather(&failed()).await;
    assert_eq!(found.missing, Vec::<String>::new());
    assert_eq!(
        found.evidence.messages.first().map(|message| message.text.as_str()),
        Some("Test failed: shop.BasketTest.total0: java.lang.AssertionError: expected:<30> but was:<29>")
    );
    assert_eq!(
        found.evidence.messages.last().map(|message| message.text.as_str()),
        Some("7 of 40 tests failed in the report unit")
    );
    assert_eq!(found.evidence.messages.len(), 6);
    let diagnosis = diagnosis(&found);
    assert!(diagnosis.cause.iter().any(|line| line.text.contains("BasketTest")), "{diagnosis:#?}");
    assert_eq!(diagnosis.category.as_str(), "test");
    assert_eq!(world.operations(), ["BatchGetBuilds", "BatchGetReports", "DescribeTestCases", "GetLogEvents"]);
}

#[tokio::test]
async fn a_report_without_a_failure_leaves_the_log_to_be_read() {
    let world = world(20, 0);
    with_report(&world, 0);
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert_eq!((found.missing, found.evidence.messages.len()), (vec![], 0));
    assert_eq!(world.operations(), ["BatchGetBuilds", "BatchGetReports", "GetLogEvents"]);
}

#[tokio::test]
async fn a_report_that_may_not_be_read_is_named_with_what_it_takes() {
    let world = world(20, 0);
    with_report(&world, 3);
    world.deny("BatchGetReports");
    let found = world.gather(&failed()).await;
    names_the_cause(&found);
    assert_eq!(found.missing, ["The notifier's role lacks codebuild:BatchGetReports on web-tests-unit"]);
}

#[tokio::test]
async fn a_project_without_a_log_says_so_and_tells_its_phases() {
    let world = World::new();
    world.aws.put_build(build(&json!({ "cloudWatchLogs": { "status": "DISABLED" } })));
    let found = world.gather(&failed()).await;
    assert_eq!(found.evidence.phases.len(), 1);
    assert_eq!(found.missing, ["The project web-tests writes no log to CloudWatch, so only its phases are known"]);
}

#[tokio::test]
async fn a_stream_that_is_gone_leaves_the_phases() {
    let world = World::new();
    world.aws.put_build(build(&logs()));
    let found = world.gather(&failed()).await;
    assert_eq!(found.evidence.phases.len(), 1);
    assert_eq!(found.missing, [format!("The log stream {ID} of {GROUP} no longer exists")]);
}

#[tokio::test]
async fn a_build_that_is_gone_is_said_to_be() {
    let world = World::new();
    let found = world.gather(&failed()).await;
    assert_eq!(
        found.missing,
        [format!("The build {BUILD} no longer exists"), format!("The log stream {ID} of {GROUP} no longer exists")]
    );
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named_with_what_it_is_for() {
    let of_log = "The notifier's role lacks logs:GetLogEvents on /aws/codebuild/web-tests";
    let of_build = "The notifier's role lacks codebuild:BatchGetBuilds on web-tests";

    let world = world(10, 0);
    world.deny("GetLogEvents");
    let found = world.gather(&failed()).await;
    assert_eq!(found.missing, [of_log]);
    assert_eq!(found.evidence.phases.len(), 1);

    world.aws.clear_faults();
    world.deny("BatchGetBuilds");
    let found = world.gather(&failed()).await;
    assert_eq!(found.missing, [of_build]);
    names_the_cause(&found);

    world.deny("GetLogEvents");
    assert_eq!(world.gather(&failed()).await.missing, [of_build, of_log]);
}

#[tokio::test]
async fn what_is_refused_for_a_moment_is_asked_for_again() {
    for fault in [Fault::throttled(), Fault::unavailable(), Fault::Close] {
        let world = world(10, 0);
        world.aws.inject("GetLogEvents", fault.clone());
        let found = world.gather(&failed()).await;
        assert_eq!(found.missing, Vec::<String>::new(), "{fault:?}");
        names_the_cause(&found);
        assert_eq!(world.calls("GetLogEvents").len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn an_api_that_is_throttled_for_good_is_named() {
    let world = world(10, 0);
    world.aws.inject_always("GetLogEvents", Fault::throttled());
    let found = world.gather(&failed()).await;
    assert_eq!(found.missing, [format!("CloudWatch Logs throttled reading the log stream {ID} of {GROUP}")]);
    assert_eq!(world.calls("GetLogEvents").len(), 2);
}

#[tokio::test]
async fn any_log_at_all_can_be_read() {
    let long = "x".repeat(250_000);
    for log in [
        vec![],
        vec![String::new(), "\n".to_owned(), "\r\r\r\n".to_owned()],
        vec!["\u{0}\u{1b}[31m\u{fffd}\u{202e}\u{7}".to_owned()],
        vec![format!("{long}{long}{long}{long}")],
        (0..40).map(|_| long.clone()).collect(),
        (0..9000).map(|at| format!("\r{at}%")).collect(),
    ] {
        let world = World::new();
        world.aws.put_build(build(&logs()));
        world.aws.append_log(GROUP, ID, lines(log));
        let found = world.gather(&failed()).await;
        diagnosis(&found);
        assert!(text(&found).len() <= 1024 * 1024 + 1);
    }
}

#[tokio::test]
async fn what_is_in_another_account_is_not_asked_for() {
    let world = world(10, 0);
    let mut pipeline = pipeline();
    pipeline.home.account = account("444455556666");
    let found = world.evidence.gather(&pipeline, &failed()).await;
    assert_eq!(found.missing, ["The build is in account 444455556666, where Andon has no role"]);
    assert!(found.evidence.log.is_empty());
    assert_eq!(world.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_region_of_the_action_is_asked_or_else_the_pipelines_own() {
    let world = world(10, 0);
    let mut elsewhere = failed();
    elsewhere.region = Some(Region::parse("us-east-1").unwrap());
    names_the_cause(&world.gather(&elsewhere).await);
    elsewhere.region = None;
    names_the_cause(&world.gather(&elsewhere).await);
    let regions: Vec<String> = world.aws.requests().into_iter().map(|call| call.region).collect();
    assert_eq!(regions, ["us-east-1", "us-east-1", "eu-west-1", "eu-west-1"]);
}

#[tokio::test]
async fn an_action_that_never_came_to_a_build_is_asked_about_nowhere() {
    let world = World::new();
    let mut failure = failed();
    failure.result = None;
    let found = world.gather(&failure).await;
    assert_eq!((found.missing, found.evidence.log.len()), (vec![], 0));
    assert_eq!(world.operations(), Vec::<String>::new());
}
