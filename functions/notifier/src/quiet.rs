//! Quiet hours: non-urgent alerts are deferred until the end; the sweep then sends them.

use andon::alert::Alert;
use andon::batch::{Batch, Invocation};
use andon::clock::{Clock, Timer};
use andon::ledger::{Archive, DeferredEvent, Ledger, LedgerError};
use andon_notify::{DeadLetters, Delivery, EvidenceSource, Sender, Timing};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::deliver::key;
use crate::{Cause, Notifier, Problem};

/// How long an event waits that is free to go but could not be dealt with: as long as until another sweep.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// What became of the events that were free to go.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Released {
    pub(crate) done: u32,
    pub(crate) failed: u32,
}

impl<L: Ledger, A: Archive, E: EvidenceSource, S: Sender, D: DeadLetters, C: Clock + Timer> Notifier<L, A, E, S, D, C> {
    /// Holds the event back for the destinations where it is quiet now; gives back the others.
    ///
    /// One write for each of them, in place of the claim. Nothing is claimed yet: whatever is due when the event comes
    /// again is.
    pub(crate) async fn hold_back<'c>(
        &self,
        alert: &Alert,
        deliveries: Vec<Delivery<'c>>,
        cause: Cause<'_>,
    ) -> (Vec<Delivery<'c>>, Vec<Problem>) {
        let now = self.clock.now();
        let (mut open, mut held) = (Vec::new(), Vec::new());
        for delivery in deliveries {
            match (delivery.timing(now), cause) {
                (Timing::Deliver, _) => open.push(delivery),
                (Timing::HoldUntil(until), Cause::Event(event)) => {
                    let effect = key(alert, &alert.dedup_key(), delivery.destination);
                    held.push(DeferredEvent { until, effect, event: event.clone() });
                }
                (Timing::HoldUntil(_), Cause::Clock) => {}
            }
        }
        let outcomes = join_all(held.iter().map(|held| self.ledger.defer(held))).await;
        for held in &held {
            tracing::info!(pipeline.name = %alert.pipeline.name, "{} is held for quiet hours until {}", held.effect, held.until);
        }
        (open, outcomes.into_iter().filter_map(Result::err).map(Problem::from).collect())
    }

    /// Processes the deferred events whose quiet hours are over. One that fails is deferred a little longer, behind the
    /// others; none is deleted before it is done.
    pub(crate) async fn release_held(&self, invocation: &Invocation) -> Result<Released, LedgerError> {
        let mut released = Released::default();
        // Those that wait longer are not free by this time, so that each comes up once.
        let now = self.clock.now();
        loop {
            let free = self.ledger.deferred_until(now).await?;
            if free.is_empty() {
                return Ok(released);
            }
            for held in free {
                match self.handle_batch(Batch::open(held.event.clone()), invocation).await {
                    Ok(_) => released.done += 1,
                    Err(unfinished) => {
                        tracing::warn!("{} is held until the next sweep: {unfinished}", held.effect);
                        let until = now.checked_add(PAUSE).unwrap_or(Timestamp::MAX);
                        self.ledger.defer(&DeferredEvent { until, ..held.clone() }).await?;
                        released.failed += 1;
                    }
                }
                self.ledger.delete_deferred(&held).await?;
            }
        }
    }
}
