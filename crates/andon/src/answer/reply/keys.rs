//! The four keys of delivery: how often, how fast, how safely, how soon well again.

use super::super::{Answer, Fleet, Phrase};
use super::Draft;
use crate::board::Row;

/// Those of one pipeline.
pub(super) fn of_one(draft: &mut Draft<'_>, _row: &Row, pipeline: &str) {
    draft.say(Phrase::KeysNone, &[("pipeline", pipeline.into())]);
}

/// Those of all pipelines together.
pub(super) fn of_all(mut draft: Draft<'_>, _fleet: &Fleet) -> Answer {
    let title = draft.voice.say(Phrase::TitleKeys, &[]);
    draft.title(title).say(Phrase::KeysNothing, &[]);
    draft.done()
}
