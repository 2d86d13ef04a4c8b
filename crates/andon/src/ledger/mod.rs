//! Where is all that kept? The port to the one store of state, and the rules of using it.
//!
//! A ledger keeps four things: runs and histories, written only over the version that was read; claims, by which a
//! side effect happens once although events come twice and functions die; evidence, which waits for its run under the
//! external id that both know; and events that are held until what they call for may be done. What to do is decided from the merged state, never from which event happened to
//! arrive.

use std::sync::Arc;

use jiff::Timestamp;

use crate::event::EvidenceEvent;
use crate::history::{History, Overview};
use crate::name::{ExecutionId, ExternalId, PipelineId};
use crate::run::Run;

mod claim;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod held;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod record;

pub use claim::{Claim, ClaimKey, Lease, Receipt};
pub use held::{DeferredEvent, MAX_DEFERRED};
pub use record::{Archive, ArchiveError, NoArchive, PastRun, Recorded, record};

/// A value and the version it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// The version in the ledger; 0 where the ledger has none yet.
    pub version: u64,
}

/// What the ledger knows of a run and its pipeline, read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The run.
    pub run: Option<Versioned<Run>>,
    /// The pipeline's history.
    pub history: Option<Versioned<History>>,
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// All of it was written.
    Written,
    /// Somebody else wrote first; what was not in conflict may have been written.
    Conflict,
}

/// The one store of state.
///
/// Every implementation passes [`conformance`]. All methods can be called again after an error or a time-out.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait Ledger {
    /// Reads a run and its pipeline's history, as they were last written.
    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError>;

    /// Writes a run and a history, each only over the version that is given with it, each to its version plus one.
    async fn save(
        &self,
        run: Option<&Versioned<Run>>,
        history: Option<&Versioned<History>>,
    ) -> Result<Saved, LedgerError>;

    /// Claims a side effect for as long as the lease runs.
    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError>;

    /// Remembers for good that a claimed side effect has happened. Does nothing if the claim has gone to somebody else.
    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError>;

    /// Gives a claim back, so that anybody may try at once. Does nothing if it has gone to somebody else.
    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError>;

    /// Keeps what another service said of its part of a run.
    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError>;

    /// What has been kept under this id, oldest first; at most the latest 20.
    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError>;

    /// Keeps an event for a later time: one write. Keeping it again for the same effect and time changes nothing of note.
    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError>;

    /// The events that are free to go at a time, those first that have been for the longest; at most [`MAX_DEFERRED`].
    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError>;

    /// Forgets an event that was held.
    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError>;

    /// The history of one pipeline.
    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError>;

    /// How every pipeline stands, by one query over slim items, ordered by pipeline. It may lag behind by a second.
    ///
    /// Shared, so that whoever answers one question after the other need not make anew what has not changed.
    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError>;
}

/// The time until which an item is kept: 400 days after it was last written, so that a year can be compared with the
/// one before.
pub fn kept_until(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(400 * 24)).unwrap_or(Timestamp::MAX)
}

/// Why the ledger could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It could not be reached, was throttled or broke: worth trying again.
    #[error("cannot {doing} in the ledger: {problem}")]
    Unavailable {
        /// What was being done, to what.
        doing: String,
        /// What came back.
        problem: String,
    },
    /// It is not set up as it must be: no use in trying again before somebody acts.
    #[error("the ledger cannot be used: {0}")]
    Unusable(String),
    /// It holds something that cannot be read back.
    #[error("cannot read {what} in the ledger: {problem}")]
    Corrupt {
        /// Which item.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Too many others were writing the same item.
    #[error("cannot record {0}: too many writers at once; the event will be tried again")]
    Contended(String),
}

/// The most events of evidence that are kept under one id.
pub const MAX_EVIDENCE: usize = 20;

/// Adds an event to those kept under its id: once, in the order of time, the oldest going first when there are too many.
pub fn keep(kept: &mut Vec<EvidenceEvent>, event: EvidenceEvent) {
    if !kept.contains(&event) {
        kept.push(event);
        kept.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.cmp(b)));
        kept.drain(..kept.len().saturating_sub(MAX_EVIDENCE));
    }
}
