//! CodeDeploy: the deployment and its targets.

use serde_json::{Value, json};

use super::*;

const ID: &str = "d-89UY4MNR5";

fn deployment(id: &str) -> Value {
    json!({
        "deploymentId": id, "applicationName": "web", "status": "Failed", "createTime": minute(0.0),
        "errorInformation": {
            "code": "HEALTH_CONSTRAINTS",
            "message": "The overall deployment failed because too many individual instances failed deployment.",
        },
    })
}

fn target(id: &str, at: f64, diagnostics: &Value) -> Value {
    json!({
        "deploymentTargetType": "InstanceTarget",
        "instanceTarget": { "targetId": id, "status": "Failed", "lifecycleEvents": [
            { "lifecycleEventName": "BeforeInstall", "status": "Succeeded", "diagnostics": { "errorCode": "Success", "message": "Succeeded" } },
            { "lifecycleEventName": "ApplicationStart", "status": "Failed", "endTime": at, "diagnostics": diagnostics },
            { "lifecycleEventName": "ValidateService", "status": "Skipped" },
        ] },
    })
}

fn script(log: &str) -> Value {
    json!({
        "errorCode": "ScriptFailed", "scriptName": "scripts/start.sh",
        "message": "Script at specified location: scripts/start.sh run as user root failed with exit code 1",
        "logTail": log,
    })
}

#[tokio::test]
async fn what_the_script_said_on_the_instance_is_the_cause() {
    let world = World::new();
    world.aws.put_deployment(deployment(ID));
    let log = "LifecycleEvent - ApplicationStart\nScript - scripts/start.sh\n[stderr]Error: listen EADDRINUSE: address already in use :::8080\n";
    for (instance, at) in [("i-2", 5.0), ("i-1", 4.0)] {
        world.aws.put_deployment_target(ID, target(instance, minute(at), &script(log)));
    }
    let found = world.gather(&failure("CodeDeploy", ID)).await;
    let cause = cause(&found);
    assert!(cause.iter().any(|line| line.contains("EADDRINUSE")), "{cause:?}");
    // Both instances said the same, and it is told once.
    assert_eq!(text(&found).matches("EADDRINUSE").count(), 1);
    let script = "ApplicationStart: ScriptFailed: Script at specified location: scripts/start.sh run as user root failed with exit code 1";
    assert_eq!(messages(&found).iter().filter(|text| **text == script).count(), 1);
    assert!(messages(&found).iter().any(|text| text.starts_with("HEALTH_CONSTRAINTS: The overall deployment failed")));
    assert_eq!(world.operations(), ["BatchGetDeploymentTargets", "GetDeployment", "ListDeploymentTargets"]);
    assert_eq!(world.round_trips(&failure("CodeDeploy", ID)).await, 2);
}

#[tokio::test]
async fn the_earliest_failure_is_told_first() {
    let world = World::new();
    world.aws.put_deployment(deployment(ID));
    world.aws.put_deployment_target(
        ID,
        target("i-2", minute(9.0), &json!({ "errorCode": "UnknownError", "message": "second" })),
    );
    world.aws.put_deployment_target(
        ID,
        target("i-1", minute(2.5), &json!({ "errorCode": "ScriptTimedOut", "message": "first" })),
    );
    let found = world.gather(&failure("CodeDeploy", ID)).await;
    let of_targets: Vec<&str> =
        messages(&found).into_iter().filter(|text| text.starts_with("ApplicationStart")).collect();
    assert_eq!(of_targets, ["ApplicationStart: ScriptTimedOut: first", "ApplicationStart: UnknownError: second"]);
}

#[tokio::test]
async fn only_failed_targets_are_listed() {
    let world = World::new();
    world.aws.put_deployment(deployment(ID));
    world.gather(&failure("CodeDeploy", ID)).await;
    let calls = world.calls("ListDeploymentTargets");
    assert_eq!(calls[0].body["targetFilters"], json!({ "TargetStatus": ["Failed"] }));
    assert_eq!(world.calls("BatchGetDeploymentTargets").len(), 0);
}

#[tokio::test]
async fn a_roll_back_is_told_where_nothing_else_is() {
    let world = World::new();
    world.aws.put_deployment(json!({
        "deploymentId": ID, "status": "Stopped",
        "rollbackInfo": { "rollbackMessage": "The deployment was stopped because the alarm CheckoutErrors went off" },
    }));
    let found = world.gather(&failure("CodeDeploy", ID)).await;
    assert_eq!(messages(&found), ["The deployment was stopped because the alarm CheckoutErrors went off"]);
}

#[tokio::test]
async fn a_deployment_that_is_gone_and_one_that_is_denied_are_said_to_be() {
    let world = World::new();
    let found = world.gather(&failure("CodeDeploy", ID)).await;
    assert_eq!(found.missing, [format!("The deployment {ID} no longer exists")]);
    for operation in ["GetDeployment", "ListDeploymentTargets"] {
        world.deny(operation);
    }
    let found = world.gather(&failure("CodeDeploy", ID)).await;
    assert_eq!(
        found.missing,
        [
            "The notifier's role lacks codedeploy:GetDeployment on the deployment group of d-89UY4MNR5",
            "The notifier's role lacks codedeploy:ListDeploymentTargets on *",
        ]
    );
}

#[tokio::test]
async fn deployments_that_fail_side_by_side_are_told_apart() {
    let world = World::new();
    let (pipeline, failures) = failures("codepipeline-run-deploy-failed-parallel");
    assert!(failures.len() > 2);
    let id = |failure: &Failure| failure.result.as_ref().unwrap().external.as_ref().unwrap().as_str().to_owned();
    for failure in &failures {
        let id = id(failure);
        world.aws.put_deployment(deployment(&id));
        let said = json!({ "errorCode": "ScriptFailed", "message": format!("no room for {id}") });
        world.aws.put_deployment_target(&id, target("i-1", minute(1.0), &said));
    }
    let asked = failures.iter().map(|failure| world.evidence.gather(&pipeline, failure));
    let found = futures_util::future::join_all(asked).await;
    for (failure, found) in failures.iter().zip(found) {
        let about: Vec<&str> = messages(&found).into_iter().filter(|text| text.contains("no room")).collect();
        assert_eq!(about, [format!("ApplicationStart: ScriptFailed: no room for {}", id(failure))]);
        assert_eq!(found.missing, Vec::<String>::new());
    }
    assert_eq!(world.aws.requests().len(), 3 * failures.len());
}
