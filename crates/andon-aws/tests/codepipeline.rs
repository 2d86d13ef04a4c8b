//! What CodePipeline's own lists tell, in the form in which it sends them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod loopback;

use andon::event::Attempt;
use andon::ledger::{Archive, ArchiveError, PastRun};
use andon::name::{AccountId, ExecutionId, Home, PipelineId, PipelineName, Region};
use andon::run::{Run, Status};
use andon_aws::codepipeline::CodePipelineArchive;
use loopback::{Call, Server};
use serde_json::{Value, json};
use test_support::aws;

fn archive(server: &Server) -> CodePipelineArchive {
    let config = aws::config(&server.endpoint, "eu-west-1");
    let archive = CodePipelineArchive::new(&config);
    archive.belongs_to(&andon::testing::home().account);
    archive
}

async fn answering(body: Value) -> Server {
    Server::start(move |_| ("200 OK", body.to_string())).await
}

fn pipeline() -> PipelineId {
    PipelineId { home: andon::testing::home(), name: PipelineName::parse("web").unwrap() }
}

fn execution(id: &str) -> ExecutionId {
    ExecutionId::parse(id).unwrap()
}

#[tokio::test]
async fn past_runs_are_listed_by_one_call() {
    let run = |id: &str, status: &str, start: f64| {
        json!({
            "pipelineExecutionId": id, "status": status, "startTime": start, "lastUpdateTime": start + 60.5,
            "sourceRevisions": [{"actionName": "Source", "revisionId": "9f1c2ab", "revisionSummary": "Fix"}],
            "trigger": {"triggerType": "Webhook", "triggerDetail": "arn:aws:codepipeline:x"},
            "executionMode": "SUPERSEDED", "executionType": "STANDARD",
        })
    };
    let server = answering(json!({
        "pipelineExecutionSummaries": [
            run("e-6", "InProgress", 1_763_600_500.0), run("e-5", "Stopping", 1_763_600_400.0),
            run("e-4", "Superseded", 1_763_600_300.0), run("e-3", "Failed", 1_763_600_200.25),
            run("e-2", "Cancelled", 1_763_600_100.0), run("e-1", "Succeeded", 1_763_600_000.0),
            run("e-0", "Teleported", 1_763_600_000.0), {"pipelineExecutionId": "e-x", "status": "Failed"},
        ],
        "nextToken": "there are more",
    }))
    .await;
    let runs = archive(&server).past_runs(&pipeline()).await.unwrap();
    let statuses: Vec<_> = runs.iter().map(|run| (run.execution.as_str(), run.status)).collect();
    assert_eq!(
        statuses,
        [
            ("e-6", Status::InProgress),
            ("e-5", Status::InProgress),
            ("e-4", Status::Superseded),
            ("e-3", Status::Failed),
            ("e-2", Status::Canceled),
            ("e-1", Status::Succeeded),
        ]
    );
    let time = |text: &str| text.parse().unwrap();
    assert_eq!(
        runs[3],
        PastRun {
            execution: execution("e-3"),
            started: time("2025-11-20T00:56:40.25Z"),
            updated: time("2025-11-20T00:57:40.75Z"),
            status: Status::Failed,
        }
    );
    let calls = server.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].operation, "ListPipelineExecutions");
    assert_eq!(calls[0].body, json!({"pipelineName": "web", "maxResults": 100}));
}

/// One execution of an action, starting so many seconds into the run and taking ten.
fn action(stage: &str, name: &str, start: u32, status: &str) -> Value {
    let start = 1_763_600_000.0 + f64::from(start);
    json!({
        "pipelineExecutionId": "e-1", "actionExecutionId": format!("{stage}-{name}-{start}"), "pipelineVersion": 3,
        "stageName": stage, "actionName": name, "startTime": start + 0.125, "lastUpdateTime": start + 10.875,
        "updatedBy": "arn:aws:iam::111122223333:user/x", "status": status,
        "input": {
            "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
            "configuration": {"ProjectName": "web"}, "resolvedConfiguration": {"ProjectName": "web"},
            "region": "eu-west-1", "inputArtifacts": [], "namespace": "",
        },
        "output": {
            "outputArtifacts": [], "outputVariables": {},
            "executionResult": if status == "Failed" { json!({
                "externalExecutionId": "web:7d4e", "externalExecutionUrl": "https://eu-west-1.console.aws.amazon.com/x",
                "externalExecutionSummary": "", "errorDetails": {"code": "JobFailed", "message": "Build terminated with state: FAILED"},
            }) } else { json!({}) },
        },
    })
}

async fn run_of(actions: Vec<Value>) -> Run {
    let server = answering(json!({"actionExecutionDetails": actions})).await;
    archive(&server).actions(&pipeline(), &execution("e-1")).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_failure_is_explained_by_its_action() {
    let server = answering(json!({"actionExecutionDetails": [
        action("Build", "Compile", 20, "Failed"), action("Source", "Source", 0, "Succeeded"),
    ]}))
    .await;
    let run = archive(&server).actions(&pipeline(), &execution("e-1")).await.unwrap().unwrap();
    let failures = run.failures(Attempt::FIRST);
    let [failure] = failures.as_slice() else { panic!("{failures:?}") };
    assert_eq!(failure.action.as_ref().map(ToString::to_string).as_deref(), Some("Compile"));
    assert_eq!(failure.reason(), Some("Build terminated with state: FAILED"));
    assert_eq!(failure.at.to_string(), "2025-11-20T00:53:50Z");
    let result = failure.result.clone().unwrap();
    assert_eq!(result.error_code.as_deref(), Some("JobFailed"));
    assert_eq!(result.external.map(|id| id.to_string()).as_deref(), Some("web:7d4e"));
    assert_eq!(result.url.as_deref(), Some("https://eu-west-1.console.aws.amazon.com/x"));
    assert_eq!(failure.provider.clone().unwrap().name, "CodeBuild");
    let calls = server.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].operation, "ListActionExecutions");
    let filter = json!({"pipelineName": "web", "maxResults": 100, "filter": {"pipelineExecutionId": "e-1"}});
    assert_eq!(calls[0].body, filter);
}

#[tokio::test]
async fn actions_after_a_retry_are_of_the_next_attempt_in_later_stages_too() {
    let run = run_of(vec![
        action("Deploy", "Release", 90, "Failed"),
        action("Build", "Test", 62, "Succeeded"),
        action("Build", "Compile", 60, "Succeeded"),
        action("Build", "Test", 22, "Failed"),
        action("Build", "Compile", 20, "Failed"),
        action("Source", "Source", 0, "Succeeded"),
    ])
    .await;
    let failed = |attempt| -> Vec<String> {
        run.failures(Attempt::new(attempt))
            .into_iter()
            .filter_map(|failure| failure.action)
            .map(|action| action.to_string())
            .collect()
    };
    assert_eq!((failed(1), failed(2)), (vec!["Compile".to_owned(), "Test".to_owned()], vec!["Release".to_owned()]));
    assert_eq!(run.attempt(), Attempt::new(2));
}

#[tokio::test]
async fn the_list_and_the_events_of_one_run_agree() {
    let events = andon::testing::events("codepipeline-run-build-failed");
    let received = andon::event::Received { home: andon::testing::home(), at: jiff::Timestamp::UNIX_EPOCH };
    let mut told: Option<Run> = None;
    let mut details: std::collections::BTreeMap<String, Value> = std::collections::BTreeMap::new();
    for event in &events {
        let detail = &event["detail"];
        if let andon::event::Event::Pipeline(event) = andon::event::parse(event, &received).unwrap() {
            match &mut told {
                Some(run) => drop(run.merge(Run::of(&event))),
                None => told = Some(Run::of(&event)),
            }
        }
        let Some(id) = detail["action-execution-id"].as_str() else { continue };
        let time: jiff::Timestamp = event["time"].as_str().unwrap().parse().unwrap();
        let seconds = time.as_second();
        let known = details.entry(id.to_owned()).or_insert_with(|| {
            json!({
                "actionExecutionId": id, "stageName": detail["stage"], "actionName": detail["action"],
                "startTime": seconds, "status": "InProgress",
                "input": {"region": detail["region"], "actionTypeId": {
                    "category": detail["type"]["category"], "owner": detail["type"]["owner"],
                    "provider": detail["type"]["provider"], "version": detail["type"]["version"].to_string(),
                }},
            })
        });
        let status = match detail["state"].as_str().unwrap() {
            "SUCCEEDED" => "Succeeded",
            "FAILED" => "Failed",
            _ => continue,
        };
        let result = &detail["execution-result"];
        known["status"] = status.into();
        known["lastUpdateTime"] = seconds.into();
        known["output"] = json!({"executionResult": {
            "externalExecutionId": result["external-execution-id"], "externalExecutionUrl": result["external-execution-url"],
            "externalExecutionSummary": result["external-execution-summary"],
            "errorDetails": {"code": result["error-code"], "message": result["external-execution-summary"]},
        }});
    }
    let told = told.unwrap();
    let server = answering(json!({"actionExecutionDetails": details.into_values().collect::<Vec<_>>()})).await;
    let pipeline = told.pipeline.clone();
    let listed = archive(&server).actions(&pipeline, &told.execution).await.unwrap().unwrap();
    let facts = |run: &Run| -> Vec<_> {
        let of_failure = |failure: andon::run::Failure| (failure.stage, failure.action, failure.at, failure.result);
        run.failures(Attempt::FIRST).into_iter().map(of_failure).collect()
    };
    assert!(!facts(&told).is_empty());
    assert_eq!(facts(&listed), facts(&told));
    let mut both = told.clone();
    both.merge(listed);
    assert_eq!(facts(&both), facts(&told), "the list changes nothing that the events have told");
}

#[tokio::test]
async fn an_approval_brings_what_its_reviewer_should_know() {
    let mut approval = action("Approve", "Manual", 20, "Failed");
    approval["input"] = json!({
        "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
        "configuration": {"CustomData": "Release #{v.Tag}?", "ExternalEntityLink": "https://example.com/x"},
        "resolvedConfiguration": {"CustomData": "Release 1.2?"},
    });
    let run = run_of(vec![approval]).await;
    let stages = run.stages();
    let view = &stages[0].actions[0];
    assert_eq!(
        (view.custom_data.as_deref(), view.review_link.as_deref()),
        (Some("Release 1.2?"), Some("https://example.com/x"))
    );
    assert_eq!(run.status(), Status::Rejected, "somebody said no");
}

#[tokio::test]
async fn a_run_without_actions_tells_nothing() {
    let server = answering(json!({"actionExecutionDetails": [
        {"stageName": "Build", "actionName": "not begun"}, {"status": "Failed"},
    ]}))
    .await;
    assert_eq!(archive(&server).actions(&pipeline(), &execution("e-1")).await.unwrap(), None);
}

#[tokio::test]
async fn a_run_of_many_actions_is_read_to_its_first() {
    let server = Server::start(|call: &Call| {
        let page: u32 = call.body["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let actions: Vec<Value> =
            (0..100).map(|index| action("Build", "Flaky", (299 - page * 100 - index) * 20, "Failed")).collect();
        let mut body = json!({"actionExecutionDetails": actions});
        if page < 2 {
            body["nextToken"] = json!((page + 1).to_string());
        }
        ("200 OK", body.to_string())
    })
    .await;
    let run = archive(&server).actions(&pipeline(), &execution("e-1")).await.unwrap().unwrap();
    assert_eq!((run.attempt(), server.calls().len()), (Attempt::new(300), 3));
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let server =
        answering(json!({"actionExecutionDetails": [action("Build", "x", 0, "Failed")], "nextToken": "more"})).await;
    let error = archive(&server).actions(&pipeline(), &execution("e-1")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot list the actions of run e-1 of web (111122223333, eu-west-1): it had more than 10 actions"
    );
    assert_eq!(server.calls().len(), 10);
}

#[tokio::test]
async fn a_pipeline_is_asked_for_in_its_own_region() {
    let server = answering(json!({"pipelineExecutionSummaries": []})).await;
    let archive = archive(&server);
    for region in ["eu-west-1", "us-east-1", "us-east-1"] {
        let home = Home { region: Region::parse(region).unwrap(), ..pipeline().home };
        archive.past_runs(&PipelineId { home, ..pipeline() }).await.unwrap();
    }
    let regions: Vec<String> = server.calls().into_iter().map(|call| call.region).collect();
    assert_eq!(regions, ["eu-west-1", "us-east-1", "us-east-1"]);
}

#[tokio::test]
async fn a_pipeline_of_another_account_is_never_asked_for_in_this_one() {
    let server = answering(json!({})).await;
    let home = Home { account: AccountId::parse("444455556666").unwrap(), ..pipeline().home };
    let error = archive(&server).past_runs(&PipelineId { home, ..pipeline() }).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot list the past runs of web (444455556666, eu-west-1): it is in another account than this function \
         (111122223333)"
    );
    assert!(server.calls().is_empty());
}

async fn refused(code: &'static str) -> ArchiveError {
    let server =
        Server::start(move |_| ("400 Bad Request", json!({"__type": code, "message": "No"}).to_string())).await;
    archive(&server).actions(&pipeline(), &execution("e-1")).await.unwrap_err()
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let doing = "cannot list the actions of run e-1 of web (111122223333, eu-west-1)";
    assert_eq!(
        refused("AccessDeniedException").await.to_string(),
        format!("{doing}: the function's role lacks codepipeline:ListActionExecutions (AccessDeniedException: No)")
    );
    assert_eq!(
        refused("PipelineNotFoundException").await.to_string(),
        format!("{doing}: the pipeline is gone (PipelineNotFoundException: No)")
    );
}
