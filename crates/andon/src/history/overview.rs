//! A pipeline in the few words that a list of all pipelines needs.

use serde::{Deserialize, Serialize};

use super::{ChangeSummary, FailureSummary, History, RunSummary, Standing};
use crate::name::PipelineId;
use crate::run::Status;

/// The number of runs in a trend.
const TREND: usize = 20;

/// How a pipeline stands and how it has been going: the slim item that lists and boards are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The run that began last.
    pub latest: RunSummary,
    /// How the pipeline stands.
    pub standing: Standing,
    /// How its last 20 runs stand, oldest first.
    pub trend: Vec<Status>,
    /// How long its runs take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical: Option<Typical>,
    /// What failed last, while the pipeline is red.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_by: Option<BrokenBy>,
}

/// How long a pipeline's successful runs take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typical {
    /// Half of them took at most this long, in seconds.
    pub median: i64,
    /// 95 of 100 took at most this long, in seconds (nearest rank).
    pub p95: i64,
    /// How many runs that is said of.
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
}

impl History {
    /// The pipeline in a few words; `None` while no run of it is known.
    pub fn overview(&self) -> Option<Overview> {
        let runs = self.runs();
        let latest = (*runs.last()?).clone();
        let standing = self.standing();
        let broken = runs.iter().rev().find_map(|run| {
            let failed = run.status == Status::Failed && standing.is_red();
            failed
                .then_some(())
                .and(run.failure.clone())
                .map(|failure| BrokenBy { failure, change: run.change.clone() })
        });
        Some(Overview {
            pipeline: self.pipeline.clone(),
            latest,
            trend: runs.iter().skip(runs.len().saturating_sub(TREND)).map(|run| run.status).collect(),
            typical: self.typical(),
            broken_by: broken,
            standing,
        })
    }

    /// How long the kept successful runs took; `None` while there is none whose start is known.
    pub fn typical(&self) -> Option<Typical> {
        let durations = self.durations();
        let rank = |percent: usize| durations.get((durations.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Typical { median: rank(50)?, p95: rank(95)?, runs: durations.len() })
    }
}
