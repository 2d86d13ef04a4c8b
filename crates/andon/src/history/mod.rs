//! The history of a pipeline: its latest runs, and a summary of those before them.
//!
//! The record is of constant size. Runs that no longer fit are folded, oldest first, into a `FoldedRuns` that keeps just
//! what rules ask of them: how long the pipeline has been red or green, and when it last succeeded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Attempt;
use crate::name::{ExecutionId, PipelineId};
use crate::run::{Outcome, Status};

mod delivery;
mod deployments;
mod dora;
mod overview;
mod summary;

pub use delivery::Delivery;
pub use deployments::Recovery;
pub use dora::{DoraMetrics, Median};
pub use overview::{BrokenBy, OpenRun, Overview, Typical};
pub use summary::{ChangeSummary, Current, FailureSummary, RunSummary, StageLight};

/// The number of finished runs that are recorded individually.
pub const MAX_RUNS: usize = 30;
/// The number of runs, finished or not, past which even a run that never finished is folded away.
const MAX: usize = 2 * MAX_RUNS;
/// How often CodePipeline's history is requested before Andon continues without it.
const BACKFILL_TRIES: u8 = 3;

/// Everything known about one pipeline across its runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The pipeline.
    pub pipeline: PipelineId,
    #[serde(with = "runs_as_list")]
    runs: BTreeMap<ExecutionId, RunSummary>,
    #[serde(default)]
    past: FoldedRuns,
    /// Tries left at asking CodePipeline for the runs before Andon was there.
    backfill_tries: u8,
}

/// What is left of the runs that were folded away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct FoldedRuns {
    /// The newest run folded: older ones that turn up late are no longer taken in.
    until: Option<(Timestamp, ExecutionId)>,
    #[serde(rename = "standing")]
    health: Health,
    #[serde(default)]
    broken: deployments::BrokenStages,
}

/// How a pipeline stood at some moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The unbroken row of successes, or of failures, that led there.
    pub streak: Option<Streak>,
    /// When the latest success ended.
    pub last_success: Option<Timestamp>,
    /// When the first run after the latest success started.
    pub first_since_success: Option<Timestamp>,
}

/// An unbroken row of successes or of failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// Whether they succeeded or failed.
    pub colour: Colour,
    /// When the first of them started, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When the first of them ended.
    pub first_ended: Timestamp,
    /// How many there are.
    pub count: u64,
}

/// Red or green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// The latest attempt that ended succeeded.
    Green,
    /// The latest attempt that ended failed.
    Red,
}

impl Health {
    fn then(&mut self, run_started: Timestamp, outcome: &Outcome) {
        let colour = match outcome.status {
            Status::Succeeded => Colour::Green,
            Status::Failed => Colour::Red,
            // Rejected, stopped, superseded: neither good nor bad news about the pipeline.
            _ => return,
        };
        match &mut self.streak {
            Some(streak) if streak.colour == colour => streak.count += 1,
            streak => {
                *streak = Some(Streak {
                    colour,
                    since: outcome.is_start_known.then_some(outcome.started),
                    first_ended: outcome.ended,
                    count: 1,
                });
            }
        }
        match colour {
            Colour::Green => {
                self.last_success = Some(outcome.ended);
                self.first_since_success = None;
            }
            Colour::Red => {
                self.first_since_success.get_or_insert(run_started);
            }
        }
    }

    /// Whether the latest attempt that ended failed.
    pub fn is_red(&self) -> bool {
        self.streak.as_ref().is_some_and(|streak| streak.colour == Colour::Red)
    }
}

impl History {
    /// A pipeline that nothing is known of.
    pub fn new(pipeline: PipelineId) -> Self {
        Self { pipeline, runs: BTreeMap::new(), past: FoldedRuns::default(), backfill_tries: BACKFILL_TRIES }
    }

    /// Whether to request the runs from before Andon was deployed.
    pub fn wants_backfill(&self) -> bool {
        self.backfill_tries > 0
    }

    /// Records that CodePipeline was asked, and whether it answered.
    pub fn backfilled(&mut self, answered: bool) {
        self.backfill_tries = if answered { 0 } else { self.backfill_tries.saturating_sub(1) };
    }

    /// Records the state of a run; returns whether it changed anything.
    pub fn learn(&mut self, summary: RunSummary) -> bool {
        let known = self.runs.contains_key(&summary.execution);
        if !known && self.past.until.as_ref().is_some_and(|until| summary.place() <= (until.0, &until.1)) {
            return false;
        }
        match self.runs.get_mut(&summary.execution) {
            Some(known) if *known >= summary => return false,
            Some(known) => *known = summary,
            None => {
                self.runs.insert(summary.execution.clone(), summary);
            }
        }
        self.fold();
        true
    }

    /// The individually recorded runs, oldest first.
    pub fn runs(&self) -> Vec<&RunSummary> {
        let mut runs: Vec<_> = self.runs.values().collect();
        runs.sort_by_key(|run| run.place());
        runs
    }

    /// Whether older runs than the recorded ones are no longer recorded individually.
    pub fn is_folded(&self) -> bool {
        self.past.until.is_some()
    }

    /// The run that started last.
    pub fn latest(&self) -> Option<&RunSummary> {
        self.runs.values().max_by_key(|run| run.place())
    }

    /// One run.
    pub fn run(&self, execution: &ExecutionId) -> Option<&RunSummary> {
        self.runs.get(execution)
    }

    /// The first run after this one that has ended in success or failure.
    pub fn next_ended(&self, execution: &ExecutionId) -> Option<&RunSummary> {
        let place = self.runs.get(execution)?.place();
        let ended = |run: &&RunSummary| {
            run.outcomes.iter().any(|outcome| matches!(outcome.status, Status::Succeeded | Status::Failed))
        };
        self.runs.values().filter(|run| run.place() > place).filter(ended).min_by_key(|run| run.place())
    }

    /// How the pipeline stood just before an attempt ended.
    pub fn before(&self, execution: &ExecutionId, attempt: Attempt, ended: Timestamp) -> Health {
        let mut health = self.past.health.clone();
        for run in self.runs() {
            for outcome in &run.outcomes {
                if run.execution == *execution && (outcome.attempt, outcome.ended) >= (attempt, ended) {
                    return health;
                }
                health.then(run.first_seen, outcome);
            }
            if run.execution == *execution {
                return health;
            }
        }
        health
    }

    /// The state of the pipeline.
    pub fn health(&self) -> Health {
        let mut health = self.past.health.clone();
        for run in self.runs() {
            for outcome in &run.outcomes {
                health.then(run.first_seen, outcome);
            }
        }
        health
    }

    /// How long successful runs took, in whole seconds, shortest first: only those whose start is known.
    pub fn durations(&self) -> Vec<i64> {
        let mut durations: Vec<i64> = self
            .runs
            .values()
            .filter(|run| run.status == Status::Succeeded)
            .filter_map(|run| Some(run.ended?.duration_since(run.started?).as_secs()))
            .filter(|seconds| *seconds >= 0)
            .collect();
        durations.sort_unstable();
        durations
    }

    fn fold(&mut self) {
        loop {
            let ended = self.runs.values().filter(|run| run.status.is_final()).count();
            let oldest = if ended > MAX_RUNS {
                self.runs.values().filter(|run| run.status.is_final()).min_by_key(|run| run.place())
            } else if self.runs.len() > MAX {
                self.runs.values().min_by_key(|run| run.place())
            } else {
                return;
            };
            let Some(run) = oldest.map(|run| run.execution.clone()).and_then(|execution| self.runs.remove(&execution))
            else {
                return;
            };
            for outcome in &run.outcomes {
                self.past.health.then(run.first_seen, outcome);
            }
            for deployed in run.deployed() {
                self.past.broken.then(&deployed);
            }
            let place = (run.first_seen, run.execution);
            if self.past.until.as_ref().is_none_or(|until| place > *until) {
                self.past.until = Some(place);
            }
        }
    }
}

/// The runs carry their ids themselves: a list is enough.
mod runs_as_list {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::RunSummary;
    use crate::name::ExecutionId;

    pub(super) fn serialize<S: Serializer>(
        runs: &BTreeMap<ExecutionId, RunSummary>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(runs.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<ExecutionId, RunSummary>, D::Error> {
        Ok(Vec::<RunSummary>::deserialize(deserializer)?.into_iter().map(|run| (run.execution.clone(), run)).collect())
    }
}
