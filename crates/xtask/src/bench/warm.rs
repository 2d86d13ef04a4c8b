//! A running function, fed with pipeline runs event by event.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use test_support::call::{Call, round_trips};
use test_support::runtime_api::{Answer, Function};
use test_support::unique;

use super::world::World;
use super::{Subject, events, purpose};

/// The time between the starts of two runs.
const EVERY: SignedDuration = SignedDuration::from_mins(30);

/// What was measured of a function. The first run of each kind is not counted: it is not the steady state.
pub(super) struct Warm {
    /// The times of the events.
    pub(super) events: Vec<Duration>,
    /// The times in which no call was under way.
    pub(super) own: Vec<Duration>,
    pub(super) peak_memory: Option<u64>,
    /// The calls that had to be made in sequence before the effect.
    pub(super) round_trips: Trips,
    /// How often the function called for what it is there for.
    pub(super) effects: Effects,
    /// The calls of an event, by kind of event; of several of one kind, those with the most.
    pub(super) calls: BTreeMap<String, Vec<String>>,
}

impl Warm {
    /// Before anything was measured.
    pub(super) fn new() -> Self {
        Self {
            events: Vec::new(),
            own: Vec::new(),
            peak_memory: None,
            round_trips: Trips::default(),
            effects: Effects::default(),
            calls: BTreeMap::new(),
        }
    }

    /// Notes the time of an event, and the function's own share of it.
    pub(super) fn note(&mut self, took: Duration, own: Duration) {
        self.events.push(took);
        self.own.push(own);
    }
}

pub(super) async fn feed(subject: &Subject, world: &World, runs: usize) -> Result<Warm> {
    let function = Function::start(&subject.binary, world.environment()).await;
    let function = function.with_context(|| format!("{} does not start", subject.name))?;
    let recorded = events::recorded()?;
    let pipeline = unique(&subject.name);
    world.know_pipeline(&pipeline);
    let effect = purpose(&subject.name).map(|purpose| purpose.effect);
    let mut warm = Warm::new();
    let first = Timestamp::now() - EVERY * i32::try_from((runs + 1) * recorded.len())?;
    for number in 0..=runs {
        for (kind, run) in recorded.iter().enumerate() {
            let number = number * recorded.len() + kind;
            let start = first + EVERY * i32::try_from(number)?;
            let told = events::another(run, &pipeline, number, start);
            // As a queue does, what a function hands back is delivered once more, after the events that explain it.
            let mut queue: VecDeque<_> = told.into_iter().enumerate().map(|(at, event)| (at, event, 1)).collect();
            while let Some((at, event, delivery)) = queue.pop_front() {
                world.take_calls();
                let started = Instant::now();
                let answer = function.invoke(&events::batch(&event, "message", delivery)).await?;
                let took = started.elapsed();
                let calls = world.take_calls();
                let is_counted = number >= recorded.len();
                if let Some(effect) = effect.filter(|_| is_counted) {
                    warm.effects.note(delivery, &calls, effect);
                }
                if !is_done(&answer) {
                    if delivery > 1 {
                        bail!(
                            "{} has not dealt with an event: {answer:?}; it wrote:\n{}",
                            subject.name,
                            function.log()
                        );
                    }
                    queue.push_back((at, event, delivery + 1));
                    continue;
                }
                if !is_counted {
                    continue;
                }
                warm.note(took, took.saturating_sub(under_way(&calls)));
                if let Some(before) = effect.and_then(|effect| trips_before(&calls, effect)) {
                    warm.round_trips.note((kind, at, delivery), before);
                }
                let operations: Vec<String> = calls.into_iter().map(|call| call.operation).collect();
                let most = warm.calls.entry(events::kind(&event)).or_default();
                if operations.len() > most.len() {
                    *most = operations;
                }
            }
        }
    }
    warm.peak_memory = function.peak_memory();
    Ok(warm)
}

/// How many calls had to be made in sequence, by event: the recorded run, its place in it, and the delivery.
///
/// On a busy machine, calls that are made together can look like one after the other, and never the other way round. So of
/// the same event in several runs, the fewest count.
#[derive(Debug, Default)]
pub(super) struct Trips(BTreeMap<(usize, usize, u32), usize>);

impl Trips {
    fn note(&mut self, event: (usize, usize, u32), trips: usize) {
        self.0.entry(event).and_modify(|fewest| *fewest = trips.min(*fewest)).or_insert(trips);
    }

    /// The most that any event takes.
    pub(super) fn most(&self) -> Option<usize> {
        self.0.values().copied().max()
    }
}

/// The calls of one kind, over all events that were fed one by one.
#[derive(Debug, Default)]
pub(super) struct Effects {
    events: usize,
    calls: usize,
}

impl Effects {
    /// Notes the calls of one delivery of an event; what is delivered once more is no further event.
    fn note(&mut self, delivery: u32, calls: &[Call], effect: &str) {
        self.events += usize::from(delivery == 1);
        self.calls += calls.iter().filter(|call| call.operation == effect).count();
    }

    /// How many there are in a thousand events; `None` where none was fed.
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub(super) fn per_thousand(&self) -> Option<f64> {
        (self.events > 0).then(|| self.calls as f64 * 1000.0 / self.events as f64)
    }
}

/// A function that fails is fast, and its figures are worth nothing.
fn is_done(answer: &Answer) -> bool {
    let failures = |value: &Value| value.get("batchItemFailures").and_then(|list| Some(list.as_array()?.len()));
    matches!(answer, Answer::Ok(value) if failures(value).is_none_or(|count| count == 0))
}

/// The time in which at least one call was under way.
pub(super) fn under_way(calls: &[Call]) -> Duration {
    let mut total = Duration::ZERO;
    let mut until: Option<Instant> = None;
    for call in calls {
        let Some(finished) = call.finished else { continue };
        let from = until.map_or(call.started, |until| until.max(call.started));
        total += finished.saturating_duration_since(from);
        until = Some(until.map_or(finished, |until| until.max(finished)));
    }
    total
}

/// How many calls had to be made in sequence before the first of these, where there is one.
fn trips_before(calls: &[Call], effect: &str) -> Option<usize> {
    let effect = calls.iter().find(|call| call.operation == effect)?;
    let before = calls.iter().filter(|call| call.finished.is_some_and(|finished| finished <= effect.started));
    Some(round_trips(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str) -> Call {
        Call {
            service: "monitoring".to_owned(),
            region: String::new(),
            operation: operation.to_owned(),
            body: Value::Null,
            started: Instant::now(),
            finished: None,
            status: None,
            reply: String::new(),
        }
    }

    #[test]
    fn round_trips_are_those_that_an_event_takes_on_a_quiet_machine() {
        let mut trips = Trips::default();
        assert_eq!(trips.most(), None);
        for (event, taken) in [((0, 0, 1), 5), ((0, 0, 1), 3), ((0, 0, 1), 4), ((0, 1, 1), 2), ((0, 1, 1), 7)] {
            trips.note(event, taken);
        }
        assert_eq!(trips.most(), Some(3));
    }

    #[test]
    fn effects_are_counted_by_the_event_and_not_by_the_delivery() {
        let mut effects = Effects::default();
        assert_eq!(effects.per_thousand(), None);
        effects.note(1, &[call("PutItem"), call("PutMetricData")], "PutMetricData");
        effects.note(1, &[call("PutItem")], "PutMetricData");
        effects.note(2, &[call("PutMetricData"), call("PutMetricData")], "PutMetricData");
        assert_eq!(effects.per_thousand(), Some(1500.0));
    }
}
