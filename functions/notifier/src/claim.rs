//! Claims on alerts: what has been told, what is among the dead letters, and what may have been told.

use andon::alert::Alert;
use andon::batch::Invocation;
use andon::clock::Clock;
use andon::ledger::{ClaimKey, Claimed, Effect, Lease, Receipt};
use andon_notify::{Delivery, Destination, Sender};
use serde_json::Value;

use crate::{Cause, Notifier, Ports, Problem};

/// What the receipt of an alert says that is among the dead letters; its place is the event that was kept there.
const UNDELIVERABLE: &str = "undeliverable";
/// How often an alert may come back from the dead letters.
const MAX_RETURNS: usize = 16;

/// A claim that was granted, and where it leads.
pub(crate) struct Granted {
    pub(crate) effect: Effect,
    pub(crate) mode: SendMode,
}

/// How a message is sent.
pub(crate) enum SendMode {
    /// By itself.
    Standalone,
    /// As the first about its run: later ones belong under it, so it is remembered as such.
    ThreadStart {
        /// The claim of being the first.
        thread: Effect,
    },
    /// Under the first about its run.
    Reply(Receipt),
    /// Replaces the earlier message.
    Update(Receipt),
}

impl<P: Ports> Notifier<P> {
    /// Claims an alert at a destination; `None` if there is nothing to send.
    pub(crate) async fn claim(
        &self,
        alert: &Alert,
        delivery: &Delivery<'_>,
        cause: Cause<'_>,
        invocation: &Invocation,
    ) -> Result<Option<Granted>, Problem> {
        let destination = delivery.destination;
        let key = |effect: String| key(alert, &effect, destination);
        let lease = Lease::new(&invocation.id, self.clock.now(), Lease::LENGTH);
        let receipt = match self.claim_or_reopen(key(alert.dedup_key()), cause, &lease).await? {
            Claimed::Settled(receipt) => receipt,
            Claimed::Granted(effect) => {
                let threaded = alert.execution.as_ref().filter(|_| self.sender.can_update(destination));
                let Some(execution) = threaded else {
                    return Ok(Some(Granted { effect, mode: SendMode::Standalone }));
                };
                let mode = match Effect::claim(&self.ledger, key(format!("thread/{execution}")), &lease).await {
                    Ok(Claimed::Granted(thread)) => SendMode::ThreadStart { thread },
                    Ok(Claimed::Settled(first)) => SendMode::Reply(first),
                    Err(problem) => {
                        self.release(&effect).await;
                        return Err(problem.into());
                    }
                };
                return Ok(Some(Granted { effect, mode }));
            }
        };
        if matches!(cause, Cause::Late(_)) {
            return Ok(None);
        }
        // It has been told. Where a message can be brought up to date, it is, once for each thing there is to add.
        let Some(content_fingerprint) = alert.content_fingerprint().filter(|_| self.sender.can_update(destination))
        else {
            return Ok(None);
        };
        if receipt.id.is_none() || receipt.said.as_ref() == Some(&content_fingerprint) {
            return Ok(None);
        }
        let more = key(format!("{}/{content_fingerprint}", alert.dedup_key()));
        match Effect::claim(&self.ledger, more, &lease).await? {
            Claimed::Granted(effect) => Ok(Some(Granted { effect, mode: SendMode::Update(receipt) })),
            Claimed::Settled(_) => Ok(None),
        }
    }

    /// Claims an effect. One that is among the dead letters is open again for the event that was kept there, and for no
    /// other: a failed run has more events, and one dead letter is enough. An event that is too old to alert opens nothing else.
    async fn claim_or_reopen(&self, key: ClaimKey, cause: Cause<'_>, lease: &Lease) -> Result<Claimed, Problem> {
        let mut is_back = !matches!(cause, Cause::Late(_));
        for returns in 0..MAX_RETURNS {
            let effect = if returns == 0 { key.effect.clone() } else { format!("{}/return-{returns}", key.effect) };
            let key = ClaimKey { pipeline: key.pipeline.clone(), effect };
            match Effect::claim(&self.ledger, key, lease).await? {
                Claimed::Settled(receipt) if receipt.said.as_deref() == Some(UNDELIVERABLE) => {
                    // Version 0.1 did not write which event it kept.
                    is_back = receipt.place.is_none_or(|kept| cause.event().map(fingerprint) == Some(kept));
                }
                Claimed::Granted(effect) if !is_back => {
                    self.release(&effect).await;
                    return Ok(Claimed::Settled(Receipt::default()));
                }
                claimed => return Ok(claimed),
            }
        }
        Ok(Claimed::Settled(Receipt::default()))
    }

    /// Ends the claim on what may have arrived, though no answer came: once to be tried again; if the same happened before,
    /// for good, as the destination most likely has it twice by now.
    pub(crate) async fn unanswered(&self, effect: &Effect, receipt: &Receipt, problem: String) -> Result<(), Problem> {
        let mark =
            ClaimKey { pipeline: effect.key.pipeline.clone(), effect: format!("{}/unanswered", effect.key.effect) };
        match Effect::claim(&self.ledger, mark, &effect.lease).await {
            Ok(Claimed::Settled(_)) => {
                tracing::warn!("{} was sent twice without an answer, and counts as sent: {problem}", effect.key);
                return self.settle(effect, receipt).await;
            }
            Ok(Claimed::Granted(first)) => {
                let _ = self.settle(&first, &Receipt::default()).await;
            }
            Err(error) => tracing::warn!("{error}"),
        }
        self.release(effect).await;
        Err(Problem::Retryable(problem))
    }

    pub(crate) async fn settle(&self, effect: &Effect, receipt: &Receipt) -> Result<(), Problem> {
        effect.settle(&self.ledger, receipt).await.map_err(|error| {
            tracing::warn!("{error}");
            Problem::Retryable(error.to_string())
        })
    }

    /// Ends the claim on what cannot be sent until something is changed: `kept` is the event that is among the dead letters,
    /// by which it is open again; without one it stays open.
    pub(crate) async fn give_up(&self, effect: &Effect, kept: Option<&Value>) {
        let Some(event) = kept else { return self.release(effect).await };
        let receipt =
            Receipt { said: Some(UNDELIVERABLE.to_owned()), place: Some(fingerprint(event)), ..Receipt::default() };
        if let Err(error) = effect.settle(&self.ledger, &receipt).await {
            tracing::warn!("a dead letter may be written twice: {error}");
        }
    }

    pub(crate) async fn release(&self, effect: &Effect) {
        if let Err(error) = effect.release(&self.ledger).await {
            tracing::warn!("{error}");
        }
    }

    pub(crate) async fn release_thread(&self, mode: &SendMode) {
        if let SendMode::ThreadStart { thread } = mode {
            self.release(thread).await;
        }
    }
}

/// The claim on an effect at a destination.
pub(crate) fn key(alert: &Alert, effect: &str, destination: &Destination) -> ClaimKey {
    ClaimKey { pipeline: alert.pipeline.clone(), effect: format!("{effect}@{}", destination.name) }
}

/// Tells an event from others, in hexadecimal.
fn fingerprint(event: &Value) -> String {
    format!("{:016x}", andon::statistics::fingerprint(&event.to_string()))
}
