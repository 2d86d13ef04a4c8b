//! Somebody in a conversation: who they are, what language they speak, what was said before; and replies to them.

use andon::answer::{Answer, Filling, Phrase, Speech, Voice};
use andon::batch::Invocation;
use andon::intervention::{Intervention, Order};

use crate::conversation::Conversation;
use crate::request::Envelope;
use crate::response::Reply;

/// Somebody who asks.
pub(crate) struct Asker<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) invocation: &'a Invocation,
    pub(crate) voice: &'static Voice,
    pub(crate) conversation: Conversation,
}

impl Asker<'_> {
    pub(crate) fn say(&self, phrase: Phrase, filling: &[(&str, Filling<'_>)]) -> String {
        self.voice.say(phrase, filling)
    }

    /// Asks something back.
    pub(crate) fn ask(mut self, question: String) -> Reply {
        let question = Speech::new(vec![question], self.voice);
        self.conversation.said = question.to_string();
        Reply::ask(&question, &question).remembering(self.conversation.write())
    }

    /// Says something, drops what was about to be done, and asks whether there is anything else.
    pub(crate) fn go_on(mut self, text: String) -> Reply {
        let other = self.say(Phrase::AskElse, &[]);
        let speech = Speech::new(vec![text, other.clone()], self.voice);
        self.conversation.intended = None;
        self.conversation.said = speech.to_string();
        Reply::ask(&speech, &Speech::new(vec![other], self.voice)).remembering(self.conversation.write())
    }

    /// Says something, and that is the end of the conversation.
    pub(crate) fn end(self, text: String) -> Reply {
        Reply::tell(&Speech::new(vec![text], self.voice))
    }

    /// Says an answer, and goes on listening if the answer asks something.
    pub(crate) fn answer(mut self, answer: &Answer) -> Reply {
        self.conversation.said = answer.speech.to_string();
        let reply = match &answer.reprompt {
            Some(again) => {
                self.conversation.talk = answer.session.clone();
                Reply::ask(&answer.speech, again).remembering(self.conversation.write())
            }
            None => Reply::tell(&answer.speech),
        };
        reply.with_card(&answer.card.title, &answer.card.text)
    }

    /// Writes down who wanted what, and what became of it. Never a code.
    pub(crate) fn audit(&self, what: Intervention, order: Option<&Order>, outcome: &str) {
        tracing::info!(
            audit.intervention = what.as_str(),
            audit.pipeline = order.map(|order| order.pipeline.to_string()),
            audit.execution = order.map(|order| order.execution.as_str()),
            audit.stage = order.and_then(Order::stage).map(ToString::to_string),
            audit.user = self.envelope.user().unwrap_or("nobody"),
            audit.person = self.envelope.person(),
            "{what} by voice: {outcome}"
        );
    }
}
