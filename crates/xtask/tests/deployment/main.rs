//! The templates, deployed without an account.
//!
//! SAM's translator makes the template plain, moto's CloudFormation creates it, events go to its buses, and the functions'
//! binaries are started with the variables that the template gives them. What moto leaves out is played (`account`) or
//! read in the template, and is listed in a test.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod account;
mod day;
mod deploying;
mod failures;
mod packaging;
mod permissions;
mod stack;
mod wiring;

use std::collections::BTreeSet;

use day::{MEMBER, day};
use serde_json::{Value, json};

fn subjects(mails: &[Value]) -> Vec<&str> {
    mails.iter().filter_map(|mail| mail["Subject"].as_str()).collect()
}

#[test]
fn a_failed_run_and_its_recovery_reach_the_topics_subscribers() {
    let subjects = subjects(&day().mails);
    for wanted in ["[FAILED] payments-api failed in Build / UnitTests", "[RECOVERED] payments-api"] {
        let times = subjects.iter().filter(|subject| subject.starts_with(wanted)).count();
        assert_eq!(times, 1, "{wanted} in {subjects:#?}\n{}", day().logs["Notifier"]);
    }
}

#[test]
fn slack_hears_the_same_by_a_token_and_a_webhook_from_the_secrets_path() {
    let messages = day().account.slack.messages();
    let header = ":red_circle: payments-api failed in Build / UnitTests";
    let told: BTreeSet<&str> = messages
        .iter()
        .filter(|message| message.body["blocks"][0]["text"]["text"] == header)
        .map(|message| message.channel.as_str())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn nobody_hears_of_events_that_no_rule_is_for() {
    assert!(!day().logs["Notifier"].contains("ignored"), "{}", day().logs["Notifier"]);
}

#[test]
fn an_event_that_nobody_can_read_is_put_aside_with_the_reason() {
    let queue = day().stack.resource("NotifierDeadLetters");
    let receive = json!({ "QueueUrl": queue, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0 });
    let reply = day().account.ask("sqs", "AmazonSQS.ReceiveMessage", &receive);
    let letter = &reply["Messages"][0];
    assert!(letter["Body"].as_str().unwrap().contains("\"execution-id\":7"), "{reply}");
    assert!(letter["MessageAttributes"]["reason"]["StringValue"].as_str().unwrap().contains("execution-id"), "{reply}");
}

#[test]
fn the_statistics_of_the_run_are_in_cloudwatch() {
    let fields = [("Action", "ListMetrics"), ("Namespace", "Pipeline"), ("Version", "2010-08-01")];
    let reply = test_support::ask::form(day().account.url(), "monitoring", &fields).unwrap();
    for metric in ["SuccessCount", "FailureCount", "RedTime", "SuccessLeadTime"] {
        assert!(reply.body.contains(&format!("<MetricName>{metric}</MetricName>")), "no {metric}: {}", reply.body);
    }
    assert!(reply.body.contains("<Value>payments-api</Value>"), "{}", reply.body);
}

#[test]
fn what_happens_in_a_member_account_is_told_by_the_hub() {
    let day = day();
    let mails = &day.mails_of_member;
    assert_eq!(subjects(mails), ["[FAILED] docs-portal failed in Build / BuildSite"], "{}", day.logs["Notifier"]);
    assert_eq!(mails[0]["MessageAttributes"]["account"]["Value"], MEMBER);
}

#[test]
fn the_dashboard_is_there() {
    let fields = [("Action", "GetDashboard"), ("DashboardName", "Pipelines-us-east-1"), ("Version", "2010-08-01")];
    let reply = test_support::ask::form(day().account.url(), "monitoring", &fields).unwrap();
    assert!(reply.body.contains("payments-api") || reply.body.contains("SEARCH("), "{}", reply.body);
    assert_eq!(reply.status, 200, "{}", reply.body);
}

#[test]
fn alexa_is_told_what_failed_and_why() {
    let speech = |answer: &Value| answer["response"]["outputSpeech"]["ssml"].as_str().unwrap_or_default().to_owned();
    let told: Vec<String> =
        day().answers.iter().filter(|(function, _)| function == "Alexa").map(|(_, answer)| speech(answer)).collect();
    assert!(told[0].contains("Nine pipelines are red"), "{told:#?}");
    assert!(told[1].contains("The deployment failed in build"), "{told:#?}");
}

#[test]
fn an_assistant_reads_the_fleet() {
    let results: Vec<Value> = day()
        .answers
        .iter()
        .filter(|(function, _)| function == "Mcp")
        .map(|(_, answer)| serde_json::from_str(answer["body"].as_str().unwrap()).unwrap())
        .collect();
    let content = |at: usize| &results[at]["result"]["structuredContent"];
    assert!(content(0)["total"].as_u64().unwrap() > 8, "{}\n{}", results[0], day().logs["Mcp"]);
    assert_eq!(content(1)["is_red"], true, "{}", results[1]);
    assert_eq!(content(2)["pipeline"], "payments-api", "{}", results[2]);
}

/// What CloudFormation makes of the template that moto does not, and what stands for it here.
const LEFT_OUT: [(&str, &str); 11] = [
    ("AWS::CloudWatch::Alarm", "read in the template"),
    ("AWS::CodeDeploy::Application", "nothing; gradual deployment is SAM's and CodeDeploy's business"),
    ("AWS::CodeDeploy::DeploymentGroup", "the same"),
    ("AWS::Events::EventBusPolicy", "read in the template"),
    ("AWS::Lambda::Alias", "the function itself"),
    ("AWS::Lambda::Url", "the test, which calls what Slack and assistants would"),
    ("AWS::SNS::Subscription", "a queue that subscribes"),
    ("AWS::SNS::TopicPolicy", "read in the template"),
    ("AWS::SQS::QueuePolicy", "read in the template"),
    ("AWS::Scheduler::Schedule", "the test, which calls what they would"),
    ("AWS::SecretsManager::Secret", "one that the test creates"),
];

#[test]
fn what_moto_does_not_make_is_known() {
    let left_out: Vec<&str> = LEFT_OUT.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(day().stack.left_out(), left_out);
    let of_spoke =
        ["AWS::CloudWatch::Alarm", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"];
    assert_eq!(day().spoke.left_out(), of_spoke);
}

/// What functions may do although none of their calls here shows it, and why they may.
const UNSEEN: [(&str, &[&str]); 3] = [
    (
        "Lambda does it, with the function's role",
        &[
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
    ),
    ("SNS does it, with the publisher's role", &["kms:Decrypt", "kms:GenerateDataKey"]),
    ("a fleet has to shrink before one is removed", &["cloudwatch:DeleteDashboards"]),
];

/// What functions do only when they are told to act on a pipeline, in conversations of their own tests.
const ORDERS: [&str; 4] = [
    "codepipeline:GetPipelineState",
    "codepipeline:PutApprovalResult",
    "codepipeline:RetryStageExecution",
    "codepipeline:StopPipelineExecution",
];
/// What the Alexa function does then beside that.
const COUNTING: [&str; 3] = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
/// A secret is in the one store or in the other.
const SECRETS: [&str; 2] = ["secretsmanager:GetSecretValue", "ssm:GetParameter"];
/// What each function may do beside what its calls here show.
const SPARE: [(&str, &[&[&str]]); 4] = [
    ("Alexa", &[&ORDERS, &COUNTING, &SECRETS]),
    ("Chat", &[&SECRETS]),
    ("ChatWorker", &[&ORDERS, &SECRETS]),
    ("Mcp", &[&ORDERS]),
];

#[test]
fn functions_may_do_what_they_do_and_nothing_else() {
    let day = day();
    let mut wrong = Vec::new();
    for (function, calls) in &day.calls {
        let statements = day.stack.statements(&format!("{function}Role"));
        let mut spare = permissions::allowed(&statements);
        for (_, unseen) in UNSEEN {
            spare.retain(|action| !unseen.contains(&action.as_str()));
        }
        for (_, unseen) in SPARE.iter().filter(|(of, _)| of == function) {
            spare.retain(|action| !unseen.iter().any(|unseen| unseen.contains(&action.as_str())));
        }
        for call in calls {
            let action = permissions::action(call);
            spare.remove(&action);
            let resources = permissions::resources(call);
            let named = resources.iter().map(|resource| Some(resource.as_str()));
            let asked: Vec<Option<&str>> = if resources.is_empty() { vec![None] } else { named.collect() };
            for resource in asked {
                if !permissions::allow(&statements, &action, resource) {
                    wrong.push(format!("{function} lacks {action} on {resource:?}"));
                }
            }
        }
        wrong.extend(spare.into_iter().map(|action| format!("{function} never uses {action}")));
    }
    wrong.sort();
    wrong.dedup();
    assert_eq!(wrong, Vec::<String>::new());
}
