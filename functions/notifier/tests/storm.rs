//! A storm: thousands of failures at once, over fifty channels of a Slack that has a bad day.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use andon::clock::{Clock, Timer};
use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::testing::{home, invocation};
use andon_aws::send::AwsSender;
use andon_config::Config;
use andon_notify::destination::sns::TopicArn;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};
use test_support::emulator::moto;
use test_support::stand_in::{Slack, SlackFault};
use test_support::{ask, unique};

const CHANNELS: usize = 50;
const SERVICES: usize = 10;
/// As many notifiers at once as the template allows.
const NOTIFIERS: usize = 5;
const BATCH: usize = 10;
/// After so long the template's queue delivers again what was not done ...
const VISIBILITY: SignedDuration = SignedDuration::from_secs(180);
/// ... and so often before it gives up.
const MAX_DELIVERIES: usize = 10;

/// A clock that goes on between deliveries only; whoever waits is noted, and goes on at once.
#[derive(Debug, Clone)]
struct Now {
    time: Rc<Cell<Timestamp>>,
    waited: Rc<Cell<usize>>,
}

impl Clock for Now {
    fn now(&self) -> Timestamp {
        self.time.get()
    }
}

impl Timer for Now {
    async fn wait(&self, _: SignedDuration) {
        self.waited.set(self.waited.get() + 1);
    }
}

type Stormy = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, AwsSender<Now>, NoDeadLetters, Now)>;

/// What became of a storm.
#[derive(Debug, PartialEq, Eq)]
struct Toll {
    failures: usize,
    events: usize,
    sent: usize,
    retried: usize,
    waited: usize,
    duplicate: usize,
    lost: usize,
}

/// Every channel has pipelines of its own.
fn configuration(token: &str) -> Config {
    let mut text = format!("version: 1\nslack-token: ssm:{token}\ndestinations:\n");
    for channel in 0..CHANNELS {
        writeln!(text, "  team-{channel:02}: {{ slack: team-{channel:02} }}").unwrap();
    }
    text.push_str("routes:\n");
    for channel in 0..CHANNELS {
        writeln!(text, "  - match: {{ pipeline: team-{channel:02}-* }}\n    to: team-{channel:02}").unwrap();
    }
    Config::parse(&text, "andon.yml").unwrap()
}

/// The event that proves a failure.
fn failure(number: usize) -> Value {
    let (channel, service) = (number % CHANNELS, number / CHANNELS % SERVICES);
    let start: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
    let time = start.checked_add(SignedDuration::from_secs(i64::try_from(number).unwrap())).unwrap();
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": home().account, "region": home().region, "time": time.to_string(), "id": format!("event-{number}"),
        "detail": {
            "pipeline": format!("team-{channel:02}-service-{service}"), "execution-id": format!("{number:08x}-storm"),
            "pipeline-execution-attempt": 1.0, "stage": "Build", "action": "Compile", "state": "FAILED",
            "type": {"owner": "AWS", "category": "Build", "provider": "CodeBuild", "version": "1"},
            "execution-result": {"external-execution-summary": "Build terminated with state: FAILED"},
        },
    })
}

/// Out of order, and one in ten twice.
fn events(failures: usize) -> Vec<Value> {
    // Every failure comes up once, since 7,919 is prime and does not divide their number.
    let shuffled = (0..failures).map(|index| index * 7919 % failures);
    shuffled.flat_map(|number| vec![failure(number); if number % 10 == 0 { 2 } else { 1 }]).collect()
}

async fn storm(failures: usize, faults: impl Iterator<Item = Option<SlackFault>>) -> Toll {
    let slack = Slack::start().unwrap();
    slack.inject_sequence("chat.postMessage", faults);
    let token = format!("/{}", unique("slack-token"));
    let parameter = json!({"Name": token, "Value": "xoxb-not-a-real-token", "Type": "SecureString"});
    assert_eq!(ask::json(&moto().unwrap(), "ssm", "AmazonSSM.PutParameter", &parameter).unwrap().status, 200);
    let keys = aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test");
    let aws: SdkConfig = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(moto().unwrap())
        // Where the parameter was put.
        .region(Region::new("us-east-1"))
        .credentials_provider(keys)
        .load()
        .await;
    let clock = Now { time: Rc::new(Cell::new("2026-11-20T10:00:00Z".parse().unwrap())), waited: Rc::default() };
    let topic = TopicArn::parse("arn:aws:sns:eu-west-1:111122223333:andon").unwrap();
    let notifier: Stormy = Notifier {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: AwsSender::new(&aws, topic, &slack.api_url(), clock.clone()),
        dead_letters: NoDeadLetters,
        clock: clock.clone(),
        config: configuration(&token),
    };

    let all = events(failures);
    let count = all.len();
    let mut waiting: Vec<Value> = all
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            json!({"eventSource": "aws:sqs", "messageId": index.to_string(), "body": event.to_string()})
        })
        .collect();
    for delivery in 1..=MAX_DELIVERIES {
        let (batches, again) = (RefCell::new(waiting.chunks(BATCH)), RefCell::new(Vec::new()));
        let work = |worker: usize| {
            let (notifier, batches, again) = (&notifier, &batches, &again);
            async move {
                for call in 0.. {
                    let Some(batch) = batches.borrow_mut().next() else { return };
                    let call = invocation(&format!("{delivery}-{worker}-{call}"));
                    let answer = notifier.handle(json!({"Records": batch}), &call).await.unwrap();
                    let failed = answer["batchItemFailures"].as_array().unwrap();
                    let has_failed =
                        |record: &&Value| failed.iter().any(|failure| failure["itemIdentifier"] == record["messageId"]);
                    again.borrow_mut().extend(batch.iter().filter(has_failed).cloned());
                }
            }
        };
        join_all((0..NOTIFIERS).map(work)).await;
        waiting = again.into_inner();
        for record in &mut waiting {
            record["attributes"] = json!({"ApproximateReceiveCount": (delivery + 1).to_string()});
        }
        clock.time.set(clock.time.get().checked_add(VISIBILITY).unwrap());
    }

    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for message in slack.messages() {
        let about = message.body["blocks"].as_array().unwrap().last().unwrap()["elements"][0]["text"].as_str();
        let run = about.unwrap().rsplit("run ").next().unwrap().to_owned();
        *told.entry((message.channel, run)).or_default() += 1;
    }
    let expected = |number: usize| (format!("#team-{:02}", number % CHANNELS), format!("{number:08x}"));
    Toll {
        failures,
        events: count,
        sent: told.values().sum(),
        retried: slack.requests().len() - slack.messages().len(),
        waited: clock.waited.get(),
        duplicate: told.values().sum::<usize>() - told.len(),
        lost: (0..failures).filter(|number| !told.contains_key(&expected(*number))).count() + waiting.len(),
    }
}

/// One request in twenty goes wrong before anything is posted, in every way that passes by itself.
fn errors() -> impl Iterator<Item = Option<SlackFault>> {
    let faults = [
        SlackFault::RateLimited(3),
        SlackFault::RateLimited(60),
        SlackFault::Status(503, "busy".to_owned()),
        SlackFault::Refused("ratelimited".to_owned()),
        SlackFault::Refused("fatal_error".to_owned()),
        SlackFault::Close,
    ];
    (0..20_000).map(move |request| (request % 20 == 7).then(|| faults[request / 20 % faults.len()].clone()))
}

#[tokio::test]
async fn five_thousand_failures_are_told_once_each() {
    let toll = storm(5000, errors()).await;
    println!("{toll:#?}");
    assert_eq!((toll.failures, toll.events), (5000, 5500));
    assert_eq!((toll.sent, toll.duplicate, toll.lost), (5000, 0, 0));
    assert!(toll.retried >= 250, "one in twenty: {toll:?}");
    assert!(toll.waited > 0, "three seconds are waited for, a minute is not: {toll:?}");
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_may_come_twice_and_none_is_lost() {
    let lost_replies = 17;
    let faults = errors().take(1000).enumerate().map(move |(request, fault)| {
        let strikes = request % 50 == 20 && request / 50 < lost_replies;
        if strikes { Some(SlackFault::LostReply) } else { fault }
    });
    let toll = storm(1000, faults).await;
    println!("{toll:#?}");
    assert_eq!(toll.lost, 0);
    assert_eq!(toll.sent, toll.failures + lost_replies);
    assert_eq!(toll.duplicate, lost_replies, "no more than the answers that were lost");
}
