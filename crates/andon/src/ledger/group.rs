//! Groups: failures of several pipelines that have one cause, told together.
//!
//! A group is a set: whoever adds to it and then reads it sees all that were added before, however many do so at once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Attempt;
use crate::line::Line;
use crate::name::{ExecutionId, PipelineId};

/// The most failures of a group that are read.
pub const MAX_GROUP: usize = 200;

/// A failure of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupedFailure {
    /// When it failed.
    pub at: Timestamp,
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The line of change, where the pipeline has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// The run.
    pub execution: ExecutionId,
    /// The attempt.
    pub attempt: Attempt,
    /// Where it failed, such as `Build / UnitTests`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

impl GroupedFailure {
    /// Whether another failure is of the same line of the same pipeline.
    pub fn is_of_line_of(&self, other: &Self) -> bool {
        self.pipeline == other.pipeline && self.line == other.line
    }
}
