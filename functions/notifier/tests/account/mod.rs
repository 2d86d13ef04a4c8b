//! An account that the notifier runs in: its own binary, and everything that it talks to, over HTTP.

#![allow(dead_code, reason = "every test file uses its own part of it")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::moto;
use test_support::runtime_api::Function;
use test_support::stand_in::{Aws, Slack};
use test_support::unique;

pub(crate) const NOTIFIER: &str = env!("CARGO_BIN_EXE_notifier");
pub(crate) const TOKEN: &str = "xoxb-not-a-real-token";

/// An account with a table, a topic with a subscriber, a queue for dead letters, and a Slack.
pub(crate) struct Account {
    pub(crate) table: String,
    pub(crate) topic: String,
    pub(crate) inbox: String,
    pub(crate) dead_letters: String,
    queues: aws_sdk_sqs::Client,
    pub(crate) slack: Slack,
    pub(crate) codepipeline: Aws,
    pub(crate) config: PathBuf,
}

impl Account {
    pub(crate) async fn open(config: &str) -> Self {
        let moto = moto().unwrap();
        // Safe in tests: every test sets the same values before it starts anything.
        let shared = aws::config(&moto, "eu-west-1");
        let table = unique("andon-test");
        DynamoLedger::connect(&shared, &table, SystemClock).create_table().await.unwrap();
        let (queues, topics) = (aws_sdk_sqs::Client::new(&shared), aws_sdk_sns::Client::new(&shared));
        let queue =
            async |name: &str| queues.create_queue().queue_name(unique(name)).send().await.unwrap().queue_url.unwrap();
        let (inbox, dead_letters) = (queue("inbox").await, queue("dead").await);
        let topic = topics.create_topic().name(unique("alerts")).send().await.unwrap().topic_arn.unwrap();
        let name = inbox.rsplit('/').next().unwrap();
        let endpoint = format!("arn:aws:sqs:eu-west-1:123456789012:{name}");
        topics.subscribe().topic_arn(&topic).protocol("sqs").endpoint(endpoint).send().await.unwrap();
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{table}.yml"));
        fs::write(&file, config).unwrap();
        let _ = moto;
        Self {
            table,
            topic,
            inbox,
            dead_letters,
            queues,
            slack: Slack::start().unwrap(),
            codepipeline: Aws::start().unwrap(),
            config: file,
        }
    }

    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = credentials();
        environment.extend([
            ("AWS_ENDPOINT_URL".to_owned(), moto().unwrap()),
            ("ANDON_TABLE".to_owned(), self.table.clone()),
            ("ANDON_TOPIC_ARN".to_owned(), self.topic.clone()),
            ("ANDON_CONFIG".to_owned(), self.config.display().to_string()),
            ("ANDON_DEAD_LETTERS".to_owned(), self.dead_letters.clone()),
            ("ANDON_SLACK_API_URL".to_owned(), self.slack.api_url()),
            ("SLACK_TOKEN".to_owned(), TOKEN.to_owned()),
            ("SLACK_WEBHOOK".to_owned(), self.slack.webhook_url()),
        ]);
        environment.extend(self.codepipeline.environment());
        environment
    }

    pub(crate) async fn start(&self) -> Function {
        Function::start(NOTIFIER, self.environment()).await.unwrap()
    }

    /// What arrived in a queue, as JSON.
    pub(crate) async fn read(&self, queue: &str) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let batch = self
                .queues
                .receive_message()
                .queue_url(queue)
                .max_number_of_messages(10)
                .message_attribute_names("All");
            let batch = batch.send().await.unwrap().messages.unwrap_or_default();
            if batch.is_empty() {
                return messages;
            }
            for message in batch {
                let reason =
                    message.message_attributes.as_ref().and_then(|all| all.get("reason")?.string_value.clone());
                let body: Value = serde_json::from_str(message.body().unwrap()).unwrap();
                messages.push(reason.map_or(body.clone(), |reason| json!({"event": body, "reason": reason})));
                let receipt = message.receipt_handle().unwrap();
                self.queues.delete_message().queue_url(queue).receipt_handle(receipt).send().await.unwrap();
            }
        }
    }

    pub(crate) async fn subjects(&self) -> Vec<String> {
        let mails = self.read(&self.inbox).await;
        mails.iter().map(|mail| mail["Subject"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn credentials() -> BTreeMap<String, String> {
    [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "eu-west-1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// Recorded events, moved so that the last happened two minutes ago: the function has the real clock, and what is old
/// alerts nobody.
pub(crate) fn events(file: &str) -> Vec<Value> {
    static NOW: OnceLock<Timestamp> = OnceLock::new();
    let now = NOW.get_or_init(Timestamp::now);
    andon::testing::events_until(file, now.checked_sub(SignedDuration::from_mins(2)).unwrap())
}

pub(crate) fn batch(events: &[Value]) -> Value {
    let record = |(index, body): (usize, String)| json!({"eventSource": "aws:sqs", "messageId": format!("m-{index}"), "body": body});
    json!({"Records": events.iter().map(Value::to_string).enumerate().map(record).collect::<Vec<_>>()})
}

pub(crate) fn raw(bodies: &[&str]) -> Value {
    let record = |(index, body): (usize, &&str)| json!({"eventSource": "aws:sqs", "messageId": format!("m-{index}"), "body": body});
    json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()})
}

/// A queue: what is reported as failed is delivered again after all the rest, and says so.
pub(crate) async fn deliver(function: &Function, events: &[Value]) {
    let mut payloads: Vec<Value> = events.chunks(10).map(batch).collect();
    for _ in 0..5 {
        let mut again = Vec::new();
        for payload in payloads {
            let answer = invoke(function, &payload).await;
            let failed = |record: &&Value| {
                let id = &record["messageId"];
                answer["batchItemFailures"].as_array().unwrap().iter().any(|failure| failure["itemIdentifier"] == *id)
            };
            again.extend(payload["Records"].as_array().unwrap().iter().filter(failed).cloned());
        }
        if again.is_empty() {
            return;
        }
        for record in &mut again {
            record["attributes"] = json!({"ApproximateReceiveCount": "2"});
        }
        payloads = vec![json!({"Records": again})];
    }
    panic!("never done with it: {}", function.log());
}

pub(crate) async fn invoke(function: &Function, event: &Value) -> Value {
    let answer = function.invoke(event).await.unwrap();
    answer.ok().cloned().unwrap_or_else(|| panic!("{answer:?}\n{}", function.log()))
}

pub(crate) fn all_done() -> Value {
    json!({"batchItemFailures": []})
}
