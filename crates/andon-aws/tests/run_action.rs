//! Retrying, answering and stopping, asked over HTTP of a stand-in for CodePipeline; and the code that is said before.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod loopback;

use andon::name::{AccountId, ActionName, ExecutionId, PipelineId, PipelineName, StageName};
use andon::run_action::{ActionError, ActionErrorKind, Approval, Passcode, PipelineActions, PlannedAction, Step};
use andon::secret::SecretRef;
use andon_aws::run_action::CodePipelineActions;
use andon_aws::secret::Secrets;
use loopback::Server;
use serde_json::{Value, json};
use test_support::aws;
use test_support::fault::Fault;
use test_support::stand_in::Aws;

const REGION: &str = "eu-west-1";
const RUN: &str = "7b1f4a52-1d0e-4c1f-9a39-0a3f0a8f0001";
const EARLIER: &str = "7b1f4a52-1d0e-4c1f-9a39-0a3f0a8f0000";
const TOKEN: &str = "5d8f1f7e-8f0a-4b39-8a0e-6f7d5a3c2b1a";

/// A pipeline whose Build failed in the latest run, whose Prod waits for an approval in it.
fn world() -> (Aws, CodePipelineActions) {
    let aws = Aws::start().unwrap();
    let stage = |name: &str, run: &str, status: &str, actions: Value| {
        json!({
            "stageName": name, "actionStates": actions,
            "latestExecution": { "pipelineExecutionId": run, "status": status },
        })
    };
    let action = |name: &str, token: Option<&str>| {
        let mut latest = json!({ "actionExecutionId": format!("{name}-1"), "status": "InProgress" });
        if let Some(token) = token {
            latest["token"] = json!(token);
        }
        json!({ "actionName": name, "latestExecution": latest })
    };
    aws.set_pipeline_state(json!({ "pipelineName": "web", "pipelineVersion": 1, "stageStates": [
        stage("Build", RUN, "Failed", json!([])),
        stage("Test", EARLIER, "Failed", json!([])),
        stage("Prod", RUN, "InProgress", json!([action("Smoke", None), action("SignOff", Some(TOKEN))])),
    ]}));
    for (id, status) in [(EARLIER, "Succeeded"), (RUN, "InProgress")] {
        aws.put_execution("web", json!({ "pipelineExecutionId": id, "status": status, "startTime": 1_767_225_600 }));
    }
    let actions = CodePipelineActions::new(&aws::config(&aws.url(), REGION));
    actions.belongs_to(&andon::testing::home().account);
    (aws, actions)
}

fn stage(name: &str) -> StageName {
    StageName::parse(name).unwrap()
}

fn approval(action: Option<&str>) -> Approval {
    Approval { stage: stage("Prod"), action: action.map(|name| ActionName::parse(name).unwrap()) }
}

fn order(step: Step) -> PlannedAction {
    let pipeline = PipelineId { home: andon::testing::home(), name: PipelineName::parse("web").unwrap() };
    PlannedAction { pipeline, execution: ExecutionId::parse(RUN).unwrap(), step }
}

/// What is asked of CodePipeline, without what every client adds.
fn asked(aws: &Aws) -> Vec<(String, Value)> {
    aws.take_requests().into_iter().map(|call| (call.operation, call.body)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_stage_is_retried_where_it_failed() {
    let (aws, actions) = world();
    actions.carry_out(&order(Step::Retry(stage("Build"))), "by voice").await.unwrap();
    let retry = json!({ "pipelineName": "web", "stageName": "Build", "pipelineExecutionId": RUN, "retryMode": "FAILED_ACTIONS" });
    assert_eq!(asked(&aws), [("RetryStageExecution".to_owned(), retry)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_answered_with_the_token_that_codepipeline_gives_for_this_run() {
    for named in [None, Some("SignOff")] {
        let (aws, actions) = world();
        actions.carry_out(&order(Step::Approve(approval(named))), &"é".repeat(600)).await.unwrap();
        let calls = asked(&aws);
        assert_eq!(calls[0].0, "GetPipelineState");
        assert_eq!(calls[1].0, "PutApprovalResult");
        assert_eq!((&calls[1].1["actionName"], &calls[1].1["token"]), (&json!("SignOff"), &json!(TOKEN)));
        assert_eq!(calls[1].1["result"]["status"], "Approved");
        assert_eq!(calls[1].1["result"]["summary"].as_str().unwrap().chars().count(), 512);
    }
    let (aws, actions) = world();
    let other = actions.carry_out(&order(Step::Approve(approval(Some("Smoke")))), "by voice").await.unwrap_err();
    assert_eq!(other.why, ActionErrorKind::Answered, "what was named does not wait");
    assert_eq!(asked(&aws).len(), 1, "and nothing else is approved in its place");
    let (aws, actions) = world();
    actions.carry_out(&order(Step::Reject(approval(None))), "by voice").await.unwrap();
    assert_eq!(asked(&aws)[1].1["result"], json!({ "status": "Rejected", "summary": "by voice" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_stopped_after_the_actions_that_are_at_work() {
    let (aws, actions) = world();
    actions.carry_out(&order(Step::Stop), "by voice").await.unwrap();
    let stop = json!({ "pipelineName": "web", "pipelineExecutionId": RUN, "reason": "by voice" });
    assert_eq!(asked(&aws), [("StopPipelineExecution".to_owned(), stop)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_another_run_is_left_alone() {
    let (aws, actions) = world();
    let other =
        PlannedAction { execution: ExecutionId::parse(EARLIER).unwrap(), ..order(Step::Approve(approval(None))) };
    let refused = actions.carry_out(&other, "by voice").await.unwrap_err();
    assert_eq!(refused.why, ActionErrorKind::Answered);
    assert_eq!(asked(&aws).len(), 1, "nothing but a look");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_of_another_account_is_never_taken_for_the_one_here() {
    let (aws, actions) = world();
    let mut foreign = order(Step::Stop);
    foreign.pipeline.home.account = AccountId::parse("999999999999").unwrap();
    let refused = actions.carry_out(&foreign, "by voice").await.unwrap_err();
    assert_eq!(refused.why, ActionErrorKind::Forbidden);
    assert!(asked(&aws).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_codepipeline_refuses_is_told_with_what_to_do() {
    let (aws, actions) = world();
    let mut told: Vec<String> = Vec::new();
    let mut tell = |refused: Result<(), ActionError>| {
        let refused = refused.unwrap_err();
        told.push(format!("{:?}: {refused}", refused.why));
    };
    tell(actions.carry_out(&order(Step::Retry(stage("Prod"))), "").await);
    tell(actions.carry_out(&order(Step::Retry(stage("Test"))), "").await);
    tell(actions.carry_out(&order(Step::Retry(stage("Gone"))), "").await);
    actions.carry_out(&order(Step::Approve(approval(None))), "yes").await.unwrap();
    tell(actions.carry_out(&order(Step::Reject(approval(None))), "no").await);
    actions.carry_out(&order(Step::Stop), "").await.unwrap();
    tell(actions.carry_out(&order(Step::Stop), "").await);
    for (operation, code, step) in [
        ("PutApprovalResult", "InvalidApprovalTokenException", Step::Approve(approval(None))),
        ("GetPipelineState", "PipelineNotFoundException", Step::Approve(approval(None))),
        ("RetryStageExecution", "ConcurrentPipelineExecutionsLimitExceededException", Step::Retry(stage("Build"))),
        ("RetryStageExecution", "ConflictException", Step::Retry(stage("Build"))),
        ("StopPipelineExecution", "AccessDeniedException", Step::Stop),
        ("StopPipelineExecution", "SomethingNewException", Step::Stop),
    ] {
        aws.inject(operation, Fault::error(400, code, "as AWS says"));
        tell(actions.carry_out(&order(step), "").await);
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_right_or_wrong() {
    let store = Server::start(|_| ("200 OK", json!({ "Parameter": { "Value": "0471" } }).to_string())).await;
    let secrets = Secrets::new(&aws::config(&store.endpoint, REGION));
    let kept: SecretRef = "ssm:/andon/voice-code".parse().unwrap();
    assert!(secrets.is(&kept, "0471").await.unwrap());
    for wrong in ["0470", "471", "04711", "", "0471 ", "oops", "四七一一"] {
        assert!(!secrets.is(&kept, wrong).await.unwrap(), "{wrong}");
    }
    let calls = store.calls();
    assert_eq!(calls.len(), 1, "it is kept for a while");
    assert!(calls[0].operation.ends_with("GetParameter") && calls[0].region == "eu-west-1", "{calls:?}");
    assert_eq!(calls[0].body["Name"], "/andon/voice-code");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_code_is_told_and_never_shown() {
    let store = Server::start(|_| ("200 OK", json!({ "Parameter": { "Value": "swordfish" } }).to_string())).await;
    let secrets = Secrets::new(&aws::config(&store.endpoint, REGION));
    let unfit = secrets.is(&"ssm:/andon/voice-code".parse().unwrap(), "0000").await.unwrap_err();
    insta::assert_snapshot!(unfit, @"cannot check the code: ssm:/andon/voice-code does not hold 4 digits; store a code of 4 digits");
    let missing = secrets.is(&"env:ANDON_NO_SUCH_CODE".parse().unwrap(), "0000").await.unwrap_err();
    insta::assert_snapshot!(missing, @"cannot check the code: cannot fetch the secret env:ANDON_NO_SUCH_CODE: the environment variable is not set; in a deployed function use `ssm:` or `secretsmanager:`");
}
