//! A storm: thousands of failures at once, for fifty channels of a service that has a bad day.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use andon::clock::{Clock, Timer};
use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::testing::{home, invocation};
use andon_aws::send::{AwsSender, ServiceApis};
use andon_config::Config;
use andon_notify::destination::sns::TopicArn;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::moto;
use test_support::stand_in::{HttpFault, Receiver, Slack, SlackFault};
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

/// A service in the storm.
trait Service {
    /// The secret that its destinations share.
    fn secret(&self) -> String;
    /// A destination, in `andon.yml`; `{channel}` and `{secret}` stand for themselves.
    const DESTINATION: &'static str;
    /// Of each message the channel and the run.
    fn told(&self) -> Vec<(String, String)>;
    /// How many requests there were.
    fn requests(&self) -> usize;
    /// The addresses of the other services.
    fn apis(&self) -> ServiceApis {
        ServiceApis::default()
    }
    /// The address of Slack's methods.
    fn slack_api(&self) -> String {
        "http://127.0.0.1:1".to_owned()
    }
}

impl Service for Slack {
    const DESTINATION: &'static str = "{ slack: team-{channel}, token: {secret} }";

    fn secret(&self) -> String {
        "xoxb-not-a-real-token".to_owned()
    }

    fn told(&self) -> Vec<(String, String)> {
        let footer =
            |body: &Value| body["blocks"].as_array().unwrap().last().unwrap()["elements"][0]["text"].to_string();
        self.messages().iter().map(|message| (message.channel.replace('#', ""), run(&footer(&message.body)))).collect()
    }

    fn requests(&self) -> usize {
        Slack::requests(self).len()
    }

    fn slack_api(&self) -> String {
        self.api_url()
    }
}

/// Teams has a webhook for each channel; here all channels share one, and what a card is about tells them apart.
impl Service for Receiver {
    const DESTINATION: &'static str = "{ teams: {secret} }";

    fn secret(&self) -> String {
        self.url()
    }

    fn told(&self) -> Vec<(String, String)> {
        let card = |body: &Value| body["attachments"][0]["content"]["body"].clone();
        let footer = |body: &Value| card(body).as_array().unwrap().last().unwrap()["inlines"][0]["text"].to_string();
        let channel = |footer: &str| footer.trim_matches('"').chars().take("team-00".len()).collect();
        self.taken().iter().map(|taken| footer(&taken.body)).map(|footer| (channel(&footer), run(&footer))).collect()
    }

    fn requests(&self) -> usize {
        Receiver::requests(self).len()
    }
}

/// `PagerDuty`, where the key of an incident names the pipeline.
struct PagerDuty(Receiver);

impl Service for PagerDuty {
    const DESTINATION: &'static str = "{ pagerduty: {secret} }";

    fn secret(&self) -> String {
        "0123456789abcdef0123456789abcdef".to_owned()
    }

    fn told(&self) -> Vec<(String, String)> {
        let channel = |body: &Value| {
            let pipeline = body["dedup_key"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
            pipeline.chars().take("team-00".len()).collect()
        };
        let run = |body: &Value| body["payload"]["custom_details"]["Run"].as_str().unwrap()[..8].to_owned();
        self.0.taken().iter().map(|taken| (channel(&taken.body), run(&taken.body))).collect()
    }

    fn requests(&self) -> usize {
        self.0.requests().len()
    }

    fn apis(&self) -> ServiceApis {
        ServiceApis { pagerduty: Some(self.0.url()), ..ServiceApis::default() }
    }
}

/// The run that a footer names.
fn run(footer: &str) -> String {
    footer.trim_matches('"').rsplit("run ").next().unwrap().to_owned()
}

/// Every channel has pipelines of its own.
fn configuration(destination: &str, secret: &str) -> Config {
    let mut text = "version: 1\ndestinations:\n".to_owned();
    for channel in 0..CHANNELS {
        let channel = format!("{channel:02}");
        let destination = destination.replace("{channel}", &channel).replace("{secret}", &format!("ssm:{secret}"));
        writeln!(text, "  team-{channel}: {destination}").unwrap();
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

async fn storm<S: Service>(failures: usize, service: &S) -> Toll {
    let secret = format!("/{}", unique("storm"));
    let parameter = json!({"Name": secret, "Value": service.secret(), "Type": "SecureString"});
    assert_eq!(ask::json(&moto().unwrap(), "ssm", "AmazonSSM.PutParameter", &parameter).unwrap().status, 200);
    // The region where the parameter was put.
    let aws = aws::config(&moto().unwrap(), "us-east-1");
    let clock = Now { time: Rc::new(Cell::new("2026-11-20T10:00:00Z".parse().unwrap())), waited: Rc::default() };
    let topic = TopicArn::parse("arn:aws:sns:eu-west-1:111122223333:andon").unwrap();
    let notifier: Stormy = Notifier {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: AwsSender::new(&aws, topic, &service.slack_api(), clock.clone()).with_apis(service.apis()),
        dead_letters: NoDeadLetters,
        clock: clock.clone(),
        config: configuration(S::DESTINATION, &secret),
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
    for message in service.told() {
        *told.entry(message).or_default() += 1;
    }
    let expected = |number: usize| (format!("team-{:02}", number % CHANNELS), format!("{number:08x}"));
    let sent = told.values().sum();
    Toll {
        failures,
        events: count,
        sent,
        retried: service.requests() - sent,
        waited: clock.waited.get(),
        duplicate: sent - told.len(),
        lost: (0..failures).filter(|number| !told.contains_key(&expected(*number))).count() + waiting.len(),
    }
}

/// One request in twenty goes wrong before anything is posted, in every way that passes by itself.
fn one_in_twenty<F: Clone>(faults: &[F]) -> impl Iterator<Item = Option<F>> {
    (0..20_000).map(move |request: usize| (request % 20 == 7).then(|| faults[request / 20 % faults.len()].clone()))
}

fn errors() -> impl Iterator<Item = Option<SlackFault>> {
    one_in_twenty(&[
        SlackFault::RateLimited(3),
        SlackFault::RateLimited(60),
        SlackFault::Status(503, "busy".to_owned()),
        SlackFault::Refused("ratelimited".to_owned()),
        SlackFault::Refused("fatal_error".to_owned()),
        SlackFault::Close,
    ])
    .collect::<Vec<_>>()
    .into_iter()
}

fn http_errors() -> impl Iterator<Item = Option<HttpFault>> {
    one_in_twenty(&[
        HttpFault::RateLimited(3),
        HttpFault::RateLimited(60),
        HttpFault::Status(503, "busy".to_owned()),
        HttpFault::Close,
    ])
    .collect::<Vec<_>>()
    .into_iter()
}

#[tokio::test]
async fn five_thousand_failures_are_told_once_each() {
    let slack = Slack::start().unwrap();
    slack.inject_sequence("chat.postMessage", errors());
    let toll = storm(5000, &slack).await;
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
    let slack = Slack::start().unwrap();
    slack.inject_sequence("chat.postMessage", faults);
    let toll = storm(1000, &slack).await;
    println!("{toll:#?}");
    assert_eq!(toll.lost, 0);
    assert_eq!(toll.sent, toll.failures + lost_replies);
    assert_eq!(toll.duplicate, lost_replies, "no more than the answers that were lost");
}

#[tokio::test]
async fn a_storm_over_teams_is_told_once_each() {
    let teams = Receiver::teams().unwrap();
    teams.inject_sequence(http_errors());
    let toll = storm(1000, &teams).await;
    println!("{toll:#?}");
    assert_eq!((toll.sent, toll.duplicate, toll.lost), (1000, 0, 0));
    assert!(toll.retried >= 50 && toll.waited > 0, "{toll:?}");
}

#[tokio::test]
async fn a_storm_over_pagerduty_opens_every_incident() {
    let pagerduty = PagerDuty(Receiver::pagerduty().unwrap());
    pagerduty.0.inject_sequence(http_errors());
    let toll = storm(1000, &pagerduty).await;
    println!("{toll:#?}");
    assert_eq!((toll.sent, toll.duplicate, toll.lost), (1000, 0, 0));
    assert!(toll.retried >= 50 && toll.waited > 0, "{toll:?}");
}
