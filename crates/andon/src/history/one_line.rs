//! What is recorded of one line of change, as a history of its own: whatever is read off a history can be read off it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lines::Index;
use super::{FoldedRuns, History};
use crate::line::Line;

impl History {
    /// The lines of change that are known, each once.
    pub fn lines(&self) -> BTreeSet<Line> {
        let index = Index::of(self);
        self.standings(&index).into_keys().collect()
    }

    /// The history of one line of change: of its runs and of what is muted of it. Without runs where none is recorded.
    #[must_use]
    pub fn of_line(&self, line: &Line) -> Self {
        let index = Index::of(self);
        let of_line: BTreeSet<_> = index.of_line(line).map(|run| &run.execution).collect();
        let runs = self.runs.iter().filter(|(execution, _)| of_line.contains(execution));
        let past = FoldedRuns {
            until: self.past.until.clone(),
            health: index.past(self, line),
            broken: self.past.broken.clone(),
            ..FoldedRuns::default()
        };
        Self {
            pipeline: self.pipeline.clone(),
            runs: runs.map(|(execution, run)| (execution.clone(), Arc::clone(run))).collect(),
            past,
            backfill_tries: 0,
            attention: self.attention.of_line(line),
        }
    }
}
