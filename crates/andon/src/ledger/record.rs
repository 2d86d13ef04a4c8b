//! Taking in what an event tells: read, merge, write over what was read, and again if somebody else was faster.

use jiff::Timestamp;

use super::{Ledger, LedgerError, Saved, Versioned};
use crate::event::Attempt;
use crate::history::{History, RunSummary};
use crate::name::{ExecutionId, PipelineId};
use crate::run::{DeploymentRule, Outcome, Run, Status};

/// How often a write is tried when others write the same item. Each round at least one writer gets through.
const TRIES: usize = 25;

/// A run and its pipeline's history, with everything merged that has been told of them.
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

/// Why CodePipeline could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {problem}")]
pub struct ArchiveError {
    /// What was being done, to what.
    pub doing: String,
    /// What came back, and what to do about it.
    pub problem: String,
}

/// For machines that cannot ask CodePipeline: it remembers nothing.
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
    /// How it stands.
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

/// Merges what is told of a run into the ledger, and gives back all that is known then.
///
/// Costs one read and at most one write, whatever the length of the history; none but the read if nothing is new. A
/// pipeline that the ledger does not know yet has its past looked up once; if that fails, the event counts all the same.
///
/// What counts as a deployment is noted with the run; runs noted before a change of that keep what they were noted as.
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
