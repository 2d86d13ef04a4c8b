//! Doing something about a pipeline: asked about first, then a code is said, then it is done and written to the log.
//!
//! Whoever may not hears one sentence, always the same whatever the reason; the log has the reason.

use std::pin::pin;

use andon::answer::{Filling, Found, Phrase, Reading, Subject, Timer, Topic, called, spoken, unclear};
use andon::clock::Clock;
use andon::config;
use andon::intervention::{Intervention, NothingToDo, Obstacle, Order, OrderError, Passcode, PipelineActions, Step, order};
use andon::ledger::{Lease, Ledger};
use futures_util::future::{Either, select};
use jiff::SignedDuration;

use crate::asked::{CODE, PIPELINE, intent_of};
use crate::asker::Asker;
use crate::conversation::{Fingerprint, Intended};
use crate::request::Confirmation;
use crate::response::{Directive, Reply, UpdatedIntent, UpdatedSlot};
use crate::{Alexa, tries};

/// How long CodePipeline is waited for: Alexa gives up after eight seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);
/// What CodePipeline keeps as the reason.
const REASON: &str = "By voice, through Andon's Alexa skill";

/// How far somebody has come with what they want to have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// What, and of which pipeline.
    Wish(Subject),
    /// Yes to what they were asked.
    Yes(Subject),
    /// The digits.
    Code(String),
}

impl<L: Ledger, A: PipelineActions, K: Passcode, C: Clock + Timer> Alexa<L, A, K, C> {
    /// Takes what somebody wants to have done one step further.
    pub(crate) async fn intervene(&self, what: Intervention, said: Said, mut asker: Asker<'_>) -> Reply {
        let rules = match self.admit(what, &asker) {
            Ok(rules) => rules,
            Err(phrase) => return refuse(asker, phrase),
        };
        let now = self.clock.now();
        let Some(Reading { fleet, .. }) = self.desk.fleet(now).await else {
            let text = asker.say(Phrase::NoLedger, &[]);
            return asker.end(text);
        };
        let begun = asker.conversation.intended.take().filter(|intended| intended.is_to(what));
        let subject = said.subject(begun.as_ref());
        let talk = asker.conversation.talk.clone();
        let found = fleet.find(&subject, &talk);
        if let Some(answer) = unclear(&found, &fleet, Topic::Status, &talk, now, asker.voice) {
            asker.conversation.intended = answer.reprompt.as_ref().map(|_| Intended::to(what));
            let is_asking = answer.reprompt.is_some();
            let reply = asker.answer(&answer);
            return if is_asking { reply.with(listen_for(PIPELINE, what, Confirmation::None)) } else { reply };
        }
        let Found::One(row) = found else { return refuse(asker, Phrase::ActionRefused) };
        asker.conversation.talk.speak_of(&row.overview.pipeline);
        let pipeline = called(&fleet, row, asker.voice);
        let order = match order(what, &row.overview) {
            Ok(order) => order,
            Err(nothing) => {
                let text = asker.say(nothing_to_do(nothing), &[("pipeline", pipeline.into())]);
                return asker.go_on(text);
            }
        };
        let filling = filling(&pipeline, &order);
        let fingerprint = Fingerprint::of(&order);
        // If the run has moved on since the asker was asked, that was another order.
        let begun = begun.filter(|intended| intended.order.as_ref() == Some(&fingerprint));
        let is_confirmed = begun.is_some_and(|intended| intended.confirmed || matches!(said, Said::Yes(_)));
        asker.conversation.intended = Some(Intended::to(what).with(fingerprint, is_confirmed));
        if !is_confirmed {
            let question = asker.say(ask(what), &filling);
            let updated_intent = updated(what, Confirmation::None);
            return asker.ask(question).with(Directive::ConfirmIntent { updated_intent });
        }
        let Said::Code(code) = said else {
            let question = asker.say(Phrase::ActionAskCode, &[]);
            return asker.ask(question).with(listen_for(CODE, what, Confirmation::Confirmed));
        };
        if let Err(why) = self.check(&code, &rules, &asker).await {
            asker.audit(what, Some(&order), &format!("refused: {why}"));
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

    /// Whether somebody may, before anything else is told.
    fn admit(&self, what: Intervention, asker: &Asker<'_>) -> Result<&config::Voice, Phrase> {
        let Some(rules) = &self.rules else {
            asker.audit(what, None, "refused: andon.yml has no `voice`");
            return Err(Phrase::ActionOff);
        };
        let (user, person) = (asker.envelope.user(), asker.envelope.person());
        if !rules.actions.contains(&what) {
            asker.audit(what, None, "refused: it is not among the `actions` of `voice` in andon.yml");
        } else if user.is_none() || !rules.admits(user, person) {
            asker.audit(what, None, "refused: this is none of the `users` of `voice` in andon.yml");
        } else {
            return Ok(rules);
        }
        Err(Phrase::ActionRefused)
    }

    /// Whether the code is right and there are tries left; why not, for the log.
    async fn check(&self, code: &str, rules: &config::Voice, asker: &Asker<'_>) -> Result<(), String> {
        let ledger = self.desk.ledger();
        let lease = Lease::new(&asker.invocation.id, self.clock.now(), Lease::LENGTH);
        let who = asker.envelope.user().unwrap_or_default();
        let taken = tries::take(ledger, who, &asker.invocation.home, &lease).await;
        let taken = taken.map_err(|error| error.to_string())?.ok_or("too many wrong codes in this hour")?;
        match self.passcode.is(&rules.code, code).await {
            Ok(true) => taken.give_back(ledger, &lease).await.map_err(|error| error.to_string()),
            Ok(false) => {
                let counted = taken.was_wrong(ledger, &lease).await;
                Err(counted.map_or_else(|error| format!("a wrong code, and {error}"), |()| "a wrong code".to_owned()))
            }
            Err(error) => {
                let kept = taken.give_back(ledger, &lease).await;
                Err(kept.map_or_else(|other| format!("{error}; {other}"), |()| error.to_string()))
            }
        }
    }

    async fn carry_out(&self, order: &Order) -> Result<(), OrderError> {
        match select(pin!(self.actions.carry_out(order, REASON)), pin!(self.clock.wait(PATIENCE))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(OrderError {
                why: Obstacle::Unavailable,
                doing: format!("act on {}", order.pipeline),
                problem: "CodePipeline has not answered in time; it may have been done all the same".to_owned(),
            }),
        }
    }
}

impl Said {
    /// The pipeline that is named; or else the one that was asked about.
    fn subject(&self, begun: Option<&Intended>) -> Subject {
        match (self, begun.and_then(|intended| intended.order.as_ref())) {
            (Self::Code(_) | Self::Yes(_) | Self::Wish(Subject::Last), Some(order)) => {
                Subject::Known(vec![order.pipeline.clone()])
            }
            (Self::Wish(subject) | Self::Yes(subject), _) => subject.clone(),
            (Self::Code(_), None) => Subject::Last,
        }
    }
}

/// What anybody hears who may not; and that is the end of it.
fn refuse(asker: Asker<'_>, phrase: Phrase) -> Reply {
    let text = asker.say(phrase, &[]);
    asker.end(text)
}

fn listen_for(slot: &str, what: Intervention, confirmation: Confirmation) -> Directive {
    Directive::ElicitSlot { slot_to_elicit: slot.to_owned(), updated_intent: updated(what, confirmation) }
}

/// The intent as it stands, with its slots empty: what is known of it is remembered here, not there.
fn updated(what: Intervention, confirmation_status: Confirmation) -> UpdatedIntent {
    let empty = |name: &str| {
        let slot = UpdatedSlot { name: name.to_owned(), value: None, confirmation_status: Confirmation::None };
        (name.to_owned(), slot)
    };
    UpdatedIntent { name: intent_of(what).to_owned(), confirmation_status, slots: [PIPELINE, CODE].map(empty).into() }
}

/// The names in a sentence about an order.
fn filling(pipeline: &str, order: &Order) -> [(&'static str, Filling<'static>); 3] {
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

fn ask(what: Intervention) -> Phrase {
    match what {
        Intervention::Retry => Phrase::ActionAskRetry,
        Intervention::Approve => Phrase::ActionAskApprove,
        Intervention::Reject => Phrase::ActionAskReject,
        Intervention::Stop => Phrase::ActionAskStop,
    }
}

fn done(what: Intervention) -> Phrase {
    match what {
        Intervention::Retry => Phrase::ActionRetried,
        Intervention::Approve => Phrase::ActionApproved,
        Intervention::Reject => Phrase::ActionRejected,
        Intervention::Stop => Phrase::ActionStopped,
    }
}

fn nothing_to_do(nothing: NothingToDo) -> Phrase {
    match nothing {
        NothingToDo::NothingFailed => Phrase::ActionNothingFailed,
        NothingToDo::RunsAgain => Phrase::ActionRunsAgain,
        NothingToDo::NothingWaits => Phrase::ActionNothingWaits,
        NothingToDo::NothingRuns => Phrase::ActionNothingRuns,
    }
}

fn obstacle(why: Obstacle) -> Phrase {
    match why {
        Obstacle::NotRetryable => Phrase::ActionNotRetryable,
        Obstacle::Overtaken => Phrase::ActionOvertaken,
        Obstacle::Busy => Phrase::ActionBusy,
        Obstacle::Answered => Phrase::ActionAnswered,
        Obstacle::NotStoppable => Phrase::ActionNotStoppable,
        Obstacle::Gone => Phrase::Gone,
        Obstacle::Forbidden => Phrase::ActionFailed,
        Obstacle::Unavailable => Phrase::ActionUnsure,
    }
}
