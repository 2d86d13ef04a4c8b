//! Side effects: claimed before they happen, settled after they happened, released where they did not.

use std::fmt;

use jiff::Timestamp;

use super::{Claim, ClaimKey, Lease, Ledger, LedgerError, Receipt};

/// How often settling is tried again: an effect that is not recorded can happen twice.
const MAX_SETTLE_RETRIES: u32 = 2;

/// A side effect that this invocation has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What is claimed.
    pub key: ClaimKey,
    /// By whom, and for how long.
    pub lease: Lease,
}

/// The outcome of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Act, then settle; or release.
    Granted(Effect),
    /// It has happened already.
    Settled(Receipt),
}

/// Why an effect could not be claimed. Both pass.
#[derive(Debug, thiserror::Error)]
pub enum NotClaimed {
    /// Another invocation has claimed it.
    #[error("{key} is claimed by another invocation until {until}")]
    Held {
        /// What is claimed.
        key: ClaimKey,
        /// When its lease expires.
        until: Timestamp,
    },
    /// The ledger did not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// What a claimed effect could not be: settled or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Settle,
    Release,
}

/// A claim that could not be ended; it is free again when its lease expires.
#[derive(Debug)]
pub struct NotEnded {
    key: ClaimKey,
    step: Step,
    error: LedgerError,
}

impl fmt::Display for NotEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, step, error } = self;
        match step {
            Step::Settle => write!(f, "performed {key} but could not record it; it may happen again: {error}"),
            Step::Release => write!(f, "cannot release the claim on {key}: {error}"),
        }
    }
}

impl std::error::Error for NotEnded {}

impl Effect {
    /// Claims an effect.
    ///
    /// # Errors
    ///
    /// [`NotClaimed`] where another invocation has it or the ledger does not answer: the event has to come again.
    pub async fn claim(ledger: &impl Ledger, key: ClaimKey, lease: &Lease) -> Result<Claimed, NotClaimed> {
        match ledger.claim(&key, lease).await? {
            Claim::Granted => Ok(Claimed::Granted(Self { key, lease: lease.clone() })),
            Claim::Settled(receipt) => Ok(Claimed::Settled(receipt)),
            Claim::Held { until } => Err(NotClaimed::Held { key, until }),
        }
    }

    /// Records that the effect happened, trying again where that fails.
    ///
    /// # Errors
    ///
    /// [`NotEnded`] where it could not be recorded: the effect may happen again.
    pub async fn settle(&self, ledger: &impl Ledger, receipt: &Receipt) -> Result<(), NotEnded> {
        let mut retries = 0;
        loop {
            match ledger.settle(&self.key, &self.lease, receipt).await {
                Ok(()) => return Ok(()),
                Err(error) if retries == MAX_SETTLE_RETRIES => return Err(self.not_ended(Step::Settle, error)),
                Err(_) => retries += 1,
            }
        }
    }

    /// Gives the claim back, because the effect did not happen.
    ///
    /// # Errors
    ///
    /// [`NotEnded`] where that fails: the effect stays claimed until the lease expires.
    pub async fn release(&self, ledger: &impl Ledger) -> Result<(), NotEnded> {
        ledger.release(&self.key, &self.lease).await.map_err(|error| self.not_ended(Step::Release, error))
    }

    fn not_ended(&self, step: Step, error: LedgerError) -> NotEnded {
        NotEnded { key: self.key.clone(), step, error }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::ledger::memory::MemoryLedger;
    use crate::name::{PipelineId, PipelineName};
    use crate::testing::faults::{Fault, Faults, Faulty};
    use crate::testing::home;

    fn key() -> ClaimKey {
        let pipeline = PipelineId { home: home(), name: PipelineName::parse("web").unwrap() };
        ClaimKey { pipeline, effect: "failed/e-1/1@team".to_owned() }
    }

    fn lease(owner: &str) -> Lease {
        Lease::new(owner, Timestamp::UNIX_EPOCH, SignedDuration::from_secs(90))
    }

    fn granted(ledger: &impl Ledger, owner: &str) -> Effect {
        match Effect::claim(ledger, key(), &lease(owner)).now_or_never().unwrap().unwrap() {
            Claimed::Granted(effect) => effect,
            Claimed::Settled(receipt) => panic!("settled: {receipt:?}"),
        }
    }

    #[test]
    fn an_effect_is_granted_once_until_it_is_released() {
        let ledger = MemoryLedger::new();
        let effect = granted(&ledger, "a");
        let held = Effect::claim(&ledger, key(), &lease("b")).now_or_never().unwrap().unwrap_err();
        assert!(held.to_string().contains("is claimed by another invocation until 1970-01-01T00:01:30Z"), "{held}");
        effect.release(&ledger).now_or_never().unwrap().unwrap();
        let effect = granted(&ledger, "b");
        effect.settle(&ledger, &Receipt::default()).now_or_never().unwrap().unwrap();
        let again = Effect::claim(&ledger, key(), &lease("c")).now_or_never().unwrap().unwrap();
        assert_eq!(again, Claimed::Settled(Receipt::default()));
    }

    #[test]
    fn settling_is_tried_again() {
        let ledger = MemoryLedger::new();
        let effect = granted(&ledger, "a");
        let faulty = Faulty::new(&ledger, &Faults::at(0, Fault::ErrorBefore));
        effect.settle(&faulty, &Receipt::default()).now_or_never().unwrap().unwrap();
        assert_eq!(faulty.faults.calls(), 2);
    }
}
