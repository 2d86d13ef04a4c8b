//! Voice actions: confirmation, then the code, then the action and its audit log entry.
//!
//! A user who is not allowed always gets the same sentence, whatever the reason; the log has the reason.

use std::pin::pin;

use andon::clock::{Clock, Timer};
use andon::ledger::{Lease, Ledger};
use andon::run_action::{
    ActionError, ActionErrorKind, NotApplicable, Passcode, PipelineActions, PlannedAction, RunAction, Step, plan,
};
use andon_answers::{Detail, Filling, Meaning, Phrase, Question, Reading, Subject, Topic, called, spoken};
use andon_config::VoiceActions;
use futures_util::future::{Either, select};
use jiff::SignedDuration;

use crate::conversation::{Fingerprint, Intended};
use crate::intent::{CODE, IntentKind, PIPELINE, intent_of};
use crate::request::{Confirmation, Intent};
use crate::response::{Directive, Reply, UpdatedIntent};
use crate::turn::Turn;
use crate::{Alexa, attempts};

/// How long CodePipeline is waited for: Alexa gives up after eight seconds.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(5);
/// What CodePipeline keeps as the reason.
const REASON: &str = "By voice, through Andon's Alexa skill";
/// The slots of an intent that asks for something to be done.
const SLOTS: [&str; 2] = [PIPELINE, CODE];

/// The user's input for an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slots {
    /// To which pipeline, as a question that leads to it.
    which: Question,
    /// Whether they confirmed.
    yes: bool,
    /// The digits.
    code: Option<String>,
}

/// What comes next after something was begun.
pub(crate) enum Next {
    /// It goes on.
    Go(RunAction, Slots),
    /// It is left alone.
    Leave,
}

/// What an answer means for what was begun; nothing if it is about something else.
pub(crate) fn taken_up(begun: &Intended, answer: &IntentKind) -> Option<Next> {
    let what = begun.intervention()?;
    let IntentKind::Question(question) = answer else { return None };
    let go = |which, yes, code| Some(Next::Go(what, Slots { which, yes, code }));
    match (question, &begun.order) {
        (Question::No, _) => Some(Next::Leave),
        (Question::Yes, Some(order)) => go(order.question(), true, None),
        // Digits by themselves can be taken for a name.
        (Question::Named(Subject::Heard(heard)), Some(order)) if begun.confirmed && digits(heard).is_some() => {
            go(order.question(), false, digits(heard))
        }
        (Question::Named(_), _) | (Question::Yes | Question::Nth(_), None) => go(question.clone(), false, None),
        _ => None,
    }
}

impl Slots {
    /// What an intent says, after what was begun to the same end.
    pub(crate) fn of(intent: &Intent, subject: Subject, begun: Option<&Intended>) -> Self {
        let order = begun.and_then(|begun| begun.order.as_ref());
        let which = match (order, subject) {
            (Some(order), Subject::Last) => order.question(),
            // The name that Alexa was given along with the question before.
            (Some(order), Subject::Heard(heard)) if heard == spoken(order.pipeline.name.as_str()) => order.question(),
            (None, subject) if begun.is_some() && subject != Subject::Last => Question::Named(subject),
            (_, subject) => Question::About(Topic::Status, subject),
        };
        let yes = intent.confirmation_status == Confirmation::Confirmed;
        Self { which, yes, code: intent.slot(CODE).and_then(|slot| digits(&slot.heard)) }
    }
}

/// The digits of a code; `None` for anything else.
fn digits(heard: &str) -> Option<String> {
    let digits: String = heard.chars().filter(|c| !c.is_whitespace()).collect();
    (!digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits)
}

impl<L: Ledger, A: PipelineActions, K: Passcode, C: Clock + Timer> Alexa<L, A, K, C> {
    /// Takes a requested action one step further.
    pub(crate) async fn intervene(&self, what: RunAction, said: Slots, mut asker: Turn<'_>) -> Reply {
        let rules = match self.admit(what, &asker) {
            Ok(rules) => rules,
            Err(phrase) => return refuse(asker, phrase),
        };
        let now = self.clock.now();
        let Some(Reading { fleet, .. }) = self.desk.fleet(now).await else {
            let text = asker.say(Phrase::NoLedger, &[]);
            return asker.end(text);
        };
        let begun = asker.conversation.intended.take().filter(|begun| begun.is_to(what));
        let talk = asker.conversation.talk.clone();
        let meaning = Meaning::of(&said.which, &fleet, &talk);
        let Meaning::Tell(_, _, row) = meaning else {
            let answer = meaning.answer(asker.voice, now, &talk, &Detail::default());
            asker.conversation.intended = answer.reprompt.is_some().then(|| Intended::to(what));
            let listen = Directive::listen_for(PIPELINE, UpdatedIntent::empty(intent_of(what), &SLOTS));
            return asker.answer(&answer).with_all(answer.reprompt.map(|_| listen));
        };
        asker.conversation.talk.speak_of(&row.overview.pipeline);
        asker.conversation.talk.pending = None;
        let pipeline = called(&fleet, row, asker.voice);
        let order = match plan(what, &row.overview) {
            Ok(order) => order,
            Err(nothing) => {
                let text = asker.say(nothing_to_do(nothing), &[("pipeline", pipeline.into())]);
                return asker.go_on(text);
            }
        };
        let filling = filling(&pipeline, &order);
        let fingerprint = Fingerprint::of(&order);
        // If the run has moved on since the asker was asked, that was another order.
        let begun = begun.filter(|begun| begun.order.as_ref() == Some(&fingerprint));
        let is_confirmed = begun.is_some_and(|begun| begun.confirmed || said.yes);
        asker.conversation.intended = Some(Intended::to(what).with(fingerprint, is_confirmed));
        let name = spoken(order.pipeline.name.as_str());
        let mut updated_intent = UpdatedIntent::empty(intent_of(what), &SLOTS).with(PIPELINE, &name);
        if !is_confirmed {
            let question = asker.say(ask(what), &filling);
            return asker.ask(question).with(Directive::ConfirmIntent { updated_intent });
        }
        let Some(code) = said.code else {
            updated_intent.confirmation_status = Confirmation::Confirmed;
            let question = asker.say(Phrase::ActionAskCode, &[]);
            return asker.ask(question).with(Directive::listen_for(CODE, updated_intent));
        };
        if let Err(why) = self.check(&code, rules, &asker).await {
            asker.audit(what, Some(&order), &format!("denied: {why}"));
            return refuse(asker, Phrase::ActionRefused);
        }
        let outcome = self.carry_out(&order).await;
        let phrase = match &outcome {
            Ok(()) => done(what),
            Err(error) => obstacle(error.why),
        };
        asker.audit(what, Some(&order), &outcome.map_or_else(|error| error.to_string(), |()| "done".to_owned()));
        let text = asker.say(phrase, &filling);
        asker.go_on(text)
    }

    /// Whether the user is allowed, checked before anything else.
    fn admit(&self, what: RunAction, asker: &Turn<'_>) -> Result<&VoiceActions, Phrase> {
        let Some(rules) = &self.rules else {
            asker.audit(what, None, "denied: andon.yml has no `voice` section");
            return Err(Phrase::ActionOff);
        };
        let (user, person) = (asker.envelope.user(), asker.envelope.person());
        if !rules.actions.contains(&what) {
            asker.audit(what, None, "denied: the action is not listed under `voice.actions` in andon.yml");
        } else if user.is_none() || !rules.admits(user, person) {
            asker.audit(what, None, "denied: the user is not listed under `voice.users` in andon.yml");
        } else {
            return Ok(rules);
        }
        Err(Phrase::ActionRefused)
    }

    /// Whether the code is right and there are tries left; why not, for the log.
    async fn check(&self, code: &str, rules: &VoiceActions, asker: &Turn<'_>) -> Result<(), String> {
        let ledger = self.desk.ledger();
        let lease = Lease::new(&asker.invocation.id, self.clock.now(), Lease::LENGTH);
        let who = asker.envelope.user().unwrap_or_default();
        let taken = attempts::take(ledger, who, &asker.invocation.home, &lease).await;
        let taken = taken.map_err(|error| error.to_string())?.ok_or("too many wrong codes in this hour")?;
        match self.passcode.is(&rules.code, code).await {
            Ok(true) => taken.give_back(ledger).await.map_err(|error| error.to_string()),
            Ok(false) => {
                let counted = taken.was_wrong(ledger).await;
                Err(counted.map_or_else(|error| format!("wrong code; {error}"), |()| "wrong code".to_owned()))
            }
            Err(error) => {
                let kept = taken.give_back(ledger).await;
                Err(kept.map_or_else(|other| format!("{error}; {other}"), |()| error.to_string()))
            }
        }
    }

    async fn carry_out(&self, order: &PlannedAction) -> Result<(), ActionError> {
        match select(pin!(self.actions.carry_out(order, REASON)), pin!(self.clock.wait(TIMEOUT))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(ActionError {
                why: ActionErrorKind::Unavailable,
                doing: format!("act on {}", order.pipeline),
                problem: "CodePipeline did not answer in time; the action may have been taken".to_owned(),
            }),
        }
    }
}

/// The answer to every user who is not allowed; it ends the session.
fn refuse(asker: Turn<'_>, phrase: Phrase) -> Reply {
    let text = asker.say(phrase, &[]);
    asker.end(text)
}

/// The names in a sentence about an order.
fn filling(pipeline: &str, order: &PlannedAction) -> [(&'static str, Filling<'static>); 3] {
    let place = match &order.step {
        Step::Retry(stage) => stage.as_str(),
        Step::Approve(approval) | Step::Reject(approval) => {
            approval.action.as_ref().map_or(approval.stage.as_str(), |action| action.as_str())
        }
        Step::Stop => "",
    };
    let place = spoken(place);
    [("pipeline", pipeline.to_owned().into()), ("stage", place.clone().into()), ("action", place.into())]
}

fn ask(what: RunAction) -> Phrase {
    match what {
        RunAction::Retry => Phrase::ActionAskRetry,
        RunAction::Approve => Phrase::ActionAskApprove,
        RunAction::Reject => Phrase::ActionAskReject,
        RunAction::Stop => Phrase::ActionAskStop,
    }
}

fn done(what: RunAction) -> Phrase {
    match what {
        RunAction::Retry => Phrase::ActionRetried,
        RunAction::Approve => Phrase::ActionApproved,
        RunAction::Reject => Phrase::ActionRejected,
        RunAction::Stop => Phrase::ActionStopped,
    }
}

fn nothing_to_do(nothing: NotApplicable) -> Phrase {
    match nothing {
        NotApplicable::NothingFailed => Phrase::ActionNothingFailed,
        NotApplicable::RunsAgain => Phrase::ActionRunsAgain,
        NotApplicable::NothingWaits => Phrase::ActionNothingWaits,
        NotApplicable::NothingRuns => Phrase::ActionNothingRuns,
    }
}

fn obstacle(why: ActionErrorKind) -> Phrase {
    match why {
        ActionErrorKind::NotRetryable => Phrase::ActionNotRetryable,
        ActionErrorKind::Overtaken => Phrase::ActionOvertaken,
        ActionErrorKind::Busy => Phrase::ActionBusy,
        ActionErrorKind::Answered => Phrase::ActionAnswered,
        ActionErrorKind::NotStoppable => Phrase::ActionNotStoppable,
        ActionErrorKind::Gone => Phrase::Gone,
        ActionErrorKind::Forbidden => Phrase::ActionFailed,
        ActionErrorKind::Unavailable => Phrase::ActionUnsure,
    }
}
