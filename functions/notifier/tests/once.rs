//! Every alert goes out: once if nothing breaks, and at least once whatever breaks.

use std::collections::BTreeMap;
use std::rc::Rc;

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Lease, Ledger as _, NoArchive};
use andon::testing::faults::{Fault, Faults, Faulty};
use andon::testing::queue::{Now, batch};
use andon::testing::{events, invocation, queue};
use andon_config::Config;
use andon_notify::testing::RecordingSender;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use futures_util::FutureExt;
use jiff::SignedDuration;
use notifier::Notifier;
use proptest::prelude::*;
use serde_json::{Value, json};

type Faulted<'a> = Notifier<(
    Faulty<'a, MemoryLedger>,
    NoArchive,
    NoEvidenceSource,
    Faulty<'a, RecordingSender>,
    NoDeadLetters,
    &'a Now,
)>;

/// What a notifier works with, kept when it dies.
struct World {
    ledger: MemoryLedger,
    sender: RecordingSender,
    now: Now,
}

impl World {
    fn new(events: &[Value]) -> Self {
        Self { ledger: MemoryLedger::new(), sender: RecordingSender::default(), now: Now::after(events) }
    }

    fn notifier(&self, faults: &Rc<Faults>) -> Faulted<'_> {
        Notifier {
            ledger: Faulty::new(&self.ledger, faults),
            archive: NoArchive,
            evidence: NoEvidenceSource,
            sender: Faulty::new(&self.sender, faults),
            dead_letters: NoDeadLetters,
            clock: &self.now,
            config: Config::default(),
        }
    }

    /// How often each alert was sent.
    fn sent(&self) -> BTreeMap<String, usize> {
        let mut sent = BTreeMap::new();
        for (_, id, _) in self.sender.sent.borrow().iter() {
            *sent.entry(id.clone()).or_default() += 1;
        }
        sent
    }
}

fn deliver(world: &World, events: &[Value], faults: &Rc<Faults>) {
    queue::deliver(events, &world.now, &async |event, call| world.notifier(faults).handle(event, call).await);
}

const RUNS: [(&str, &[&str]); 5] = [
    ("codepipeline-run-succeeded", &["approval-needed"]),
    ("codepipeline-run-build-failed", &["failed"]),
    ("codepipeline-run-deploy-failed-parallel", &["failed"]),
    ("codepipeline-run-retry-succeeded", &["failed", "recovered"]),
    ("codepipeline-run-running", &["approval-needed"]),
];

fn kinds(world: &World) -> Vec<String> {
    let mut kinds: Vec<String> = world.sent().keys().filter_map(|id| id.split('/').next()).map(str::to_owned).collect();
    kinds.sort();
    kinds
}

#[test]
fn whatever_call_fails_or_dies_no_alert_is_lost() {
    // Not the first: an approval is no longer asked for once it has been answered.
    for (file, expected) in RUNS.into_iter().skip(1) {
        let events = events(file);
        for fault in Fault::ALL {
            for call in 0.. {
                let world = World::new(&events);
                let faults = Faults::at(call, fault);
                deliver(&world, &events, &faults);
                assert_eq!(kinds(&world), expected, "{file}: {fault:?} at call {call}");
                let most = world.sent().values().copied().max().unwrap();
                // Only where a message may have gone out unheard of may it go out again.
                let bound = if matches!(fault, Fault::ErrorBefore) { 1 } else { 2 };
                assert!(most <= bound, "{file}: {fault:?} at call {call} told {:?}", world.sent());
                if !faults.has_struck() {
                    break;
                }
            }
        }
    }
}

#[test]
fn an_event_that_comes_again_after_a_year_tells_nothing_new() {
    for (file, expected) in RUNS {
        let events = events(file);
        let world = World::new(&events);
        let faults = Faults::interleaving(0);
        deliver(&world, &events, &faults);
        world.now.pass(SignedDuration::from_hours(365 * 24));
        deliver(&world, &events, &faults);
        assert_eq!(kinds(&world), expected, "{file}");
        assert!(world.sent().values().all(|count| *count == 1), "{file}: {:?}", world.sent());
    }
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

/// Runs of several pipelines.
const MIXED: [&str; 3] =
    ["codepipeline-run-build-failed", "codepipeline-run-deploy-failed-parallel", "codepipeline-run-retry-succeeded"];

/// The events of several pipelines, each one to three times, in any order.
fn mixed() -> impl Strategy<Value = Vec<Value>> {
    MIXED.map(shuffled).prop_map(|runs| runs.into_iter().flatten().collect::<Vec<_>>()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_order_of_a_run_tells_the_same_once(
        (file, expected, events) in proptest::sample::select(&RUNS[1..4])
            .prop_flat_map(|(file, expected)| shuffled(file).prop_map(move |events| (file, expected, events)))
    ) {
        let world = World::new(&events);
        deliver(&world, &events, &Faults::interleaving(0));
        prop_assert_eq!(kinds(&world), expected, "{}", file);
        prop_assert!(world.sent().values().all(|count| *count == 1), "{}: {:?}", file, world.sent());
    }

    #[test]
    fn a_batch_in_any_order_tells_the_same_once(events in shuffled("codepipeline-run-build-failed")) {
        let world = World::new(&events);
        let notifier = world.notifier(&Faults::interleaving(0));
        let answer = notifier.handle(batch(&events), &invocation("batch")).now_or_never().unwrap();
        prop_assert_eq!(answer.unwrap(), json!({"batchItemFailures": []}));
        prop_assert_eq!(kinds(&world), ["failed"]);
    }

    #[test]
    fn two_notifiers_at_once_tell_it_once(
        events in shuffled("codepipeline-run-deploy-failed-parallel"),
        seed in any::<u64>(),
    ) {
        let world = World::new(&events);
        let (one, two) = (world.notifier(&Faults::interleaving(seed)), world.notifier(&Faults::interleaving(!seed)));
        let again = futures_util::future::join_all(events.iter().enumerate().flat_map(|(index, event)| {
            [(&one, "one"), (&two, "two")].map(|(notifier, name)| {
                let id = format!("{name}-{index}");
                async move { notifier.handle(event.clone(), &invocation(&id)).await.is_err() }
            })
        }));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let again = runtime.block_on(again);
        world.now.pass(Lease::LENGTH + SignedDuration::from_secs(1));
        if again.contains(&true) {
            deliver(&world, &events, &Faults::interleaving(0));
        }
        prop_assert_eq!(kinds(&world), ["failed"]);
        prop_assert!(world.sent().values().all(|count| *count == 1), "{:?}", world.sent());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_split_over_batches_and_handlers_gives_the_same_state_and_alerts_once(
        events in mixed(),
        sizes in proptest::collection::vec(1..=10_usize, 200),
        seed in any::<u64>(),
    ) {
        let in_order: Vec<Value> = MIXED.into_iter().flat_map(self::events).collect();
        let expected = World::new(&in_order);
        deliver(&expected, &in_order, &Faults::interleaving(0));
        let world = World::new(&in_order);
        let handlers = [seed, !seed, seed.rotate_left(7)].map(|seed| world.notifier(&Faults::interleaving(seed)));
        let mut rest = events.as_slice();
        let mut calls = Vec::new();
        for (index, size) in sizes.into_iter().enumerate() {
            let (now, later) = rest.split_at(size.min(rest.len()));
            rest = later;
            if !now.is_empty() {
                let (payload, call) = (batch(now), invocation(&format!("batch-{index}")));
                let handler = &handlers[index % handlers.len()];
                calls.push(async move { handler.handle(payload, &call).await.unwrap() });
            }
        }
        prop_assert!(rest.is_empty());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(futures_util::future::join_all(calls));
        // What was handed back comes again, and so may anything else.
        world.now.pass(Lease::LENGTH + SignedDuration::from_secs(1));
        deliver(&world, &events, &Faults::interleaving(0));
        prop_assert_eq!(world.sent(), expected.sent());
        prop_assert!(world.sent().values().all(|count| *count == 1), "{:?}", world.sent());
        for told in in_order.iter().filter_map(andon::testing::told) {
            let known = |world: &World| world.ledger.load(&told.pipeline, &told.execution).now_or_never().unwrap().unwrap();
            let (here, there) = (known(&world), known(&expected));
            let (history, other) = (here.history().unwrap(), there.history().unwrap());
            prop_assert_eq!(history.health(), other.health());
            prop_assert_eq!(history.runs().len(), other.runs().len());
            let (run, other) = (here.run.unwrap(), there.run.unwrap());
            prop_assert_eq!(run.stages(), other.stages());
            prop_assert_eq!(run.outcomes(), other.outcomes());
            prop_assert_eq!(run.commit(), other.commit());
        }
    }
}
