//! Failures of several pipelines with one cause: one message that counts, whatever comes at once, twice or half.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, Receipt};
use andon::testing::faults::{Fault, Faults, Faulty};
use andon::testing::invocation;
use andon::testing::queue::{self, Now};
use andon_aws::clock::SystemClock;
use andon_aws::send::AwsSender;
use andon_config::Config;
use andon_notify::message::Message;
use andon_notify::testing::RecordingSender;
use andon_notify::{Destination, NoDeadLetters, NoEvidenceSource, Outgoing, SendError, Sender};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::moto;
use test_support::stand_in::Slack;
use test_support::{ask, block_kit, unique};

const START: &str = "2026-11-20T12:00:00Z";
const DENIED: &str =
    "User: arn:aws:sts::111122223333:assumed-role/deploy/x is not authorized to perform: ecr:GetAuthorizationToken";
const CAUSES: [&str; 5] = [
    DENIED,
    "Could not connect to the endpoint URL: https://codeartifact.eu-west-1.amazonaws.com/v1/token",
    "The security token included in the request is expired",
    "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating",
    "No space left on device while writing the layer cache to disk",
];

fn config() -> Config {
    let text = "version: 1\nsettle: off\ndestinations: { team: { slack: ops, token: \"env:T\" }, mail: { sns: default } }\n\
                routes:\n  - { to: team, same-cause: together, continue: true }\n  - { to: mail, same-cause: together }\n";
    Config::parse(text, "andon.yml").unwrap()
}

fn at(second: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap().checked_add(SignedDuration::from_secs(second)).unwrap()
}

/// The end of a run that failed for a reason, as its action's event.
fn failed(pipeline: &str, run: &str, second: i64, reason: &str) -> Value {
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": at(second),
        "detail": {
            "pipeline": pipeline, "execution-id": run, "state": "FAILED", "stage": "Build", "action": "Image",
            "type": {"category": "Build", "provider": "CodeBuild", "owner": "AWS"},
            "execution-result": {"external-execution-summary": reason},
        },
    })
}

fn batch(events: &[Value]) -> Value {
    let record = |(index, event): (usize, &Value)| {
        json!({"eventSource": "aws:sqs", "messageId": format!("m-{index}"), "body": event.to_string(),
               "attributes": {"ApproximateReceiveCount": "1"}})
    };
    json!({"Records": events.iter().enumerate().map(record).collect::<Vec<_>>()})
}

/// A channel whose messages can be changed, and a mailbox whose cannot.
#[derive(Debug, Default)]
struct Channel {
    messages: RefCell<Vec<Message>>,
    mails: RecordingSender,
}

impl Sender for Channel {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        if !self.can_update(to) {
            return self.mails.send(to, outgoing).await;
        }
        let mut messages = self.messages.borrow_mut();
        let known = outgoing.update.and_then(|receipt| receipt.id.as_deref()?.parse::<usize>().ok());
        let index = known.unwrap_or(messages.len());
        match messages.get_mut(index) {
            Some(message) => *message = outgoing.message.clone(),
            None => messages.push(outgoing.message.clone()),
        }
        Ok(Receipt { place: Some("C1".to_owned()), id: Some(index.to_string()), said: None })
    }

    fn can_update(&self, to: &Destination) -> bool {
        to.name.as_str() == "team"
    }
}

type Faulted<'a> =
    Notifier<(Faulty<'a, MemoryLedger>, NoArchive, NoEvidenceSource, Faulty<'a, Channel>, NoDeadLetters, &'a Now)>;

struct World {
    ledger: MemoryLedger,
    channel: Channel,
    now: Now,
}

impl World {
    fn new(events: &[Value]) -> Self {
        Self { ledger: MemoryLedger::new(), channel: Channel::default(), now: Now::after(events) }
    }

    fn notifier(&self, faults: &Rc<Faults>) -> Faulted<'_> {
        Notifier {
            ledger: Faulty::new(&self.ledger, faults),
            archive: NoArchive,
            evidence: NoEvidenceSource,
            sender: Faulty::new(&self.channel, faults),
            dead_letters: NoDeadLetters,
            clock: &self.now,
            config: config(),
        }
    }

    fn deliver(&self, events: &[Value], faults: &Rc<Faults>) {
        queue::deliver(events, &self.now, &async |event, call| self.notifier(faults).handle(event, call).await);
    }

    fn titles(&self) -> Vec<String> {
        self.channel.messages.borrow().iter().map(|message| message.title.clone()).collect()
    }

    /// Every pipeline that a message names.
    fn told(&self) -> BTreeSet<String> {
        let messages = self.channel.messages.borrow();
        let of_message = |message: &Message| {
            let others = message.others.iter().map(|other| other.name.clone());
            others.chain([message.about.pipeline.name.to_string()]).collect::<Vec<_>>()
        };
        messages.iter().flat_map(of_message).collect()
    }
}

type Real = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, AwsSender<SystemClock>, NoDeadLetters, SystemClock)>;

fn none() -> Rc<Faults> {
    Faults::interleaving(0)
}

#[test]
fn the_later_ones_are_added_to_the_first_and_mails_say_so() {
    let mut events: Vec<Value> =
        (0..3).map(|n| failed(&format!("shop-{n}"), &format!("e-{n}"), 60 * n, DENIED)).collect();
    // Another cause, a cause that says nothing, and the same pipeline once more.
    events.push(failed("docs", "e-d", 200, CAUSES[4]));
    events.push(failed("blog", "e-b", 210, "Build terminated with state: FAILED"));
    events.push(failed("shop-1", "e-again", 220, DENIED));
    let world = World::new(&events);
    for _ in 0..2 {
        world.deliver(&events, &none());
    }
    assert_eq!(
        world.titles(),
        [
            "shop-0 failed in Build / Image, and 2 more pipelines for the same reason",
            "docs failed in Build / Image",
            "blog failed in Build / Image",
            "shop-1 failed again in Build / Image",
        ]
    );
    let message = world.channel.messages.borrow()[0].clone();
    let others: Vec<String> = message.others.iter().map(|other| format!("{}: {}", other.name, other.place)).collect();
    assert_eq!(others, ["shop-1: Build / Image", "shop-2: Build / Image"]);
    assert!(message.others[1].url.contains("/shop-2/executions/e-2/"), "{:?}", message.others);
    let mails = world.channel.mails.sent.borrow();
    let said = |message: &Message| {
        let fact = message.facts.iter().find(|fact| fact.label == "Same cause");
        (message.about.pipeline.name.to_string(), fact.map(|fact| fact.value.clone()))
    };
    let said: Vec<(String, Option<String>)> = mails.iter().map(|(_, _, message)| said(message)).collect();
    let same = |text: &str| Some(text.to_owned());
    assert_eq!(
        said,
        [
            ("shop-0".to_owned(), None),
            ("shop-1".to_owned(), same("as shop-0, 1 min before")),
            ("shop-2".to_owned(), same("as shop-0, 2 min before, and 1 more pipeline")),
            ("docs".to_owned(), None),
            ("blog".to_owned(), None),
            ("shop-1".to_owned(), None),
        ]
    );
}

#[test]
fn what_fails_much_later_is_news_again() {
    for (seconds, messages) in [(0, 1), (599, 1), (601, 2), (1300, 2)] {
        // Around the time at which groups begin anew.
        for begin in [0, 300, 900, 1190] {
            let events = [failed("a", "e-a", begin, DENIED), failed("b", "e-b", begin + seconds, DENIED)];
            let world = World::new(&events);
            world.deliver(&events, &none());
            let expected = if (begin + seconds) / 1200 == begin / 1200 { 1 } else { messages };
            assert_eq!(world.titles().len(), expected, "{begin} and {seconds} s later: {:?}", world.titles());
        }
    }
}

#[test]
fn whatever_call_fails_or_dies_every_pipeline_is_told_of() {
    let events: Vec<Value> = (0..3).map(|n| failed(&format!("shop-{n}"), &format!("e-{n}"), n, DENIED)).collect();
    let all: BTreeSet<String> = (0..3).map(|n| format!("shop-{n}")).collect();
    for fault in Fault::ALL {
        for call in 0.. {
            let world = World::new(&events);
            let faults = Faults::at(call, fault);
            world.deliver(&events, &faults);
            assert_eq!(world.told(), all, "{fault:?} at call {call}: {:?}", world.titles());
            assert!(world.titles().len() <= 2, "{fault:?} at call {call}: {:?}", world.titles());
            if !faults.has_struck() {
                assert_eq!(world.titles().len(), 1, "without a fault: {:?}", world.titles());
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_at_once_over_five_causes_are_five_messages() {
    let slack = Slack::start().unwrap();
    let secret = format!("/{}", unique("together"));
    let parameter = json!({"Name": secret, "Value": "xoxb-not-a-real-token", "Type": "SecureString"});
    assert_eq!(ask::json(&moto().unwrap(), "ssm", "AmazonSSM.PutParameter", &parameter).unwrap().status, 200);
    // The region where the parameter was put.
    let aws = aws::config(&moto().unwrap(), "us-east-1");
    let sender = AwsSender::new(&aws, None, &slack.api_url(), SystemClock);
    let text = format!(
        "version: 1\nsettle: off\ndestinations: {{ team: {{ slack: ops, token: \"ssm:{secret}\" }} }}\n\
         routes: [{{ to: team, same-cause: together, mention: here }}]\n",
    );
    let config = Config::parse(&text, "andon.yml").unwrap();
    let now = Timestamp::now();
    let notifier = Real {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender,
        dead_letters: NoDeadLetters,
        clock: SystemClock,
        config,
    };
    let events: Vec<Value> = (0_u8..40)
        .map(|n| {
            let mut event = failed(&format!("service-{n:02}"), &format!("e-{n}"), 0, CAUSES[usize::from(n) % 5]);
            event["time"] = json!(now.checked_sub(SignedDuration::from_secs(40 - i64::from(n))).unwrap());
            event
        })
        .collect();
    // Five functions at once, and what they hand back comes again.
    let mut waiting = events.clone();
    for round in 0..5 {
        let calls: Vec<&[Value]> = waiting.chunks(8).collect();
        let answers = join_all(calls.iter().enumerate().map(|(number, events)| {
            let call = invocation(&format!("{round}-{number}"));
            let payload = batch(events);
            let notifier = &notifier;
            async move { notifier.handle(payload, &call).await.unwrap() }
        }))
        .await;
        let again = |(events, answer): (&&[Value], &Value)| {
            let failures = answer["batchItemFailures"].as_array().cloned().unwrap_or_default();
            let index = |failure: &Value| failure["itemIdentifier"].as_str().unwrap()[2..].parse::<usize>().unwrap();
            failures.iter().map(|failure| events[index(failure)].clone()).collect::<Vec<_>>()
        };
        waiting = calls.iter().zip(&answers).flat_map(again).collect();
        if waiting.is_empty() {
            break;
        }
    }
    assert!(waiting.is_empty(), "{} have to come again", waiting.len());
    let messages = slack.messages();
    let titles: Vec<String> =
        messages.iter().map(|message| message.body["blocks"][0]["text"]["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles.len(), 5, "{titles:#?}");
    assert!(titles.iter().all(|title| title.ends_with("and 7 more pipelines for the same reason")), "{titles:#?}");
    for message in &messages {
        assert_eq!(block_kit::faults(&message.body), [""; 0], "{}", message.body);
        let named: BTreeSet<String> = (0..40)
            .map(|n| format!("service-{n:02}"))
            .filter(|name| message.body["blocks"].to_string().contains(name))
            .collect();
        assert_eq!(named.len(), 8, "{}", message.body);
    }
    let bodies: Vec<Value> = messages.iter().map(|message| message.body.clone()).collect();
    assert_eq!(block_kit::refusals(&bodies).unwrap(), [""; 0]);
    let posts = slack.requests().iter().filter(|call| call.operation == "chat.postMessage").count();
    assert_eq!(posts, 5, "nobody is called a second time");
    let changes = slack.requests().iter().filter(|call| call.operation == "chat.update").count();
    assert!(changes <= 40, "{changes} changes");
}
