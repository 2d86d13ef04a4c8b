//! What buttons do: checked, claimed, done, kept, and shown in the message.

use andon::alert::{Alert, Settle, due, overdue};
use andon::attention::{Deed, Member};
use andon::batch::Invocation;
use andon::history::Overview;
use andon::ledger::{ClaimKey, Claimed, Effect, Lease, Ledger, LedgerError, NotClaimed, Receipt, attend, mute, unmute};
use andon::run::WaitPolicy;
use andon::run_action::{ActionError, ActionErrorKind, PipelineActions as _, PlannedAction, RunAction, Step, plan_run};
use andon_notify::destination::slack::{member, mrkdwn, render_in_chat};
use andon_notify::message::{Context, Message, Other, compose};
use andon_notify::together::{member as member_of, others};
use andon_notify::{AlertRef, ButtonKind, SendError, conversation};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::job::{Order, Place};
use crate::mute::wanted;
use crate::view::MAX_NAME;
use crate::{Chat, Delivery, MAX_DELIVERIES, now, view};

/// How often a message is written that others write at the same time.
const MAX_WRITES: usize = 3;

impl Chat {
    /// Does what a member wants, once, however often it is pressed and by however many. An error is tried again; whoever
    /// pressed reads when Andon gives up.
    pub(crate) async fn act(&self, order: &Order, delivery: Delivery, invocation: &Invocation) -> Result<(), String> {
        let done = Box::pin(self.try_to_act(order, delivery.is_again(), invocation)).await;
        if done.is_err() && delivery.is_last() {
            let name = mrkdwn(order.about.pipeline.name.as_str(), MAX_NAME);
            let text = format!(
                "{} {name} has failed {MAX_DELIVERIES} times, and I have stopped trying. Look at the pipeline before you \
                 press again.",
                doing(order)
            );
            self.tell(order, &text).await?;
        }
        done
    }

    async fn try_to_act(&self, order: &Order, is_again: bool, invocation: &Invocation) -> Result<(), String> {
        if let Err(who) = self.check(order).await {
            audit(order, "denied: no rule of `chat.may` in andon.yml lets them");
            let name = mrkdwn(order.about.pipeline.name.as_str(), MAX_NAME);
            let text = format!("{} {name} is for {who}.", doing(order));
            return self.tell(order, &text).await;
        }
        let Some(action) = order.what.run_action() else {
            let alert = self.alert(&order.about).await.map_err(|error| error.to_string())?;
            Box::pin(self.finish(order, alert, invocation)).await?;
            audit(order, "done");
            return Ok(());
        };
        let lease = Lease::new(&invocation.id, now(), Lease::LENGTH);
        let effect = match Effect::claim(self.desk.ledger(), key(&order.about, action), &lease).await {
            Ok(Claimed::Granted(effect)) => effect,
            // It was this order, and the worker died before everything was said.
            Ok(Claimed::Settled(receipt)) if receipt.place.as_deref() == Some(&order.by.id) && is_again => {
                let alert = self.alert(&order.about).await.map_err(|error| error.to_string())?;
                return Box::pin(self.finish(order, alert, invocation)).await;
            }
            Ok(Claimed::Settled(receipt)) => return self.tell(order, &already(order, &receipt)).await,
            Err(NotClaimed::Held { .. }) if is_again => return Err("another press is being dealt with".to_owned()),
            Err(NotClaimed::Held { .. }) => {
                return self.tell(order, "Somebody has just pressed this: it is being done.").await;
            }
            Err(NotClaimed::Ledger(error)) => return Err(error.to_string()),
        };
        let done = match Box::pin(self.carry_out(order, action)).await {
            // A call before this one may have ended between doing it and saying so.
            Err(NotDone::MovedOn(standing)) if is_again => match self.was_done(order, action).await {
                Ok(true) => self.alert(&order.about).await.map_err(NotDone::Ledger),
                Ok(false) => Err(NotDone::MovedOn(standing)),
                Err(error) => Err(NotDone::Ledger(error)),
            },
            done => done,
        };
        let (alert, problem) = match done {
            Ok(alert) => {
                let (place, id) = (Some(order.by.id.clone()), Some(order.by.name.clone()));
                let receipt = Receipt { place, id, said: Some(now().to_string()) };
                effect.settle(self.desk.ledger(), &receipt).await.map_err(|error| error.to_string())?;
                audit(order, "done");
                return Box::pin(self.finish(order, alert, invocation)).await;
            }
            Err(NotDone::Ledger(error)) => (None, error.to_string()),
            Err(NotDone::Refused(error)) => (Some(mrkdwn(&sentence(order, &error), 500)), error.to_string()),
            Err(NotDone::MovedOn(standing)) => {
                let name = mrkdwn(order.about.pipeline.name.as_str(), MAX_NAME);
                let done = if is_again { "it may have been done before" } else { "nothing was done" };
                let text = format!("This run has moved on, and {done}. {name} now: {}.", mrkdwn(&standing, 200));
                (Some(text), "the run has moved on".to_owned())
            }
            Err(NotDone::Later(error)) => {
                if !is_again {
                    let text = "Not done yet: CodePipeline does not answer. I am still trying.";
                    let _ = self.tell(order, text).await;
                }
                (None, error.to_string())
            }
        };
        effect.release(self.desk.ledger()).await.map_err(|error| error.to_string())?;
        audit(order, &problem);
        match alert {
            Some(text) => self.tell(order, &text).await,
            None => Err(problem),
        }
    }

    /// Works the order out anew, and carries it out if it is what was shown. Gives back the alert as it stood before.
    async fn carry_out(&self, order: &Order, action: RunAction) -> Result<Option<Alert>, NotDone> {
        let about = &order.about;
        let history = self.desk.ledger().history(&about.pipeline).await?;
        let overview = history.and_then(|history| history.overview());
        let Some(overview) = overview else { return Err(NotDone::MovedOn("not known any more".to_owned())) };
        let planned = plan_run(action, &overview, &about.execution).ok();
        let planned =
            planned.map(|planned| named(planned, about)).filter(|planned| is_shown(planned, order, &overview));
        let Some(planned) = planned else {
            return Err(NotDone::MovedOn(andon::board::PipelineRow::of(overview).word()));
        };
        let alert = self.alert(about).await?;
        match self.actions.carry_out(&planned, &told(order)).await {
            Ok(()) => Ok(alert),
            Err(error) if error.why == ActionErrorKind::Unavailable || error.why == ActionErrorKind::Busy => {
                Err(NotDone::Later(error))
            }
            Err(error) => Err(NotDone::Refused(error)),
        }
    }

    /// Whether the run's events say that this very order was carried out. Of a retry they do not say who asked for it.
    async fn was_done(&self, order: &Order, action: RunAction) -> Result<bool, LedgerError> {
        let known = self.desk.ledger().load(&order.about.pipeline, &order.about.execution).await?;
        let Some(run) = known.run else { return Ok(false) };
        let reason = told(order);
        let is_mine = |said: Option<&str>| said.is_some_and(|said| said.contains(&reason));
        Ok(match action {
            RunAction::Approve | RunAction::Reject => run
                .approvals()
                .iter()
                .any(|(_, approval)| is_mine(approval.result.as_ref().and_then(|result| result.summary.as_deref()))),
            RunAction::Stop => is_mine(run.stop_comment()),
            RunAction::Retry => false,
        })
    }

    /// Keeps what was done, and shows it: in the message that everybody sees, or to the member alone.
    async fn finish(&self, order: &Order, before: Option<Alert>, invocation: &Invocation) -> Result<(), String> {
        let about = &order.about;
        let deed = Deed {
            alert: about.alert.clone(),
            execution: about.execution.clone(),
            done: order.what.done(),
            by: order.by.clone(),
            at: order.mute.map(|mute| mute.since).or(order.at).unwrap_or_else(now),
            reason: order.reason.clone(),
            until: order.mute.map(|mute| mute.until),
        };
        let is_new = self.keep(order, &deed).await.map_err(|error| error.to_string())?;
        tracing::debug!("kept in call {}", invocation.id);
        let Some(place) = &order.message else {
            if order.answer_at.is_none() {
                // It was pressed in the Home tab, which shows it.
                return self.home(&order.by.id).await;
            }
            if matches!(order.what, ButtonKind::Mute | ButtonKind::Unmute) {
                return self.tell(order, &self.told_of_mute(order, &deed, is_new).await).await;
            }
            let name = mrkdwn(about.pipeline.name.as_str(), MAX_NAME);
            return self.tell(order, &format!("{}: {name}.", deed.done.words())).await;
        };
        if order.what == ButtonKind::Unmute && !is_new {
            return self.tell(order, &self.told_of_mute(order, &deed, is_new).await).await;
        }
        // What failed meanwhile is in the alert as it stands now; an approval that is answered is only in the one before.
        let after = self.alert(about).await.map_err(|error| error.to_string())?;
        let shown = match after.or(before) {
            Some(alert) => self.show(&alert, place, invocation).await,
            None => self.show_below(&deed, place).await,
        };
        shown.map_err(|error| error.to_string())
    }

    /// Keeps a deed, and what it mutes; returns whether it was new.
    async fn keep(&self, order: &Order, deed: &Deed) -> Result<bool, LedgerError> {
        let (ledger, pipeline) = (self.desk.ledger(), &order.about.pipeline);
        match (order.what, wanted(order)) {
            (ButtonKind::Mute, Some(wanted)) => mute(ledger, pipeline, &wanted, deed).await,
            (ButtonKind::Unmute, _) => unmute(ledger, pipeline, order.about.line.as_ref(), deed).await,
            _ => attend(ledger, pipeline, deed).await,
        }
    }

    /// Brings a message up to date with what was done about its alert.
    async fn show(&self, alert: &Alert, place: &Place, invocation: &Invocation) -> Result<(), SendError> {
        let mut shown = None;
        // Others may write it at the same time, and the last one to write has to say all of it.
        for _ in 0..MAX_WRITES {
            let message = self.message(alert, place, invocation).await;
            if shown.as_ref() == Some(&message) {
                break;
            }
            let mut body = render_in_chat(&message, &[]);
            put(&mut body, place);
            self.slack.call("chat.update", &body).await?;
            shown = Some(message);
        }
        Ok(())
    }

    /// The message of an alert as it stands, with what was done and the others with the same cause.
    async fn message(&self, alert: &Alert, place: &Place, invocation: &Invocation) -> Message {
        let context = Context { accounts: self.config.accounts(), zone: &self.config.zone, now: now() };
        let deeds = match self.desk.ledger().history(&alert.pipeline).await {
            Ok(history) => history.map(|history| history.deeds(&alert.dedup_key())).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let others = self.others(alert, place, invocation).await;
        compose(alert, &context).in_chat(alert, deeds).with_others(others)
    }

    /// The other pipelines that a message tells of; none where that cannot be read.
    async fn others(&self, alert: &Alert, place: &Place, invocation: &Invocation) -> Vec<Other> {
        let ledger = self.desk.ledger();
        let lease = Lease::new(&invocation.id, now(), Lease::LENGTH);
        let at = (place.channel.as_str(), place.ts.as_str());
        let group = conversation::group(ledger, &invocation.home, at, &lease).await.ok().flatten();
        let (Some(group), Some(mine)) = (group, member_of(alert)) else { return Vec::new() };
        ledger.group(&group).await.map(|members| others(&members, &mine)).unwrap_or_default()
    }

    /// Says below a message what was done: its alert cannot be worked out any more.
    async fn show_below(&self, deed: &Deed, place: &Place) -> Result<(), SendError> {
        let text = format!("{} by {}.", deed.done.words(), member(&deed.by));
        let body = json!({"channel": place.channel, "thread_ts": place.ts, "text": text});
        self.slack.call("chat.postMessage", &body).await.map(|_| ())
    }

    /// The alert that a button is about, from the facts as they are now.
    async fn alert(&self, about: &AlertRef) -> Result<Option<Alert>, LedgerError> {
        let known = self.desk.ledger().load(&about.pipeline, &about.execution).await?;
        let Some(history) = known.history() else { return Ok(None) };
        let Some(run) = known.run else { return Ok(None) };
        let settle = Settle { length: SignedDuration::ZERO, now: now() };
        let mut alerts = due(&run, &history, about.attempt, WaitPolicy::GiveUp, settle).alerts;
        if let Some(overview) = history.overview() {
            alerts.extend(overdue(&overview, &self.config.limits(about.pipeline.name.as_str()), now()));
        }
        Ok(alerts.into_iter().find(|alert| alert.dedup_key() == about.alert))
    }

    /// Tells the member alone, in Slack's markup. What cannot be told is not tried again: the address lives for minutes.
    ///
    /// For a press in the Home tab there is no such address: what has to be said is a message of the app to the member.
    async fn tell(&self, order: &Order, text: &str) -> Result<(), String> {
        let Some(address) = &order.answer_at else {
            let body = json!({"channel": order.by.id, "text": text});
            if order.message.is_none()
                && let Err(error) = self.slack.call("chat.postMessage", &body).await
            {
                tracing::warn!("cannot tell {}: {error}", order.by.id);
            }
            return Ok(());
        };
        if let Err(error) = self.slack.respond(address, &view::marked(text)).await {
            tracing::warn!("cannot tell {}: {error}", order.by.id);
        }
        Ok(())
    }
}

/// Why something was not done.
enum NotDone {
    /// CodePipeline says no, for good.
    Refused(ActionError),
    /// CodePipeline does not answer.
    Later(ActionError),
    /// The ledger does not answer.
    Ledger(LedgerError),
    /// It is not what was shown any more; how the pipeline stands.
    MovedOn(String),
}

impl From<LedgerError> for NotDone {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

/// The claim on an action: one for both answers to an approval.
fn key(about: &AlertRef, action: RunAction) -> ClaimKey {
    let what = match action {
        RunAction::Approve | RunAction::Reject => "answer",
        action => action.as_str(),
    };
    let AlertRef { pipeline, execution, attempt, stage, action, .. } = about;
    let place = [stage.as_ref().map(ToString::to_string), action.as_ref().map(ToString::to_string)];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join("/");
    let place = if what == "answer" { place } else { String::new() };
    ClaimKey { pipeline: pipeline.clone(), effect: format!("chat-{what}/{execution}/{}/{place}", attempt.number()) }
}

/// The order for the very approval that the button names: of several that wait in a stage, the plan has one.
fn named(mut planned: PlannedAction, about: &AlertRef) -> PlannedAction {
    if let (Step::Approve(approval) | Step::Reject(approval), Some(action)) = (&mut planned.step, &about.action) {
        approval.action = Some(action.clone());
    }
    planned
}

/// Whether what would be done is what was shown on the button.
fn is_shown(planned: &PlannedAction, order: &Order, overview: &Overview) -> bool {
    let about = &order.about;
    let attempt = overview.open.iter().find(|run| run.execution == planned.execution).map(|run| run.attempt);
    let same_attempt = attempt.unwrap_or(overview.latest.attempt) == about.attempt;
    same_attempt
        && match &planned.step {
            Step::Retry(stage) => about.stage.as_ref() == Some(stage),
            Step::Approve(approval) | Step::Reject(approval) => about.stage.as_ref() == Some(&approval.stage),
            Step::Stop => true,
        }
}

/// What CodePipeline keeps as the reason.
fn told(order: &Order) -> String {
    let Member { id, name } = &order.by;
    let reason = order.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    andon::text::one_line(&format!("{} by {name} ({id}) in Slack{reason}", order.what.done().words()))
}

fn doing(order: &Order) -> &'static str {
    match order.what.done() {
        andon::attention::Done::Retried => "Retrying",
        andon::attention::Done::Approved => "Approving",
        andon::attention::Done::Rejected => "Rejecting",
        andon::attention::Done::Stopped => "Stopping",
        andon::attention::Done::TakenOn => "Being on",
        andon::attention::Done::Muted => "Muting",
        andon::attention::Done::Unmuted => "Unmuting",
    }
}

/// That somebody was first.
fn already(order: &Order, first: &Receipt) -> String {
    let by = match (&first.place, &first.id) {
        (Some(id), Some(name)) => format!(" by {}", member(&Member { id: id.clone(), name: name.clone() })),
        _ => String::new(),
    };
    let name = mrkdwn(order.about.pipeline.name.as_str(), MAX_NAME);
    format!("This was done before{by}: {name}, run {}.", order.about.execution.short())
}

/// Why CodePipeline did not do it, and what to do.
fn sentence(order: &Order, error: &ActionError) -> String {
    let name = &order.about.pipeline.name;
    match error.why {
        ActionErrorKind::NotRetryable => format!("Not done: the failed stage of {name} cannot be retried any more."),
        ActionErrorKind::Overtaken => format!("Not done: a later run of {name} has passed this stage. Retry that run."),
        ActionErrorKind::Busy | ActionErrorKind::Unavailable => "Not done: CodePipeline does not answer.".to_owned(),
        ActionErrorKind::Answered => format!("Not done: the approval of {name} was answered already, or has expired."),
        ActionErrorKind::NotStoppable => format!("Not done: this run of {name} has ended, or is being stopped."),
        ActionErrorKind::Gone => format!("Not done: {name} does not have this run or stage any more."),
        ActionErrorKind::Forbidden => {
            format!("Not done: Andon may not do this to {name}. See the log of the function chat-worker.")
        }
    }
}

fn put(body: &mut Value, place: &Place) {
    if let Some(members) = body.as_object_mut() {
        members.insert("channel".to_owned(), json!(place.channel));
        members.insert("ts".to_owned(), json!(place.ts));
    }
}

/// Writes down who wanted what, and what became of it.
fn audit(order: &Order, outcome: &str) {
    tracing::info!(
        audit.action = order.what.as_str(),
        audit.pipeline = %order.about.pipeline,
        audit.execution = order.about.execution.as_str(),
        audit.line = order.about.line.as_ref().map(ToString::to_string),
        audit.until = order.mute.map(|mute| format!("{:?}", mute.until)),
        audit.stage = order.about.stage.as_ref().map(ToString::to_string),
        audit.member = order.by.id,
        audit.workspace = order.team,
        "{} from Slack: {outcome}",
        order.what.as_str(),
    );
}
