//! Questions about pipelines and their answers.
//!
//! A [`Question`] comes in as a skill, a slash command or a command line has understood it; an [`Answer`] goes out as a
//! sentence or two in the asker's language, with what a card or a screen shows beside it. Everything is answered from
//! the ledger: an [`Answerer`] reads it, within a second or else with what it has, and the rest is functions from values to
//! values.

mod answerer;
mod conversation;
mod course;
mod fleet;
pub mod intents;
mod locale;
pub mod matching;
mod on_line;
mod question;
mod reply;
mod session;
mod speech;
mod spoken;
mod turn;
pub mod understanding;
mod voice;
mod written;

pub use answerer::{Answerer, READ_TIMEOUT, Reading};
pub use fleet::{Fleet, Found};
pub use locale::Locale;
pub use question::{Group, Question, Subject, Topic};
pub use reply::{Detail, Meaning, called, standing, unclear};
pub use session::{Listing, Pending, Session};
pub use speech::Speech;
pub use spoken::spoken;
pub use voice::{Filling, Phrase, Voice};
pub use written::written;

use jiff::Timestamp;
use serde::Serialize;

use andon::board::PipelineRow;
use andon::name::PipelineId;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What kind of answer it is.
    pub kind: Kind,
    /// What is said.
    pub speech: Speech,
    /// What is asked again if the asker keeps silent. An answer with a reprompt has ended in a question and leaves the
    /// conversation open; one without has said all there is to say.
    pub reprompt: Option<Speech>,
    /// What can be read afterwards.
    pub card: Card,
    /// The pipelines it is about, in the order of a screen.
    pub rows: Vec<PipelineRow>,
    /// What has to be remembered for what is asked next.
    pub session: Session,
}

/// What kind of answer it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The question is answered.
    Told,
    /// The name could be that of any of these: the asker is asked which.
    WhichOne(Vec<PipelineId>),
    /// No pipeline is called that; these, at most two, are called something like it.
    NoSuchPipeline(Vec<PipelineId>),
    /// No pipeline was named: the asker is asked which.
    NoPipeline,
    /// It was an instruction: nothing is done, and what does it is said.
    Refused,
    /// The question was not understood.
    NotUnderstood,
    /// Help or a greeting.
    Talk,
    /// The conversation is over.
    Farewell,
    /// The ledger did not answer in time, or not at all.
    NoLedger,
}

/// What can be read after an answer was spoken. Plain text, no markup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Its text; lines are separated by `\n`.
    pub text: String,
}

/// Answers a question from the pipelines alone; pure. An [`Answerer`] knows more.
pub fn answer(question: &Question, fleet: &Fleet, session: &Session, now: Timestamp, voice: &Voice) -> Answer {
    Meaning::of(question, fleet, session).answer(voice, now, session, &Detail::default())
}

impl Answer {
    /// For a conversation that goes on: asks whether there is anything else, unless it already asks something or is over.
    #[must_use]
    pub fn keeping_open(mut self, voice: &Voice) -> Self {
        if self.reprompt.is_none() && self.kind != Kind::Farewell {
            let ask = voice.say(Phrase::AskElse, &[]);
            self.reprompt = Some(Speech::new(std::slice::from_ref(&ask), voice));
            self.speech.push(&ask);
        }
        self
    }

    /// Says since when it may be out of date.
    fn told_late(mut self, stale: Option<Timestamp>, voice: &Voice, now: Timestamp) -> Self {
        if let Some(at) = stale {
            let ago = voice.ago(at, now);
            self.speech.begin(&voice.say(Phrase::Stale, &[("ago", ago.into())]));
        }
        self
    }
}
