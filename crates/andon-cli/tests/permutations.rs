//! Whatever the order in which a run's events come, and however often: the same alerts once, the same data once.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

use std::cell::RefCell;
use std::rc::Rc;

use andon_cli::local::recorded::{self, Recording};
use andon_cli::local::{CallbackSender, FollowingClock, Playback, Sent, in_memory};
use andon_config::Config;
use proptest::prelude::*;
use serde_json::Value;

/// What goes out for these events, in an order of its own.
fn outcome(events: &[Value]) -> Vec<String> {
    let out: Rc<RefCell<Vec<String>>> = Rc::default();
    let sender = CallbackSender::new({
        let out = Rc::clone(&out);
        move |sent| {
            out.borrow_mut().push(match sent {
                Sent::Alert { message, .. } => format!("{} {:?}", message.kind, message.about.execution),
                Sent::Datum(datum) => {
                    format!("{} {} {:?} at {}", datum.metric.name(), datum.value, datum.dimensions, datum.at)
                }
            });
            Ok(())
        }
    });
    let playback = Playback::new(in_memory().unwrap(), sender, FollowingClock::new(), Config::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        playback.andon().settle_in(events.iter());
        for event in events {
            playback.play(Ok(event.clone())).await.unwrap();
        }
        assert_eq!(playback.finish().await.unwrap(), [""; 0]);
    });
    drop(playback);
    let mut out = out.take();
    out.sort();
    out
}

/// A recorded run, and its events in another order, each one to three times.
fn disorder() -> impl Strategy<Value = (Recording, Vec<Value>)> {
    // The history is many runs; their orders would be too many.
    let runs: Vec<Recording> = recorded::ALL.into_iter().filter(|recording| recording.name != "history").collect();
    proptest::sample::select(runs).prop_flat_map(|recording| {
        let events = recording.events();
        let count = events.len();
        (Just(events), proptest::collection::vec(1..=3_usize, count))
            .prop_map(|(events, times)| {
                events.into_iter().zip(times).flat_map(|(event, times)| vec![event; times]).collect::<Vec<_>>()
            })
            .prop_shuffle()
            .prop_map(move |events| (recording, events))
    })
}

/// Runs whose approval has been answered: if the answer comes first, nobody is asked any more.
const ANSWERED: [&str; 2] = ["succeeded", "approval-rejected"];

fn asks(line: &str) -> bool {
    line.starts_with("approval-needed")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_number_of_deliveries_give_the_same((recording, events) in disorder()) {
        let (mut told, mut expected) = (outcome(&events), outcome(&recording.events()));
        prop_assert!(told.iter().filter(|line| asks(line)).count() <= 1, "asked more than once");
        if ANSWERED.contains(&recording.name) {
            told.retain(|line| !asks(line));
            expected.retain(|line| !asks(line));
        }
        prop_assert_eq!(told, expected, "{}", recording.name);
    }
}
