//! The `lex` function: answers an Amazon Lex V2 bot, on the phone, in a web page or in a chat.
//!
//! Lex hears, Andon understands: the words go through the same engine that answers typed questions everywhere else. Only
//! what that does not understand, and what is not English, is answered by the intent and the slots that Lex found. No
//! request is an error, because Lex would then speak a text of its own.

use std::collections::BTreeSet;
use std::convert::Infallible;

use andon::clock::{Clock, Timer};
use andon::ledger::Ledger;
use andon_answers::{Answer, Answerer, Kind, Locale, Phrase, Question, Speech, Subject, Voice, intents};
use serde_json::Value;

mod conversation;
mod request;
mod response;

use conversation::Conversation;
use request::{Input, Request};
use response::{Next, Response, State, buttons, hints};

/// After so many questions in a row that were not understood or named no pipeline, the conversation is over.
const MAX_LOST: u8 = 3;

/// The Lex function and the ports it needs.
#[derive(Debug)]
pub struct Lex<L, C> {
    /// Where questions are answered.
    pub desk: Answerer<L, C>,
    /// The time.
    pub clock: C,
    /// The ids of the bots that may ask.
    pub bots: BTreeSet<String>,
    /// The phone numbers that may ask, in the form of E.164. Without one nobody may by phone.
    pub callers: BTreeSet<String>,
}

impl<L: Ledger, C: Clock + Timer> Lex<L, C> {
    /// Answers one turn of a conversation.
    pub async fn handle(&self, payload: Value) -> Result<Value, Infallible> {
        let request = Request::read(&payload);
        let voice = Voice::of(Locale::of(&request.locale));
        if let Some((phrase, problem)) = self.refusal(&request) {
            tracing::warn!(lex.refused = 1, "denied: {problem}");
            let speech = Speech::new(&[voice.say(phrase, &[])], voice);
            return Ok(Response::new(&request, Next::Close(State::Failed)).saying(&speech).into_json());
        }
        Ok(self.answer(&request, voice).await.into_json())
    }

    /// Why somebody is not answered: what is said, and what is logged.
    fn refusal(&self, request: &Request) -> Option<(Phrase, String)> {
        if !self.bots.contains(&request.bot) {
            return Some((Phrase::ActionRefused, format!("the bot {:?} is not in ANDON_LEX_BOTS", request.bot)));
        }
        // A number can be forged: it keeps strangers away, and opens nothing but questions.
        let caller = request.caller()?;
        if self.callers.contains(caller) {
            return None;
        }
        let problem = if caller.is_empty() {
            "the call has no number: it is hidden, or the contact flow does not set the session attribute `caller`"
        } else {
            "the number is not listed under `phone.callers` in andon.yml"
        };
        Some((Phrase::CallerRefused, problem.to_owned()))
    }

    async fn answer(&self, request: &Request, voice: &'static Voice) -> Response {
        let mut conversation = Conversation::read(&request.attributes);
        let mut answer = self.understand(request, &conversation, voice).await;
        let is_lost = matches!(answer.kind, Kind::NotUnderstood | Kind::NoSuchPipeline(_));
        conversation.lost = if is_lost { conversation.lost.saturating_add(1) } else { 0 };
        if conversation.lost >= MAX_LOST {
            answer = self.ask(&Question::Goodbye, &conversation, voice).await;
            return Response::new(request, Next::Close(State::Failed)).answering(&answer, voice, self.clock.now());
        }
        if request.caller().is_some() {
            // Who has read an answer knows what comes next; who has heard one is asked. Amazon Connect ends with the turn.
            answer = answer.keeping_open(voice);
        }
        conversation.talk = answer.session.clone();
        let response = Response::new(request, next(&answer, request))
            .answering(&answer, voice, self.clock.now())
            .remembering(&conversation);
        match (request.input, self.desk.known()) {
            (Input::Text, Some(fleet)) => response.offering(buttons(&answer, &fleet, voice)),
            (_, Some(fleet)) => response.hinting(hints(&fleet)),
            (_, None) => response,
        }
    }

    /// The answer to the words; to the intent where the words are not understood.
    async fn understand(&self, request: &Request, conversation: &Conversation, voice: &'static Voice) -> Answer {
        if request.input == Input::Keys
            && let Ok(number @ 1..) = request.words.parse::<usize>()
        {
            return self.ask(&Question::Nth(number), conversation, voice).await;
        }
        let mut answer = None;
        // The words of questions are English.
        if voice.locale().language() == "en" && !request.words.is_empty() {
            let (now, talk) = (self.clock.now(), &conversation.talk);
            let understood = self.desk.ask(&request.words, talk, now, voice).await;
            if understood.kind != Kind::NotUnderstood {
                return understood;
            }
            answer = Some(understood);
        }
        let named = request.pipeline.as_ref().map(|name| Subject::heard(name, voice));
        match (intents::question(&request.intent, named), answer) {
            (Some(question), None) => self.ask(&question, conversation, voice).await,
            (Some(question), Some(_)) if question != Question::NotUnderstood => {
                self.ask(&question, conversation, voice).await
            }
            (_, Some(answer)) => answer,
            (None, None) => self.ask(&Question::NotUnderstood, conversation, voice).await,
        }
    }

    async fn ask(&self, question: &Question, conversation: &Conversation, voice: &'static Voice) -> Answer {
        self.desk.answer(question, &conversation.talk, self.clock.now(), voice).await
    }
}

/// What Lex does after an answer.
fn next(answer: &Answer, request: &Request) -> Next {
    match answer.kind {
        Kind::NoLedger => Next::Close(State::Failed),
        Kind::WhichOne(_) | Kind::NoPipeline | Kind::NoSuchPipeline(_) if request.has_name() => Next::ElicitPipeline,
        _ if answer.reprompt.is_some() => Next::ElicitIntent,
        _ => Next::Close(State::Fulfilled),
    }
}
