//! Statistics: from a run and its pipeline's history to data points. Pure functions.
//!
//! The first eight names and formulas are those of the best-known dashboard for CodePipeline (namespace `Pipeline`), so
//! that what was built on them keeps working. Unlike there, retrying a failed stage counts as a recovery, an event that
//! arrives twice counts once, a rejected approval is not a failure, and nothing depends on an API that lags behind. The
//! others are the parts of the four keys, durations and waits. `docs/statistics.md` has all formulas.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::event::{Attempt, Subject};
use crate::history::{History, RunSummary};
use crate::ledger::ClaimKey;
use crate::name::Home;
use crate::run::{Outcome, Run, Status, WaitPolicy};

pub mod cost;
mod deployments;
mod ends;
mod limits;
mod metric;
mod place;
mod settings;
mod streaks;

pub use limits::{dimension_value, fingerprint, named, timely};
pub use metric::Metric;
pub use settings::{Detail, Statistics};

use place::Place;

/// The namespace that all metrics are in.
pub const NAMESPACE: &str = "Pipeline";

/// One value of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Which metric.
    pub metric: Metric,
    /// The value, in the metric's unit; never negative, never NaN.
    pub value: f64,
    /// What it is about.
    pub dimensions: Vec<(&'static str, String)>,
    /// The time it is about: that of the event that decided it.
    pub at: Timestamp,
}

impl Datum {
    /// How fine it is: about a pipeline, a stage or an action.
    pub fn detail(&self) -> Detail {
        let has = |dimension: &str| self.dimensions.iter().any(|(name, _)| *name == dimension);
        match (has("StageName"), has("ActionName")) {
            (_, true) => Detail::Action,
            (true, false) => Detail::Stage,
            (false, false) => Detail::Pipeline,
        }
    }
}

/// A datum and the claims by which it is counted once.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The claim that it shares with all that is known with it: the end of a run has one, however many metrics it has.
    pub shared: ClaimKey,
    /// Its own claim, for when it becomes known later than what it shares that one with.
    pub claim: ClaimKey,
    /// The datum.
    pub datum: Datum,
}

/// Where metric data go.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait MetricSink {
    /// Takes all of the data, or none: at most [`MAX_DATA`] of them.
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError>;
}

/// The most data points in one call of `PutMetricData`.
pub const MAX_DATA: usize = 1000;

/// Why metric data could not be put.
#[derive(Debug, thiserror::Error)]
#[error("cannot send {}: {problem}", crate::words::counted(*count as u64, "data point"))]
pub struct SinkError {
    /// How many were not put.
    pub count: usize,
    /// The service's message, and what to do about it.
    pub problem: String,
}

/// The data points that are due for an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    /// These data, unless they have been counted already.
    Now(Vec<Measurement>),
    /// These, and more once it is known whether a failure was a rejected approval. Retry the event then.
    More(Vec<Measurement>),
}

/// Works out what is due once an event about a subject has been merged into its run and history.
///
/// Whatever the order of events: the data of the subject itself, those of the run's ends and deployments (a late event
/// can make one of them known), and those of the end of the next run (whose red or green time may hang on this one).
pub fn due(
    run: &Run,
    history: &History,
    subject: &Subject,
    attempt: Attempt,
    home: &Home,
    wait_policy: WaitPolicy,
) -> Due {
    let place = Place { pipeline: &run.pipeline, home };
    let mut measured = Measured::default();
    if *subject != Subject::Pipeline {
        ends::measure(&mut measured, &place, run, subject, attempt, wait_policy);
    }
    if let Some(summary) = history.run(&run.execution) {
        let touched = touched(run.outcomes(), attempt, |end| (end.attempt, end.status));
        let is_unheard = |end: &Outcome| !wait_policy.is_over(end.ended) && history.is_unheard(run, end);
        let (unheard, heard): (Vec<Outcome>, Vec<Outcome>) =
            touched.into_iter().filter(|outcome| !outcome.is_implied).partition(is_unheard);
        measured.waits |= !unheard.is_empty();
        for outcome in heard {
            ends::measure(&mut measured, &place, run, &Subject::Pipeline, outcome.attempt, wait_policy);
            if outcome.is_explained || wait_policy.is_over(outcome.ended) {
                streaks::measure(&mut measured, &place, history, summary, &outcome);
            }
        }
        if unheard.is_empty() {
            deployments::measure(&mut measured, &place, run, history, (subject, attempt), wait_policy);
        }
        deployments::measure_undone(&mut measured, &place, run, history);
        never_ended(&mut measured, &place, run, history);
        lost_attempts(&mut measured, &place, summary, history, wait_policy);
        if !measured.waits {
            // What hangs on a failure that may be none is measured when that is known.
            next_ends(&mut measured, &place, run, history);
            deployments::measure_recoveries(&mut measured, &place, &run.execution, history, subject);
        }
    }
    if *subject == Subject::Pipeline {
        ends::measure_retry(&mut measured, &place, run, subject, attempt);
    }
    let mut seen = BTreeSet::new();
    measured.data.retain(|measurement: &Measurement| seen.insert(measurement.claim.clone()));
    if measured.waits { Due::More(measured.data) } else { Due::Now(measured.data) }
}

/// The ends of a run, in order, that an event of an attempt can have made known: those of the attempt; of the one before,
/// which may have been retried by it; and, as the event may be late, of those after it until a success, whose times hang
/// on all before them. So an event costs the same after a hundred attempts.
fn touched<T>(ends: Vec<T>, attempt: Attempt, of: impl Fn(&T) -> (Attempt, Status)) -> Vec<T> {
    let mut is_over = false;
    let mut touched = Vec::new();
    for end in ends {
        let (ended, status) = of(&end);
        if is_over || ended.number().saturating_add(1) < attempt.number() {
            continue;
        }
        is_over = ended > attempt && status == Status::Succeeded;
        touched.push(end);
    }
    touched
}

/// Measures the next run against this one, whose events may have arrived too late for that.
fn next_ends(measured: &mut Measured, place: &Place<'_>, run: &Run, history: &History) {
    let Some(next) = history.next_ended(&run.execution).filter(|next| next.weight > 0) else { return };
    for outcome in next.outcomes.iter().filter(|outcome| outcome.is_explained && !outcome.is_implied) {
        streaks::measure(measured, place, history, next, outcome);
    }
}

/// Measures the runs whose own end never came, once a later one of their line has ended: by then they have failed.
fn never_ended(measured: &mut Measured, place: &Place<'_>, run: &Run, history: &History) {
    let next = history.next_ended(&run.execution).filter(|next| next.weight > 0);
    let of_next = next.map(|next| history.unended_before(&next.execution)).unwrap_or_default();
    let mine = of_next.into_iter().filter(|unended| unended.execution == run.execution);
    for unended in history.unended_before(&run.execution).into_iter().chain(mine) {
        for outcome in unended.outcomes.iter().filter(|outcome| outcome.is_implied) {
            measure_lost(measured, place, history, unended, outcome);
        }
        deployments::measure_recoveries(measured, place, &unended.execution, history, &Subject::Pipeline);
    }
}

/// Measures the failed attempts of a run whose own end never came, once a later attempt of the same run has ended.
///
/// An event that is only late can still come, and a data point cannot be taken back. So it is waited for.
fn lost_attempts(
    measured: &mut Measured,
    place: &Place<'_>,
    summary: &RunSummary,
    history: &History,
    wait_policy: WaitPolicy,
) {
    let mut lost = summary.lost_attempts().peekable();
    let ended = summary.outcomes.iter().filter(|outcome| !outcome.is_implied).map(|outcome| outcome.ended).max();
    let (Some(_), Some(ended)) = (lost.peek(), ended) else { return };
    if !wait_policy.is_over(ended) {
        measured.waits = true;
        return;
    }
    for outcome in lost {
        measure_lost(measured, place, history, summary, outcome);
    }
}

/// Measures a failure that only stages and actions told of.
fn measure_lost(
    measured: &mut Measured,
    place: &Place<'_>,
    history: &History,
    unended: &RunSummary,
    outcome: &Outcome,
) {
    let end = format!("{}/{}", unended.execution, outcome.attempt.number());
    measured.data.push(place.measurement(Metric::FailureCount, 1.0, &Subject::Pipeline, outcome.ended, &end));
    streaks::measure(measured, place, history, unended, outcome);
    deployments::measure_never_ended(measured, place, unended, outcome);
}

/// What has been measured so far, and whether more is to come.
#[derive(Default)]
struct Measured {
    data: Vec<Measurement>,
    waits: bool,
}
