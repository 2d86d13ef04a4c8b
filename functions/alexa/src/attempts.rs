//! Rate limit of codes: after five wrong codes in an hour, even the right one is rejected.
//!
//! An attempt is taken before the code is compared, so that concurrent attempts count like sequential ones. Attempts are claims
//! in the ledger: all instances of the function count together, and an attempt with the right code is released.

use andon::ledger::{ClaimKey, Claimed, Effect, Lease, Ledger, LedgerError, NotClaimed, NotEnded, Receipt};
use andon::name::{Home, PipelineId, PipelineName};
use sha2::{Digest, Sha256};

/// The most wrong codes in an hour.
pub(crate) const MAX_WRONG: u32 = 5;
/// What is counted together, in seconds.
const HOUR: i64 = 3_600;

/// One try at saying the code.
#[derive(Debug)]
pub(crate) struct Try(Effect);

/// Takes one of the user's remaining attempts in this hour; `None` if there is none.
pub(crate) async fn take(
    ledger: &impl Ledger,
    who: &str,
    home: &Home,
    lease: &Lease,
) -> Result<Option<Try>, LedgerError> {
    let Ok(name) = PipelineName::parse("voice") else { return Ok(None) };
    // Claims are kept with a pipeline, and a code is about none: it has a place of its own.
    let pipeline = PipelineId { home: home.clone(), name };
    let who = u128::from_be_bytes(Sha256::digest(who).first_chunk().copied().unwrap_or_default());
    let hour = lease.now.as_second().div_euclid(HOUR);
    for number in 1..=MAX_WRONG {
        let key = ClaimKey { pipeline: pipeline.clone(), effect: format!("voice-code {who:x} {hour} {number}") };
        match Effect::claim(ledger, key, lease).await {
            Ok(Claimed::Granted(effect)) => return Ok(Some(Try(effect))),
            Ok(Claimed::Settled(_)) | Err(NotClaimed::Held { .. }) => {}
            Err(NotClaimed::Ledger(error)) => return Err(error),
        }
    }
    Ok(None)
}

impl Try {
    /// The code was wrong: the try is used up.
    pub(crate) async fn was_wrong(self, ledger: &impl Ledger) -> Result<(), NotEnded> {
        self.0.settle(ledger, &Receipt::default()).await
    }

    /// The code was right, or could not be compared: the try is given back.
    pub(crate) async fn give_back(self, ledger: &impl Ledger) -> Result<(), NotEnded> {
        self.0.release(ledger).await
    }
}

#[cfg(test)]
mod tests {
    use andon::ledger::memory::MemoryLedger;
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    async fn try_once(ledger: &MemoryLedger, who: &str, at: Timestamp, owner: u32) -> Option<Try> {
        let lease = Lease::new(format!("call {owner}"), at, Lease::LENGTH);
        take(ledger, who, &andon::testing::home(), &lease).await.unwrap()
    }

    #[tokio::test]
    async fn after_five_wrong_codes_nobody_is_listened_to_until_the_next_hour() {
        let (ledger, now): (_, Timestamp) = (MemoryLedger::new(), "2026-11-20T09:10:00Z".parse().unwrap());
        for owner in 0..MAX_WRONG {
            let taken = try_once(&ledger, "mallory", now, owner).await.unwrap();
            taken.was_wrong(&ledger).await.unwrap();
        }
        assert!(try_once(&ledger, "mallory", now, 90).await.is_none());
        assert!(try_once(&ledger, "alice", now, 91).await.is_some(), "somebody else is not held up");
        let later = now.checked_add(SignedDuration::from_mins(50)).unwrap();
        assert!(try_once(&ledger, "mallory", later, 92).await.is_some());
    }

    #[tokio::test]
    async fn a_right_code_uses_nothing_up() {
        let (ledger, now): (_, Timestamp) = (MemoryLedger::new(), "2026-11-20T09:10:00Z".parse().unwrap());
        for owner in 0..2 * MAX_WRONG {
            let taken = try_once(&ledger, "alice", now, owner).await.unwrap();
            taken.give_back(&ledger).await.unwrap();
        }
    }

    #[tokio::test]
    async fn many_tries_at_once_are_no_more_than_in_a_row() {
        let (ledger, now): (_, Timestamp) = (MemoryLedger::new(), "2026-11-20T09:10:00Z".parse().unwrap());
        let mut taken = 0;
        for owner in 0..20 {
            // None of them has settled yet.
            taken += u32::from(try_once(&ledger, "mallory", now, owner).await.is_some());
        }
        assert_eq!(taken, MAX_WRONG);
    }
}
