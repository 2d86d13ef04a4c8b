//! Who has muted what, and until when.

use super::super::{Fleet, Phrase};
use super::Draft;
use super::naming::cut;
use andon::attention::{Mute, Until};
use andon::board::PipelineRow;
use jiff::Timestamp;

/// The most mutes of one pipeline that are told.
const MAX_TOLD: usize = 3;

/// What holds of a pipeline's mutes.
pub(super) fn holding(row: &PipelineRow, now: Timestamp) -> impl Iterator<Item = &Mute> {
    row.overview.mutes.iter().filter(move |mute| mute.holds(now))
}

/// Says what is muted of a pipeline.
pub(super) fn of_one(draft: &mut Draft<'_>, fleet: &Fleet, row: &PipelineRow) {
    let is_whole = fleet.line_of(&row.overview.pipeline).is_none();
    for mute in holding(row, draft.now).take(MAX_TOLD) {
        let by = ("by", cut(&mute.by.name).into());
        let line =
            mute.line.as_ref().filter(|_| is_whole && row.overview.line.is_some()).and_then(andon::line::Line::name);
        let line = line.map(|line| ("line", cut(&line).into()));
        let span = |at: Timestamp| draft.voice.span(at.duration_since(draft.now));
        match (mute.until, line) {
            (Until::Time(at), Some(line)) => {
                let span = ("span", span(at).into());
                draft.say(Phrase::MutedLineFor, &[line, by, span]);
            }
            (Until::Time(at), None) => {
                let span = ("span", span(at).into());
                draft.say(Phrase::MutedFor, &[by, span]);
            }
            (Until::Recovery, Some(line)) => {
                draft.say(Phrase::MutedLineUntilGreen, &[line, by]);
            }
            (Until::Recovery, None) => {
                draft.say(Phrase::MutedUntilGreen, &[by]);
            }
        }
    }
}

/// Says how many of some pipelines have something muted.
pub(super) fn of_several(draft: &mut Draft<'_>, fleet: &Fleet, rows: &[&PipelineRow]) {
    if let [only] = rows {
        return of_one(draft, fleet, only);
    }
    let muted = rows.iter().filter(|row| holding(row, draft.now).next().is_some()).count();
    if muted > 0 {
        let text = draft.voice.counted(Phrase::MutedCount, muted);
        draft.speak(text);
    }
}
