//! Answers that are not about a pipeline.

use super::super::{Answer, Fleet, Kind, Phrase, Question, Session, Voice};
use super::Draft;
use super::naming::called;
use andon::board::{PipelineRow, StatusColor};
use jiff::Timestamp;

/// Help, goodbye, and the reply to a question that was not understood.
pub(super) fn talk(mut draft: Draft<'_>, question: &Question) -> Answer {
    let voice = draft.voice;
    let what = || voice.say(Phrase::AskWhat, &[]);
    match question {
        Question::Help => {
            draft.kind(Kind::Talk).title(voice.say(Phrase::TitleHelp, &[]));
            draft.say(Phrase::Help, &[]).ask(what(), None);
        }
        Question::Goodbye => {
            draft.kind(Kind::Farewell).say(Phrase::Goodbye, &[]);
            draft.session = Session::default();
        }
        // "Yes" to nothing.
        Question::Yes => {
            draft.kind(Kind::Talk).ask(what(), None);
        }
        _ => {}
    }
    draft.done()
}

/// A question that was not understood.
pub(in super::super) fn not_understood(voice: &Voice, now: Timestamp, session: &Session, fleet: &Fleet) -> Answer {
    lost(Draft::new(voice, now, session), fleet)
}

/// The same; the second time in a row, with two questions that have an answer now.
pub(super) fn lost(mut draft: Draft<'_>, fleet: &Fleet) -> Answer {
    let voice = draft.voice;
    draft.kind(Kind::NotUnderstood);
    match examples(fleet, voice).as_slice() {
        [first, second, ..] if draft.was_lost => {
            let filling = [("first", first.as_str().into()), ("second", second.as_str().into())];
            draft.ask(voice.say(Phrase::NotUnderstoodAgain, &filling), None);
        }
        _ => {
            draft.say(Phrase::NotUnderstood, &[]).ask(voice.say(Phrase::AskWhat, &[]), None);
        }
    }
    draft.session.is_lost = true;
    draft.done()
}

/// Questions that have an answer now, the most useful first.
fn examples(fleet: &Fleet, voice: &Voice) -> Vec<String> {
    let of = |light: StatusColor| fleet.rows().iter().find(|row| row.light == light);
    let named = |row: &PipelineRow, phrase| voice.say(phrase, &[("pipeline", called(fleet, row, voice).into())]);
    let mut examples: Vec<String> = Vec::new();
    examples.extend(of(StatusColor::Red).map(|row| named(row, Phrase::ExampleWhy)));
    examples.extend(of(StatusColor::Waiting).map(|_| voice.say(Phrase::ExampleWaiting, &[])));
    examples.extend(of(StatusColor::Running).map(|_| voice.say(Phrase::ExampleRunning, &[])));
    examples.extend(of(StatusColor::Green).map(|row| named(row, Phrase::ExampleStatus)));
    examples.extend(of(StatusColor::Grey).map(|row| named(row, Phrase::ExampleStatus)));
    examples
}

/// What was offered is not wanted.
pub(super) fn anything_else(mut draft: Draft<'_>) -> Answer {
    let ask = draft.voice.say(Phrase::AskElse, &[]);
    draft.kind(Kind::Talk).ask(ask, None);
    draft.done()
}

/// "And the other one?" where there is none.
pub(super) fn no_other(mut draft: Draft<'_>) -> Answer {
    draft.say(Phrase::OtherNone, &[]);
    draft.done()
}

/// There are no pipelines yet.
pub(super) fn empty(mut draft: Draft<'_>) -> Answer {
    draft.say(Phrase::Empty, &[]);
    draft.done()
}

/// The ledger gives nothing.
pub(in super::super) fn no_ledger(voice: &Voice, session: &Session) -> Answer {
    let mut draft = Draft::new(voice, Timestamp::UNIX_EPOCH, session);
    // What was being talked of can be taken up again.
    draft.session = session.clone();
    draft.kind(Kind::NoLedger).say(Phrase::NoLedger, &[]);
    draft.done()
}
