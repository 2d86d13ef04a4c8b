//! The user of a conversation: identity, language and history; and replies to them.

use andon::batch::Invocation;
use andon::run_action::{PlannedAction, RunAction};
use andon_answers::{Answer, Filling, Phrase, Speech, Voice};

use crate::conversation::Conversation;
use crate::request::Envelope;
use crate::response::Reply;

/// The most characters of an answer that can be repeated.
const MAX_REPEATED: usize = 1_000;

/// The user of a conversation.
pub(crate) struct Turn<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) invocation: &'a Invocation,
    pub(crate) voice: &'static Voice,
    pub(crate) conversation: Conversation,
}

impl Turn<'_> {
    pub(crate) fn say(&self, phrase: Phrase, filling: &[(&str, Filling<'_>)]) -> String {
        self.voice.say(phrase, filling)
    }

    /// Says an answer, and goes on listening if the answer asks something.
    pub(crate) fn answer(mut self, answer: &Answer) -> Reply {
        self.conversation.talk = answer.session.clone();
        let reply = match &answer.reprompt {
            Some(again) => self.listen(&answer.speech, again),
            None => Reply::tell(&answer.speech),
        };
        reply.with_card(&answer.card.title, &answer.card.text)
    }

    /// Asks something back.
    pub(crate) fn ask(self, question: String) -> Reply {
        let question = Speech::new(&[question], self.voice);
        self.listen(&question, &question)
    }

    /// Says something, drops what was about to be done, and asks whether there is anything else.
    pub(crate) fn go_on(mut self, text: String) -> Reply {
        self.conversation.intended = None;
        let other = self.say(Phrase::AskElse, &[]);
        let (speech, again) = (Speech::new(&[text, other.clone()], self.voice), Speech::new(&[other], self.voice));
        self.listen(&speech, &again)
    }

    /// Says something, and that is the end of the conversation.
    pub(crate) fn end(self, text: String) -> Reply {
        Reply::tell(&Speech::new(&[text], self.voice))
    }

    /// Leaves alone what was about to be done.
    pub(crate) fn leave(self) -> Reply {
        let text = self.say(Phrase::ActionLeft, &[]);
        self.go_on(text)
    }

    /// Repeats the last answer.
    pub(crate) fn again(self) -> Reply {
        let again = self.say(Phrase::AskElse, &[]);
        let speech = Speech::new(std::slice::from_ref(&self.conversation.said), self.voice);
        let again = Speech::new(&[again], self.voice);
        self.listen(&speech, &again)
    }

    fn listen(mut self, speech: &Speech, again: &Speech) -> Reply {
        self.conversation.said = speech.to_string().chars().take(MAX_REPEATED).collect();
        Reply::ask(speech, again).remembering(self.conversation.write())
    }

    /// Writes down who wanted what, and what became of it. Never a code.
    pub(crate) fn audit(&self, what: RunAction, order: Option<&PlannedAction>, outcome: &str) {
        tracing::info!(
            audit.intervention = what.as_str(),
            audit.pipeline = order.map(|order| order.pipeline.to_string()),
            audit.execution = order.map(|order| order.execution.as_str()),
            audit.stage = order.and_then(PlannedAction::stage).map(ToString::to_string),
            audit.user = self.envelope.user().unwrap_or("nobody"),
            audit.person = self.envelope.person(),
            "{what} by voice: {outcome}"
        );
    }
}
