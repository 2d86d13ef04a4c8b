//! The `alexa` function: answers the Alexa skill.
//!
//! The answer to a request comes from the ledger, in the language of the request, as speech, a card, and a board on devices
//! with a screen. No request is an error: a skill that is not allowed gets an empty response, and so does a request that is
//! not a question.

use std::collections::BTreeSet;
use std::convert::Infallible;

use andon::batch::Invocation;
use andon::clock::{Clock, Timer};
use andon::ledger::Ledger;
use andon::run_action::{Passcode, PipelineActions};
use andon_answers::{Answer, Answerer, Kind, Locale, Question, Subject, Topic, Voice};
use andon_config::VoiceActions;
use serde_json::Value;

mod actions;
mod attempts;
mod capability;
mod conversation;
mod entities;
mod intent;
mod request;
mod response;
mod screen;
mod turn;

use actions::{Next, Slots};
use conversation::Conversation;
use entities::entities;
use intent::{IntentKind, PIPELINE, asked};
use request::{Confirmation, Envelope, Intent, Request};
use response::{Directive, Reply, UpdatedIntent};
use turn::Turn;

/// The Alexa function and the ports it needs.
#[derive(Debug)]
pub struct Alexa<L, A, K, C> {
    /// Where questions are answered.
    pub desk: Answerer<L, C>,
    /// What does things to pipelines.
    pub actions: A,
    /// Checks the spoken code.
    pub passcode: K,
    /// The time.
    pub clock: C,
    /// What may be done by voice; nothing if absent.
    pub rules: Option<VoiceActions>,
    /// Who may ask.
    pub skills: Skills,
}

/// The skills that may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skills {
    /// Those with these ids.
    Only(BTreeSet<String>),
    /// Any skill, for local use.
    Any,
}

impl Skills {
    /// Whether every skill that a request names may ask, and at least one is named.
    fn admit(&self, envelope: &Envelope) -> bool {
        let Self::Only(known) = self else { return true };
        let mut skills = envelope.skills().peekable();
        skills.peek().is_some() && skills.all(|skill| known.contains(skill))
    }
}

impl<L: Ledger, A: PipelineActions, K: Passcode, C: Clock + Timer> Alexa<L, A, K, C> {
    /// Handles one request.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Infallible> {
        let envelope = Envelope::read(&payload);
        if !self.skills.admit(&envelope) {
            let skills: Vec<&str> = envelope.skills().collect();
            tracing::warn!(alexa.refused = 1, "denied: {skills:?} is not in ANDON_SKILL_ID");
            return Ok(Reply::refusal().into_json());
        }
        Ok(self.reply(&envelope, invocation).await.into_json())
    }

    async fn reply(&self, envelope: &Envelope, invocation: &Invocation) -> Reply {
        let session = envelope.session.as_ref();
        let asker = Turn {
            envelope,
            invocation,
            voice: Voice::of(Locale::of(envelope.locale.as_deref().unwrap_or_default())),
            conversation: session.map(|session| Conversation::read(&session.attributes)).unwrap_or_default(),
        };
        match &envelope.request {
            Request::Launch => self.answer(&Question::Welcome, None, asker).await,
            Request::Intent(intent) => self.intent(intent, asker).await,
            Request::Touch(arguments) => match screen::touched(arguments) {
                Some(pipeline) => {
                    let question = Question::About(Topic::Status, Subject::Known(vec![pipeline]));
                    self.answer(&question, None, asker).await
                }
                None => Reply::nothing(),
            },
            Request::CanFulfill(intent) => self.can_fulfill(intent, asker.voice).await,
            Request::SessionEnded { reason } => {
                tracing::info!("the session ended: {reason}");
                Reply::nothing()
            }
            Request::Failed { problem } => {
                tracing::error!(alexa.failed = 1, "Alexa rejected an earlier response: {problem}");
                Reply::nothing()
            }
            Request::Other(kind) => {
                tracing::info!(alexa.unknown = 1, "ignored: a request of type {kind:?}");
                Reply::nothing()
            }
            Request::Untyped => {
                tracing::warn!(alexa.unknown = 1, "ignored: a request without a type");
                Reply::nothing()
            }
        }
    }

    async fn intent(&self, intent: &Intent, mut asker: Turn<'_>) -> Reply {
        let Some(what) = asked(intent, asker.voice) else {
            tracing::warn!(alexa.unknown = 1, "ignored: {:?} is not an intent of the model", intent.name);
            return self.answer(&Question::NotUnderstood, None, asker).await;
        };
        let begun = asker.conversation.intended.as_ref();
        match begun.and_then(|begun| actions::taken_up(begun, &what)) {
            Some(Next::Go(what, said)) => return self.intervene(what, said, asker).await,
            Some(Next::Leave) => return asker.leave(),
            None => {}
        }
        match what {
            IntentKind::Question(question) => {
                asker.conversation.intended = None;
                let question = asker.conversation.named(question);
                self.answer(&question, Some(intent), asker).await
            }
            // The words of questions are English.
            IntentKind::Words(_) if asker.voice.locale().language() != "en" => {
                self.answer(&Question::NotUnderstood, None, asker).await
            }
            IntentKind::Words(words) => {
                asker.conversation.intended = None;
                let (now, talk, voice) = (self.clock.now(), &asker.conversation.talk, asker.voice);
                let answer = self.desk.ask(&words, talk, now, voice).await;
                self.say(answer, Some(intent), asker)
            }
            IntentKind::RunAction(..) if intent.confirmation_status == Confirmation::Denied => asker.leave(),
            IntentKind::RunAction(what, subject) => {
                let said = Slots::of(intent, subject, begun.filter(|begun| begun.is_to(what)));
                self.intervene(what, said, asker).await
            }
            IntentKind::Again if asker.conversation.said.is_empty() => self.answer(&Question::Help, None, asker).await,
            IntentKind::Again => asker.again(),
        }
    }

    /// Answers a question. A session that the user has opened continues until they end it; a single question is
    /// answered, and that is all, unless the answer asks something itself.
    async fn answer(&self, question: &Question, intent: Option<&Intent>, asker: Turn<'_>) -> Reply {
        let answer = self.desk.answer(question, &asker.conversation.talk, self.clock.now(), asker.voice).await;
        self.say(answer, intent, asker)
    }

    fn say(&self, mut answer: Answer, intent: Option<&Intent>, asker: Turn<'_>) -> Reply {
        let (now, voice, envelope) = (self.clock.now(), asker.voice, asker.envelope);
        let is_new = envelope.session.as_ref().is_none_or(|session| session.new);
        if !(is_new && intent.is_some()) {
            answer = answer.keeping_open(voice);
        }
        let mut reply = asker.answer(&answer);
        if matches!(answer.kind, Kind::WhichOne(_) | Kind::NoPipeline | Kind::NoSuchPipeline(_))
            && let Some(intent) = intent.filter(|intent| intent::has_dialog(&intent.name))
        {
            reply = reply.with(Directive::listen_for(PIPELINE, UpdatedIntent::empty(&intent.name, &[PIPELINE])));
        }
        if envelope.has_screen() {
            reply = reply.with_all(screen::board(&answer, voice, now));
        }
        if is_new && answer.reprompt.is_some() {
            reply = reply.with_all(self.desk.known().and_then(|fleet| entities(&fleet)));
        }
        reply
    }
}
