//! Every datum counts: once if nothing breaks, and at least once whatever breaks.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::rc::Rc;

use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::testing::faults::{Fault, Faults, Faulty};
use andon::testing::queue::{Now, batch};
use andon::testing::{RecordingSink, events, invocation, queue};
use andon_config::Config;
use futures_util::FutureExt;
use metrics::Metrics;
use proptest::prelude::*;
use serde_json::{Value, json};

type Faulted<'a> = Metrics<Faulty<'a, MemoryLedger>, NoArchive, Faulty<'a, RecordingSink>, &'a Now>;

/// What the function works with, kept when it dies.
struct World {
    ledger: MemoryLedger,
    sink: RecordingSink,
    now: Now,
    config: Config,
}

/// What counts as a deployment: every run, or what goes to a stage.
const CONFIGURATIONS: [&str; 2] = [
    "version: 1\nstatistics: { detail: action }\n",
    "version: 1\nstatistics: { detail: action, deployment: { stage: [deploy, review] } }\n",
];

impl World {
    fn new(events: &[Value]) -> Self {
        Self::configured(events, CONFIGURATIONS[0])
    }

    fn configured(events: &[Value], config: &str) -> Self {
        let config = Config::parse(config, "andon.yml").unwrap();
        Self { ledger: MemoryLedger::new(), sink: RecordingSink::default(), now: Now::after(events), config }
    }

    fn metrics(&self, faults: &Rc<Faults>) -> Faulted<'_> {
        Metrics {
            ledger: Faulty::new(&self.ledger, faults),
            archive: NoArchive,
            sink: Faulty::new(&self.sink, faults),
            clock: &self.now,
            config: self.config.clone(),
        }
    }

    /// What was put, by name and dimensions: each value and how often it came.
    fn put(&self) -> BTreeMap<String, usize> {
        let mut put = BTreeMap::new();
        for datum in self.sink.data.borrow().iter() {
            let place: Vec<&str> = datum.dimensions.iter().map(|(_, value)| value.as_str()).collect();
            let what = format!("{} {} = {} at {}", datum.metric.name(), place.join("/"), datum.value, datum.at);
            *put.entry(what).or_default() += 1;
        }
        put
    }
}

fn deliver(world: &World, events: &[Value], faults: &Rc<Faults>) {
    queue::deliver(events, &world.now, &async |event, call| world.metrics(faults).handle(event, call).await);
}

fn undisturbed(events: &[Value]) -> BTreeMap<String, usize> {
    undisturbed_as(events, CONFIGURATIONS[0])
}

fn undisturbed_as(events: &[Value], config: &str) -> BTreeMap<String, usize> {
    let world = World::configured(events, config);
    deliver(&world, events, &Faults::interleaving(0));
    world.put()
}

const RUNS: [&str; 4] = [
    "codepipeline-run-succeeded",
    "codepipeline-run-build-failed",
    "codepipeline-run-retry-succeeded",
    "codepipeline-run-approval-rejected",
];

#[test]
fn whatever_call_fails_or_dies_no_datum_is_lost() {
    for file in RUNS {
        let events = events(file);
        let expected: Vec<String> = undisturbed(&events).into_keys().collect();
        for fault in Fault::ALL {
            for call in 0.. {
                let world = World::new(&events);
                let faults = Faults::at(call, fault);
                deliver(&world, &events, &faults);
                let put = world.put();
                assert_eq!(put.keys().cloned().collect::<Vec<_>>(), expected, "{file}: {fault:?} at call {call}");
                if !faults.has_struck() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_rejected_approval_is_no_failure() {
    let put = undisturbed(&events("codepipeline-run-approval-rejected"));
    assert!(!put.keys().any(|what| what.starts_with("Failure")), "{put:#?}");
}

#[test]
fn a_run_puts_its_counts_and_times() {
    insta::assert_snapshot!(
        undisturbed(&events("codepipeline-run-retry-succeeded")).into_keys().collect::<Vec<_>>().join("\n")
    );
}

/// A run's events, each one to three times, in any order.
fn shuffled(file: &'static str) -> impl Strategy<Value = Vec<Value>> {
    let events = events(file);
    let count = events.len();
    proptest::collection::vec(1..=3_usize, count).prop_flat_map(move |times| {
        let all: Vec<Value> = events.iter().zip(times).flat_map(|(event, n)| vec![event.clone(); n]).collect();
        Just(all).prop_shuffle()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_order_of_a_run_counts_the_same_once(
        (file, events) in proptest::sample::select(&RUNS[..])
            .prop_flat_map(|file| shuffled(file).prop_map(move |events| (file, events))),
        config in proptest::sample::select(&CONFIGURATIONS[..]),
    ) {
        let world = World::configured(&events, config);
        deliver(&world, &events, &Faults::interleaving(0));
        prop_assert_eq!(world.put(), undisturbed_as(&andon::testing::events(file), config), "{}", file);
    }

    #[test]
    fn a_batch_is_put_in_one_call(events in shuffled("codepipeline-run-retry-succeeded")) {
        let world = World::new(&events);
        let metrics = world.metrics(&Faults::interleaving(0));
        let answer = metrics.handle(batch(&events), &invocation("batch")).now_or_never().unwrap();
        prop_assert_eq!(answer.unwrap(), json!({"batchItemFailures": []}));
        prop_assert_eq!(world.put(), undisturbed(&andon::testing::events("codepipeline-run-retry-succeeded")));
    }
}

/// An end of a run of a pipeline called `shop`, which began so many minutes past ten.
fn ended(run: &str, state: &str, began: u32, ended: u32) -> Value {
    let home = andon::testing::home();
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": home.account, "region": home.region, "time": format!("2026-11-20T10:{ended:02}:00Z"),
        "detail": {
            "pipeline": "shop", "execution-id": run, "state": state, "pipeline-execution-attempt": 1,
            "start-time": format!("2026-11-20T10:{began:02}:00Z"),
        },
    })
}

#[test]
fn what_became_known_before_the_count_of_its_end_does_not_take_its_place() {
    let (failed, succeeded) = (ended("a", "FAILED", 0, 5), ended("b", "SUCCEEDED", 10, 20));
    let world = World::new(&[failed.clone(), succeeded.clone()]);
    // Another function has recorded the success. Its red time hangs on the failure before it.
    let told = andon::testing::told(&succeeded).unwrap();
    let rule = &world.config.statistics.deployment;
    andon::ledger::record(&world.ledger, &NoArchive, rule, told).now_or_never().unwrap().unwrap();
    deliver(&world, &[failed, succeeded.clone(), succeeded], &Rc::new(Faults::default()));
    let put = world.put();
    let count =
        |start: &str| put.iter().filter(|(what, _)| what.starts_with(start)).map(|(_, count)| count).sum::<usize>();
    assert_eq!((count("SuccessCount"), count("RedTime"), count("FailureCount")), (1, 1, 1), "{put:?}");
}

#[test]
fn the_data_of_an_end_share_a_claim() {
    let run = [ended("a", "FAILED", 0, 5), ended("b", "SUCCEEDED", 10, 20)];
    let world = World::new(&run);
    deliver(&world, &run[..1], &Rc::new(Faults::default()));
    let (before, faults) = (world.sink.data.borrow().len(), Rc::new(Faults::default()));
    deliver(&world, &run[1..], &faults);
    assert!(world.sink.data.borrow().len() - before >= 5, "{:?}", world.put());
    // Its fact, its run, its history; a claim on its end and on its deployment, both settled; and one call of the sink.
    assert!(faults.calls() <= 8, "{} calls", faults.calls());
}
