//! What a digest lists: everything that is red.

use jiff::Timestamp;

use crate::attention::Mute;
use crate::history::{BrokenBy, Overview, RedLine};
use crate::line::Line;
use crate::name::PipelineId;

/// A pipeline that is red, or a line of change of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StillRed<'o> {
    /// The pipeline.
    pub pipeline: &'o PipelineId,
    /// The line of change, where the pipeline has several.
    pub line: Option<&'o Line>,
    /// The line that routes go by: the same, or the only one that has a name.
    pub any_line: Option<&'o Line>,
    /// When the first of its failures ended.
    pub since: Timestamp,
    /// How many failures there are in a row.
    pub count: u64,
    /// What failed last.
    pub broken_by: Option<&'o BrokenBy>,
    /// The mute that holds.
    pub mute: Option<&'o Mute>,
}

/// What is red in a pipeline at a time: each of its lines by itself.
pub fn still_red<'o>(overview: &'o Overview, now: Timestamp) -> Vec<StillRed<'o>> {
    let pipeline = &overview.pipeline;
    if !overview.red.is_empty() {
        let of_line = |RedLine { line, since, count, broken_by }: &'o RedLine| {
            let mute = overview.mute(Some(line), now);
            let line = Some(line).filter(|line| !line.is_common());
            let broken_by = broken_by.as_ref();
            StillRed { pipeline, line, any_line: line, since: *since, count: *count, broken_by, mute }
        };
        return overview.red.iter().map(of_line).collect();
    }
    let streak = overview.health.streak.as_ref().filter(|_| overview.health.is_red());
    let of_pipeline = streak.map(|streak| StillRed {
        pipeline,
        line: None,
        any_line: overview.sole_line.as_ref(),
        since: streak.first_ended,
        count: streak.count,
        broken_by: overview.broken_by.as_ref(),
        mute: overview.mute(overview.sole_line.as_ref(), now),
    });
    of_pipeline.into_iter().collect()
}
