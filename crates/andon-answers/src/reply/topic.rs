//! The answer about one topic of one pipeline.

use super::super::{Answer, Fleet, Topic};
use super::naming::{called, written};
use super::{Detail, Draft, keys, pipeline, why};
use andon::board::PipelineRow;

/// Answers a question about a pipeline.
pub(super) fn tell(mut draft: Draft<'_>, fleet: &Fleet, topic: Topic, row: &PipelineRow, detail: &Detail) -> Answer {
    let name = called(fleet, row, draft.voice);
    draft.rows(fleet, [row]).title(written(fleet, row));
    draft.session.speak_of(&row.overview.pipeline);
    draft.session.topic = Some(topic);
    match topic {
        Topic::Status => pipeline::status(&mut draft, row, &name),
        Topic::Why => why::why(&mut draft, row, &name, detail),
        Topic::Change => pipeline::change(&mut draft, row, &name),
        Topic::LastDeployment => pipeline::last_deployment(&mut draft, row, &name, detail),
        Topic::Keys => keys::of_one(&mut draft, row, &name),
    }
    draft.done()
}
