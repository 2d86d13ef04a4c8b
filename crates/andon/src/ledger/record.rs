//! Recording of an event: read, merge, write over the version that was read, and retry on a conflict.

use jiff::Timestamp;

use super::{Ledger, LedgerError, Saved, Versioned};
use crate::event::Attempt;
use crate::history::{History, RunSummary};
use crate::name::{ExecutionId, PipelineId};
use crate::run::{DeploymentRule, Outcome, Run, Status};

/// How often a write is tried when others write the same item. Each round at least one writer gets through.
const TRIES: usize = 25;

/// A run and its pipeline's history, with all events merged.
#[derive(Debug)]
pub struct Recorded {
    /// The run.
    pub run: Run,
    /// The pipeline's history, this run included.
    pub history: History,
    /// Why the pipeline's past could not be looked up, if it was tried and failed just now.
    pub no_past: Option<ArchiveError>,
}

/// CodePipeline's own memory of what happened.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait Archive {
    /// The latest runs of a pipeline, in any order: one call, at most 100 of them.
    async fn past_runs(&self, pipeline: &PipelineId) -> Result<Vec<PastRun>, ArchiveError>;

    /// What happened to the actions of a run, as a run: one call.
    async fn actions(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Option<Run>, ArchiveError>;
}

/// Why CodePipeline could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {problem}")]
pub struct ArchiveError {
    /// What was being done, to what.
    pub doing: String,
    /// The service's message, and what to do about it.
    pub problem: String,
}

/// An archive without access to CodePipeline: it has no past runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoArchive;

impl Archive for NoArchive {
    async fn past_runs(&self, _: &PipelineId) -> Result<Vec<PastRun>, ArchiveError> {
        Ok(Vec::new())
    }

    async fn actions(&self, _: &PipelineId, _: &ExecutionId) -> Result<Option<Run>, ArchiveError> {
        Ok(None)
    }
}

/// A run from before Andon was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    /// The run.
    pub execution: ExecutionId,
    /// When it began.
    pub started: Timestamp,
    /// When it last changed: for a run that has ended, when it ended.
    pub updated: Timestamp,
    /// Its state.
    pub status: Status,
}

impl PastRun {
    fn summary(self, pipeline: &PipelineId, deployment_rule: &DeploymentRule) -> RunSummary {
        let Self { execution, started, updated, status } = self;
        RunSummary {
            weight: 0,
            execution,
            first_seen: started,
            started: Some(started),
            ended: Some(updated),
            status,
            attempt: Attempt::FIRST,
            moving_since: started,
            outcomes: vec![Outcome {
                attempt: Attempt::FIRST,
                status,
                started,
                ended: updated,
                is_start_known: true,
                is_explained: true,
            }],
            // Which of its stages ended how, CodePipeline's list does not say.
            deployments: (!deployment_rule.counts(pipeline.name.as_str(), None)).then(Vec::new),
            stages: Vec::new(),
            current: None,
            failure: None,
            change: None,
        }
    }
}

/// Merges an event of a run into the ledger, and returns everything known afterwards.
///
/// Costs one read and at most one write, whatever the length of the history; no write if nothing is new. The past of a
/// pipeline that is new to the ledger is read once; if that fails, the event still counts.
///
/// What counts as a deployment is recorded with the run; a later change of the setting does not alter earlier runs.
pub async fn record(
    ledger: &impl Ledger,
    archive: &impl Archive,
    deployment_rule: &DeploymentRule,
    told: Run,
) -> Result<Recorded, LedgerError> {
    let mut past = None;
    for _ in 0..TRIES {
        let known = ledger.load(&told.pipeline, &told.execution).await?;
        let (mut run, run_version, run_changed) = match known.run {
            Some(Versioned { value: mut run, version }) => {
                let changed = run.merge(told.clone());
                (run, version, changed)
            }
            None => (told.clone(), 0, true),
        };
        let (mut history, history_version) = match known.history {
            Some(Versioned { value, version }) => (value, version),
            None => (History::new(told.pipeline.clone()), 0),
        };
        let mut history_changed = false;
        if history.wants_backfill() {
            if past.is_none() {
                past = Some(archive.past_runs(&told.pipeline).await);
            }
            match &past {
                Some(Ok(runs)) => {
                    for run in runs.iter().filter(|run| run.status.is_final()) {
                        history.learn(run.clone().summary(&told.pipeline, deployment_rule));
                    }
                    history.backfilled(true);
                }
                _ => history.backfilled(false),
            }
            history_changed = true;
        }
        history_changed |= history.learn(RunSummary::of(&run, deployment_rule));
        if !run_changed && !history_changed {
            return Ok(Recorded { run, history, no_past: None });
        }
        let versioned_run = Versioned { value: run, version: run_version };
        let versioned_history = Versioned { value: history, version: history_version };
        let saved =
            ledger.save(run_changed.then_some(&versioned_run), history_changed.then_some(&versioned_history)).await?;
        (run, history) = (versioned_run.value, versioned_history.value);
        if saved == Saved::Written {
            return Ok(Recorded { run, history, no_past: past.and_then(Result::err) });
        }
    }
    Err(LedgerError::Contended(format!("run {} of {}", told.execution, told.pipeline)))
}
