//! What events cost in DynamoDB, for the two functions that record them, beside the budgets.
//!
//! The functions work on dynalite through a proxy that notes every call. `cargo xtask bench --counts` prints the figures.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use std::cell::RefCell;
use std::time::Instant;

use andon::ledger::{Ledger as _, NoArchive, Receipt};
use andon::statistics::{Datum, MetricSink, SinkError};
use andon::testing::queue::batch;
use andon::testing::{home, invocation, time};
use andon_aws::dynamodb::DynamoLedger;
use andon_config::Config;
use andon_notify::{Destination, NoDeadLetters, NoEvidenceSource, Outgoing, SendError, Sender};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::config::Credentials;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use metrics::Metrics;
use notifier::Notifier;
use serde_json::{Value, json};
use test_support::call::round_trips;
use test_support::capacity::{Cost, Meter};
use test_support::emulator::Emulator;
use test_support::recorder::Recorder;
use test_support::unique;

/// How many runs of a pipeline are known before anything is measured.
const RUNS_BEFORE: usize = 31;
/// The stages of a run.
const STAGES: [&str; 4] = ["Source", "Build", "Staging", "Production"];
/// Of a long run, one event of so many is measured alone; those before it come together.
const SAMPLE: usize = 10;

/// The consumers of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consumer {
    Notifier,
    Metrics,
}

impl Consumer {
    const ALL: [Self; 2] = [Self::Notifier, Self::Metrics];
}

/// Takes what is sent, and notes when the first of it was.
#[derive(Debug, Default)]
struct Effects(RefCell<Option<Instant>>);

impl Effects {
    fn note(&self) {
        self.0.borrow_mut().get_or_insert_with(Instant::now);
    }
}

impl Sender for &Effects {
    async fn send(&self, _: &Destination, _: Outgoing<'_>) -> Result<Receipt, SendError> {
        self.note();
        Ok(Receipt::default())
    }

    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

impl MetricSink for &Effects {
    async fn put(&self, _: &[Datum]) -> Result<(), SinkError> {
        self.note();
        Ok(())
    }
}

/// A table in dynalite, behind a proxy that notes the calls.
struct World {
    recorder: Recorder,
    meter: RefCell<Meter>,
    aws: SdkConfig,
    table: String,
    /// Ends last.
    _dynalite: Emulator,
}

impl World {
    async fn new() -> Self {
        let dynalite = Emulator::dynalite().unwrap();
        let recorder = Recorder::start(dynalite.url()).unwrap();
        let aws = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region("eu-west-1")
            .endpoint_url(recorder.url())
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .load()
            .await;
        let table = unique("costs");
        DynamoLedger::connect(&aws, &table, Timestamp::now()).create_table().await.unwrap();
        Self { recorder, meter: RefCell::default(), aws, table, _dynalite: dynalite }
    }

    /// Has a consumer handle events in one call; gives back how many it hands back.
    async fn handle(&self, consumer: Consumer, events: &[Value], effects: &Effects) -> usize {
        let clock = events.iter().map(time).max().unwrap() + SignedDuration::from_secs(5);
        let ledger = DynamoLedger::connect(&self.aws, &self.table, clock);
        let config = Config::parse("version: 1\nsettle: off\n", "andon.yml").unwrap();
        let call = invocation(&unique("call"));
        let answer = match consumer {
            Consumer::Notifier => {
                let notifier = Notifier::<(_, _, _, _, _, Timestamp)> {
                    ledger,
                    archive: NoArchive,
                    evidence: NoEvidenceSource,
                    sender: effects,
                    dead_letters: NoDeadLetters,
                    clock,
                    config,
                };
                notifier.handle(batch(events), &call).await
            }
            Consumer::Metrics => {
                let metrics = Metrics { ledger, archive: NoArchive, sink: effects, clock, config };
                metrics.handle(batch(events), &call).await
            }
        };
        answer.unwrap()["batchItemFailures"].as_array().unwrap().len()
    }

    /// The cost of all calls since this was last asked.
    fn cost(&self) -> Cost {
        self.meter.borrow_mut().note(&self.recorder.take_requests())
    }

    /// Has a pipeline a past.
    async fn run_before(&self, pipeline: &str) {
        for number in 0..RUNS_BEFORE {
            let events = run(pipeline, number, 4);
            for consumer in Consumer::ALL {
                assert_eq!(self.handle(consumer, &events, &Effects::default()).await, 0);
            }
        }
        self.cost();
    }
}

/// The events of a run of a pipeline with so many actions, whose last one fails in every third run.
fn run(pipeline: &str, number: usize, actions: usize) -> Vec<Value> {
    let begin: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let begin = begin + SignedDuration::from_hours(i64::try_from(number).unwrap());
    let execution = format!("{number:08x}-d141-4c55-9d5e-0a2f3c7b9e11");
    let mut events: Vec<Value> = Vec::new();
    let mut tell = |level: &str, state: &str, more: Value| {
        // A long run says as much in its hour as a short one.
        let second = i64::try_from(events.len()).unwrap() * 3_000 / i64::try_from(2 * actions + 10).unwrap();
        let mut detail = json!({
            "pipeline": pipeline, "execution-id": execution, "state": state, "pipeline-execution-attempt": 1,
            "version": 31, "start-time": begin.to_string(),
        });
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        events.push(json!({
            "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
            "account": home().account, "region": home().region, "detail": detail,
            "time": (begin + SignedDuration::from_secs(second)).to_string(),
        }));
    };
    let trigger = json!({"execution-trigger": {
        "author-display-name": "Tomasz Wilk", "full-repository-name": "northquay/payments-api",
        "provider-type": "GitHub", "author-email": "tomasz.wilk@example.com", "branch-name": "main",
        "commit-message": format!("Round refunds half to even, part {number}"), "author-id": "tomasz.wilk",
        "author-date": (begin - SignedDuration::from_mins(1)).to_string(), "commit-id": format!("{number:040x}"),
        "connection-arn": "arn:aws:codeconnections:eu-west-1:111122223333:connection/1eb17fb8-835c-4e37-a812-b6f320df1cd3",
    }});
    let end = if number % 3 == 2 { "FAILED" } else { "SUCCEEDED" };
    tell("Pipeline", "STARTED", trigger);
    for (place, stage) in STAGES.iter().enumerate() {
        tell("Stage", "STARTED", json!({"stage": stage}));
        let is_last = place + 1 == STAGES.len();
        let count = if place == 0 { 1 } else { (actions - 1).div_ceil(STAGES.len() - 1) };
        for index in 0..count {
            let of_action = json!({
                "stage": stage, "action": format!("{stage}-{index:03}"), "region": "eu-west-1",
                "action-execution-id": format!("{place:04x}{index:04x}-dcda-447c-a787-8155e90360aa"),
                "type": match place {
                    0 => json!({"owner": "AWS", "category": "Source", "provider": "CodeStarSourceConnection"}),
                    1 => json!({"owner": "AWS", "category": "Test", "provider": "CodeBuild"}),
                    _ => json!({"owner": "AWS", "category": "Deploy", "provider": "CodeDeploy"}),
                },
            });
            tell("Action", "STARTED", of_action.clone());
            let mut ended = of_action;
            ended["execution-result"] = json!({
                "external-execution-url": format!("https://eu-west-1.console.aws.amazon.com/codesuite/{stage}/{number}/{index}"),
                "external-execution-summary": if place == 0 { "{\"ProviderType\":\"GitHub\"}" } else { "It is done" },
                "external-execution-id": format!("d-{number:04}{place}{index:04}"),
            });
            tell("Action", if is_last && index + 1 == count { end } else { "SUCCEEDED" }, ended);
        }
        tell("Stage", if is_last { end } else { "SUCCEEDED" }, json!({"stage": stage}));
    }
    tell("Pipeline", end, json!({}));
    events
}

fn told(name: &str, figure: f64, budget: f64) {
    println!("{name:<78} {figure:>8.2}   at most {budget}");
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per(total: usize, count: usize) -> f64 {
    total as f64 / count as f64
}

#[tokio::test]
#[ignore = "takes minutes, and only prints: see `cargo xtask bench --counts`"]
async fn write_units_of_an_event() {
    let world = World::new().await;
    for actions in [4, 40, 400] {
        let pipeline = format!("payments-api-of-{actions}-actions");
        world.run_before(&pipeline).await;
        let events = run(&pipeline, RUNS_BEFORE, actions);
        let every = if actions == 400 { SAMPLE } else { 1 };
        let mut costs = [Cost::default(); Consumer::ALL.len()];
        let mut measured = 0;
        let mut rest = events.as_slice();
        while let Some((alone, together)) = rest.split_first() {
            measured += 1;
            for (consumer, total) in Consumer::ALL.into_iter().zip(&mut costs) {
                world.handle(consumer, std::slice::from_ref(alone), &Effects::default()).await;
                let Cost { write_units, of_index, bytes_read, calls, conflicts } = world.cost();
                total.write_units += write_units;
                total.of_index += of_index;
                total.bytes_read += bytes_read;
                total.calls += calls;
                total.conflicts += conflicts;
            }
            // Those that are not measured come together, but for the last event, which is.
            let skipped = (every - 1).min(together.len().saturating_sub(1));
            if skipped > 0 {
                for consumer in Consumer::ALL {
                    world.handle(consumer, &together[..skipped], &Effects::default()).await;
                }
                world.cost();
            }
            rest = &together[skipped..];
        }
        for (consumer, total) in Consumer::ALL.into_iter().zip(costs) {
            let of = format!("of an event at {actions} actions, {consumer:?}");
            let (write_units, of_index) = (per(total.write_units, measured), per(total.of_index, measured));
            told(&format!("write units {of} ({of_index:.2} of them of the index)"), write_units, 4.0);
            println!("    bytes read {:.0}, calls {:.2}", per(total.bytes_read, measured), per(total.calls, measured));
        }
    }
}

#[tokio::test]
#[ignore = "takes minutes, and only prints: see `cargo xtask bench --counts`"]
async fn round_trips_of_a_batch_before_its_first_effect() {
    let world = World::new().await;
    let pipelines: Vec<String> = (0..10).map(|index| format!("service-{index}")).collect();
    for pipeline in &pipelines {
        for consumer in Consumer::ALL {
            world.handle(consumer, &run(pipeline, 0, 4), &Effects::default()).await;
        }
    }
    for consumer in Consumer::ALL {
        for (what, of) in [("ten pipelines", pipelines.as_slice()), ("one pipeline", &pipelines[..1])] {
            let number = if consumer == Consumer::Notifier { 2 } else { 5 };
            let mut fewest = usize::MAX;
            let mut cost = Cost::default();
            // On a busy machine, calls that are made together can look like one after the other, and never the other way.
            for again in 0..3 {
                let number = number + 6 * (again + 3 * usize::from(of.len() == 1));
                let of_run = |pipeline: &String| run(pipeline, number, 4);
                let events: Vec<Value> = if of.len() == 1 {
                    let events = of_run(&of[0]);
                    events[events.len() - 10..].to_vec()
                } else {
                    let failure = |event: &&Value| event["detail"]["action"].is_string();
                    of.iter().map(|pipeline| of_run(pipeline).iter().rfind(failure).unwrap().clone()).collect()
                };
                let last = if consumer == Consumer::Metrics && of.len() > 1 {
                    of.iter().map(|pipeline| of_run(pipeline).pop().unwrap()).collect()
                } else {
                    events
                };
                world.cost();
                let effects = Effects::default();
                world.handle(consumer, &last, &effects).await;
                let sent = effects.0.borrow().unwrap();
                let calls = world.recorder.take_requests();
                let before = calls.iter().filter(|call| call.finished.is_some_and(|finished| finished <= sent));
                fewest = fewest.min(round_trips(before));
                cost = world.meter.borrow_mut().note(&calls);
            }
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            told(
                &format!("round trips of a batch of ten of {what}, {consumer:?} ({} write units)", cost.write_units),
                fewest as f64,
                4.0,
            );
        }
    }
}

#[tokio::test]
#[ignore = "takes minutes, and only prints: see `cargo xtask bench --counts`"]
async fn conflicts_of_twenty_handlers_of_one_run() {
    let world = World::new().await;
    world.run_before("payments-api").await;
    let events = run("payments-api", RUNS_BEFORE + 1, 40);
    let (ends, middle) = (events.len() - 20, events.len() / 2);
    for consumer in Consumer::ALL {
        world.handle(consumer, &events[..middle], &Effects::default()).await;
    }
    for (what, at_once) in [("in its midst", middle..middle + 20), ("at its end", ends..events.len())] {
        for consumer in Consumer::ALL {
            world.cost();
            let effects = Effects::default();
            let handled = events[at_once.clone()]
                .iter()
                .map(|event| world.handle(consumer, std::slice::from_ref(event), &effects));
            let given_up: usize = join_all(handled).await.into_iter().sum();
            let cost = world.cost();
            let units = per(cost.write_units, 20);
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            told(
                &format!("conflicts of 20 handlers {what}, {consumer:?} ({units:.2} units, {given_up} gave up)"),
                cost.conflicts as f64,
                0.0,
            );
        }
    }
}

#[tokio::test]
#[ignore = "takes minutes, and only prints: see `cargo xtask bench --counts`"]
async fn bytes_of_the_list_of_pipelines() {
    const PIPELINES: usize = 50;
    let world = World::new().await;
    for index in 0..PIPELINES {
        for number in 0..6 {
            let events = run(&format!("service-number-{index}"), number, 4);
            // One in ten is running.
            let until = if number == 5 && index % 10 == 0 { events.len() / 2 } else { events.len() };
            world.handle(Consumer::Notifier, &events[..until], &Effects::default()).await;
        }
    }
    world.cost();
    let ledger = DynamoLedger::connect(&world.aws, &world.table, Timestamp::now());
    assert_eq!(ledger.pipelines().await.unwrap().len(), PIPELINES);
    let cost = world.cost();
    told("MB of the list of 10,000 pipelines", per(cost.bytes_read, PIPELINES) * 10_000.0 / 1_000_000.0, 0.2);
}
