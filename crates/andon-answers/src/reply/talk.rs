//! Answers that are not about a pipeline.

use super::super::{Answer, Kind, Phrase, Question, Session, Voice};
use super::Draft;
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
        _ => {
            draft.kind(Kind::NotUnderstood).say(Phrase::NotUnderstood, &[]).ask(what(), None);
        }
    }
    draft.done()
}

/// A question that was not understood.
pub(in super::super) fn not_understood(voice: &Voice, now: Timestamp, session: &Session) -> Answer {
    talk(Draft::new(voice, now, session), &Question::NotUnderstood)
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
