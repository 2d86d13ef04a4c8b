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
    assert_eq!(answer["run"], json!({"id": RUN, "status": "waits", "cause": null}));
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
fn a_stack_that_cannot_be_created_says_why_and_is_created_anew_after_the_fix() {
    let world = World::new();
    world.andon(&["init", "--templates"]);
    let file = world.folder.path().join("deploy/pipeline.yml");
    let template = fs::read_to_string(&file).unwrap();
    fs::write(&file, template.replace("ExecutionMode: QUEUED", "ExecutionMode: QUEUED\n      Colour: blue")).unwrap();
    let failed = world.up(&["--no-follow"]);
    assert_eq!(failed.code, 2, "{}", failed.out);
    assert!(failed.out.contains("✗ Pipeline") && failed.out.contains("✓ OwnVpc"), "{}", failed.out);
    assert!(failed.err.contains("orders-pipeline is rollback complete: Pipeline:"), "{}", failed.err);
    assert!(failed.err.contains("Colour"), "{}", failed.err);
    assert_eq!(world.stacks()["orders-pipeline"], "ROLLBACK_COMPLETE");
    // A plan removes nothing.
    assert_eq!(world.andon(&["up", "--plan"]).code, 0);
    assert_eq!(world.stacks()["orders-pipeline"], "ROLLBACK_COMPLETE");
    fs::write(&file, template).unwrap();
    let ended = world.up(&["--no-follow"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("removes what a failed attempt left"), "{}", ended.out);
    assert_eq!(world.stacks()["orders-pipeline"], "CREATE_COMPLETE");
}

#[test]
fn a_change_set_that_was_never_executed_is_taken_over() {
    let world = World::new();
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
fn a_failed_build_is_told_with_the_lines_of_its_log() {
    let world = World::new();
    let build = "orders-build:0f1e2d3c-4b5a-4697-8796-a5b4c3d2e1f0";
    let (group, stream) = ("/aws/codebuild/orders-build", "0f1e2d3c-4b5a-4697-8796-a5b4c3d2e1f0");
    let message = "Error while executing command: docker build. Reason: exit status 1";
    world.aws.put_build(json!({
        "id": build, "arn": format!("arn:aws:codebuild:us-east-1:123456789012:build/{build}"),
        "buildStatus": "FAILED", "currentPhase": "COMPLETED", "projectName": "orders-build",
        "phases": [
            {"phaseType": "BUILD", "phaseStatus": "FAILED",
             "contexts": [{"statusCode": "COMMAND_EXECUTION_ERROR", "message": message}]},
            {"phaseType": "COMPLETED"},
        ],
        "logs": {"groupName": group, "streamName": stream, "cloudWatchLogs": {"status": "ENABLED"}},
    }));
    let lines = [
        "[Container] 2026/11/20 09:04:10.000000 Running command docker build --file Dockerfile .",
        "#7 [2/3] RUN cargo build --locked",
        "#7 4.101 error[E0425]: cannot find value `basket` in this scope",
        "#7 4.101   --> src/checkout.rs:41:17",
        "[Container] 2026/11/20 09:04:12.000000 Command did not exit successfully docker build exit status 1",
    ];
    world.aws.append_log(group, stream, lines.map(|line| (1_795_165_450_000, line.to_owned())));
    world.run("Failed");
    let result =
        json!({"externalExecutionId": build, "externalExecutionSummary": "Build terminated with state: FAILED"});
    world.action("Build", "Build", "Build", "Failed", &result);
    for (stage, name, category) in
        [("Acceptance", "Deploy", "Deploy"), ("Acceptance", "Test", "Test"), ("Approval", "Approve", "Approval")]
    {
        world.action(stage, name, category, "Abandoned", &json!({}));
    }
    let ended = world.up(&[]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("The run failed in Build / Build."), "{}", ended.out);
    assert!(ended.out.contains("cannot find value `basket`"), "{}", ended.out);
}

#[test]
fn it_says_whether_andon_has_received_the_run() {
    let world = World::new();
    let key = "{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}";
    let attributes = "{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: S}";
    let template = format!(
        "Resources: {{Table: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: andon-table, BillingMode: \
         PAY_PER_REQUEST, KeySchema: [{key}], AttributeDefinitions: [{attributes}]}}}}}}\n\
         Outputs: {{Table: {{Value: !Ref Table}}}}"
    );
    let reply = world.ask(&[("Action", "CreateStack"), ("StackName", "andon"), ("TemplateBody", &template)]);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let ended = world.up(&[]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("Andon has not received this run yet"), "{}", ended.out);
}

#[test]
fn a_sam_application_gets_the_same_pipeline_without_a_network() {
    let mut world = World::new();
    world.folder = repository("https://git-codecommit.us-east-1.amazonaws.com/v1/repos/orders");
    fs::write(world.folder.path().join("template.yaml"), "Transform: AWS::Serverless-2016-10-31\n").unwrap();
    let ended = world.up(&["--skill", "amzn1.ask.skill.1", "--no-follow"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(world.outputs("main-environment").keys().collect::<Vec<_>>(), ["Store"]);
    assert_eq!(world.stacks()["orders-pipeline"], "CREATE_COMPLETE");
    // A service in a container that joins the environment brings the network.
    fs::write(world.folder.path().join("Dockerfile"), "FROM scratch\nEXPOSE 8080\n").unwrap();
    fs::remove_file(world.folder.path().join("andon-service.yml")).unwrap();
    world.aws.declare_pipeline(json!({"name": "basket", "version": 1, "stages": []}));
    let joined = world.up(&["--name", "basket", "--no-follow", "--json"]);
    assert_eq!(joined.code, 0, "{}{}", joined.out, joined.err);
    assert_eq!(joined.json()["stacks"][0]["outcome"], "updated");
    assert!(world.outputs("main-environment").contains_key("Vpc"));
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
