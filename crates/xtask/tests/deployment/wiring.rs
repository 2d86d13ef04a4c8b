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
        statement["Sid"]
            .as_str()
            .is_some_and(|sid| ["ReadFailureReasons", "ReadBuildLogs", "ListDeploymentTargets"].contains(&sid))
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

/// The queue of an alarm that goes off with every further message.
fn growing<'a>(name: &str, alarm: &'a Value) -> &'a str {
    let metrics = alarm["Metrics"].as_array().unwrap();
    let returned: Vec<&Value> = metrics.iter().filter(|metric| metric["ReturnData"] != false).collect();
    assert_eq!(returned.len(), 1, "{name}: an alarm watches one expression");
    assert_eq!(returned[0]["Expression"], "IF(more > 0 AND letters > more, more, 0)", "{name}");
    let stat = &metrics[0]["MetricStat"];
    assert_eq!(stat["Period"], 60, "{name}: the queue's own period");
    referred(&stat["Metric"]["Dimensions"][0]["Value"])
}

#[test]
fn every_function_and_every_queue_is_watched_and_the_alarms_can_publish() {
    let stack = &day().stack;
    let mut watched = BTreeSet::new();
    let mut watched_for_more = BTreeSet::new();
    for (name, alarm) in stack.declared("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"], json!([{ "Ref": "Alerts" }]), "{name}");
        if alarm["Metrics"].is_array() {
            watched_for_more.insert(growing(name, alarm));
            continue;
        }
        assert_eq!(alarm["OKActions"], alarm["AlarmActions"], "{name} does not say when it is over");
        watched.insert((referred(&alarm["Dimensions"][0]["Value"]), alarm["MetricName"].as_str().unwrap()));
    }
    assert_eq!(watched_for_more, BTreeSet::from(["MetricsDeadLetters", "NotifierDeadLetters"]));
    let functions = stack.functions();
    let mut wanted: BTreeSet<(&str, &str)> =
        functions.iter().flat_map(|function| [(*function, "Errors"), (*function, "Throttles")]).collect();
    for queue in ["Notifier", "Metrics", "Chat"] {
        let find = |suffix: &str| {
            let name = format!("{queue}{suffix}");
            stack.declared("AWS::SQS::Queue").into_keys().find(|key| *key == name).unwrap()
        };
        wanted.insert((find("Queue"), "ApproximateAgeOfOldestMessage"));
        wanted.insert((find("DeadLetters"), "ApproximateNumberOfMessagesVisible"));
    }
    wanted.insert(("ScheduleDeadLetters", "ApproximateNumberOfMessagesVisible"));
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
    let off =
        ["EmailAlerts", "SlackAlerts", "SlackApp", "McpServer", "AlexaSkill", "OtherAccounts", "OtherAccountsEvidence"];
    insta::assert_snapshot!(off.map(|name| format!("{name}: {}", outputs[name])).join("\n"), @r"
    EmailAlerts: off: set Email, or subscribe to the topic
    SlackAlerts: off: set SecretsPath, store the secret there, and refer to it in andon.yml
    SlackApp: off: set SecretsPath and SlackApp, and add the section chat to andon.yml
    McpServer: off: set McpServer. Without it, andon mcp --stack serves assistants with your own permissions
    AlexaSkill: off: set SkillId
    OtherAccounts: off: set OrganizationId or MemberAccounts
    OtherAccountsEvidence: off: set EvidenceExternalId here and in spoke.yml. Until then, alerts contain what the events contain
    ");
    assert_eq!(bare.functions(), BTreeSet::from(["Dashboard", "Metrics", "Notifier"]));
}

#[test]
fn only_the_skills_that_were_named_may_call() {
    let skill = |number: u8| format!("amzn1.ask.skill.00000000-0000-0000-0000-00000000000{number}");
    let all = [skill(1), skill(2), skill(3)];
    for given in 1..=all.len() {
        let ids = all[..given].join(",");
        let name = format!("skills-{given}");
        let stack = Stack::deploy(day().account.url(), HUB, "sam-template.yml", &name, &[("SkillId", &ids)]);
        assert_eq!(stack.environment("Alexa")["ANDON_SKILL_ID"], ids);
        let callers = stack.callers("Alexa");
        assert_eq!(callers.len(), given, "{callers:?}");
    }
    for (name, permission) in day().stack.declared("AWS::Lambda::Permission") {
        if permission["Principal"] == "*" {
            // Slack's requests are anybody's until their signature is checked.
            assert_eq!(referred(&permission["FunctionName"]), "Chat", "{name}");
            continue;
        }
        assert_eq!(permission["Principal"], "alexa-appkit.amazon.com", "{name}");
        assert!(permission["EventSourceToken"]["Fn::Select"].is_array(), "{name}");
    }
}

#[test]
fn only_signed_requests_reach_the_mcp_server_and_it_acts_only_where_that_was_chosen() {
    let urls = day().stack.declared("AWS::Lambda::Url");
    let open: BTreeSet<&str> = urls
        .values()
        .filter(|url| url["AuthType"] != "AWS_IAM")
        .map(|url| referred(&url["TargetFunctionArn"]))
        .collect();
    assert_eq!((urls.len(), open), (2, BTreeSet::from(["Chat"])));
    let reading =
        Stack::deploy(day().account.url(), HUB, "sam-template.yml", "mcp-reads", &[("McpServer", "questions")]);
    let may = allowed(&reading.statements("McpRole"));
    let acts = |action: &String| action.starts_with("codepipeline:") || action.starts_with("dynamodb:Put");
    assert!(!may.iter().any(acts), "{may:?}");
    assert!(allowed(&day().stack.statements("McpRole")).iter().any(acts));
}

#[test]
fn dead_letters_can_be_sent_back_where_a_function_reads_them() {
    let (stack, outputs) = (&day().stack, day().stack.outputs());
    for (function, output) in [("Notifier", "RedriveAlerts"), ("Metrics", "RedriveMetrics")] {
        let command = &outputs[output];
        let (_, arns) = command.split_once("--source-arn ").unwrap();
        let (source, destination) = arns.split_once(" --destination-arn ").unwrap();
        assert_eq!(destination, stack.queues(function)[0].queue, "{command}");
        // SQS only moves messages from a queue that is the dead-letter queue of another.
        let name = destination.rsplit(':').next().unwrap();
        let url = day().account.ask("sqs", "AmazonSQS.GetQueueUrl", &json!({ "QueueName": name }))["QueueUrl"].clone();
        let input = json!({ "QueueUrl": url, "AttributeNames": ["RedrivePolicy"] });
        let policy = day().account.ask("sqs", "AmazonSQS.GetQueueAttributes", &input);
        let policy: Value = serde_json::from_str(policy["Attributes"]["RedrivePolicy"].as_str().unwrap()).unwrap();
        assert_eq!(policy["deadLetterTargetArn"], source);
    }
    // What a schedule could not deliver is no event: in the queue of a function it would come back for ever.
    let schedules = stack.declared("AWS::Scheduler::Schedule");
    let letters = schedules.values().map(|schedule| referred(&schedule["Target"]["DeadLetterConfig"]["Arn"]));
    assert_eq!(letters.collect::<BTreeSet<_>>(), BTreeSet::from(["ScheduleDeadLetters"]));
}

#[test]
fn what_outlives_the_stack_does_not_outlive_a_first_deployment_that_failed() {
    let pipeline = Stack::deploy(day().account.url(), HUB, "pipeline.yml", "first-pipeline", &[]);
    for stack in [&day().stack, &day().spoke, &pipeline] {
        for (name, resource) in stack.template()["Resources"].as_object().unwrap() {
            if resource["Type"] == "AWS::Lambda::Version" {
                continue; // gone with its function
            }
            assert_ne!(resource["DeletionPolicy"], "Retain", "{name} would be in the way of the second try");
            if resource["UpdateReplacePolicy"] == "Retain" {
                assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
            }
        }
    }
    assert_eq!(day().stack.template()["Resources"]["Ledger"]["UpdateReplacePolicy"], "Retain");
}

#[test]
fn a_kept_table_is_taken_up_again() {
    let given = [("ExistingTable", "kept-table"), ("SkillId", "amzn1.ask.skill.00000000-0000-0000-0000-000000000000")];
    let stack = Stack::deploy(day().account.url(), HUB, "sam-template.yml", "again", &given);
    assert!(!stack.has("Ledger"));
    assert_eq!(stack.outputs()["Table"], "kept-table");
    let table = "arn:aws:dynamodb:us-east-1:123456789012:table/kept-table";
    for function in stack.functions() {
        assert_eq!(stack.environment(function)["ANDON_TABLE"], "kept-table", "{function}");
        let statements = stack.statements(&format!("{function}Role"));
        let on_tables = statements.iter().filter(|statement| statement["Action"].to_string().contains("dynamodb:"));
        for resource in on_tables.flat_map(|statement| crate::stack::texts(&statement["Resource"])) {
            assert!(resource.starts_with(table), "{function}: {resource}");
        }
    }
}

#[test]
fn every_role_gets_the_permissions_boundary() {
    for stack in [&day().stack, &day().spoke] {
        for (name, role) in stack.declared("AWS::IAM::Role") {
            assert_eq!(role["PermissionsBoundary"]["Fn::If"][1], json!({ "Ref": "PermissionsBoundary" }), "{name}");
            assert!(role["ManagedPolicyArns"].is_null(), "{name}: the pipeline may attach no policies");
        }
    }
}

#[test]
fn every_parameter_has_a_label_and_a_description_and_is_checked_before_anything_is_deployed() {
    let pipeline = Stack::deploy(day().account.url(), HUB, "pipeline.yml", "labelled-pipeline", &[]);
    for stack in [&day().stack, &day().spoke, &pipeline] {
        let template = stack.template();
        let interface = &template["Metadata"]["AWS::CloudFormation::Interface"];
        let grouped: Vec<&str> = interface["ParameterGroups"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| crate::stack::texts(&group["Parameters"]))
            .collect();
        for (name, parameter) in template["Parameters"].as_object().unwrap() {
            assert!(interface["ParameterLabels"][name]["default"].is_string(), "{name} has no label");
            assert_eq!(grouped.iter().filter(|grouped| grouped == &name).count(), 1, "{name} is in no group");
            assert!(parameter["Description"].is_string(), "{name} has no description");
            let is_checked = parameter["AllowedPattern"].is_string() || parameter["AllowedValues"].is_array();
            assert!(is_checked, "{name} takes anything");
            let explains = parameter["AllowedPattern"].is_null() || parameter["ConstraintDescription"].is_string();
            assert!(explains, "{name} does not say what it takes");
        }
    }
}
