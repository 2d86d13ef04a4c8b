//! The overview of a pipeline: what a list of all pipelines needs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lines::Index;
use super::{ChangeSummary, Current, DoraMetrics, FailureSummary, Health, History, Origin, RunSummary, Streak, red};
use crate::attention::{Mute, Owner};
use crate::event::Attempt;
use crate::line::Line;
use crate::name::{ExecutionId, ExternalId, PipelineId, StageName};
use crate::run::Status;

/// The number of runs in a trend.
pub(super) const TREND: usize = 20;

/// The most red lines that are listed.
const MAX_RED: usize = 10;

/// The most deployments that are listed.
pub(super) const MAX_DEPLOYMENT_IDS: usize = 12;

/// The most runs that are listed as going on, those that wait for an approval first: a pipeline in parallel mode can have
/// fifty.
pub(super) const MAX_OPEN: usize = 10;

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
    /// The runs that have not ended, oldest first; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<OpenRun>,
    /// The earliest known time of any recorded run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// The lines of change that are red, the one that failed last first; empty where the pipeline has one line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub red: Vec<RedLine>,
    /// The line of the latest run, where the pipeline has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// The only line of change that has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sole_line: Option<Line>,
    /// What failed last, while the pipeline is red.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_by: Option<BrokenBy>,
    /// How delivery is going, where the pipeline deploys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<DoraMetrics>,
    /// The latest deployments that its runs name; at most a dozen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployment_ids: Vec<DeploymentId>,
    /// Who is on it, while there is something to be on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// What was muted last, whether or not its time is over: see [`Overview::mute`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutes: Vec<Mute>,
}

/// A deployment, and the run that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentId {
    /// Its id, in the service that it is of.
    pub id: ExternalId,
    /// The run.
    pub execution: ExecutionId,
}

/// A line of change that is red.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedLine {
    /// The line.
    pub line: Line,
    /// When the first of its failures ended.
    pub since: Timestamp,
    /// How many failures there are in a row.
    pub count: u64,
    /// What failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_by: Option<BrokenBy>,
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The run.
    pub execution: ExecutionId,
    /// How much was known of it.
    #[serde(default)]
    pub weight: u64,
    /// Its state.
    pub status: Status,
    /// Its latest attempt.
    pub attempt: Attempt,
    /// Since when that attempt has been moving.
    pub since: Timestamp,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// The stage after which it waits for the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Current>,
    /// The run that it waits for: that one holds the next stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_behind: Option<ExecutionId>,
    /// Its change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeSummary>,
    /// Its line of change, where the pipeline has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
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
    /// What set that run off.
    #[serde(default, skip_serializing_if = "Origin::is_unknown")]
    pub origin: Origin,
}

impl Overview {
    /// The mute that holds at a time: of a line, or else of any; one for all of the pipeline comes first.
    pub fn mute(&self, line: Option<&Line>, now: Timestamp) -> Option<&Mute> {
        let holds = |mute: &&Mute| mute.holds(now) && line.is_none_or(|line| mute.covers(line));
        self.mutes.iter().filter(holds).min_by_key(|mute| mute.line.is_some())
    }

    /// The open runs that wait for the stage that another one is in.
    pub fn behind(&self, run: &OpenRun) -> Vec<&OpenRun> {
        self.open.iter().filter(|other| other.queued_behind.as_ref() == Some(&run.execution)).collect()
    }

    /// The run that has waited for an approval for longest.
    pub fn waiting(&self) -> Option<&OpenRun> {
        self.in_status(Status::Waiting)
    }

    /// The open run in a status that has been at its action for longest.
    pub fn in_status(&self, status: Status) -> Option<&OpenRun> {
        let since = |run: &&OpenRun| run.current.as_ref().map_or(run.since, |current| current.since);
        self.open.iter().filter(|run| run.status == status).min_by_key(since)
    }
}

/// The latest deployments that runs name, newest first.
fn deployment_ids(runs: &[&RunSummary]) -> Vec<DeploymentId> {
    let of_run = |run: &&RunSummary| {
        let execution = run.execution.clone();
        run.deployment_ids.clone().into_iter().map(move |id| DeploymentId { id, execution: execution.clone() })
    };
    runs.iter().rev().flat_map(of_run).take(MAX_DEPLOYMENT_IDS).collect()
}

impl History {
    /// The pipeline in a few words; `None` while no run of it is known.
    pub fn overview(&self) -> Option<Overview> {
        let index = Index::of(self);
        let runs = &index.runs;
        let last = *runs.last()?;
        let mut latest = last.clone();
        latest.change = self.change(last);
        let standings = self.standings(&index);
        let (leading, health) = self.leading(&index, &standings);
        let has_lines = standings.len() > 1;
        let mut lines = red(&standings);
        lines.sort_by_key(|(_, _, latest)| std::cmp::Reverse(*latest));
        let red = lines.into_iter().take(MAX_RED).filter_map(|(line, health, _)| {
            let streak = health.streak.as_ref()?;
            let broken_by = self.broken_by(&index, line, streak);
            Some(RedLine { line: line.clone(), since: streak.first_ended, count: streak.count, broken_by })
        });
        let red: Vec<RedLine> = if has_lines { red.collect() } else { Vec::new() };
        let streak = health.streak.as_ref().filter(|_| health.is_red());
        Some(Overview {
            pipeline: self.pipeline.clone(),
            latest,
            trend: runs.iter().skip(runs.len().saturating_sub(TREND)).map(|run| run.status).collect(),
            typical: self.typical(),
            open: self.open_runs(&index, has_lines),
            first_seen: runs.first().map(|run| run.first_seen),
            red,
            line: has_lines.then(|| index.line(last)),
            sole_line: self.sole_line(),
            broken_by: streak.and_then(|streak| self.broken_by(&index, &leading, streak)),
            keys: self.keys(),
            deployment_ids: deployment_ids(runs),
            owner: self.owner(&health).cloned(),
            mutes: self.listed_mutes(&index),
            health,
        })
    }

    /// The run that started a failure streak of a line, while it is recorded: for one that a rollback started, what that
    /// undid. Runs of other lines can have failed in the same second.
    pub fn first_of(&self, line: &Line, streak: &Streak) -> Option<&RunSummary> {
        let index = Index::of(self);
        let began_it = |run: &&RunSummary| {
            run.outcomes.iter().any(|outcome| {
                let is_red = outcome.status == Status::Failed || run.rollback.is_some();
                is_red && outcome.ended == streak.first_ended
            })
        };
        let first = index.of_line(line).find(began_it)?;
        if first.rollback.is_none() { Some(first) } else { self.rollback(&first.execution)?.undone }
    }

    fn broken_by(&self, index: &Index<'_>, line: &Line, streak: &Streak) -> Option<BrokenBy> {
        let failed = |run: &&RunSummary| run.status == Status::Failed && run.failure.is_some();
        let latest = index.of_line(line).rfind(failed)?;
        let first = self.first_of(line, streak);
        Some(BrokenBy {
            failure: latest.failure.clone()?,
            change: self.change(latest),
            first: first.filter(|first| first.execution != latest.execution).and_then(|first| self.change(first)),
            origin: latest.origin.clone(),
        })
    }

    /// The typical duration of the recorded successful runs; `None` while there is none with a known start.
    pub fn typical(&self) -> Option<Typical> {
        let durations = self.durations();
        let rank = |percent: usize| durations.get((durations.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Typical { median: rank(50)?, p95: rank(95)?, runs: durations.len() })
    }

    /// The run in the stage that another one waits for: an older one that is where the other has not been.
    pub fn holder(&self, run: &RunSummary) -> Option<&RunSummary> {
        if run.status != Status::InProgress || run.current.is_some() {
            return None;
        }
        let been = |stage: &StageName| run.stages.iter().any(|light| light.name == *stage);
        let holds = |other: &&RunSummary| {
            let ahead = other.current.as_ref().is_some_and(|current| !been(&current.stage));
            other.place() < run.place() && !other.status.is_final() && ahead
        };
        self.runs().into_iter().rfind(holds)
    }

    /// The open runs that began after another one and have not overtaken it: what it holds back.
    pub fn behind(&self, run: &RunSummary) -> Vec<&RunSummary> {
        let is_behind = |other: &&RunSummary| {
            other.place() > run.place() && self.holder(other).is_some_and(|holder| holder.execution == run.execution)
        };
        self.runs().into_iter().filter(is_behind).collect()
    }

    /// The runs that have not ended, oldest first.
    fn open_runs(&self, index: &Index<'_>, has_lines: bool) -> Vec<OpenRun> {
        let mut open: Vec<&RunSummary> = index.runs.iter().copied().filter(|run| !run.status.is_final()).collect();
        open.sort_by_key(|run| run.status != Status::Waiting);
        open.truncate(MAX_OPEN);
        open.sort_by_key(|run| run.place());
        open.into_iter().map(|run| self.open(run, has_lines.then(|| index.line(run)))).collect()
    }

    fn open(&self, run: &RunSummary, line: Option<Line>) -> OpenRun {
        OpenRun {
            execution: run.execution.clone(),
            weight: run.weight,
            status: run.status,
            attempt: run.attempt,
            since: run.moving_since,
            current: run.current.clone(),
            between: run.between.clone(),
            queued_behind: self.holder(run).map(|holder| holder.execution.clone()),
            change: self.change(run),
            line,
        }
    }
}
