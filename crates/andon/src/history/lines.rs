//! The lines of change of a pipeline, and what was rolled back: how each run relates to the others.

use std::collections::{BTreeMap, BTreeSet};

use super::{Health, History, RunSummary, has_ended};
use crate::line::Line;
use crate::name::ExecutionId;
use crate::run::{Deployed, Outcome, Status};

/// A rollback and the runs it is about, as far as they are known and recorded.
#[derive(Debug, Clone, Copy)]
pub struct RollbackRuns<'h> {
    /// The rollback.
    pub run: &'h RunSummary,
    /// The run whose deployment it undoes.
    pub undone: Option<&'h RunSummary>,
    /// The run whose change is live again.
    pub target: Option<&'h RunSummary>,
}

/// The recorded runs in order, and the lines they belong to.
pub(super) struct Index<'h> {
    pub(super) runs: Vec<&'h RunSummary>,
    /// The only line that any trigger named: runs whose branch is not known are then of this one.
    sole: Option<&'h Line>,
    rollbacks: Vec<RollbackRuns<'h>>,
    /// What was undone by a rollback that succeeded, and that rollback.
    undone: BTreeMap<&'h ExecutionId, &'h RunSummary>,
}

impl<'h> Index<'h> {
    pub(super) fn of(history: &'h History) -> Self {
        let runs = history.runs();
        let named = runs.iter().filter_map(|run| run.line.as_ref());
        let named: BTreeSet<&Line> = named.chain(history.past.lines.iter().map(|past| &past.line)).collect();
        let sole = if named.len() == 1 { named.first().copied() } else { None };
        let (rollbacks, undone) = rollbacks(history, &runs);
        Self { runs, sole, rollbacks, undone }
    }

    /// The line that a run belongs to. A rollback is of the line of what it undoes.
    pub(super) fn line(&self, run: &RunSummary) -> Line {
        if let Some(line) = &run.line {
            return line.clone();
        }
        let of_rollback = || {
            run.rollback.as_ref()?;
            let rollback = self.rollbacks.iter().find(|rollback| rollback.run.execution == run.execution)?;
            Some(self.line(rollback.undone.or(rollback.target)?))
        };
        of_rollback().unwrap_or_else(|| self.sole.cloned().unwrap_or_default())
    }

    /// The recorded runs of a line, in order.
    pub(super) fn of_line<'i>(&'i self, line: &'i Line) -> impl DoubleEndedIterator<Item = &'h RunSummary> + 'i {
        self.runs.iter().copied().filter(|run| self.line(run) == *line)
    }

    /// What is left of the runs of a line that were folded away.
    pub(super) fn past(&self, history: &History, line: &Line) -> Health {
        let of_line = history.past.lines.iter().find(|past| past.line == *line).map(|past| past.health.clone());
        let is_common = line.is_common() || self.sole == Some(line);
        of_line.or_else(|| is_common.then(|| history.past.health.clone())).unwrap_or_default()
    }

    /// Whether what was remembered for one line is of another: what had no line is of the only one.
    pub(super) fn is_of(&self, remembered: &Line, line: &Line) -> bool {
        remembered == line || remembered.is_common() && self.sole == Some(line)
    }

    /// Whether a later run of the same line has ended: by then, an end of this one that has not come never will.
    fn is_over(&self, run: &RunSummary) -> bool {
        let line = self.line(run);
        self.of_line(&line).any(|other| other.place() > run.place() && has_ended(other))
    }

    /// The deployments of a run, oldest first. What was rolled back counts as failed; what only stages and actions told of
    /// counts once it is known that the run's own event will not come.
    pub(super) fn deployed(&self, run: &RunSummary) -> Vec<Deployed> {
        let mut deployed = run.deployed();
        if run.deployments.is_none() && run.outcomes.iter().any(|outcome| outcome.is_implied) && !self.is_over(run) {
            let implied = |deployed: &Deployed| {
                let is_it = |end: &Outcome| (end.attempt, end.ended) == (deployed.attempt, deployed.ended);
                let is_lost = run.lost_attempts().any(is_it);
                !is_lost && run.outcomes.iter().any(|outcome| outcome.is_implied && is_it(outcome))
            };
            deployed.retain(|deployed| !implied(deployed));
        }
        for deployed in deployed.iter_mut().filter(|deployed| deployed.undone.is_some()) {
            deployed.status = Status::Failed;
        }
        if let Some(rollback) = self.undone.get(&run.execution) {
            let is_undone = |deployed: &Deployed| {
                deployed.stage.as_ref().is_none_or(|stage| rollback.stages.iter().any(|light| light.name == *stage))
            };
            for deployed in deployed.iter_mut().filter(|deployed| is_undone(deployed)) {
                deployed.status = Status::Failed;
            }
        }
        deployed
    }
}

/// The rollbacks among the runs, in order, and what those undid that succeeded.
fn rollbacks<'h>(
    history: &'h History,
    runs: &[&'h RunSummary],
) -> (Vec<RollbackRuns<'h>>, BTreeMap<&'h ExecutionId, &'h RunSummary>) {
    let mut found = Vec::new();
    let mut all_undone = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        let Some(rollback) = &run.rollback else { continue };
        let earlier = runs.get(..index).unwrap_or_default();
        let reached = |other: &&&RunSummary| {
            other.rollback.is_none() && !all_undone.contains_key(&other.execution) && has_reached(run, other)
        };
        let known = |id: &Option<ExecutionId>| id.as_ref().and_then(|id| history.run(id));
        let target = known(&rollback.target).filter(|target| target.rollback.is_none());
        let undone = if rollback.undone.is_some() {
            // Of a run that is no longer recorded, and of a rollback of a rollback, it is not known what was live.
            known(&rollback.undone).filter(|undone| undone.rollback.is_none())
        } else {
            let after = |other: &&&RunSummary| target.is_none_or(|target| other.place() > target.place());
            earlier.iter().filter(reached).rfind(after).copied()
        };
        let target = target.or_else(|| {
            let undone = undone.filter(|_| rollback.target.is_none())?;
            let before = |other: &&&RunSummary| other.place() < undone.place() && other.status == Status::Succeeded;
            earlier.iter().filter(reached).rfind(before).copied()
        });
        if let (Some(undone), Some(_)) = (undone, run.rolled_back()) {
            all_undone.insert(&undone.execution, *run);
        }
        found.push(RollbackRuns { run, undone, target });
    }
    (found, all_undone)
}

/// Whether a run has been through a stage that a rollback is about.
fn has_reached(rollback: &RunSummary, other: &RunSummary) -> bool {
    if rollback.stages.is_empty() || other.stages.is_empty() {
        return matches!(other.status, Status::Succeeded | Status::Failed);
    }
    let ended = |name| other.stages.iter().any(|stage| stage.name == name && stage.status.is_final());
    rollback.stages.iter().any(|stage| ended(stage.name.clone()))
}

impl History {
    /// The line of change that a run belongs to.
    pub fn line(&self, run: &RunSummary) -> Line {
        Index::of(self).line(run)
    }

    /// The recorded runs of the line that a run belongs to, oldest first.
    pub fn runs_of_line_of(&self, run: &RunSummary) -> Vec<&RunSummary> {
        let index = Index::of(self);
        let line = index.line(run);
        index.of_line(&line).collect()
    }

    /// The only line of change that has a name: runs of which nothing else is known are of it.
    pub fn sole_line(&self) -> Option<Line> {
        Index::of(self).sole.cloned()
    }

    /// Whether its runs belong to several lines of change.
    pub fn has_lines(&self) -> bool {
        let index = Index::of(self);
        if index.sole.is_some() {
            return false;
        }
        let mut lines = index.runs.iter().map(|run| index.line(run));
        let first = lines.next();
        let recorded = lines.any(|line| Some(&line) != first.as_ref());
        recorded || self.past.lines.iter().any(|past| Some(&past.line) != first.as_ref())
    }

    /// What a rollback is about; `None` for a run that is none.
    pub fn rollback(&self, execution: &ExecutionId) -> Option<RollbackRuns<'_>> {
        Index::of(self).rollbacks.into_iter().find(|rollback| rollback.run.execution == *execution)
    }

    /// The rollback that succeeded and undid a run.
    pub fn undone_by(&self, execution: &ExecutionId) -> Option<&RunSummary> {
        Index::of(self).undone.get(execution).copied()
    }

    /// The deployments of a run, oldest first. What was rolled back counts as failed.
    pub fn deployed(&self, run: &RunSummary) -> Vec<Deployed> {
        Index::of(self).deployed(run)
    }
}
