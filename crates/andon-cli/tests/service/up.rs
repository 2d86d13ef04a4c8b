//! `andon up`: the first time, again, and with a change.

use std::fs;

use serde_json::json;

use crate::world::{RUN, World, command, repository};

#[test]
fn one_command_leads_from_an_empty_account_to_the_approval() {
    let world = World::new();
    let ended = world.up(&[]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let stacks = world.stacks();
    assert_eq!(stacks.keys().collect::<Vec<_>>(), ["main-environment", "orders-pipeline"]);
    assert!(stacks.values().all(|status| status == "CREATE_COMPLETE"), "{stacks:?}");
    let settings = fs::read_to_string(world.folder.path().join("andon-service.yml")).unwrap();
    for line in ["repository: northquay/orders", "port: 8080", "health: /healthz", "user: \"65532\""] {
        assert!(settings.contains(line), "{line} in {settings}");
    }
    for part in ["✓ Acceptance / Test", "◐ Approval / Approve", "waits for your approval", "Andon is not deployed here"]
    {
        assert!(ended.out.contains(part), "{part} in {}", ended.out);
    }
    for line in ended.out.lines().filter(|line| !line.contains("http")) {
        assert!(line.chars().count() <= 100, "{line}");
    }
    // The pipeline's first run finds the template.
    let changes = world.changes();
    let stored = changes.iter().position(|change| change.ends_with("/templates/orders/service.yml")).unwrap();
    let pipeline = changes.iter().rposition(|change| change == "ExecuteChangeSet").unwrap();
    assert!(stored < pipeline, "{changes:?}");
}

#[test]
fn again_nothing_is_changed_and_nothing_is_asked() {
    let world = World::new();
    assert_eq!(world.up(&[]).code, 0);
    world.changes();
    // Without --yes, and without a terminal: there is nothing to ask for.
    let again = world.andon(&["up", "--pace", "10", "--json"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!(world.changes(), Vec::<String>::new());
    let answer = again.json();
    assert_eq!(answer["stacks"][0], json!({"name": "main-environment", "outcome": "unchanged"}));
    assert_eq!(answer["stacks"][1], json!({"name": "orders-pipeline", "outcome": "unchanged"}));
    assert_eq!(answer["run"], json!({"id": RUN, "status": "waits"}));
}

#[test]
fn a_changed_setting_is_shown_asked_for_and_deployed() {
    let world = World::new();
    assert_eq!(world.up(&[]).code, 0);
    let file = world.folder.path().join("andon-service.yml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(&file, settings.replace("maximum: 20", "maximum: 8")).unwrap();
    world.changes();
    let refused = world.andon(&["up", "--pace", "10"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    let plan = world.andon(&["up", "--pace", "10", "--plan", "--json"]).json();
    assert_eq!(plan["stacks"][0]["plan"], "unchanged");
    assert_eq!(plan["stacks"][1]["plan"], "update");
    let ended = world.up(&["--json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(ended.json()["stacks"][1]["outcome"], "updated");
    assert_eq!(world.stacks()["orders-pipeline"], "UPDATE_COMPLETE");
}

#[test]
fn a_plan_changes_nothing() {
    let world = World::new();
    let plan = world.andon(&["up", "--plan"]);
    assert_eq!(plan.code, 0, "{}", plan.err);
    assert!(plan.out.contains("main-environment") && plan.out.contains("a month"), "{}", plan.out);
    assert!(world.stacks().is_empty());
    assert!(!world.folder.path().join("andon-service.yml").exists());
}

#[test]
fn a_run_that_is_older_than_the_last_change_is_not_taken_for_the_new_one() {
    let world = World::new();
    world.aws.put_execution(
        "orders",
        json!({"pipelineExecutionId": RUN, "status": "Succeeded", "startTime": 1_000_000_000, "lastUpdateTime": 1_000_000_000}),
    );
    let ended = world.up(&["--no-follow", "--json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_ne!(ended.json()["run"]["id"], RUN);
    let started = world.aws.requests().iter().filter(|call| call.operation == "StartPipelineExecution").count();
    assert_eq!(started, 1);
}

#[test]
fn a_run_that_fails_says_where_and_why() {
    let world = World::new();
    let reason = "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker \
                  was triggered'.\"";
    world.run("Failed");
    world.action("Acceptance", "Deploy", "Deploy", "Failed", &json!({"externalExecutionSummary": reason}));
    world.action("Acceptance", "Test", "Test", "Abandoned", &json!({}));
    world.action("Approval", "Approve", "Approval", "Abandoned", &json!({}));
    let ended = world.up(&[]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("The run failed in Acceptance / Deploy"), "{}", ended.out);
    assert!(ended.out.contains("Circuit Breaker"), "{}", ended.out);
}

#[test]
fn a_pending_connection_is_waited_for_and_the_console_is_named() {
    let world = World::new();
    world.up(&["--no-follow"]);
    let arn = world.outputs("main-environment")["ConnectionArn"].clone();
    world.aws.set_connection(&arn, "PENDING");
    let ended = world.up(&["--wait", "0"]);
    assert_eq!(ended.code, 2);
    assert!(ended.out.contains("console.aws.amazon.com/codesuite/settings/connections"), "{}", ended.out);
    assert!(ended.err.contains("still pending"), "{}", ended.err);
}

#[test]
fn a_stack_that_failed_to_be_created_is_removed_and_created_again() {
    let world = World::new();
    // A stack of this name that is a wreck: moto has no failures, so a change set that was never executed stands for
    // one that `up` takes over.
    let template = "AWSTemplateFormatVersion: '2010-09-09'\nResources: {Topic: {Type: AWS::SNS::Topic}}";
    let reply = world.ask(&[
        ("Action", "CreateChangeSet"),
        ("StackName", "main-environment"),
        ("ChangeSetName", "left"),
        ("ChangeSetType", "CREATE"),
        ("TemplateBody", template),
    ]);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(world.stacks()["main-environment"], "REVIEW_IN_PROGRESS");
    let ended = world.up(&["--no-follow"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(world.stacks()["main-environment"], "CREATE_COMPLETE");
}

#[test]
fn what_is_missing_is_said_before_anything_is_asked_of_aws() {
    let folder = repository("https://git.example.com/northquay/orders.git");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    let output = command(folder.path(), &["up"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("git.example.com") && err.contains("EXPOSE"), "{err}");

    let folder = repository("https://github.com/northquay/orders.git");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\nEXPOSE 80\n").unwrap();
    let output = command(folder.path(), &["up"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("no AWS region"), "{err}");
    let output = command(folder.path(), &["up", "--region", "eu-west-1"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("no AWS credentials"), "{err}");
    assert!(!folder.path().join("andon-service.yml").exists());
}

#[test]
fn expired_credentials_are_named() {
    let world = World::new();
    let fault =
        test_support::fault::Fault::error(403, "ExpiredToken", "The security token included in the request is expired");
    world.recorder.inject_always("GetCallerIdentity", fault);
    let ended = world.up(&[]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("have expired") && ended.err.contains("aws sso login"), "{}", ended.err);
}
