//! Recording of events: add their facts, read the runs that they are about, and have the histories learn of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::{Ledger, LedgerError, Saved, Versioned};
use crate::attention::{Deed, Mute};
use crate::event::Attempt;
use crate::history::{History, Origin, RunSummary, Standing};
use crate::line::Line;
use crate::name::{ExecutionId, PipelineId};
use crate::run::{DeploymentRule, Outcome, Run, Status};

/// How often a history is tried to be written when others write it too. Each round at least one writer gets through.
const TRIES: usize = 25;

/// A run and its pipeline's history, with all events merged.
#[derive(Debug)]
pub struct Recorded {
    /// The run.
    pub run: Arc<Run>,
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
            state_name: None,
            attempt: Attempt::FIRST,
            moving_since: started,
            outcomes: vec![Outcome {
                attempt: Attempt::FIRST,
                status,
                started,
                ended: updated,
                is_start_known: true,
                is_explained: true,
                is_implied: false,
                unlisted: 0,
            }],
            // Which of its stages ended how, CodePipeline's list does not say.
            deployments: (!deployment_rule.counts(pipeline.name.as_str(), None)).then(Vec::new),
            stages: Vec::new(),
            current: None,
            between: None,
            failure: None,
            change: None,
            revisions: Vec::new(),
            line: None,
            rollback: None,
            origin: Origin::default(),
            deployment_ids: Vec::new(),
        }
    }
}

/// A run that a batch of events is about.
#[derive(Debug)]
pub struct Touched<T> {
    /// What told of it, in the order given.
    pub told_by: Vec<T>,
    /// What is known of it now; or why that could not be recorded, whereupon all that told of it has to come again.
    pub recorded: Result<Recorded, LedgerError>,
}

/// Forgets a pipeline that was deleted, or that somebody wants forgotten: it leaves every list. Returns whether it was
/// known.
pub async fn forget(ledger: &impl Ledger, pipeline: &PipelineId, at: Timestamp) -> Result<bool, LedgerError> {
    amend(ledger, pipeline, |history| history.forget(at)).await
}

/// Records what somebody did about an alert of a pipeline. Returns whether that was new.
pub async fn attend(ledger: &impl Ledger, pipeline: &PipelineId, deed: &Deed) -> Result<bool, LedgerError> {
    amend(ledger, pipeline, |history| history.attend(deed.clone())).await
}

/// Keeps that somebody muted a pipeline or a line of it; returns whether it was new.
pub async fn mute(ledger: &impl Ledger, pipeline: &PipelineId, mute: &Mute, deed: &Deed) -> Result<bool, LedgerError> {
    amend(ledger, pipeline, |history| history.mute(mute.clone(), deed.clone())).await
}

/// Keeps that somebody ended what is muted of a line of a pipeline, or of all of it; returns whether anything was.
pub async fn unmute(
    ledger: &impl Ledger,
    pipeline: &PipelineId,
    line: Option<&Line>,
    deed: &Deed,
) -> Result<bool, LedgerError> {
    amend(ledger, pipeline, |history| history.unmute(line, deed.clone())).await
}

/// Changes the history of a pipeline, however many others write it too; `change` says whether it changed anything.
async fn amend(
    ledger: &impl Ledger,
    pipeline: &PipelineId,
    change: impl Fn(&mut History) -> bool,
) -> Result<bool, LedgerError> {
    for _ in 0..TRIES {
        let Some(history) = ledger.history(pipeline).await? else { return Ok(false) };
        let Some(any) = history.latest().map(|run| run.execution.clone()) else { return Ok(false) };
        let known = ledger.load(pipeline, &any).await?;
        let (Some(mut value), Some(Versioned { version, .. })) = (known.history(), &known.written) else {
            return Ok(false);
        };
        if !change(&mut value) {
            return Ok(false);
        }
        let history = Versioned { value, version: *version };
        if ledger.save(&history, &outlived(&history.value, known.standings)).await? == Saved::Written {
            return Ok(true);
        }
    }
    Err(LedgerError::Contended(format!("record the history of {pipeline}")))
}

/// Merges an event of a run into the ledger, and returns everything known afterwards: [`record_all`] of one.
pub async fn record(
    ledger: &impl Ledger,
    archive: &impl Archive,
    deployment_rule: &DeploymentRule,
    told: Run,
) -> Result<Recorded, LedgerError> {
    let nothing = LedgerError::Contended(format!("record run {} of {}", told.execution, told.pipeline));
    let mut touched = record_all(ledger, archive, deployment_rule, [((), told)]).await;
    touched.pop().map_or(Err(nothing), |touched| touched.recorded)
}

/// Merges events of any number of runs into the ledger, and returns everything known of each run afterwards.
///
/// What counts as a deployment is recorded with the run; a later change of the setting does not alter earlier runs.
pub async fn record_all<T>(
    ledger: &impl Ledger,
    archive: &impl Archive,
    deployment_rule: &DeploymentRule,
    told: impl IntoIterator<Item = (T, Run)>,
) -> Vec<Touched<T>> {
    let added = add_all(ledger, told).await;
    let touched = join_all(added.into_iter().map(|added| added.learn(ledger, archive, deployment_rule))).await;
    touched.into_iter().flatten().collect()
}

/// The runs of one pipeline whose facts have been added; its history has yet to learn of them.
#[derive(Debug)]
pub struct Added<T> {
    /// The pipeline.
    pub pipeline: PipelineId,
    runs: Vec<AddedRun<T>>,
}

#[derive(Debug)]
struct AddedRun<T> {
    told: Run,
    told_by: Vec<T>,
    added: Result<(), LedgerError>,
}

/// Adds the facts of any number of events, in as few calls as the ledger takes; gives back the pipelines that they are
/// about, in the order in which they were first told of, and so the runs of each.
///
/// From here on the pipelines can be dealt with side by side, so that what harms one does not delay another.
pub async fn add_all<T>(ledger: &impl Ledger, told: impl IntoIterator<Item = (T, Run)>) -> Vec<Added<T>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut told_by: Vec<Vec<T>> = Vec::new();
    let mut known: BTreeMap<(PipelineId, ExecutionId), usize> = BTreeMap::new();
    for (by, told) in told {
        let index = *known.entry((told.pipeline.clone(), told.execution.clone())).or_insert(runs.len());
        if let (Some(run), Some(others)) = (runs.get_mut(index), told_by.get_mut(index)) {
            run.merge(told);
            others.push(by);
        } else {
            runs.push(told);
            told_by.push(vec![by]);
        }
    }
    let results = if runs.is_empty() { Vec::new() } else { ledger.add(&runs).await };
    let mut pipelines: Vec<Added<T>> = Vec::new();
    let mut places: BTreeMap<PipelineId, usize> = BTreeMap::new();
    for ((told, told_by), added) in runs.into_iter().zip(told_by).zip(results) {
        let place = *places.entry(told.pipeline.clone()).or_insert(pipelines.len());
        let pipeline = told.pipeline.clone();
        let run = AddedRun { told, told_by, added };
        match pipelines.get_mut(place) {
            Some(known) => known.runs.push(run),
            None => pipelines.push(Added { pipeline, runs: vec![run] }),
        }
    }
    pipelines
}

impl<T> Added<T> {
    /// Reads each run once, and writes how they stand, or the pipeline's history where more has changed.
    ///
    /// The past of a pipeline that is new to the ledger is looked up once; if that fails, the events still count.
    pub async fn learn(
        self,
        ledger: &impl Ledger,
        archive: &impl Archive,
        deployment_rule: &DeploymentRule,
    ) -> Vec<Touched<T>> {
        let mut told = Vec::new();
        let mut touched: Vec<Touched<T>> = Vec::new();
        for run in self.runs {
            match run.added {
                Ok(()) => told.push((run.told, run.told_by)),
                Err(error) => touched.push(Touched { told_by: run.told_by, recorded: Err(error) }),
            }
        }
        let (told, told_by): (Vec<Run>, Vec<Vec<T>>) = told.into_iter().unzip();
        match learn(ledger, archive, deployment_rule, &self.pipeline, &told).await {
            Ok(known) => {
                let known = told_by.into_iter().zip(known);
                touched.extend(known.map(|(told_by, known)| Touched { told_by, recorded: Ok(known) }));
            }
            Err(error) => {
                let failed = |told_by| Touched { told_by, recorded: Err(error.clone()) };
                touched.extend(told_by.into_iter().map(failed));
            }
        }
        touched
    }
}

async fn learn(
    ledger: &impl Ledger,
    archive: &impl Archive,
    deployment_rule: &DeploymentRule,
    pipeline: &PipelineId,
    told: &[Run],
) -> Result<Vec<Recorded>, LedgerError> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let mut past = None;
    for _ in 0..TRIES {
        let known = join_all(told.iter().map(|run| ledger.load(pipeline, &run.execution))).await;
        let mut runs = Vec::with_capacity(told.len());
        let (mut written, mut standings) = (None, Vec::new());
        for (known, told) in known.into_iter().zip(told) {
            let known = known?;
            let mut run = known.run.unwrap_or_else(|| Arc::new(told.clone()));
            if !run.holds(told) {
                Arc::make_mut(&mut run).merge(told.clone());
            }
            runs.push(run);
            written = known.written.or(written);
            standings = known.standings;
        }
        let Versioned { value: written, version } =
            written.unwrap_or_else(|| Versioned { value: History::new(pipeline.clone()), version: 0 });
        let mut history = written.clone();
        history.take_in(&standings);
        let mut has_more = false;
        if history.wants_backfill() {
            if past.is_none() {
                past = Some(archive.past_runs(pipeline).await);
            }
            backfill(&mut history, past.as_ref(), deployment_rule);
            has_more = true;
        }
        let mut news = Vec::new();
        for run in &runs {
            let before = history.run(&run.execution).cloned();
            let is_learned = history.learn(RunSummary::of(run, deployment_rule));
            let now = history.run(&run.execution);
            if is_learned && is_worth_writing(before.as_ref(), now) {
                has_more |= concerns_others(before.as_ref(), now);
                news.push(&run.execution);
            }
        }
        let of_news = news.iter().filter_map(|execution| history.run(execution));
        let news: Vec<Standing> = of_news.map(|run| Standing::of(&history, run)).collect();
        has_more |= news.iter().any(|standing| standing.summary.status.is_final());
        let is_written = if has_more || !(news.is_empty() || is_all(&written, &standings, &news, &history)) {
            let outlived = outlived(&history, standings);
            let history = Versioned { value: history.clone(), version };
            ledger.save(&history, &outlived).await? == Saved::Written
        } else {
            if !news.is_empty() {
                ledger.stand(&news).await?;
            }
            true
        };
        if is_written {
            let mut no_past = past.and_then(Result::err);
            let recorded = |run| Recorded { run, history: history.clone(), no_past: no_past.take() };
            return Ok(runs.into_iter().map(recorded).collect());
        }
    }
    Err(LedgerError::Contended(format!("record the history of {pipeline}")))
}

/// Whether all that a list shows of a pipeline is known from the history that was written and how runs stand.
fn is_all(written: &History, standings: &[Standing], news: &[Standing], history: &History) -> bool {
    let mut listed = written.overview();
    if let Some(listed) = &mut listed {
        let is_older =
            |standing: &&Standing| news.iter().all(|newer| newer.summary.execution != standing.summary.execution);
        listed.take_in(standings.iter().filter(is_older).chain(news));
    }
    listed == history.overview()
}

/// The standings that say nothing more once a history is written.
fn outlived(history: &History, mut standings: Vec<Standing>) -> Vec<Standing> {
    standings.retain(|standing| history.outlives(standing));
    standings
}

fn backfill(
    history: &mut History,
    past: Option<&Result<Vec<PastRun>, ArchiveError>>,
    deployment_rule: &DeploymentRule,
) {
    let Some(Ok(past)) = past else { return history.backfilled(false) };
    let pipeline = history.pipeline.clone();
    for run in past.iter().filter(|run| run.status.is_final()) {
        history.learn(run.clone().summary(&pipeline, deployment_rule));
    }
    history.backfilled(true);
}

/// Whether a history has to be written for a summary: not while its run goes on and nothing can be seen of what is new.
fn is_worth_writing(before: Option<&RunSummary>, now: Option<&RunSummary>) -> bool {
    let (Some(before), Some(now)) = (before, now) else { return true };
    now.ended.is_some() || RunSummary { weight: now.weight, ..before.clone() } != *now
}

/// Whether what is new of a run matters to other runs: how attempts and deployments of it ended. That is written over the
/// history that was read, so that of handlers of different runs at least one knows of both.
///
/// A run that is no longer recorded by itself now is only in the figures of the history.
fn concerns_others(before: Option<&RunSummary>, now: Option<&RunSummary>) -> bool {
    if now.is_none() {
        return true;
    }
    let of = |run: &RunSummary| {
        let RunSummary { outcomes, deployments, failure, rollback, .. } = run.clone();
        (outcomes, deployments.unwrap_or_default(), failure, rollback)
    };
    before.map(of).unwrap_or_default() != now.map(of).unwrap_or_default()
}
