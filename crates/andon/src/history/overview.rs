//! The overview of a pipeline: what a list of all pipelines needs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChangeSummary, Current, DoraMetrics, FailureSummary, Health, History, RunSummary, Streak};
use crate::event::Attempt;
use crate::name::{ExecutionId, PipelineId};
use crate::run::{Outcome, Status};

/// The number of runs in a trend.
const TREND: usize = 20;

/// The most runs that are listed as going on: a pipeline in parallel mode can have fifty.
const MAX_OPEN: usize = 5;

/// The state and trend of a pipeline: the small item that lists and boards read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The run that started last.
    pub latest: RunSummary,
    /// The state of the pipeline.
    #[serde(rename = "standing")]
    pub health: Health,
    /// The states of its last 20 runs, oldest first.
    pub trend: Vec<Status>,
    /// How long its runs take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical: Option<Typical>,
    /// The runs that have not ended, oldest first; at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<OpenRun>,
    /// The earliest known time of any recorded run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// What failed last, while the pipeline is red.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_by: Option<BrokenBy>,
    /// How delivery is going, where the pipeline deploys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<DoraMetrics>,
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The run.
    pub execution: ExecutionId,
    /// Its state.
    pub status: Status,
    /// Its latest attempt.
    pub attempt: Attempt,
    /// Since when that attempt has been moving.
    pub since: Timestamp,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// Its change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeSummary>,
}

/// How long a pipeline's successful runs take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typical {
    /// Half of them took at most this long, in seconds.
    pub median: i64,
    /// 95 of 100 took at most this long, in seconds (nearest rank).
    pub p95: i64,
    /// The number of runs.
    pub runs: usize,
}

/// The latest failure of a red pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenBy {
    /// What failed.
    pub failure: FailureSummary,
    /// The change that went through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeSummary>,
    /// The change that made it red, if that was an earlier run that is still recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<ChangeSummary>,
}

impl History {
    /// The pipeline in a few words; `None` while no run of it is known.
    pub fn overview(&self) -> Option<Overview> {
        let runs = self.runs();
        let latest = (*runs.last()?).clone();
        let health = self.health();
        Some(Overview {
            pipeline: self.pipeline.clone(),
            latest,
            trend: runs.iter().skip(runs.len().saturating_sub(TREND)).map(|run| run.status).collect(),
            typical: self.typical(),
            open: runs.iter().filter(|run| !run.status.is_final()).take(MAX_OPEN).map(|run| open(run)).collect(),
            first_seen: runs.first().map(|run| run.first_seen),
            broken_by: if health.is_red() { self.broken_by() } else { None },
            keys: self.keys(),
            health,
        })
    }

    /// The run that started a failure streak, while it is recorded.
    pub fn first_of(&self, streak: &Streak) -> Option<&RunSummary> {
        let began_it = |outcome: &Outcome| outcome.status == Status::Failed && outcome.ended == streak.first_ended;
        self.runs().into_iter().find(|run| run.outcomes.iter().any(began_it))
    }

    fn broken_by(&self) -> Option<BrokenBy> {
        let failed = |run: &&RunSummary| run.status == Status::Failed && run.failure.is_some();
        let latest = self.runs().into_iter().rfind(failed)?;
        let first = self.health().streak.and_then(|streak| self.first_of(&streak));
        Some(BrokenBy {
            failure: latest.failure.clone()?,
            change: latest.change.clone(),
            first: first.filter(|first| first.execution != latest.execution).and_then(|first| first.change.clone()),
        })
    }

    /// The typical duration of the recorded successful runs; `None` while there is none with a known start.
    pub fn typical(&self) -> Option<Typical> {
        let durations = self.durations();
        let rank = |percent: usize| durations.get((durations.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Typical { median: rank(50)?, p95: rank(95)?, runs: durations.len() })
    }
}

fn open(run: &RunSummary) -> OpenRun {
    OpenRun {
        execution: run.execution.clone(),
        status: run.status,
        attempt: run.attempt,
        since: run.moving_since,
        current: run.current.clone(),
        change: run.change.clone(),
    }
}
