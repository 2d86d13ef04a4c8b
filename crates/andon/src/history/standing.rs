//! How a run stands while it goes on: what is written in place of its pipeline's history.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::overview::{MAX_DEPLOYMENT_IDS, MAX_OPEN, TREND};
use super::{ChangeSummary, DeploymentId, History, OpenRun, Overview, RunSummary};
use crate::line::Line;
use crate::name::{ExecutionId, PipelineId, StageName};
use crate::run::Status;

/// How a run stands of which the history of its pipeline has not been written since.
///
/// A standing is written by itself, over any that knows less of the run; no two writers are in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The run.
    pub summary: RunSummary,
    /// What is new in its change, where it has several sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<ChangeSummary>,
}

impl Standing {
    /// How a recorded run stands.
    pub fn of(history: &History, run: &RunSummary) -> Self {
        let change = if run.revisions.is_empty() { None } else { history.change(run) };
        Self { pipeline: history.pipeline.clone(), summary: run.clone(), change }
    }

    fn change(&self) -> Option<ChangeSummary> {
        self.change.clone().or_else(|| self.summary.change.clone())
    }

    fn open_run(&self, line: Option<Line>) -> OpenRun {
        let run = &self.summary;
        OpenRun {
            execution: run.execution.clone(),
            weight: run.weight,
            status: run.status,
            attempt: run.attempt,
            since: run.moving_since,
            current: run.current.clone(),
            between: run.between.clone(),
            queued_behind: None,
            change: self.change(),
            line,
        }
    }
}

impl History {
    /// Takes in how runs stand; what is known already of one that ended is not taken back.
    pub fn take_in<'s>(&mut self, standings: impl IntoIterator<Item = &'s Standing>) {
        for standing in standings {
            self.learn(standing.summary.clone());
        }
    }

    /// Whether a standing says nothing once this history is written: its run has ended, or is no longer recorded.
    pub fn outlives(&self, standing: &Standing) -> bool {
        self.run(&standing.summary.execution).is_none_or(|run| run.status.is_final())
    }
}

/// Brings overviews up to date with how runs stand. Standings of pipelines that are not among them are left out.
pub fn up_to_date(overviews: &mut [Arc<Overview>], standings: Vec<Standing>) {
    let mut of_pipelines: BTreeMap<PipelineId, Vec<Standing>> = BTreeMap::new();
    for standing in standings {
        of_pipelines.entry(standing.pipeline.clone()).or_default().push(standing);
    }
    for overview in overviews {
        if let Some(standings) = of_pipelines.get(&overview.pipeline) {
            Arc::make_mut(overview).take_in(standings);
        }
    }
}

impl Overview {
    /// Brings it up to date with how runs stand that go on.
    ///
    /// Much else can change with a run, such as what is red. Whoever writes a standing compares the result with the
    /// overview of the whole history, and writes the history where they differ.
    pub fn take_in<'s>(&mut self, standings: impl IntoIterator<Item = &'s Standing>) {
        let mut standings: Vec<&Standing> =
            standings.into_iter().filter(|standing| !standing.summary.status.is_final()).collect();
        standings.sort_by_key(|standing| standing.summary.place());
        standings.retain(|standing| self.take_in_one(standing));
        self.queue(&standings);
        if self.open.len() > MAX_OPEN {
            let mut waiting: Vec<(usize, OpenRun)> = self.open.drain(..).enumerate().collect();
            waiting.sort_by_key(|(_, run)| run.status != Status::Waiting);
            waiting.truncate(MAX_OPEN);
            waiting.sort_by_key(|(place, _)| *place);
            self.open = waiting.into_iter().map(|(_, run)| run).collect();
        }
    }

    /// Takes in how one run stands; returns whether that is newer than what is known. Of a run that is neither open nor
    /// the latest it is not known whether it has ended since: it is left out.
    fn take_in_one(&mut self, standing: &Standing) -> bool {
        let run = &standing.summary;
        let known = self.open.iter().position(|open| open.execution == run.execution);
        let is_latest = self.latest.execution == run.execution;
        if is_latest && self.latest.weight >= run.weight {
            return false;
        }
        if let Some(open) = known.and_then(|place| self.open.get(place))
            && open.weight >= run.weight
        {
            return false;
        }
        let is_new = !is_latest && run.place() > self.latest.place();
        if known.is_none() && !is_latest && !is_new {
            return false;
        }
        let line = run.line.clone().or_else(|| self.sole_line.clone()).unwrap_or_default();
        let has_lines = self.line.is_some();
        let open = standing.open_run(has_lines.then(|| line.clone()));
        match known.and_then(|place| self.open.get_mut(place)) {
            Some(known) => *known = open,
            None => self.open.push(open),
        }
        if is_new {
            self.trend.push(run.status);
            self.trend.drain(..self.trend.len().saturating_sub(TREND));
        } else if is_latest && let Some(last) = self.trend.last_mut() {
            *last = run.status;
        }
        if is_new || is_latest {
            self.latest = RunSummary { change: standing.change(), ..run.clone() };
            self.line = has_lines.then_some(line);
            self.name_deployments(run);
        }
        true
    }

    /// Lists the deployments that the latest run names, before those of others.
    fn name_deployments(&mut self, run: &RunSummary) {
        let named = run.deployment_ids.iter();
        let mut ids: Vec<DeploymentId> =
            named.map(|id| DeploymentId { id: id.clone(), execution: run.execution.clone() }).collect();
        ids.extend(self.deployment_ids.drain(..).filter(|known| known.execution != run.execution));
        ids.truncate(MAX_DEPLOYMENT_IDS);
        self.deployment_ids = ids;
    }

    /// Says which of these runs waits for a stage that another one holds.
    fn queue(&mut self, standings: &[&Standing]) {
        let mut behind: Vec<(usize, Option<ExecutionId>)> = Vec::new();
        for (place, open) in self.open.iter().enumerate() {
            let Some(standing) = standings.iter().find(|standing| standing.summary.execution == open.execution) else {
                continue;
            };
            let waits = open.status == Status::InProgress && open.current.is_none();
            let been = |stage: &StageName| standing.summary.stages.iter().any(|light| light.name == *stage);
            let ahead = |other: &&OpenRun| waits && other.current.as_ref().is_some_and(|current| !been(&current.stage));
            let holder = self.open.iter().take(place).rfind(ahead);
            behind.push((place, holder.map(|holder| holder.execution.clone())));
        }
        for (place, holder) in behind {
            if let Some(open) = self.open.get_mut(place) {
                open.queued_behind = holder;
            }
        }
    }
}
