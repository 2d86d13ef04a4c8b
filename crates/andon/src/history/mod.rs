//! The history of a pipeline: its latest runs, and a summary of those before them.
//!
//! Streaks, health and recoveries belong to a line of change (see [`crate::line`]): a branch says nothing of another.
//!
//! The record is of constant size. Runs that no longer fit are folded, oldest first, into a `FoldedRuns` that keeps just
//! what rules ask of them: how long the pipeline has been red or green, and when it last succeeded.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::attention::{Attention, Deed, Owner};
use crate::event::Attempt;
use crate::line::Line;
use crate::name::{ExecutionId, PipelineId, StageName};
use crate::run::{Outcome, Run, Status};

mod delivery;
mod deployments;
mod dora;
mod lines;
mod mutes;
mod one_line;
mod overview;
mod revisions;
mod standing;
mod summary;

pub use delivery::Delivery;
pub use deployments::Recovery;
pub use dora::{DoraMetrics, Median};
pub use lines::RollbackRuns;
pub use mutes::MutedLine;
pub use overview::{BrokenBy, DeploymentId, OpenRun, Overview, RedLine, Typical};
pub use revisions::Changes;
pub use standing::{Standing, up_to_date};
pub use summary::{ChangeSummary, Current, FailureSummary, Origin, RolledBack, RunSummary, StageLight};

use lines::Index;

/// The number of finished runs that are recorded individually.
pub const MAX_RUNS: usize = 30;
/// The number of runs, finished or not, past which even a run that never finished is folded away.
const MAX: usize = 2 * MAX_RUNS;
/// The most lines of change that are remembered after their runs have been folded away.
const MAX_LINES: usize = 32;
/// The most stages that are remembered as having failed in one row of failures.
const MAX_BROKEN: usize = 8;
/// A branch that has not run for so long, while others have, is most likely gone: it keeps nobody red any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often CodePipeline's history is requested before Andon continues without it.
const BACKFILL_TRIES: u8 = 3;

/// Everything known about one pipeline across its runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The pipeline.
    pub pipeline: PipelineId,
    #[serde(with = "runs_as_list")]
    runs: BTreeMap<ExecutionId, Arc<RunSummary>>,
    #[serde(default)]
    past: FoldedRuns,
    /// Tries left at asking CodePipeline for the runs before Andon was there.
    backfill_tries: u8,
    /// What people have done about it.
    #[serde(default, skip_serializing_if = "Attention::is_empty")]
    attention: Attention,
}

/// What is left of the runs that were folded away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct FoldedRuns {
    /// The newest run folded: older ones that turn up late are no longer taken in.
    until: Option<(Timestamp, ExecutionId)>,
    /// When the pipeline was deleted, or was to be forgotten: runs from before are no longer taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forgotten: Option<Timestamp>,
    /// How the line stood whose runs have no branch.
    #[serde(rename = "standing")]
    health: Health,
    #[serde(default)]
    broken: deployments::BrokenStages,
    /// How the other lines stood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<PastLine>,
}

/// What is left of the runs of a line that were folded away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PastLine {
    line: Line,
    health: Health,
    /// When the latest of them was first seen.
    until: Timestamp,
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
    /// The stages that failed in it, of a row of failures: none of them may be skipped by what ends it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<StageName>,
}

impl Streak {
    /// Whether a run's success is one that this row of failures does not end with: it skipped what failed in it.
    pub fn is_skipped_by(&self, run: &RunSummary) -> bool {
        self.colour == Colour::Red && self.broken.iter().any(|stage| run.has_skipped(stage))
    }
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
    fn then(&mut self, run: &RunSummary, outcome: &Outcome) {
        let colour = match (outcome.status, &run.rollback) {
            (Status::Succeeded, None) if self.streak.as_ref().is_some_and(|streak| streak.is_skipped_by(run)) => return,
            (Status::Succeeded, None) => Colour::Green,
            // What was undone is broken until another change goes through; what was red before just stays so.
            (Status::Succeeded, Some(_)) if self.is_red() => return,
            (Status::Succeeded, Some(_)) | (Status::Failed, _) => Colour::Red,
            // Rejected, stopped, superseded: neither good nor bad news about the pipeline.
            _ => return,
        };
        match &mut self.streak {
            Some(streak) if streak.colour == colour => streak.count += 1 + outcome.unlisted,
            streak => {
                *streak = Some(Streak {
                    colour,
                    since: outcome.is_start_known.then_some(outcome.started),
                    first_ended: outcome.ended,
                    count: 1 + outcome.unlisted,
                    broken: Vec::new(),
                });
            }
        }
        let failed = run.failure.as_ref().filter(|_| colour == Colour::Red).and_then(|failure| failure.stage.clone());
        if let (Some(streak), Some(stage)) = (&mut self.streak, failed)
            && !streak.broken.contains(&stage)
            && streak.broken.len() < MAX_BROKEN
        {
            streak.broken.push(stage);
        }
        match colour {
            Colour::Green => {
                self.last_success = Some(outcome.ended);
                self.first_since_success = None;
            }
            Colour::Red => {
                self.first_since_success.get_or_insert(run.first_seen);
            }
        }
    }

    fn then_all(&mut self, run: &RunSummary) {
        for outcome in &run.outcomes {
            self.then(run, outcome);
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
        Self {
            pipeline,
            runs: BTreeMap::new(),
            past: FoldedRuns::default(),
            backfill_tries: BACKFILL_TRIES,
            attention: Attention::default(),
        }
    }

    /// Records what somebody did about an alert; returns whether it changed anything.
    pub fn attend(&mut self, deed: Deed) -> bool {
        self.attention.take(deed)
    }

    /// What was done about an alert, oldest first.
    pub fn deeds(&self, alert: &str) -> Vec<Deed> {
        self.attention.about(alert)
    }

    /// What was done about a run, oldest first.
    pub fn deeds_of_run(&self, execution: &ExecutionId) -> impl DoubleEndedIterator<Item = &Deed> {
        self.attention.of_run(execution)
    }

    /// Who is on it: until the pipeline is green again, or until the run has ended that they took on while nothing was red.
    fn owner(&self, health: &Health) -> Option<&Owner> {
        let owner = self.attention.owner()?;
        let streak = health.streak.as_ref().filter(|_| health.is_red());
        let in_streak = streak.is_some_and(|streak| owner.since >= streak.first_ended);
        let is_open = self.run(&owner.execution).is_some_and(|run| !run.status.is_final());
        (in_streak || is_open).then_some(owner)
    }

    /// Whether to request the runs from before Andon was deployed.
    pub fn wants_backfill(&self) -> bool {
        self.backfill_tries > 0
    }

    /// Records that CodePipeline was asked, and whether it answered.
    pub fn backfilled(&mut self, answered: bool) {
        self.backfill_tries = if answered { 0 } else { self.backfill_tries.saturating_sub(1) };
    }

    /// Forgets all runs that began until a time, because the pipeline was deleted then; returns whether any was known.
    ///
    /// What is made anew under the same name begins with an empty history.
    pub fn forget(&mut self, at: Timestamp) -> bool {
        if self.past.forgotten.is_some_and(|forgotten| forgotten >= at) {
            return false;
        }
        let known = self.runs.len();
        self.runs.retain(|_, run| run.first_seen > at);
        let changed = self.runs.len() < known || self.past.until.is_some();
        self.past = FoldedRuns { forgotten: Some(at), ..FoldedRuns::default() };
        self.attention.forget(at);
        // There is nothing to look up of what is gone.
        self.backfill_tries = 0;
        changed
    }

    /// Records the state of a run; returns whether it changed anything.
    pub fn learn(&mut self, summary: RunSummary) -> bool {
        let known = self.runs.contains_key(&summary.execution);
        if !known && self.past.forgotten.is_some_and(|forgotten| summary.first_seen <= forgotten) {
            return false;
        }
        if !known && self.past.until.as_ref().is_some_and(|until| summary.place() <= (until.0, &until.1)) {
            return false;
        }
        match self.runs.get_mut(&summary.execution) {
            Some(known) if **known >= summary => return false,
            Some(known) => *known = Arc::new(summary),
            None => {
                self.runs.insert(summary.execution.clone(), Arc::new(summary));
            }
        }
        self.fold();
        true
    }

    /// The individually recorded runs, oldest first.
    pub fn runs(&self) -> Vec<&RunSummary> {
        let mut runs: Vec<&RunSummary> = self.runs.values().map(AsRef::as_ref).collect();
        runs.sort_by_key(|run| run.place());
        runs
    }

    /// Whether older runs than the recorded ones are no longer recorded individually.
    pub fn is_folded(&self) -> bool {
        self.past.until.is_some()
    }

    /// The run that started last.
    pub fn latest(&self) -> Option<&RunSummary> {
        self.runs.values().map(AsRef::as_ref).max_by_key(|run: &&RunSummary| run.place())
    }

    /// One run.
    pub fn run(&self, execution: &ExecutionId) -> Option<&RunSummary> {
        self.runs.get(execution).map(AsRef::as_ref)
    }

    /// The first run of the same line after this one that has ended in success or failure.
    pub fn next_ended(&self, execution: &ExecutionId) -> Option<&RunSummary> {
        let index = Index::of(self);
        let run = self.run(execution)?;
        let line = index.line(run);
        index.of_line(&line).find(|other| other.place() > run.place() && has_ended(other))
    }

    /// The runs of the same line before this one whose own end never came, though they failed: this one is the first to
    /// have ended after them.
    pub fn unended_before(&self, execution: &ExecutionId) -> Vec<&RunSummary> {
        let index = Index::of(self);
        let Some(run) = self.run(execution).filter(|run| has_ended(run)) else { return Vec::new() };
        let line = index.line(run);
        let earlier = index.of_line(&line).rev().skip_while(|other| other.place() >= run.place());
        let mut unended = Vec::new();
        for other in earlier {
            unended.extend(other.outcomes.iter().any(|outcome| outcome.is_implied).then_some(other));
            if has_ended(other) {
                break;
            }
        }
        unended
    }

    /// How the line of a run stood just before an attempt ended.
    pub fn before(&self, execution: &ExecutionId, attempt: Attempt, ended: Timestamp) -> Health {
        let index = Index::of(self);
        let line = self.runs.get(execution).map(|run| index.line(run)).unwrap_or_default();
        let mut health = index.past(self, &line);
        for run in index.of_line(&line) {
            for outcome in &run.outcomes {
                if run.execution == *execution && (outcome.attempt, outcome.ended) >= (attempt, ended) {
                    return health;
                }
                health.then(run, outcome);
            }
            if run.execution == *execution {
                return health;
            }
        }
        health
    }

    /// Whether a run says of one of its attempts that it succeeded, while events of its stages are still to come that tell
    /// what that success is worth: how a deployment ended, or whether the stage was skipped that was red.
    pub fn is_unheard(&self, run: &Run, outcome: &Outcome) -> bool {
        if outcome.status != Status::Succeeded {
            return false;
        }
        let Some(summary) = self.run(&run.execution) else { return false };
        let before = self.before(&run.execution, outcome.attempt, outcome.ended);
        let broken = before.streak.filter(|streak| streak.colour == Colour::Red).map(|streak| streak.broken);
        let is_heard_of = |stage: &StageName| summary.stages.iter().any(|light| light.name == *stage);
        let has_more_to_say = broken.is_some_and(|broken| !broken.iter().all(is_heard_of));
        // Where nothing at all is said of stages, nothing is expected.
        run.has_open_deployment() || !summary.stages.is_empty() && has_more_to_say
    }

    /// The state of the pipeline: that of its latest run's line if it is red, else of the line that failed last, else of
    /// the latest run's.
    pub fn health(&self) -> Health {
        let index = Index::of(self);
        self.leading(&index, &self.standings(&index)).1
    }

    /// How every line stands, with the time of its latest outcome.
    fn standings(&self, index: &Index<'_>) -> BTreeMap<Line, (Health, Timestamp)> {
        let mut standings: BTreeMap<Line, (Health, Timestamp)> = BTreeMap::new();
        for past in &self.past.lines {
            standings.insert(past.line.clone(), (past.health.clone(), past.until));
        }
        for run in &index.runs {
            let line = index.line(run);
            let (health, latest) =
                standings.entry(line).or_insert_with_key(|line| (index.past(self, line), Timestamp::MIN));
            health.then_all(run);
            *latest = run.outcomes.iter().map(|outcome| outcome.ended).max().unwrap_or(*latest).max(*latest);
        }
        standings
    }

    /// The line that tells how the pipeline stands.
    fn leading(&self, index: &Index<'_>, standings: &BTreeMap<Line, (Health, Timestamp)>) -> (Line, Health) {
        let current = index.runs.last().map(|run| index.line(run)).unwrap_or_default();
        let red = red(standings);
        let leading = red
            .iter()
            .find(|(line, ..)| **line == current)
            .or_else(|| red.iter().max_by_key(|(_, _, latest)| *latest))
            .map(|(line, ..)| (*line).clone())
            .unwrap_or(current);
        let mut health = match standings.get(&leading) {
            Some((health, _)) => health.clone(),
            None => index.past(self, &leading),
        };
        health.last_success = standings.values().filter_map(|(health, _)| health.last_success).max();
        (leading, health)
    }

    /// How long successful runs took, in whole seconds, shortest first: only those whose start is known.
    pub fn durations(&self) -> Vec<i64> {
        let mut durations: Vec<i64> = self
            .runs
            .values()
            .filter(|run| run.status == Status::Succeeded && run.rollback.is_none())
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
            let Some(execution) = oldest.map(|run| run.execution.clone()) else { return };
            self.fold_away(&execution);
        }
    }

    fn fold_away(&mut self, execution: &ExecutionId) {
        let index = Index::of(self);
        let Some(run) = self.runs.get(execution) else { return };
        let (line, deployed) = (index.line(run), index.deployed(run));
        let mut health = index.past(self, &line);
        let Some(run) = self.runs.remove(execution) else { return };
        health.then_all(&run);
        for deployed in &deployed {
            self.past.broken.then(&line, deployed, |remembered| *remembered == line);
        }
        self.past.remember(line, health, run.first_seen);
        let place = (run.first_seen, run.execution.clone());
        if self.past.until.as_ref().is_none_or(|until| place > *until) {
            self.past.until = Some(place);
        }
    }
}

impl FoldedRuns {
    fn remember(&mut self, line: Line, health: Health, until: Timestamp) {
        if line.is_common() {
            self.health = health;
            return;
        }
        match self.lines.iter_mut().find(|past| past.line == line) {
            Some(past) => (past.health, past.until) = (health, until),
            None => self.lines.push(PastLine { line, health, until }),
        }
        if self.lines.len() > MAX_LINES
            && let Some(oldest) = self.lines.iter().enumerate().min_by_key(|(_, past)| past.until).map(|(at, _)| at)
        {
            self.lines.remove(oldest);
        }
    }
}

/// Whether a run has ended in success or failure, by its own events; rollbacks are neither.
fn has_ended(run: &RunSummary) -> bool {
    let has = |outcome: &Outcome| matches!(outcome.status, Status::Succeeded | Status::Failed) && !outcome.is_implied;
    run.rollback.is_none() && run.outcomes.iter().any(has)
}

/// The lines that are red, without those that are most likely gone.
fn red(standings: &BTreeMap<Line, (Health, Timestamp)>) -> Vec<(&Line, &Health, Timestamp)> {
    let latest = standings.values().map(|(_, latest)| *latest).max().unwrap_or(Timestamp::MIN);
    let is_red = |(line, (health, at)): &(&Line, &(Health, Timestamp))| {
        health.is_red() && (line.is_common() || latest.duration_since(*at) < FORGOTTEN)
    };
    standings.iter().filter(is_red).map(|(line, (health, at))| (line, health, *at)).collect()
}

/// The runs carry their ids themselves: a list is enough.
mod runs_as_list {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::RunSummary;
    use crate::name::ExecutionId;

    pub(super) fn serialize<S: Serializer>(
        runs: &BTreeMap<ExecutionId, Arc<RunSummary>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(runs.values().map(AsRef::<RunSummary>::as_ref))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<ExecutionId, Arc<RunSummary>>, D::Error> {
        let runs = Vec::<RunSummary>::deserialize(deserializer)?;
        Ok(runs.into_iter().map(|run| (run.execution.clone(), Arc::new(run))).collect())
    }
}
