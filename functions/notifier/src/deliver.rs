//! Alerts to their destinations: claim, explain, send, settle.
//!
//! The destinations are served side by side: one that is slow or broken does not keep the others waiting. What goes to the
//! same destination goes in order, and only as long as there is time for an answer before the call is cut off.

use std::collections::BTreeMap;

use andon::alert::{Alert, AlertBody};
use andon::attention::Deed;
use andon::batch::Invocation;
use andon::clock::Timer;
use andon::ledger::{Ledger, Receipt};
use andon::run::Run;
use andon_notify::conversation;
use andon_notify::message::Message;
use andon_notify::{Delivery, Destination, Facts, Outgoing, SendError, Sender, route};
use futures_util::future::join_all;
use futures_util::lock::Mutex;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::claim::{Granted, SendMode};
use crate::known::{Known, MAX_EXPLAIN};
use crate::mention::Called;
use crate::time::MAX_SEND;
use crate::together::Beside;
use crate::{Cause, Notifier, Ports, Problem};

/// How long a destination is waited for that asks to wait: less than it takes a queue to deliver again.
const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// An alert that is due, the run it is about, and why it is due.
pub(crate) struct Telling<'r> {
    pub(crate) alert: Alert,
    pub(crate) run: Option<&'r Run>,
    pub(crate) cause: Cause<'r>,
}

/// An alert on its way. What a failure comes from is found out only once there is somebody to tell.
struct Story<'r> {
    telling: Telling<'r>,
    told: Mutex<Option<Known>>,
}

impl<'e> Cause<'e> {
    /// The event that makes it due.
    pub(crate) fn event(self) -> Option<&'e Value> {
        match self {
            Self::Event(event) | Self::Late(event) => Some(event),
            Self::Clock => None,
        }
    }
}

impl<P: Ports> Notifier<P> {
    /// Sends an alert to its destinations, unless that has been done.
    pub(crate) async fn tell(
        &self,
        alert: Alert,
        run: Option<&Run>,
        cause: Cause<'_>,
        invocation: &Invocation,
    ) -> Vec<Problem> {
        let problems = self.tell_all(vec![Telling { alert, run, cause }], invocation).await;
        problems.into_iter().map(|(_, problem)| problem).collect()
    }

    /// Sends alerts to their destinations, unless that has been done: to each in the order given, and to all side by side.
    /// Gives back the problems, each with the index of its alert.
    pub(crate) async fn tell_all(&self, tellings: Vec<Telling<'_>>, invocation: &Invocation) -> Vec<(usize, Problem)> {
        let stories = join_all(tellings.into_iter().map(async |telling| {
            // Whoever asks or looks at the board is told why, also while it is muted.
            let is_asked = telling.alert.is_silent() && telling.run.is_some();
            let is_wanted =
                self.config.routing.is_by_category() || is_asked && self.has_time(MAX_EXPLAIN, invocation.until);
            let told = if is_wanted { Some(self.know(telling.alert.clone()).await) } else { None };
            Story { telling, told: Mutex::new(told) }
        }))
        .await;
        let mut problems = Vec::new();
        let mut lanes: BTreeMap<&str, Vec<(usize, Delivery<'_>)>> = BTreeMap::new();
        for (index, story) in stories.iter().enumerate() {
            let Telling { alert, cause, .. } = &story.telling;
            if let Some(muted) = alert.mute.as_ref().filter(|_| alert.is_silent()) {
                let (pipeline, by) = (&alert.pipeline.name, &muted.mute.by.id);
                tracing::info!(pipeline.name = %pipeline, alert.muted = 1, "not told, as {by} muted it: {}", alert.dedup_key());
                continue;
            }
            let told = story.told.lock().await;
            let known = told.as_ref().map_or(alert, |told| &told.alert);
            let deliveries = route(&self.config.routing, &Facts::of(known));
            let (open, held) = self.hold_back(alert, deliveries, *cause).await;
            problems.extend(held.into_iter().map(|problem| (index, problem)));
            for delivery in open {
                lanes.entry(delivery.destination.name.as_str()).or_default().push((index, delivery));
            }
        }
        let served = join_all(lanes.into_values().map(async |lane| {
            let mut problems = Vec::new();
            for (index, delivery) in lane {
                if let Some(story) = stories.get(index)
                    && let Err(problem) = self.deliver(story, &delivery, invocation).await
                {
                    problems.push((index, problem));
                }
            }
            problems
        }));
        problems.extend(served.await.into_iter().flatten());
        join_all(stories.into_iter().map(|story| self.keep_explanations(story))).await;
        problems
    }

    /// Sends an alert to one destination: if it has not been told there, and if there is the time.
    async fn deliver(
        &self,
        story: &Story<'_>,
        delivery: &Delivery<'_>,
        invocation: &Invocation,
    ) -> Result<(), Problem> {
        let Telling { alert, cause, .. } = &story.telling;
        let too_late = || {
            let name = &delivery.destination.name;
            Problem::Retryable(format!("no time is left in this call to send to {name}: it goes out with the next"))
        };
        if !self.has_time(MAX_EXPLAIN + MAX_SEND, invocation.until) {
            return Err(too_late());
        }
        let Some(granted) = self.claim(alert, delivery, *cause, invocation).await? else { return Ok(()) };
        let mut told = story.told.lock().await;
        if told.is_none() {
            *told = Some(self.know(alert.clone()).await);
        }
        let known = told.as_ref().map(|told| (told.alert.clone(), told.message.clone()));
        drop(told);
        if let Some((alert, message)) = known.filter(|_| self.has_time(MAX_SEND, invocation.until)) {
            return self.send(&granted, delivery, Some(&alert), message, invocation).await;
        }
        self.release(&granted.effect).await;
        self.release_thread(&granted.mode).await;
        Err(too_late())
    }

    /// Keeps what was found out, for boards and for the next alert. This one has been told, so a failure here costs nothing
    /// but that.
    async fn keep_explanations(&self, story: Story<'_>) {
        let (Some(run), Some(told)) = (story.telling.run, story.told.into_inner()) else { return };
        let AlertBody::Failed(failed) = &told.alert.body else { return };
        for failure in told.explained.iter().filter_map(|index| failed.failures.get(*index)) {
            let Some(explanation) = failure.explanation.clone() else { continue };
            let kept = self.record(run.explained(failed.attempt, failure, explanation)).await;
            if let Err(Problem::Retryable(problem)) = kept {
                tracing::warn!("cannot store why {} failed: {problem}", run.pipeline.name);
            }
        }
    }

    pub(crate) async fn send(
        &self,
        granted: &Granted,
        delivery: &Delivery<'_>,
        alert: Option<&Alert>,
        mut message: Message,
        invocation: &Invocation,
    ) -> Result<(), Problem> {
        let Granted { effect, mode } = granted;
        let destination: &Destination = delivery.destination;
        let (content_fingerprint, until) = (alert.and_then(Alert::content_fingerprint), invocation.until);
        let lead = match self.beside(granted, delivery, alert, &mut message, invocation).await? {
            Beside::Told => return Ok(()),
            Beside::Sends(lead) => lead,
        };
        let in_chat = alert.filter(|_| self.may_act() && self.sender.can_update(destination));
        if let Some(alert) = in_chat {
            // Before its first message nobody can have done anything about it.
            let deeds = if matches!(mode, SendMode::Update(_)) { self.deeds(alert).await } else { Vec::new() };
            message = message.in_chat(alert, deeds);
        }
        if let (SendMode::Update(before), Some(alert), true) = (mode, alert, delivery.together) {
            message = self.with_others(message, alert, before, &effect.lease, invocation).await;
        }
        let (update, thread) = match mode {
            SendMode::Standalone | SendMode::ThreadStart { .. } => (None, None),
            SendMode::Reply(first) => (None, Some(first)),
            SendMode::Update(before) => (Some(before), None),
        };
        // An addition to what was said calls nobody a second time.
        let called = match update {
            Some(_) => Called::default(),
            None => self.called(delivery, alert, &effect.lease, until).await,
        };
        let mention = called.mention.as_slice();
        let outgoing = Outgoing { message: &message, mention, id: &effect.key.effect, update, thread };
        let mut sent = self.send_patiently(destination, outgoing, until).await;
        if let (Some(alert), Some(_), Ok(_)) = (in_chat, update, &sent) {
            // Whatever was done while this was on its way has to stay in the message.
            let deeds = self.deeds(alert).await;
            if deeds != message.deeds {
                message = message.in_chat(alert, deeds);
                let outgoing = Outgoing { message: &message, mention, id: &effect.key.effect, update, thread };
                sent = self.send_patiently(destination, outgoing, until).await;
            }
        }
        let remembered = in_chat.or(alert.filter(|_| lead.is_some()));
        if let (Some(alert), Ok(Receipt { place: Some(channel), id: Some(ts), .. })) = (remembered, &sent) {
            let at = (channel.as_str(), ts.as_str());
            let about = (&alert.pipeline, lead.as_ref().map(|lead| lead.group.as_str()));
            let kept = conversation::remember(&self.ledger, &invocation.home, at, about, &effect.lease).await;
            if let Err(error) = kept {
                tracing::warn!("questions under this message have to name the pipeline: {error}");
            }
        }
        // What may have arrived may have called them.
        let is_called = matches!(sent, Ok(_) | Err(SendError::Unanswered { .. }));
        self.end_call(&called, is_called).await;
        if let (Some(lead), Some(alert)) = (&lead, alert) {
            let receipt = sent.as_ref().ok();
            self.end_lead(lead, (alert, &message), receipt, destination, invocation).await;
        }
        if sent.is_err() {
            self.release_thread(mode).await;
        }
        match sent {
            Ok(mut receipt) => {
                tracing::info!(
                    pipeline.name = %message.about.pipeline.name,
                    alert.kind = %message.kind,
                    "sent {}: {}", destination.name, message.title,
                );
                receipt.said = content_fingerprint;
                if let SendMode::ThreadStart { thread } = mode {
                    self.settle(thread, &receipt).await?;
                }
                self.settle(effect, &receipt).await
            }
            Err(error @ SendError::Retryable { .. }) => {
                self.release(effect).await;
                Err(Problem::Retryable(error.to_string()))
            }
            Err(error @ SendError::Unanswered { .. }) => {
                let receipt = Receipt { said: content_fingerprint, ..Receipt::default() };
                self.unanswered(effect, &receipt, error.to_string()).await
            }
            Err(error @ SendError::Permanent { .. }) => {
                Err(Problem::Permanent(error.to_string(), Some(effect.clone())))
            }
        }
    }

    /// Whether members of a chat may act on alerts.
    fn may_act(&self) -> bool {
        self.config.chat.as_ref().is_some_and(|chat| !chat.may.is_empty())
    }

    /// A message with what members of a chat have done about its alert and can do, where they may.
    pub(crate) async fn in_chat(&self, message: Message, alert: &Alert) -> Message {
        if !self.may_act() {
            return message;
        }
        let deeds = self.deeds(alert).await;
        message.in_chat(alert, deeds)
    }

    /// What members of a chat have done about an alert; nothing where that cannot be read.
    async fn deeds(&self, alert: &Alert) -> Vec<Deed> {
        match self.ledger.history(&alert.pipeline).await {
            Ok(history) => history.map(|history| history.deeds(&alert.dedup_key())).unwrap_or_default(),
            Err(error) => {
                tracing::warn!("cannot read what was done about an alert: {error}");
                Vec::new()
            }
        }
    }

    /// Sends a message, and once more after a while where the destination asks for it and there is the time.
    ///
    /// Otherwise the queue delivers again, which takes minutes.
    pub(crate) async fn send_patiently(
        &self,
        destination: &Destination,
        outgoing: Outgoing<'_>,
        until: Timestamp,
    ) -> Result<Receipt, SendError> {
        let sent = self.sender.send(destination, outgoing).await;
        let Err(SendError::Retryable { after: Some(after), .. }) = sent else { return sent };
        if after > MAX_RETRY_AFTER || !self.has_time(after + MAX_SEND, until) {
            return sent;
        }
        tracing::info!("{} asks to retry in {} s", destination.name, after.as_secs());
        self.clock.wait(after).await;
        self.sender.send(destination, outgoing).await
    }
}
