//! An alert never waits long for evidence, whatever AWS does.

use serde_json::json;
use test_support::fault::Fault;

use super::*;

const ID: &str = "fd90c10e-e934-4f16-a125-5e3012cc15ec";
const GROUP: &str = "/aws/codebuild/web-tests";

const OPERATIONS: [&str; 16] = [
    "BatchGetBuilds",
    "BatchGetBuildBatches",
    "BatchGetReports",
    "DescribeTestCases",
    "GetLogEvents",
    "FilterLogEvents",
    "GetDeployment",
    "ListDeploymentTargets",
    "BatchGetDeploymentTargets",
    "DescribeStackEvents",
    "DescribeChangeSet",
    "DescribeServices",
    "ListTasks",
    "DescribeTasks",
    "GetPipeline",
    "GetPipelineState",
];

/// One failure of every kind that leads somewhere.
fn every_kind() -> Vec<Failure> {
    let build = format!("web-tests:{ID}");
    let mut silent = failure("Lambda", "");
    silent.result.as_mut().unwrap().summary =
        Some("The AWS Lambda function smoke-test failed to return a result.".to_owned());
    vec![
        failure("CodeBuild", &build),
        failure("Commands", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/codepipeline/web:log-stream:1/2"),
        failure("CodeDeploy", "d-89UY4MNR5"),
        failure("CloudFormation", "arn:aws:cloudformation:eu-west-1:111122223333:stack/web/1"),
        failure("CloudFormation", "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/web/1"),
        failure("ECS", "arn:aws:ecs:eu-west-1:111122223333:service/mobile/bff"),
        failure("ECS", "ecs-svc/1"),
        silent,
    ]
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_holds_up_no_alert() {
    for failure in every_kind() {
        let world = World::new();
        for operation in OPERATIONS {
            world.aws.inject_always(operation, Fault::Hang);
        }
        // The clock stands still but for what is waited for, so this is the bound itself and no measurement.
        let asked = tokio::time::Instant::now();
        let found = world.gather(&failure).await;
        assert!(asked.elapsed() <= Duration::from_secs(3), "{:?} {failure:?}", asked.elapsed());
        assert!(!found.missing.is_empty(), "{failure:?}");
    }
}

#[tokio::test]
async fn what_was_had_before_the_time_was_up_is_told() {
    let world = World::new();
    world.aws.append_log(
        GROUP,
        ID,
        lines(["error[E0425]: cannot find value `basket` in this scope\n", " --> src/a.rs:1:1\n"]),
    );
    world.aws.inject_always("BatchGetBuilds", Fault::Hang);
    let found = world.gather(&failure("CodeBuild", &format!("web-tests:{ID}"))).await;
    assert!(cause(&found)[0].contains("cannot find value `basket`"));
    assert_eq!(found.missing, [format!("CodeBuild did not return the build web-tests:{ID} in time")]);
}

#[tokio::test]
async fn no_failure_is_worth_more_than_four_calls() {
    for fault in [Fault::throttled(), Fault::unavailable(), Fault::Close, Fault::error(400, "ValidationError", "no")] {
        for failure in every_kind() {
            let world = World::new();
            for operation in OPERATIONS {
                world.aws.inject_always(operation, fault.clone());
            }
            let found = world.gather(&failure).await;
            assert!(!found.missing.is_empty(), "{fault:?} {failure:?}");
            assert!(world.operations().len() <= 4, "{fault:?} {failure:?}: {:?}", world.operations());
        }
    }
}

#[tokio::test]
async fn no_failure_is_worth_more_than_a_megabyte_of_log() {
    for length in [50, 600, 3000, 120_000] {
        let world = World::new();
        world
            .aws
            .put_build(json!({ "id": format!("web-tests:{ID}"), "logs": { "groupName": GROUP, "streamName": ID } }));
        let all = 4 * 1024 * 1024 / length;
        world.aws.append_log(
            GROUP,
            ID,
            lines((0..all).map(|at| format!("{at:08} {}", "all is well ".repeat(length / 12)))),
        );
        let found = world.gather(&failure("CodeBuild", &format!("web-tests:{ID}"))).await;
        let text = text(&found);
        assert!(text.len() <= 1024 * 1024, "{length}: {}", text.len());
        // It is the end that is kept.
        assert!(text.contains(&format!("{:08} ", all - 1)), "{length}");
        assert!(found.evidence.truncated_at_start, "{length}");
        assert!(world.operations().len() <= 4);
    }
}

#[tokio::test]
async fn a_failure_that_leads_nowhere_costs_nothing() {
    let world = World::new();
    for (provider, id) in
        [("S3", "s3://bucket"), ("Manual", ""), ("GitHub", "9cefcc253f4ad48c2117f28f4dfbff084b689be4")]
    {
        let found = world.gather(&failure(provider, id)).await;
        assert_eq!(found.missing, Vec::<String>::new());
    }
    assert_eq!(world.operations(), Vec::<String>::new());
}

/// Botocore's own description of the APIs judges what was asked and what the stand-in answered.
#[cfg(feature = "emulators")]
#[tokio::test]
async fn every_call_has_a_shape_that_aws_knows() {
    let world = World::new();
    for failure in every_kind() {
        world.gather(&failure).await;
    }
    let calls = world.aws.requests();
    assert!(calls.len() >= every_kind().len());
    assert_eq!(test_support::shapes::violations(&calls).unwrap(), Vec::<String>::new());
}
