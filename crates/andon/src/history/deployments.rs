//! Deployments of a pipeline's runs in sequence, and which are broken.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lines::Index;
use super::{History, RunSummary};
use crate::line::Line;
use crate::name::{ExecutionId, StageName};
use crate::run::{Deployed, Status};

/// The most stages that are remembered as broken: those of a pipeline that has been renamed again and again must not
/// pile up.
const MAX_BROKEN: usize = 32;

/// The stages whose latest deployment failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct BrokenStages(Vec<BrokenStage>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct BrokenStage {
    #[serde(default, skip_serializing_if = "Line::is_common")]
    line: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<StageName>,
    /// When the first deployment of the unbroken row of failures ended.
    since: Timestamp,
}

impl BrokenStages {
    /// Records the next deployment of a line; returns since when its stage had been broken there, if it was.
    pub(super) fn then(
        &mut self,
        line: &Line,
        deployed: &Deployed,
        is_of_line: impl Fn(&Line) -> bool,
    ) -> Option<Timestamp> {
        let known = self.0.iter().position(|broken| broken.stage == deployed.stage && is_of_line(&broken.line));
        let since = known.and_then(|at| self.0.get(at)).map(|broken| broken.since);
        match (deployed.status, known) {
            (Status::Succeeded, Some(at)) => {
                self.0.remove(at);
            }
            (Status::Failed, None) => {
                self.0.push(BrokenStage { line: line.clone(), stage: deployed.stage.clone(), since: deployed.ended });
                if self.0.len() > MAX_BROKEN {
                    self.0.remove(0);
                }
            }
            _ => {}
        }
        since
    }
}

/// A deployment that ended well after failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery<'h> {
    /// Its run.
    pub run: &'h RunSummary,
    /// The deployment.
    pub deployed: Deployed,
    /// When the first deployment of the unbroken row of failures before it ended.
    pub broken_since: Timestamp,
}

impl History {
    /// The deployments that ended well after failures of the same stage in the same line, in the order of their runs.
    ///
    /// Concurrent runs can end in another order than they started: a run does not repair what broke after its start.
    pub fn repairs(&self) -> Vec<Recovery<'_>> {
        self.repairs_of(&Index::of(self))
    }

    fn repairs_of<'h>(&'h self, index: &Index<'h>) -> Vec<Recovery<'h>> {
        let mut broken = self.past.broken.clone();
        let mut repairs = Vec::new();
        for run in &index.runs {
            let line = index.line(run);
            for deployed in index.deployed(run) {
                let since = broken.then(&line, &deployed, |remembered| index.is_of(remembered, &line));
                let since = since.filter(|since| *since < deployed.ended);
                if let (Status::Succeeded, Some(broken_since)) = (deployed.status, since) {
                    repairs.push(Recovery { run, deployed, broken_since });
                }
            }
        }
        repairs
    }

    /// The repairs that hang on one run: those by itself, and for each of its stages the first one by a later run of its
    /// line.
    pub fn repairs_around(&self, execution: &ExecutionId) -> Vec<Recovery<'_>> {
        let Some(run) = self.run(execution) else { return Vec::new() };
        let index = Index::of(self);
        let line = index.line(run);
        let mut open: Vec<Option<StageName>> = run.deployed().into_iter().map(|deployed| deployed.stage).collect();
        let mut around = self.repairs_of(&index);
        around.retain(|repaired| {
            if repaired.run.execution == *execution {
                return true;
            }
            if repaired.run.place() < run.place() || index.line(repaired.run) != line {
                return false;
            }
            let waiting = open.len();
            open.retain(|stage| *stage != repaired.deployed.stage);
            open.len() < waiting
        });
        around
    }
}
