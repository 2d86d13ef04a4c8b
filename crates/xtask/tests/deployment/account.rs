//! An account that Andon is deployed in: what the service does that moto does not is played here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_support::ask;
use test_support::call::Call;
use test_support::emulator::Emulator;
use test_support::recorder::Recorder;
use test_support::runtime_api::Function;
use test_support::stand_in::{Aws, Slack};

use crate::stack::{Mapping, Stack};

/// The account of whoever names no other, in moto and of the functions that run here.
pub(crate) const HUB: &str = "123456789012";

/// Who answers, and who notes what was asked.
pub(crate) struct Account {
    pub(crate) recorder: Recorder,
    pub(crate) aws: Aws,
    pub(crate) slack: Slack,
    inbox: String,
    task_root: PathBuf,
    moto: Emulator,
}

impl Account {
    pub(crate) fn open() -> Self {
        let moto = Emulator::moto().unwrap();
        let reply = ask::json(moto.url(), "sqs", "AmazonSQS.CreateQueue", &json!({ "QueueName": "inbox" })).unwrap();
        Self {
            recorder: Recorder::start(moto.url()).unwrap(),
            aws: Aws::start().unwrap(),
            slack: Slack::start().unwrap(),
            inbox: reply.json()["QueueUrl"].as_str().unwrap().to_owned(),
            task_root: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test_support::unique("task")),
            moto,
        }
    }

    pub(crate) fn url(&self) -> &str {
        self.moto.url()
    }

    pub(crate) fn ask(&self, service: &str, target: &str, input: &Value) -> Value {
        let reply = ask::json(self.url(), service, target, input).unwrap();
        assert_eq!(reply.status, 200, "{target}: {}", reply.body);
        reply.json()
    }

    /// Lets the inbox subscribe to a topic, as anybody may.
    pub(crate) fn subscribe(&self, topic: &str) {
        let queue = format!("arn:aws:sqs:us-east-1:{HUB}:inbox");
        let fields = [("Action", "Subscribe"), ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", &queue)];
        assert_eq!(ask::form(self.url(), "sns", &fields).unwrap().status, 200);
    }

    /// A topic that is there without Andon.
    pub(crate) fn create_topic(&self, name: &str) {
        assert_eq!(ask::form(self.url(), "sns", &[("Action", "CreateTopic"), ("Name", name)]).unwrap().status, 200);
    }

    /// What is in the package beside the binary.
    pub(crate) fn package(&self, configuration: &str) {
        fs::create_dir_all(&self.task_root).unwrap();
        fs::write(self.task_root.join("andon.yml"), configuration).unwrap();
    }

    /// Starts a function as Lambda does, with the variables that the stack gives it and nothing of Andon's beside them but
    /// where Slack is.
    pub(crate) async fn start(&self, stack: &Stack, function: &str) -> Function {
        let mut environment: BTreeMap<String, String> = stack
            .environment(function)
            .into_iter()
            .map(|(name, value)| (name, self.on_this_machine(&value)))
            .chain(self.aws.environment())
            .collect();
        for (name, value) in [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "testing"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
            ("AWS_ENDPOINT_URL", &self.recorder.url()),
            ("ANDON_SLACK_API_URL", &self.slack.api_url()),
        ] {
            environment.insert(name.to_owned(), value.to_owned());
        }
        Function::start(binary(function), environment).await.unwrap()
    }

    /// The files of Lambda's machines, where they are on this one.
    fn on_this_machine(&self, value: &str) -> String {
        if let Some(file) = value.strip_prefix("/var/task/") {
            return self.task_root.join(file).display().to_string();
        }
        if value == "/etc/pki/tls/certs/ca-bundle.crt" && !Path::new(value).exists() {
            return "/etc/ssl/certs/ca-certificates.crt".to_owned();
        }
        value.to_owned()
    }

    /// Puts events on the default bus of an account, with the times that they carry.
    pub(crate) fn put(&self, key: &str, events: &[Value]) {
        for event in events {
            let time: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
            let entry = json!({
                "Time": time.as_second(),
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Resources": event["resources"],
                "Detail": event["detail"].to_string(),
            });
            let input = json!({ "Entries": [entry] });
            let reply = ask::json_as(key, self.url(), "events", "AWSEvents.PutEvents", &input).unwrap();
            assert_eq!(reply.json()["FailedEntryCount"], 0, "{}", reply.body);
        }
    }

    /// What a queue does that calls a function: hands it batches, deletes what it has done, and tries the rest again.
    pub(crate) async fn poll(&self, mapping: &Mapping, function: &Function, forwarded: &dyn Fn(&mut Value)) {
        assert_eq!(mapping.answers, ["ReportBatchItemFailures"]);
        let name = mapping.queue.rsplit(':').next().unwrap();
        let url = self.ask("sqs", "AmazonSQS.GetQueueUrl", &json!({ "QueueName": name }))["QueueUrl"].clone();
        let patience = Instant::now() + Duration::from_mins(2);
        while Instant::now() < patience {
            let receive = json!({
                "QueueUrl": url,
                "MaxNumberOfMessages": mapping.batch,
                "MessageSystemAttributeNames": ["All"],
            });
            let messages = self.ask("sqs", "AmazonSQS.ReceiveMessage", &receive)["Messages"].take();
            let Some(messages) = messages.as_array().filter(|messages| !messages.is_empty()) else {
                if self.is_empty(&url) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let records: Vec<Value> = messages.iter().map(|message| record(message, forwarded)).collect();
            let answer = function.invoke(&json!({ "Records": records })).await.unwrap();
            let answer = answer.ok().unwrap_or_else(|| panic!("{answer:?}\n{}", function.log()));
            let failed: Vec<&Value> =
                answer["batchItemFailures"].as_array().unwrap().iter().map(|item| &item["itemIdentifier"]).collect();
            for message in messages {
                let mut input = json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] });
                if failed.contains(&&message["MessageId"]) {
                    // What failed comes again when its time is over, and here at once.
                    input["VisibilityTimeout"] = json!(0);
                    self.ask("sqs", "AmazonSQS.ChangeMessageVisibility", &input);
                } else {
                    self.ask("sqs", "AmazonSQS.DeleteMessage", &input);
                }
            }
        }
        panic!("the queue {name} never runs dry: {}", function.log());
    }

    /// Whether nothing is in a queue, not even what somebody is working on.
    fn is_empty(&self, url: &Value) -> bool {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let input = json!({ "QueueUrl": url, "AttributeNames": names });
        let attributes = self.ask("sqs", "AmazonSQS.GetQueueAttributes", &input)["Attributes"].take();
        names.iter().all(|name| attributes[name] == "0")
    }

    /// The mails so far, as a subscriber gets them.
    pub(crate) fn mails(&self) -> Vec<Value> {
        let mut mails = Vec::new();
        loop {
            let receive = json!({ "QueueUrl": self.inbox, "MaxNumberOfMessages": 10 });
            let messages = self.ask("sqs", "AmazonSQS.ReceiveMessage", &receive)["Messages"].take();
            let Some(messages) = messages.as_array().filter(|messages| !messages.is_empty()) else { return mails };
            for message in messages {
                let input = json!({ "QueueUrl": self.inbox, "ReceiptHandle": message["ReceiptHandle"] });
                self.ask("sqs", "AmazonSQS.DeleteMessage", &input);
                mails.push(serde_json::from_str(message["Body"].as_str().unwrap()).unwrap());
            }
        }
    }

    /// The calls to AWS since this was last asked.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        let mut calls = self.recorder.take_requests();
        calls.extend(self.aws.take_requests());
        calls
    }
}

/// The binary of a function, which cargo has built beside this test's own program; whoever runs this test alone has to
/// build them first.
pub(crate) fn binary(function: &str) -> PathBuf {
    let binary =
        Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name(function.trim_end_matches("Worker").to_lowercase());
    assert!(binary.is_file(), "{} is not there: run `cargo build --workspace --all-features`", binary.display());
    binary
}

/// A message as Lambda hands it to a function.
fn record(message: &Value, forwarded: &dyn Fn(&mut Value)) -> Value {
    let body = message["Body"].as_str().unwrap();
    let body = serde_json::from_str(body).map_or_else(
        |_| body.to_owned(),
        |mut event| {
            forwarded(&mut event);
            event.to_string()
        },
    );
    json!({
        "eventSource": "aws:sqs",
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": body,
        "attributes": message["Attributes"],
    })
}

/// Recorded events as if the last of them had happened an hour ago: CloudWatch takes no data of two weeks ago.
pub(crate) fn recorded(files: &[&str]) -> Vec<Value> {
    let mut events: Vec<Value> = files.iter().flat_map(|file| andon::testing::events(file)).collect();
    let last = events.iter().map(andon::testing::time).max().unwrap();
    let by = Timestamp::now().checked_sub(SignedDuration::from_hours(1)).unwrap().duration_since(last);
    for event in &mut events {
        shift(event, SignedDuration::from_secs(by.as_secs()));
    }
    events
}

/// Recorded events as if they had happened in this account and region.
pub(crate) fn recorded_here(files: &[&str]) -> Vec<Value> {
    let here = |event: Value| event.to_string().replace("111122223333", HUB).replace("eu-west-1", "us-east-1");
    recorded(files).into_iter().map(|event| serde_json::from_str(&here(event)).unwrap()).collect()
}

fn shift(value: &mut Value, by: SignedDuration) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| shift(member, by)),
        Value::String(text) => {
            if let Ok(time) = text.parse::<Timestamp>() {
                *text = time.checked_add(by).unwrap().to_string();
            }
        }
        _ => {}
    }
}
