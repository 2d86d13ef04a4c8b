//! Quiet hours: non-urgent alerts are deferred until the end; the sweep then sends them.

use std::collections::BTreeMap;

use andon::alert::Alert;
use andon::batch::{Batch, Invocation};
use andon::clock::Clock;
use andon::ledger::{DeferredEvent, Ledger, LedgerError};
use andon_notify::{Delivery, Timing};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::claim::key;
use crate::{Cause, Notifier, Ports, Problem};

/// What releasing one event takes at most, with the cause of a failure and the answer of its destination.
const MAX_RELEASE: SignedDuration = SignedDuration::from_secs(12);
/// How long an event waits that is free to go but could not be dealt with: as long as until another sweep.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// What became of the events that were free to go.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Released {
    pub(crate) done: usize,
    pub(crate) failed: usize,
}

impl<P: Ports> Notifier<P> {
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
                // Somebody has just put a dead letter back, and waits to see it.
                (Timing::Deliver, _) | (Timing::HoldUntil(_), Cause::Late(_)) => open.push(delivery),
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

    /// Processes the deferred events whose quiet hours are over: of each destination the oldest first, and the destinations
    /// side by side.
    ///
    /// Where one fails, it and those behind it are deferred a little longer, so that a destination that hangs takes the
    /// time of one message from the call. None is deleted before it is done.
    pub(crate) async fn release_held(&self, invocation: &Invocation) -> Result<Released, LedgerError> {
        let mut released = Released::default();
        // Those that wait longer are not free by this time, so that each comes up once.
        let now = self.clock.now();
        loop {
            let free = self.ledger.deferred_until(now).await?;
            let found = free.len();
            let mut lanes: BTreeMap<String, Vec<DeferredEvent>> = BTreeMap::new();
            for held in free {
                lanes.entry(destination_of(&held).to_owned()).or_default().push(held);
            }
            let mut dealt_with = 0;
            for outcome in join_all(lanes.into_values().map(|lane| self.release_lane(lane, now, invocation))).await {
                let Released { done, failed } = outcome?;
                dealt_with += done + failed;
                released.done += done;
                released.failed += failed;
            }
            // What is left is for the next sweep, as it is.
            if found == 0 || dealt_with < found {
                return Ok(released);
            }
        }
    }

    async fn release_lane(
        &self,
        lane: Vec<DeferredEvent>,
        now: Timestamp,
        invocation: &Invocation,
    ) -> Result<Released, LedgerError> {
        let mut released = Released::default();
        for (place, held) in lane.into_iter().enumerate() {
            if released.failed == 0 && !self.has_time(MAX_RELEASE, invocation.until) {
                break;
            }
            let handled = match released.failed {
                0 => Some(
                    Box::pin(self.handle_batch(Batch::open(held.event.clone()), crate::Timing::Deferred, invocation))
                        .await,
                ),
                _ => None,
            };
            if let Some(Ok(_)) = handled {
                released.done += 1;
            } else {
                let why = handled
                    .and_then(Result::err)
                    .map_or_else(|| "one before it failed".to_owned(), |unfinished| unfinished.to_string());
                tracing::warn!("{} is held until the next sweep: {why}", held.effect);
                // In the same order as before.
                let order = SignedDuration::from_millis(i64::try_from(place).unwrap_or(i64::MAX));
                let until = now.checked_add(PAUSE + order).unwrap_or(Timestamp::MAX);
                self.ledger.defer(&DeferredEvent { until, ..held.clone() }).await?;
                released.failed += 1;
            }
            self.ledger.delete_deferred(&held).await?;
        }
        Ok(released)
    }
}

/// The destination that an event waits for: what follows the last `@` of its effect.
fn destination_of(held: &DeferredEvent) -> &str {
    held.effect.effect.rsplit_once('@').map_or("", |(_, destination)| destination)
}
