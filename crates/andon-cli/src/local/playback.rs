//! Replay of recorded events, at their own times.

use andon::clock::Clock as _;
use andon::event::Malformed;
use andon::ledger::{DeferredEvent, Ledger, LedgerError};
use andon_config::Config;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::clock::time_of;
use super::{CallbackSender, FollowingClock, LocalAndon, LocalEvidence, Outcome, Pending, PendingError, Shared};

/// How long time goes on after the last event, for those that are not done with.
const AFTERMATH: SignedDuration = SignedDuration::from_mins(2);

/// How often due alerts are looked for while time goes on.
const SWEEP: SignedDuration = SignedDuration::from_mins(5);

/// An Andon whose clock follows the events it is given.
#[derive(Debug)]
pub struct Playback<L: Ledger> {
    andon: LocalAndon<L, FollowingClock>,
    clock: FollowingClock,
}

impl<L: Ledger> Playback<L> {
    /// Sets up an Andon over a ledger.
    pub fn new(
        ledger: Shared<L>,
        sender: CallbackSender,
        clock: FollowingClock,
        config: Config,
    ) -> Result<Self, PendingError> {
        let andon = LocalAndon::new(ledger, Pending::in_memory()?, sender, clock.clone(), config);
        Ok(Self { andon, clock })
    }

    /// With evidence about failures from there.
    #[must_use]
    pub fn with_evidence(self, evidence: LocalEvidence) -> Self {
        Self { andon: self.andon.with_evidence(evidence), ..self }
    }

    /// The Andon that it plays to.
    pub fn andon(&self) -> &LocalAndon<L, FollowingClock> {
        &self.andon
    }

    /// Plays one event, after whatever was due to be tried again by then.
    pub async fn play(&self, event: Result<Value, Malformed>) -> Result<Outcome, PendingError> {
        if let Some(time) = event.as_ref().ok().and_then(time_of) {
            self.try_until(time).await?;
            self.clock.reach(time);
        }
        self.andon.take(event).await
    }

    /// Advances the clock, and sends what is due by then without an event.
    pub async fn sweep_after(&self, time: SignedDuration) -> Option<String> {
        self.clock.reach(self.clock.now().checked_add(time).unwrap_or(self.clock.now()));
        self.andon.sweep().await
    }

    /// Lets time go on, with a sweep every five minutes; gives back the problems of the sweeps that failed.
    pub async fn run_on(&self, length: SignedDuration) -> Result<Vec<String>, PendingError> {
        let mut problems = Vec::new();
        let end = self.clock.now().checked_add(length).unwrap_or(self.clock.now());
        while self.clock.now() < end {
            let next = self.clock.now().checked_add(SWEEP).map_or(end, |next| next.min(end));
            self.try_until(next).await?;
            self.clock.reach(next);
            problems.extend(self.andon.sweep().await);
        }
        Ok(problems)
    }

    /// Tries again whatever is due by then.
    async fn try_until(&self, time: Timestamp) -> Result<(), PendingError> {
        while let Some(due) = self.andon.pending().next().filter(|due| *due <= time) {
            self.clock.reach(due);
            self.andon.try_again().await?;
        }
        Ok(())
    }

    /// What is held over quiet hours that have not ended.
    pub async fn deferred(&self) -> Result<Vec<DeferredEvent>, LedgerError> {
        self.andon.ledger().deferred_until(Timestamp::MAX).await
    }

    /// Lets two minutes go by, so that nothing is left untold; gives back the problems of what still is not done with.
    pub async fn finish(&self) -> Result<Vec<String>, PendingError> {
        let end = self.clock.now().checked_add(AFTERMATH).unwrap_or(self.clock.now());
        self.try_until(end).await?;
        self.andon.pending().waiting()
    }
}
