//! A failed action of every kind whose reason the notifier looks up, and the services that know the reason.

use serde_json::{Value, json};
use test_support::stand_in::Aws;

use crate::account::{HUB, recorded_here};

const DEPLOYMENT: &str = "d-89UY4MNR5";
const BUILD: &str = "web-build:44cf1673-7232-408f-8000-e8c9c72d1442";
const SERVICE_DEPLOYMENT: &str = "ecs-svc/7710245839164450928";

/// One action after another, each of a pipeline of its own.
pub(crate) fn of_every_kind() -> Vec<Value> {
    let stack = format!("arn:aws:cloudformation:us-east-1:{HUB}:stack/web/dc21b9d6-1111-2222-3333-444455556666");
    let change_set =
        format!("arn:aws:cloudformation:us-east-1:{HUB}:changeSet/web/1a2b3c4d-1111-2222-3333-444455556666");
    let log = format!("arn:aws:logs:us-east-1:{HUB}:log-group:/aws/codepipeline/web:log-stream:3f2a");
    let mut failures = Vec::new();
    for (provider, id, summary) in [
        ("CodeBuild", BUILD, "Build terminated with state: FAILED"),
        ("CodeDeploy", DEPLOYMENT, "Deployment d-89UY4MNR5 failed"),
        ("CloudFormation", stack.as_str(), "Stack web was rolled back"),
        ("CloudFormation", change_set.as_str(), "Change set failed"),
        ("ECS", SERVICE_DEPLOYMENT, "Deployment failed"),
        ("Lambda", "", "The AWS Lambda function smoke-test failed to return a result. Check the function."),
        ("Commands", log.as_str(), "Action failed with status: FAILED"),
    ] {
        let number = failures.len();
        let mut event = recorded_here(&["codepipeline-action-failed"]).remove(0);
        event["detail"]["pipeline"] = json!(format!("web-{number}"));
        event["detail"]["execution-id"] = json!(format!("cbf0acd8-060b-4c7e-847a-{number:012}"));
        event["detail"]["type"]["provider"] = json!(provider);
        event["detail"]["region"] = json!("us-east-1");
        event["detail"]["execution-result"] =
            json!({ "external-execution-id": id, "external-execution-summary": summary, "error-code": "JobFailed" });
        failures.push(event);
    }
    // A run that failed, and nobody said where: that is asked of CodePipeline.
    let run = recorded_here(&["codepipeline-pipeline-failed"]).remove(0);
    failures.push(run);
    failures.extend(kept_out());
    failures
}

/// A run that an entry condition kept out of its last stage: no action of it ran, so its rules are asked for.
fn kept_out() -> Vec<Value> {
    let mut events = recorded_here(&["codepipeline-run-build-fixed"]);
    events.retain(|event| {
        let is_of_last = event["detail"]["stage"] == "Production" && event["detail"].get("action").is_some();
        event["source"] == "aws.codepipeline" && !is_of_last
    });
    for event in &mut events {
        let detail = &mut event["detail"];
        detail["pipeline"] = json!("web-kept-out");
        detail["execution-id"] = json!("cbf0acd8-060b-4c7e-847a-00000000c0de");
        let is_last = detail["stage"] == "Production" || detail.get("stage").is_none();
        if is_last && detail["state"] == "SUCCEEDED" {
            detail["state"] = json!("FAILED");
        }
    }
    events
}

/// What the services know beside the reason that an event gives.
pub(crate) fn prepare(aws: &Aws) {
    let report = format!("arn:aws:codebuild:us-east-1:{HUB}:report/web-build-unit:fd90c10e");
    aws.put_build(json!({
        "id": BUILD, "projectName": "web-build", "buildStatus": "FAILED", "reportArns": [report],
        "logs": { "groupName": "/aws/codebuild/web-build", "streamName": "44cf1673-7232-408f-8000-e8c9c72d1442" },
    }));
    let summary = json!({ "total": 2, "statusCounts": { "FAILED": 1, "SUCCEEDED": 1 }, "durationInNanoSeconds": 1 });
    aws.put_report(
        json!({ "arn": report, "type": "TEST", "name": "unit", "status": "FAILED", "testSummary": summary }),
        vec![json!({ "reportArn": report, "name": "total", "status": "FAILED", "message": "expected 3" })],
    );
    aws.put_deployment(json!({ "deploymentId": DEPLOYMENT, "applicationName": "web", "status": "Failed" }));
    aws.put_deployment_target(
        DEPLOYMENT,
        json!({ "deploymentTargetType": "InstanceTarget", "instanceTarget": {
            "targetId": "i-1", "status": "Failed", "lifecycleEvents": [{
                "lifecycleEventName": "ApplicationStart", "status": "Failed",
                "diagnostics": { "errorCode": "ScriptFailed", "message": "start.sh failed with exit code 1" },
            }],
        } }),
    );
    aws.declare_pipeline(json!({
        "name": "web-4", "version": 1, "roleArn": format!("arn:aws:iam::{HUB}:role/web"),
        "stages": [{ "name": "Build", "actions": [{
            "name": "Build", "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "ECS", "version": "1" },
            "configuration": { "ClusterName": "mobile", "ServiceName": "bff" },
        }] }],
    }));
    let now = jiff::Timestamp::now().as_second();
    let cluster = format!("arn:aws:ecs:us-east-1:{HUB}:cluster/mobile");
    aws.put_service(json!({
        "serviceArn": format!("arn:aws:ecs:us-east-1:{HUB}:service/mobile/bff"), "serviceName": "bff",
        "clusterArn": cluster, "status": "ACTIVE", "events": [],
        "deployments": [{ "id": SERVICE_DEPLOYMENT, "status": "PRIMARY", "rolloutState": "FAILED" }],
    }));
    aws.put_task(json!({
        "taskArn": format!("arn:aws:ecs:us-east-1:{HUB}:task/mobile/t1"), "clusterArn": cluster,
        "group": "service:bff", "desiredStatus": "STOPPED", "lastStatus": "STOPPED", "startedBy": SERVICE_DEPLOYMENT,
        "createdAt": now - 3630, "stoppedAt": now - 3620, "stoppedReason": "Essential container in task exited",
        "containers": [{ "name": "web", "exitCode": 137 }],
    }));
}
