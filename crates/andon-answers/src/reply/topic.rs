//! The answer about one topic of one pipeline.

use super::super::{Answer, Fleet, Topic};
use super::naming::{called, called_leading, written};
use super::{Detail, Draft, keys, muted, pipeline, why};
use andon::board::{PipelineRow, StatusColor};

/// Answers a question about a pipeline.
pub(super) fn tell(mut draft: Draft<'_>, fleet: &Fleet, topic: Topic, row: &PipelineRow, detail: &Detail) -> Answer {
    // What is told of a red pipeline is of one of its branches.
    let is_of_red = row.light == StatusColor::Red && matches!(topic, Topic::Status | Topic::Why | Topic::Change);
    let name = if is_of_red { called_leading(fleet, row, draft.voice) } else { called(fleet, row, draft.voice) };
    draft.rows(fleet, [row]).title(written(fleet, row));
    draft.session.speak_of(&row.overview.pipeline);
    draft.session.topic = Some(topic);
    match topic {
        Topic::Status => pipeline::status(&mut draft, row, &name),
        Topic::Why => why::why(&mut draft, row, &name, detail),
        Topic::Change => pipeline::change(&mut draft, row, fleet, &name),
        Topic::LastDeployment => pipeline::last_deployment(&mut draft, row, &name, detail),
        Topic::Keys => keys::of_one(&mut draft, row, &name),
    }
    if matches!(topic, Topic::Status | Topic::Why) {
        muted::of_one(&mut draft, fleet, row);
    }
    draft.done()
}
