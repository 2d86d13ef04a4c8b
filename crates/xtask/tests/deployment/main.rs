//! The templates, deployed without an account.
//!
//! SAM's translator makes the template plain, moto's CloudFormation creates it, events go to its buses, and the functions'
//! binaries are started with the variables that the template gives them. What moto leaves out is played (`account`) or
//! read in the template, and is listed in a test.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod account;
mod day;
mod failures;
mod permissions;
mod stack;

use std::collections::BTreeSet;

use day::{MEMBER, day};
use serde_json::{Value, json};
use stack::texts;

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
    assert!(!day().logs["Notifier"].contains("left alone"), "{}", day().logs["Notifier"]);
}

#[test]
fn an_event_that_nobody_can_read_is_put_aside_with_the_reason() {
    let queue = day().stack.resource("NotifierDeadLetters");
    let receive = json!({ "QueueUrl": queue, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0 });
    let reply = day().account.ask("sqs", "AmazonSQS.ReceiveMessage", &receive);
    let letter = &reply["Messages"][0];
    assert!(letter["Body"].as_str().unwrap().contains("PAUSED"), "{reply}");
    assert!(letter["MessageAttributes"]["reason"]["StringValue"].as_str().unwrap().contains("state"), "{reply}");
}
