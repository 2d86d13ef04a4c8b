//! The commands that read logs and act on runs, against stand-ins of CodePipeline, CodeBuild and CloudWatch Logs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::account::{Account, MOTO};
use support::{Ended, events};
use test_support::fault::Fault;
use test_support::stand_in::Aws;

/// The run of mobile-bff that waits for its approval.
const WAITS: &str = "mobile-bff";
/// The run of orders-fulfilment that failed.
const FAILED: &str = "orders-fulfilment";
/// The run of data-lake-etl that goes on.
const RUNS: &str = "data-lake-etl";

/// An account with Andon, and with the pipelines that it knows of.
struct World {
    account: Account,
    aws: Aws,
}

impl World {
    /// `account_id` is the account of the pipelines.
    fn new(account_id: &str) -> Self {
        let account = Account::empty();
        account.deploy("andon");
        let runs = ["deploy-failed-parallel", "in-progress", "running"];
        account.record("andon", runs.into_iter().flat_map(events).map(|event| in_account(&event, account_id)));
        let aws = Aws::start().unwrap();
        let world = Self { account, aws };
        for (pipeline, status) in [(WAITS, "InProgress"), (FAILED, "Failed"), (RUNS, "InProgress")] {
            world.run_is(pipeline, status);
        }
        let state = |stage: &str, status: &str, pipeline: &str, actions: Value| {
            json!({"pipelineName": pipeline, "stageStates": [{
                "stageName": stage, "latestExecution": {"pipelineExecutionId": id(pipeline), "status": status},
                "actionStates": actions,
            }]})
        };
        let waiting =
            json!([{"actionName": "ApproveRelease", "latestExecution": {"status": "InProgress", "token": "t-1"}}]);
        world.aws.set_pipeline_state(state("Release", "InProgress", WAITS, waiting));
        world.aws.set_pipeline_state(state("DeployWarehouses", "Failed", FAILED, json!([])));
        world
    }

    fn run_is(&self, pipeline: &str, status: &str) {
        let summary = json!({
            "pipelineExecutionId": id(pipeline), "status": status, "startTime": 1_795_000_000, "lastUpdateTime": 1_795_000_000,
        });
        self.aws.put_execution(pipeline, summary);
    }

    /// Says how the build of the running pipeline stands.
    fn build_is(&self, status: &str) {
        self.aws.put_action(RUNS, json!({
            "pipelineExecutionId": id(RUNS), "actionExecutionId": "a-1", "pipelineVersion": 1,
            "stageName": "Build", "actionName": "Transform", "status": status,
            "startTime": 1_795_000_100, "lastUpdateTime": 1_795_000_130,
            "input": {"actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}},
            "output": {"executionResult": {"externalExecutionId": "etl:1"}},
        }));
        self.aws.put_build(json!({
            "id": "etl:1", "logs": {"groupName": "/aws/codebuild/etl", "streamName": "1"},
        }));
    }

    fn writes(&self, lines: impl IntoIterator<Item = String>) {
        self.aws.append_log("/aws/codebuild/etl", "1", lines.into_iter().map(|line| (0, line)));
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
        let url = self.aws.url();
        let mut all = vec![
            ("AWS_ENDPOINT_URL_CODEPIPELINE", url.as_str()),
            ("AWS_ENDPOINT_URL_CODEBUILD", &url),
            ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &url),
        ];
        all.extend(set);
        self.account.run_with(arguments, &all)
    }

    /// The input of the last request for an operation.
    fn asked(&self, operation: &str) -> Option<Value> {
        let calls = self.aws.requests();
        calls.iter().rev().find(|call| call.operation == operation).map(|call| call.body.clone())
    }
}

fn id(pipeline: &str) -> String {
    let file = match pipeline {
        WAITS => "running",
        FAILED => "deploy-failed-parallel",
        _ => "in-progress",
    };
    let all = events(file);
    let event = all.iter().find(|event| event["detail"]["pipeline"] == pipeline).unwrap();
    event["detail"]["execution-id"].as_str().unwrap().to_owned()
}

/// The event as one of another account.
fn in_account(event: &Value, account: &str) -> Value {
    serde_json::from_str(&event.to_string().replace("111122223333", account)).unwrap()
}

#[test]
fn an_approval_is_given_once_with_the_name_of_who_gave_it() {
    let world = World::new(MOTO);
    let unasked = world.run(&["approve", WAITS]);
    assert_eq!(unasked.code, 2);
    assert!(unasked.out.contains("Approve ApproveRelease of mobile-bff, run"), "{}", unasked.out);
    assert!(unasked.err.ends_with("pass --yes\n"), "{}", unasked.err);
    let other = world.run(&["approve", WAITS, "--yes", "--run", "0000"]);
    assert!(other.err.contains("has moved on"), "{}", other.err);
    assert_eq!(world.asked("PutApprovalResult"), None, "nothing was done");
    let given = world.run(&["approve", WAITS, "--yes", "--comment", "Prices checked"]);
    assert_eq!((given.code, given.err.as_str()), (0, ""));
    let told = world.asked("PutApprovalResult").unwrap();
    let summary = told["result"]["summary"].as_str().unwrap();
    assert!(summary.starts_with("By arn:aws:") && summary.ends_with("with andon: Prices checked"), "{summary}");
    let again = world.run(&["approve", WAITS, "--yes"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already been answered"), "{}", again.err);
}

#[test]
fn a_rejection_needs_a_reason() {
    let world = World::new(MOTO);
    let without = world.run(&["reject", WAITS, "--yes"]);
    assert!(without.code == 2 && without.err.contains("--reason"), "{}", without.err);
    assert_eq!(world.run(&["reject", WAITS, "--yes", "--reason", "Old prices"]).code, 0);
    assert_eq!(world.asked("PutApprovalResult").unwrap()["result"]["status"], "Rejected");
}

#[test]
fn what_failed_is_retried_and_what_runs_is_stopped() {
    let world = World::new(MOTO);
    let retried = world.run(&["retry", FAILED, "--yes"]);
    assert_eq!((retried.code, retried.err.as_str()), (0, ""));
    insta::assert_snapshot!(retried.out.replace(MOTO, "ACCOUNT"));
    assert_eq!(world.asked("RetryStageExecution").unwrap()["stageName"], "DeployWarehouses");
    let nothing = world.run(&["retry", WAITS, "--yes"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("the latest run has not failed"), "{}", nothing.err);
    assert_eq!(world.run(&["stop", RUNS, "--yes", "--reason", "wrong branch"]).code, 0);
    assert!(world.asked("StopPipelineExecution").unwrap()["reason"].as_str().unwrap().ends_with("wrong branch"));
    let again = world.run(&["stop", RUNS, "--yes"]);
    assert!(again.code == 2 && again.err.contains("is being stopped"), "{}", again.err);
    world.aws.inject("RetryStageExecution", Fault::error(400, "AccessDeniedException", "not authorized to perform"));
    let denied = world.run(&["retry", FAILED, "--yes"]);
    assert!(denied.code == 2 && denied.err.contains("codepipeline:RetryStageExecution"), "{}", denied.err);
}

#[test]
fn a_pipeline_of_another_account_takes_a_way_there() {
    let world = World::new("444455556666");
    let none = world.run(&["retry", FAILED, "--yes"]);
    assert_eq!(none.code, 2);
    insta::assert_snapshot!(none.err);
    let config = tempfile::NamedTempFile::new().unwrap();
    let profile = |name: &str| format!("[profile {name}]\nsso_account_id = 444455556666\n");
    std::fs::write(config.path(), profile("ops") + &profile("dev")).unwrap();
    let set = [("AWS_CONFIG_FILE", config.path().to_str().unwrap())];
    let several = world.run_with(&["logs", FAILED], &set);
    assert_eq!(several.code, 2);
    assert!(several.err.contains("pass --profile with one of: ops, dev"), "{}", several.err);
    let role = ["retry", FAILED, "--yes", "--role-arn", "arn:aws:iam::444455556666:role/ops"];
    let assumed = world.run(&role);
    assert_eq!((assumed.code, assumed.err.as_str()), (0, ""));
    assert!(world.asked("RetryStageExecution").is_some());
}

#[test]
fn a_log_is_printed_without_secrets_and_without_what_steers_the_terminal() {
    let world = World::new(MOTO);
    world.build_is("InProgress");
    world.writes(["\u{1b}[32mok\u{1b}[0m first\n".to_owned(), "\u{1b}[2Jsecond\r\n".to_owned()]);
    world.writes(["export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n".to_owned()]);
    let ended = world.run(&["logs", RUNS]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.starts_with("ok first\nsecond\nexport"), "{}", ended.out);
    assert!(!ended.out.contains("wJalrXUtnFEMI"), "{}", ended.out);
    let unknown = world.run(&["logs", RUNS, "--action", "Nothing"]);
    assert!(unknown.err.contains("has no action Nothing; it has: Build/Transform"), "{}", unknown.err);
    let failed = world.run(&["logs", RUNS, "--failed"]);
    assert!(failed.code == 2 && failed.err.contains("has no failed action with a log"), "{}", failed.err);
}

#[test]
fn the_lines_around_the_cause_are_what_failed_shows() {
    let world = World::new(MOTO);
    world.build_is("Failed");
    world.writes((0..200).map(|number| format!("compiling module {number}\n")));
    world.writes(["error[E0308]: mismatched types\n".to_owned(), "  --> src/lib.rs:88:42\n".to_owned()]);
    world.writes(["error: could not compile `etl` (lib) due to 1 previous error\n".to_owned()]);
    let ended = world.run(&["logs", RUNS, "--failed"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("mismatched types") && !ended.out.contains("module 100"), "{}", ended.out);
}

#[test]
fn a_log_that_is_gone_is_said_to_be() {
    let world = World::new(MOTO);
    world.build_is("Succeeded");
    let ended = world.run(&["logs", RUNS]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("the log stream 1 of /aws/codebuild/etl does not exist, or no longer"), "{}", ended.err);
}

#[test]
fn a_running_build_is_followed_to_its_end_and_no_line_is_lost_or_comes_twice() {
    let world = World::new(MOTO);
    world.build_is("InProgress");
    let lines = |from: usize, to: usize| (from..to).map(|number| format!("line {number}\n"));
    world.writes(lines(0, 50));
    let ended = std::thread::scope(|scope| {
        let followed = scope.spawn(|| world.run(&["logs", "-f", RUNS, "--pace", "50"]));
        for part in 0..10 {
            std::thread::sleep(Duration::from_millis(100));
            for _ in 0..2 {
                world.aws.inject("GetLogEvents", Fault::Close);
            }
            world.writes(lines(50 + part * 30, 80 + part * 30));
        }
        world.build_is("Succeeded");
        // The last lines come late.
        world.writes(lines(350, 360));
        std::thread::sleep(Duration::from_millis(300));
        world.run_is(RUNS, "Succeeded");
        followed.join().unwrap()
    });
    assert_eq!(ended.code, 0, "{}", ended.err);
    let expected: String = lines(0, 360).collect();
    assert_eq!(ended.out, expected);
}
