//! Answers to why a pipeline is red.

use super::super::{Locale, Phrase};
use super::naming::cut;
use super::{Detail, Draft, cause, pipeline};
use andon::board::{PipelineRow, StatusColor};
use andon::run::Run;

/// The most characters of a hint that are spoken.
const MAX_HINT_LEN: usize = 140;

/// Says why a pipeline failed, or that it is not failing.
pub(super) fn why(draft: &mut Draft<'_>, row: &PipelineRow, called: &str, detail: &Detail) {
    if row.light != StatusColor::Red {
        return not_red(draft, row, called);
    }
    let failures = detail.failed.as_ref().map(|run: &Run| run.failures(run.attempt())).unwrap_or_default();
    let at = row.failure().map_or_else(|| row.news_at(), |failure| failure.at);
    let ago = draft.ago(at);
    draft.say(Phrase::WhyRed, &[("pipeline", called.into()), ("ago", ago)]);
    let explanation = failures.first().and_then(|failure| failure.explanation.as_ref());
    let sentence = cause::sentence(row, explanation, draft.voice);
    draft.speak(sentence.unwrap_or_else(|| {
        let cause = draft.voice.say(Phrase::CauseUnknown, &[]);
        draft.voice.say(Phrase::CauseAlone, &[("cause", cause.into())])
    }));
    if failures.len() > 1 {
        draft.say(Phrase::WhyOthers, &[("count", (failures.len() - 1).into())]);
    }
    if let Some(streak) = row.overview.health.streak.as_ref().filter(|streak| streak.count > 1) {
        draft.say(Phrase::WhyStreak, &[("count", streak.count.into())]);
    }
    let change = row.overview.broken_by.as_ref().and_then(|broken| broken.change.as_ref()).or(row.change());
    if let Some(author) = change.and_then(|change| change.author.as_deref()).filter(|author| !author.trim().is_empty())
    {
        draft.say(Phrase::WhyAuthor, &[("author", cut(author).into())]);
    }
    if let Some(hint) = explanation.and_then(|known| known.hint.as_deref()) {
        // Hints are English, and on the card they may be as long as they are.
        let spoken =
            cause::speakable(hint, MAX_HINT_LEN).filter(|_| draft.voice.locale().language() == Locale::EnUs.language());
        if let Some(hint) = spoken {
            draft.speak(hint);
        }
    }
    pipeline::also_red(draft, row);
    draft.note(row.failure().and_then(|failure| failure.why()).map(str::to_owned));
    draft.note(explanation.and_then(|known| known.hint.clone()));
}

fn not_red(draft: &mut Draft<'_>, row: &PipelineRow, called: &str) {
    match (row.light, row.overview.health.last_success) {
        (StatusColor::Grey, _) => pipeline::ended(draft, row, called),
        // What waits or runs is asked about for that.
        (StatusColor::Waiting | StatusColor::Running, _) => pipeline::status(draft, row, called),
        (_, Some(at)) => {
            let ago = draft.ago(at);
            draft.say(Phrase::WhyNot, &[("pipeline", called.into()), ("ago", ago)]);
        }
        (_, None) => {
            draft.say(Phrase::WhyNever, &[("pipeline", called.into())]);
        }
    }
}
