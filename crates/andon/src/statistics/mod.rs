//! What is measured? From a run and its pipeline's history to metric data; pure.
//!
//! The names and formulas are those of the best-known dashboard for CodePipeline (namespace `Pipeline`), so that what
//! was built on them keeps working. Unlike there, a retry in place counts as a recovery, an event that comes twice
//! counts once, a rejected approval is not a failure, and nothing depends on what an API has got round to listing.

use jiff::Timestamp;
use serde::Serialize;

use crate::event::{Attempt, State, Subject};
use crate::history::{Colour, History, RunSummary, Streak};
use crate::ledger::ClaimKey;
use crate::name::{Home, PipelineId};
use crate::run::{Outcome, Patience, Run, Status};

mod limits;

pub use limits::{dimension_value, named, timely};

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

/// A datum and the claim by which it is counted once.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The claim.
    pub claim: ClaimKey,
    /// The datum.
    pub datum: Datum,
}

/// A metric, by the name that CloudWatch shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Metric {
    /// 1 for every success of a pipeline, a stage or an action.
    SuccessCount,
    /// 1 for every failure of a pipeline, a stage or an action.
    FailureCount,
    /// From the end of the previous success to the end of this one.
    SuccessCycleTime,
    /// From the start of a run to its success.
    SuccessLeadTime,
    /// From the start of the first run after the previous success to this success: rework included.
    DeliveryLeadTime,
    /// From the start of a run to its failure.
    FailureLeadTime,
    /// From the start of the first success of an unbroken row to the start of the failure that ends it.
    GreenTime,
    /// From the start of the first failure of an unbroken row to the start of the success that ends it.
    RedTime,
}

impl Metric {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SuccessCount => "SuccessCount",
            Self::FailureCount => "FailureCount",
            Self::SuccessCycleTime => "SuccessCycleTime",
            Self::SuccessLeadTime => "SuccessLeadTime",
            Self::DeliveryLeadTime => "DeliveryLeadTime",
            Self::FailureLeadTime => "FailureLeadTime",
            Self::GreenTime => "GreenTime",
            Self::RedTime => "RedTime",
        }
    }

    /// Its unit, by CloudWatch's name.
    pub fn unit(self) -> &'static str {
        match self {
            Self::SuccessCount | Self::FailureCount => "Count",
            _ => "Seconds",
        }
    }
}

/// Where metric data go.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait MetricSink {
    /// Takes all of the data, or none: at most [`MOST_DATA`] of them.
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError>;
}

/// The most data that CloudWatch takes in one call of `PutMetricData`.
pub const MOST_DATA: usize = 1000;

/// Why metric data could not be put.
#[derive(Debug, thiserror::Error)]
#[error("cannot put {count} metric data: {problem}")]
pub struct SinkError {
    /// How many were not put.
    pub count: usize,
    /// What came back, and what to do about it.
    pub problem: String,
}

/// What an event makes due.
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    /// These data, unless they have been counted already.
    Now(Vec<Measurement>),
    /// These, and more as soon as it is known whether a failure was a rejected approval. Try the event again then.
    More(Vec<Measurement>),
}

/// Works out what is due once an event about a subject has been merged into its run and history.
///
/// Whatever the order of events: the data of the subject itself, those of the run's ends (a late event can make one of
/// them known), and those of the end of the next run (whose red or green time may hang on this one).
pub fn due(run: &Run, history: &History, subject: &Subject, attempt: Attempt, home: &Home, patience: Patience) -> Due {
    let mut measured = Vec::new();
    let mut waits = false;
    let place = Place { pipeline: &run.pipeline, home };
    if *subject != Subject::Pipeline {
        waits |= count(&mut measured, &place, run, subject, attempt, patience);
    }
    if let Some(summary) = history.run(&run.execution) {
        for outcome in run.outcomes() {
            waits |= count(&mut measured, &place, run, &Subject::Pipeline, outcome.attempt, patience);
            if outcome.status == Status::Failed
                && !is_decided(run, &Subject::Pipeline, outcome.attempt, outcome.ended, patience)
            {
                waits = true;
                continue;
            }
            times(&mut measured, &place, history, summary, &outcome);
        }
        if let Some(next) = history.next_ended(&run.execution).filter(|next| next.weight > 0) {
            for outcome in &next.outcomes {
                times(&mut measured, &place, history, next, outcome);
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    measured.retain(|measurement: &Measurement| seen.insert(measurement.claim.clone()));
    if waits { Due::More(measured) } else { Due::Now(measured) }
}

struct Place<'a> {
    pipeline: &'a PipelineId,
    home: &'a Home,
}

impl Place<'_> {
    fn dimensions(&self, subject: &Subject) -> Vec<(&'static str, String)> {
        let mut dimensions = vec![("PipelineName", self.pipeline.name.to_string())];
        match subject {
            Subject::Stage(stage) => dimensions.push(("StageName", stage.to_string())),
            Subject::Action { stage, action } => {
                dimensions.push(("StageName", stage.to_string()));
                dimensions.push(("ActionName", action.to_string()));
            }
            Subject::Pipeline | Subject::Unnamed => {}
        }
        if self.pipeline.home != *self.home {
            dimensions.push(("AccountId", self.pipeline.home.account.to_string()));
            dimensions.push(("Region", self.pipeline.home.region.to_string()));
        }
        dimensions
    }

    fn measurement(&self, metric: Metric, value: f64, subject: &Subject, at: Timestamp, end: &str) -> Measurement {
        let what = match subject {
            Subject::Pipeline | Subject::Unnamed => String::new(),
            Subject::Stage(stage) => format!("/{stage}"),
            Subject::Action { stage, action } => format!("/{stage}/{action}"),
        };
        let claim =
            ClaimKey { pipeline: self.pipeline.clone(), effect: format!("metric/{}/{end}{what}", metric.name()) };
        Measurement { claim, datum: Datum { metric, value, dimensions: self.dimensions(subject), at } }
    }
}

/// Counts the ends of a subject in an attempt; says whether one of them cannot be told yet.
fn count(
    measured: &mut Vec<Measurement>,
    place: &Place<'_>,
    run: &Run,
    subject: &Subject,
    attempt: Attempt,
    patience: Patience,
) -> bool {
    let mut waits = false;
    for (state, at) in run.ends(subject, attempt) {
        let metric = match state {
            State::Succeeded => Metric::SuccessCount,
            State::Failed if !is_decided(run, subject, attempt, at, patience) => {
                waits = true;
                continue;
            }
            State::Failed if run.is_rejection(subject, attempt) => continue,
            State::Failed => Metric::FailureCount,
            _ => continue,
        };
        let end = format!("{}/{}", run.execution, attempt.number());
        measured.push(place.measurement(metric, 1.0, subject, at, &end));
    }
    waits
}

/// Whether it is known if a failure was somebody's rejection; after a while it is taken as none.
fn is_decided(run: &Run, subject: &Subject, attempt: Attempt, at: Timestamp, patience: Patience) -> bool {
    patience.is_over(at)
        || matches!(subject, Subject::Action { .. } | Subject::Unnamed)
        || run.is_explained_for(subject, attempt)
}

/// The times that the end of an attempt decides.
fn times(measured: &mut Vec<Measurement>, place: &Place<'_>, history: &History, run: &RunSummary, outcome: &Outcome) {
    let before = history.before(&run.execution, outcome.attempt, outcome.ended);
    // Runs side by side can end in another order than they began: a row that began to end later is no row before it.
    let is_before = |streak: &&Streak, colour| streak.colour == colour && streak.first_ended < outcome.ended;
    let streak = |colour| before.streak.as_ref().filter(|streak| is_before(streak, colour))?.since;
    // Without a start that the pipeline itself has told, a duration would be a guess: leave a gap instead.
    let began = outcome.is_start_known.then_some(outcome.started);
    let spans = match outcome.status {
        Status::Succeeded => [
            (Metric::SuccessLeadTime, run.started, Some(outcome.ended)),
            (Metric::SuccessCycleTime, before.last_success, Some(outcome.ended)),
            (
                Metric::DeliveryLeadTime,
                before.last_success.and(before.first_since_success.or(run.started)),
                Some(outcome.ended),
            ),
            (Metric::RedTime, streak(Colour::Red), began),
        ],
        Status::Failed => [
            (Metric::FailureLeadTime, run.started, Some(outcome.ended)),
            (Metric::GreenTime, streak(Colour::Green), began),
            (Metric::RedTime, None, None),
            (Metric::RedTime, None, None),
        ],
        _ => return,
    };
    let end = format!("{}/{}", run.execution, outcome.attempt.number());
    for (metric, from, to) in spans {
        let (Some(from), Some(to)) = (from, to) else { continue };
        let seconds = (to.duration_since(from).as_secs_f64()).round();
        // Clocks differ, and the eight metrics have never counted a zero.
        if seconds > 0.0 {
            measured.push(place.measurement(metric, seconds, &Subject::Pipeline, outcome.ended, &end));
        }
    }
}
