//! `andon doctor`: what is wrong, and what to do about it.

use serde_json::{Value, json};
use test_support::ask;

use crate::world::World;

/// The sentences of a check.
fn problems(report: &Value, name: &str) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name).unwrap();
    assert!(check.get("unknown").is_none(), "{check}");
    check["problems"].as_array().unwrap().iter().map(|problem| problem["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn nothing_is_wrong_with_what_was_just_deployed() {
    let world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    world.subscribe();
    world.changes();
    let report = world.run(&["doctor", "--pace", "10"]);
    assert_eq!(report.code, 0, "{}{}", report.out, report.err);
    assert!(report.out.ends_with("Nothing is wrong.\n"), "{}", report.out);
    let checks =
        ["stack", "configuration", "secrets", "subscriptions", "alarms", "dead letters", "accounts", "resources"];
    for name in checks {
        assert!(report.out.contains(&format!("✓ {name}")), "{name} in {}", report.out);
    }
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn each_problem_has_a_sentence_and_a_remedy() {
    let world = World::new();
    let config = world.configuration("version: 1\nslack-token: ssm:/andon/token\n");
    let members = "MemberAccounts=111122223333, 444455556666";
    let deployed = world.deploy(&["--config", &config, "--parameter", "SecretsPath=/andon", "--parameter", members]);
    assert_eq!(deployed.code, 0, "{}{}", deployed.out, deployed.err);

    world.ask("events", "AWSEvents.DisableRule", &json!({"Name": world.resource("EvidenceEvents")}));
    let rule = world.resource("PipelineEvents");
    for id in ["notifier", "metrics"] {
        world.ask("events", "AWSEvents.RemoveTargets", &json!({"Rule": rule, "Ids": [id]}));
    }
    world.ask("events", "AWSEvents.DeleteRule", &json!({"Name": rule}));
    let letter = json!({"QueueUrl": world.resource("NotifierDeadLetters"), "MessageBody": "{}"});
    world.ask("sqs", "AmazonSQS.SendMessage", &letter);
    let alarm = world.resource("NotifierErrors");
    for fields in [
        vec![
            ("Action", "PutMetricAlarm"),
            ("AlarmName", alarm.as_str()),
            ("AlarmDescription", "The function notifier fails. See its log group"),
            ("MetricName", "Errors"),
            ("Namespace", "AWS/Lambda"),
            ("Period", "300"),
            ("EvaluationPeriods", "1"),
            ("Threshold", "0"),
            ("ComparisonOperator", "GreaterThanThreshold"),
            ("Statistic", "Sum"),
            ("ActionsEnabled", "false"),
        ],
        vec![
            ("Action", "SetAlarmState"),
            ("AlarmName", alarm.as_str()),
            ("StateValue", "ALARM"),
            ("StateReason", "test"),
        ],
    ] {
        let reply = ask::form(&world.recorder.url(), "monitoring", &fields).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    let ended = world.run(&["doctor", "--pace", "10", "--json"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let report = ended.json();
    assert_eq!(problems(&report, "secrets"), ["ssm:/andon/token is not stored"]);
    assert_eq!(
        problems(&report, "subscriptions"),
        ["Nobody receives the alarms about Andon itself: the topic has no subscribers"]
    );
    assert_eq!(
        problems(&report, "alarms"),
        [format!("The alarm {alarm} is on"), format!("The alarm {alarm} tells nobody: its actions are disabled")]
    );
    assert_eq!(problems(&report, "dead letters"), ["NotifierDeadLetters holds 1 that could not be dealt with"]);
    let silent = |account: &str| format!("No event of account {account} has arrived yet");
    assert_eq!(problems(&report, "accounts"), [silent("111122223333"), silent("444455556666")]);
    assert_eq!(
        problems(&report, "resources"),
        [
            "PipelineEvents (AWS::Events::Rule) was deleted by hand: its events do not reach Andon",
            "EvidenceEvents (AWS::Events::Rule) was changed by hand, at /State: its events do not reach Andon",
        ]
    );
    let remedies: Vec<String> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|check| check["problems"].as_array().unwrap())
        .map(|problem| problem["remedy"].as_str().unwrap().to_owned())
        .collect();
    assert!(remedies.iter().all(|remedy| !remedy.is_empty()), "{remedies:#?}");
    for part in ["put-parameter", "start-message-move-task", "andon deploy --stack andon --repair", "spoke.yml"] {
        assert!(remedies.iter().any(|remedy| remedy.contains(part)), "{part} in {remedies:#?}");
    }

    let quick = world.run(&["doctor", "--quick"]);
    assert_eq!(quick.code, 1, "{}", quick.err);
    assert!(quick.out.contains("✗ secrets") && !quick.out.contains("PipelineEvents"), "{}", quick.out);

    // CloudFormation is asked to restore what was changed by hand; moto finds nothing to change.
    world.recorder.take_requests();
    let repair = world.deploy(&["--config", &config, "--repair"]);
    assert_eq!(repair.code, 0, "{}{}", repair.out, repair.err);
    let calls = world.recorder.take_requests();
    let change_set = calls.iter().find(|call| call.operation == "CreateChangeSet").unwrap();
    assert_eq!(change_set.body["DeploymentMode"], "REVERT_DRIFT", "{}", change_set.body);
}
