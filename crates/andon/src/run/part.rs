//! The parts of a run: one fact each, so that a ledger can store every fact by itself.
//!
//! A run is a join of its parts, as it is of its events. So parts may be stored twice, in any order and by anybody, and
//! storing one never has to look at another.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::memo::Memo;
use super::{Run, learn};
use crate::event::{Rollback, Trigger};
use crate::name::{ExecutionId, PipelineId};

/// A part of a run that is stored by itself: one fact, and whatever else was learned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPart {
    pub(super) facts: Facts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trigger: Option<Trigger>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stop_comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rollback: Option<Rollback>,
}

impl Run {
    /// The parts that make this run.
    pub fn into_parts(self) -> Vec<RunPart> {
        let Self { facts, mut trigger, mut stop_comment, mut rollback, .. } = self;
        let mut parts: Vec<RunPart> = facts
            .each()
            .map(|facts| RunPart {
                facts,
                trigger: trigger.take(),
                stop_comment: stop_comment.take(),
                rollback: rollback.take(),
            })
            .collect();
        if trigger.is_some() || stop_comment.is_some() || rollback.is_some() {
            parts.push(RunPart { facts: Facts::default(), trigger, stop_comment, rollback });
        }
        parts
    }

    /// The run that these parts make; `None` if there are none.
    pub fn of_parts(
        pipeline: &PipelineId,
        execution: &ExecutionId,
        parts: impl IntoIterator<Item = RunPart>,
    ) -> Option<Self> {
        let mut parts = parts.into_iter();
        let RunPart { facts, trigger, stop_comment, rollback } = parts.next()?;
        let mut run = Self {
            pipeline: pipeline.clone(),
            execution: execution.clone(),
            facts,
            trigger,
            stop_comment,
            rollback,
            memo: Memo::default(),
        };
        for part in parts {
            run.merge_part(part);
        }
        Some(run)
    }

    /// Takes in a part; returns whether anything was new.
    pub fn merge_part(&mut self, part: RunPart) -> bool {
        let mut changed = self.merge_facts(part.facts);
        changed |= learn(&mut self.trigger, part.trigger);
        changed |= learn(&mut self.stop_comment, part.stop_comment);
        changed |= learn(&mut self.rollback, part.rollback);
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{events, told};

    #[test]
    fn a_run_is_the_join_of_its_parts_in_any_order_and_number() {
        for recording in ["codepipeline-run-build-failed", "codepipeline-run-stopped", "codepipeline-run-rolled-back"] {
            let told: Vec<Run> = events(recording).iter().filter_map(told).collect();
            let (pipeline, execution) = (&told[0].pipeline, &told[0].execution);
            let mut run = told[0].clone();
            for told in told.iter().filter(|told| told.execution == *execution) {
                run.merge(told.clone());
            }
            let parts = run.clone().into_parts();
            assert!(parts.len() > 5, "{}", parts.len());
            let twice = parts.iter().rev().chain(&parts).map(|part| {
                let json = serde_json::to_string(part).unwrap();
                serde_json::from_str(&json).unwrap()
            });
            assert_eq!(Run::of_parts(pipeline, execution, twice), Some(run));
            assert_eq!(Run::of_parts(pipeline, execution, []), None);
        }
    }
}
