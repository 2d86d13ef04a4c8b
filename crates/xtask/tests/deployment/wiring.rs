//! What fits together although moto does not make it: who may send to whom, and what is watched.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::account::HUB;
use crate::day::day;
use crate::permissions::{allow, allowed};
use crate::stack::Stack;

/// The resource that a reference leads to.
fn referred(value: &Value) -> &str {
    value["Ref"]
        .as_str()
        .or_else(|| value["Fn::GetAtt"][0].as_str())
        .unwrap_or_else(|| panic!("{value} refers to nothing"))
}

fn all_referred(values: &Value) -> BTreeSet<&str> {
    values.as_array().unwrap().iter().map(referred).collect()
}

fn rules_may_send(stack: &Stack, to_queue: &dyn Fn(&Value) -> bool) {
    let policy = stack.declared("AWS::SQS::QueuePolicy")["RulesMaySend"];
    let queues = all_referred(&policy["Queues"]);
    let sources = all_referred(&policy["PolicyDocument"]["Statement"][0]["Condition"]["ArnEquals"]["aws:SourceArn"]);
    let rules = stack.declared("AWS::Events::Rule");
    assert_eq!(sources, rules.keys().copied().collect());
    for (name, rule) in rules {
        for target in rule["Targets"].as_array().unwrap() {
            let dead_letters = &target["DeadLetterConfig"]["Arn"];
            assert!(queues.contains(referred(dead_letters)), "{name}: {target}");
            if to_queue(target) {
                assert!(queues.contains(referred(&target["Arn"])), "{name}: {target}");
            }
        }
    }
}

#[test]
fn every_rule_may_send_to_its_queues_and_their_dead_letters() {
    rules_may_send(&day().stack, &|_| true);
    rules_may_send(&day().spoke, &|_| false);
}

#[test]
fn a_member_account_may_forward_to_the_hub_and_the_hub_may_read_there_what_it_reads_at_home() {
    let day = day();
    let outputs = day.stack.outputs();
    assert!(allow(&day.spoke.statements("ForwardingRole"), "events:PutEvents", Some(&outputs["HubBus"])));
    assert!(!allow(&day.spoke.statements("ForwardingRole"), "events:PutEvents", Some("arn:aws:events:::event-bus/x")));

    let trust = &day.spoke.declared("AWS::IAM::Role")["Evidence"]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Principal"], json!({ "AWS": { "Ref": "HubRole" } }));
    assert_eq!(trust["Condition"]["StringEquals"], json!({ "sts:ExternalId": { "Ref": "EvidenceExternalId" } }));
    let role = "arn:aws:iam::111122223333:role/andon-evidence";
    assert_eq!(day.spoke.outputs()["EvidenceRoleArn"], role);
    assert!(allow(&day.stack.statements("NotifierRole"), "sts:AssumeRole", Some(role)));

    let mut at_home = day.stack.statements("NotifierRole");
    at_home.retain(|statement| {
        statement["Sid"].as_str().is_some_and(|sid| {
            ["ReadWhyAnActionFailed", "ReadTheLogsOfBuilds", "ListWhereTheWorkWasDone"].contains(&sid)
        })
    });
    assert_eq!(allowed(&day.spoke.statements("Evidence")), allowed(&at_home));
}

#[test]
fn every_schedule_may_call_its_function() {
    let stack = &day().stack;
    let aliases = stack.declared("AWS::Lambda::Alias");
    let with_alias: BTreeSet<&str> = aliases.values().map(|alias| referred(&alias["FunctionName"])).collect();
    let mut called = Vec::new();
    for function in stack.functions().into_iter().filter(|function| !stack.scheduled(function).is_empty()) {
        let alias = if with_alias.contains(function) { ":live" } else { "" };
        let arn = format!("arn:aws:lambda:us-east-1:{HUB}:function:{}{alias}", stack.resource(function));
        assert!(allow(&stack.statements("SchedulesRole"), "lambda:InvokeFunction", Some(&arn)), "{arn}");
        called.push(function);
    }
    assert_eq!(called, ["Dashboard", "Notifier"]);
}

#[test]
fn every_function_and_every_queue_is_watched_and_the_alarms_can_publish() {
    let stack = &day().stack;
    let mut watched = BTreeSet::new();
    for (name, alarm) in stack.declared("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"], json!([{ "Ref": "Alerts" }]), "{name}");
        watched.insert((referred(&alarm["Dimensions"][0]["Value"]), alarm["MetricName"].as_str().unwrap()));
    }
    let functions = stack.functions();
    let mut wanted: BTreeSet<(&str, &str)> =
        functions.iter().flat_map(|function| [(*function, "Errors"), (*function, "Throttles")]).collect();
    for queue in ["Notifier", "Metrics"] {
        let find = |suffix: &str| {
            let name = format!("{queue}{suffix}");
            stack.declared("AWS::SQS::Queue").into_keys().find(|key| *key == name).unwrap()
        };
        wanted.insert((find("Queue"), "ApproximateAgeOfOldestMessage"));
        wanted.insert((find("DeadLetters"), "ApproximateNumberOfMessagesVisible"));
    }
    assert_eq!(watched, wanted);

    let policies = [
        &stack.declared("AWS::SNS::TopicPolicy")["AlertsPolicy"]["PolicyDocument"],
        &stack.declared("AWS::KMS::Key")["AlertsKey"]["KeyPolicy"],
    ];
    for policy in policies {
        let statements = policy["Statement"].as_array().unwrap();
        let of_alarms = |statement: &&Value| statement["Principal"]["Service"] == "cloudwatch.amazonaws.com";
        assert_eq!(statements.iter().filter(of_alarms).count(), 1, "{policy}");
    }
}

#[test]
fn without_parameters_it_deploys_and_says_what_is_off() {
    let bare = Stack::deploy(day().account.url(), HUB, "sam-template.yml", "bare", &[]);
    let outputs = bare.outputs();
    let off = ["EmailAlerts", "SlackAlerts", "AlexaSkill", "OtherAccounts", "OtherAccountsEvidence"];
    insta::assert_snapshot!(off.map(|name| format!("{name}: {}", outputs[name])).join("\n"));
    assert_eq!(bare.functions(), BTreeSet::from(["Dashboard", "Metrics", "Notifier"]));
}

#[test]
fn only_the_skill_that_was_named_may_call() {
    let template = day().stack.declared("AWS::Lambda::Permission");
    let permission = template["AlexaSkillPermission"];
    assert_eq!(permission["Principal"], "alexa-appkit.amazon.com");
    assert_eq!(permission["EventSourceToken"], json!({ "Ref": "SkillId" }));
}
