//! Failures of several pipelines with one cause in one message: the first is sent, those after it are added to it.
//!
//! Every failure is added to its group before anything is said, so whoever reads the group last sees all of it. Who leads
//! is claimed; a message that was changed while others were added is changed once more by whoever changed it.

use andon::alert::{Alert, Settle, due};
use andon::batch::Invocation;
use andon::clock::{Clock, Timer};
use andon::ledger::{ClaimKey, Claimed, Effect, GroupedFailure, Lease, Ledger, NotClaimed, Receipt};
use andon::run::WaitPolicy;
use andon_notify::conversation::{self, chat_key};
use andon_notify::message::{Fact, Message};
use andon_notify::together::{First, goes_on, groups, member, others, same_cause};
use andon_notify::{Delivery, Destination, Outgoing, SendError, Sender};
use jiff::SignedDuration;

use crate::claim::{Granted, SendMode};
use crate::known::Known;
use crate::time::MAX_SEND;
use crate::{Notifier, Ports, Problem};

/// How long somebody is waited for who is sending the message that this one belongs to, and how often.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);
const MAX_PAUSES: usize = 3;
/// How often a message is changed again because more failures were added while it was changed.
const MAX_CHANGES: usize = 20;

/// How a failure is told beside others with the same cause.
enum Together {
    /// By itself.
    Alone,
    /// By itself, with a word about those before it.
    Says(Fact),
    /// As the first: others are added to its message.
    Leads(Box<Lead>),
    /// In the message of the first.
    Joins(Box<Joined>),
}

/// The claim on being the first of a group.
pub(crate) struct Lead {
    pub(crate) group: String,
    claim: Effect,
    mine: GroupedFailure,
}

/// The message that a failure is added to.
struct Joined {
    group: String,
    first: First,
    /// Where the message is.
    receipt: Receipt,
    /// Whether this very failure has sent it.
    is_mine: bool,
    lease: Lease,
}

/// What is left to do for an alert, once those with the same cause are looked at.
pub(crate) enum Beside {
    /// Nothing: it is told in the message of another one.
    Told,
    /// Its message is to be sent, as the first of a group or by itself.
    Sends(Option<Box<Lead>>),
}

impl<P: Ports> Notifier<P> {
    /// Adds an alert to the message of those with the same cause, or has its own message say what there is to say of them.
    pub(crate) async fn beside(
        &self,
        granted: &Granted,
        delivery: &Delivery<'_>,
        alert: Option<&Alert>,
        message: &mut Message,
        invocation: &Invocation,
    ) -> Result<Beside, Problem> {
        let Granted { effect, mode } = granted;
        if matches!(mode, SendMode::Update(_)) {
            return Ok(Beside::Sends(None));
        }
        let problem = match self.together(alert, delivery, &effect.lease, invocation).await {
            Ok(Together::Alone) => return Ok(Beside::Sends(None)),
            Ok(Together::Leads(lead)) => return Ok(Beside::Sends(Some(lead))),
            Ok(Together::Says(fact)) => {
                message.facts.insert(0, fact);
                return Ok(Beside::Sends(None));
            }
            Ok(Together::Joins(joined)) => match self.add_to(&joined, delivery.destination, invocation).await {
                Ok(true) => {
                    let content_fingerprint = alert.and_then(Alert::content_fingerprint);
                    self.end_joined(granted, &joined.receipt, content_fingerprint).await?;
                    return Ok(Beside::Told);
                }
                Ok(false) => return Ok(Beside::Sends(None)),
                Err(problem) => problem,
            },
            Err(problem) => problem,
        };
        self.release(effect).await;
        self.release_thread(mode).await;
        Err(problem)
    }

    /// Ends the claims on a failure that is told in the message of another one: what is told of its run later belongs
    /// under that one.
    async fn end_joined(
        &self,
        granted: &Granted,
        first: &Receipt,
        content_fingerprint: Option<String>,
    ) -> Result<(), Problem> {
        let Granted { effect, mode } = granted;
        tracing::info!(alert.joined = 1, "added to the message of another pipeline: {}", effect.key);
        if let SendMode::ThreadStart { thread } = mode {
            self.settle(thread, &Receipt { said: None, ..first.clone() }).await?;
        }
        // There is no message of its own to bring up to date.
        self.settle(effect, &Receipt { place: first.place.clone(), id: None, said: content_fingerprint }).await
    }

    /// How an alert is told beside others. Whatever is not a failure with a telling cause is told by itself.
    async fn together(
        &self,
        alert: Option<&Alert>,
        delivery: &Delivery<'_>,
        lease: &Lease,
        invocation: &Invocation,
    ) -> Result<Together, Problem> {
        let alert = alert.filter(|_| delivery.together);
        let wanted = alert.and_then(|alert| Some((alert, groups(alert, delivery)?, member(alert)?)));
        let Some((alert, groups, mine)) = wanted else { return Ok(Together::Alone) };
        let before = match &groups.before {
            Some(before) => self.ledger.group(before).await?,
            None => Vec::new(),
        };
        let group = groups.before.filter(|_| goes_on(&before, alert.at)).unwrap_or(groups.current);
        let is_again = |member: &GroupedFailure| {
            member.is_of_line_of(&mine) && (&member.execution, member.attempt) != (&mine.execution, mine.attempt)
        };
        // What fails once more is news of its own.
        if self.ledger.group(&group).await?.iter().any(is_again) {
            return Ok(Together::Alone);
        }
        self.ledger.join(&group, &mine).await?;
        // Pipelines are told of side by side in one call: each claims for itself.
        let owner = format!("{}/{}/{}", lease.owner, mine.pipeline.address(), mine.execution);
        let lease = Lease { owner, ..lease.clone() };
        let destination = delivery.destination;
        if !self.sender.can_update(destination) {
            let members = self.ledger.group(&group).await?;
            return Ok(same_cause(&members, &mine).map_or(Together::Alone, Together::Says));
        }
        let Some(key) = key(&group, destination, invocation) else { return Ok(Together::Alone) };
        match self.claim_patiently(key, &lease, invocation).await? {
            Claimed::Granted(claim) => Ok(Together::Leads(Box::new(Lead { group, claim, mine }))),
            Claimed::Settled(receipt) => {
                let first = receipt.said.as_deref().and_then(First::read);
                let Some(first) = first.filter(|_| receipt.id.is_some()) else { return Ok(Together::Alone) };
                let is_mine = first.pipeline == alert.pipeline && first.alert == alert.dedup_key();
                Ok(Together::Joins(Box::new(Joined { group, first, receipt, is_mine, lease })))
            }
        }
    }

    /// Claims what somebody else may be doing at this moment, which takes a second or two.
    async fn claim_patiently(&self, key: ClaimKey, lease: &Lease, invocation: &Invocation) -> Result<Claimed, Problem> {
        let mut pauses = 0;
        loop {
            match Effect::claim(&self.ledger, key.clone(), lease).await {
                Ok(claimed) => return Ok(claimed),
                Err(NotClaimed::Held { .. })
                    if pauses < MAX_PAUSES && self.has_time(PAUSE + MAX_SEND, invocation.until) =>
                {
                    pauses += 1;
                    self.clock.wait(PAUSE).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Adds a failure to the message of the first; `false` if there is no such message to change.
    async fn add_to(
        &self,
        joined: &Joined,
        destination: &Destination,
        invocation: &Invocation,
    ) -> Result<bool, Problem> {
        if joined.is_mine {
            return Ok(true);
        }
        let Some((alert, message)) = self.message_of(&joined.first).await? else { return Ok(false) };
        let Some(mine) = member(&alert) else { return Ok(false) };
        let members = self.ledger.group(&joined.group).await?;
        // The set only grows: as many are the same ones.
        let key = key(&format!("{}/{}", joined.group, members.len()), destination, invocation);
        let Some(key) = key else { return Ok(false) };
        let claim = match self.claim_patiently(key, &joined.lease, invocation).await? {
            Claimed::Granted(claim) => claim,
            Claimed::Settled(_) => return Ok(true),
        };
        let (group, receipt) = (joined.group.as_str(), &joined.receipt);
        let told = Led { alert: &alert, message: &message, mine: &mine, group, receipt };
        match self.change(&told, Some(members), destination, invocation).await {
            Ok(()) => {
                self.settle(&claim, &Receipt::default()).await?;
                Ok(true)
            }
            // A message that cannot be changed takes no others: they are sent by themselves.
            Err(Problem::Permanent(problem, _)) => {
                tracing::warn!("cannot add to a message, so this is sent by itself: {problem}");
                self.settle(&claim, &Receipt::default()).await?;
                Ok(false)
            }
            Err(problem) => {
                self.release(&claim).await;
                Err(problem)
            }
        }
    }

    /// Ends the claim on leading a group, once the message is sent or is not; then adds those that have come meanwhile.
    pub(crate) async fn end_lead(
        &self,
        lead: &Lead,
        (alert, message): (&Alert, &Message),
        sent: Option<&Receipt>,
        destination: &Destination,
        invocation: &Invocation,
    ) {
        let Some(receipt) = sent.filter(|receipt| receipt.id.is_some()) else {
            return self.release(&lead.claim).await;
        };
        let GroupedFailure { pipeline, execution, attempt, .. } = lead.mine.clone();
        let first = First { pipeline, execution, attempt, alert: alert.dedup_key() };
        let said = first.write();
        let _ = self.settle(&lead.claim, &Receipt { said, ..receipt.clone() }).await;
        let told = Led { alert, message, mine: &lead.mine, group: &lead.group, receipt };
        // Whoever is added later changes it anyway.
        if let Err(Problem::Retryable(problem) | Problem::Permanent(problem, _)) =
            self.change(&told, None, destination, invocation).await
        {
            tracing::warn!("others with the same cause are added later: {problem}");
        }
    }

    /// Changes a message until it says all of its group.
    async fn change(
        &self,
        told: &Led<'_>,
        members: Option<Vec<GroupedFailure>>,
        destination: &Destination,
        invocation: &Invocation,
    ) -> Result<(), Problem> {
        // What was sent first says nothing of others.
        let said = 1;
        let mut members = match members {
            Some(members) => members,
            None => self.ledger.group(told.group).await?,
        };
        let mut shown = None;
        for _ in 0..MAX_CHANGES {
            if members.len() <= said {
                break;
            }
            let message = self.in_chat(told.message.clone(), told.alert).await;
            let message = message.with_others(others(&members, told.mine));
            if shown.as_ref() == Some(&message) {
                break;
            }
            if !self.has_time(MAX_SEND, invocation.until) {
                return Err(Problem::Retryable("no time is left in this call to add to a message".to_owned()));
            }
            let id = format!("{}/{}", told.group, members.len());
            let outgoing =
                Outgoing { message: &message, mention: &[], id: &id, update: Some(told.receipt), thread: None };
            let changed = self.send_patiently(destination, outgoing, invocation.until).await;
            changed.map_err(|error| match error {
                SendError::Permanent { .. } => Problem::Permanent(error.to_string(), None),
                _ => Problem::Retryable(error.to_string()),
            })?;
            // Whoever pressed a button or was added meanwhile has to stay in the message: it is composed once more.
            shown = Some(message);
            members = self.ledger.group(told.group).await?;
        }
        Ok(())
    }

    /// The message with the others of its group, where it has one: what is brought up to date must not lose them.
    pub(crate) async fn with_others(
        &self,
        message: Message,
        alert: &Alert,
        receipt: &Receipt,
        lease: &Lease,
        invocation: &Invocation,
    ) -> Message {
        let (Some(place), Some(id), Some(mine)) = (&receipt.place, &receipt.id, member(alert)) else { return message };
        let group = conversation::group(&self.ledger, &invocation.home, (place, id), lease).await.ok().flatten();
        let Some(group) = group else { return message };
        match self.ledger.group(&group).await {
            Ok(members) => message.with_others(others(&members, &mine)),
            Err(error) => {
                tracing::warn!("cannot read who failed for the same reason: {error}");
                message
            }
        }
    }

    /// The first failure of a group as it stands now, and its message.
    async fn message_of(&self, first: &First) -> Result<Option<(Alert, Message)>, Problem> {
        let known = self.ledger.load(&first.pipeline, &first.execution).await?;
        let (Some(run), Some(history)) = (known.run.as_ref(), known.history()) else { return Ok(None) };
        let settle = Settle { length: SignedDuration::ZERO, now: self.clock.now() };
        let alerts = due(run, &history, first.attempt, WaitPolicy::GiveUp, settle).alerts;
        let Some(alert) = alerts.into_iter().find(|alert| alert.dedup_key() == first.alert) else { return Ok(None) };
        let Known { alert, message, .. } = self.know(alert).await;
        Ok(Some((alert, message)))
    }
}

/// The message of the first failure of a group.
struct Led<'l> {
    alert: &'l Alert,
    message: &'l Message,
    mine: &'l GroupedFailure,
    group: &'l str,
    receipt: &'l Receipt,
}

/// A claim of a group at a destination.
fn key(what: &str, destination: &Destination, invocation: &Invocation) -> Option<ClaimKey> {
    chat_key(&invocation.home, format!("group/{what}@{}", destination.name))
}
