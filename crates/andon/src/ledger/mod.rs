//! The ledger: the port to the store of all state, and the rules of using it.
//!
//! A ledger keeps seven things: the facts of runs, each stored by itself, so that no two writers are in each other's way;
//! histories, written only over the version that was read, when a run ends or more changes than how a run stands; how runs
//! stand in between, each by itself; claims, by which a side effect happens once although events arrive twice and functions
//! die; evidence, stored under the external id that links it to its run; events that are deferred to a later time; and
//! groups of failures that have one cause. Decisions are made from the merged state, never from the event that happened to
//! arrive.

use std::sync::Arc;

use jiff::Timestamp;

use crate::event::EvidenceEvent;
use crate::history::{History, Overview, Standing};
use crate::name::{ExecutionId, ExternalId, PipelineId};
use crate::run::Run;

mod claim;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod effect;
mod group;
mod held;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod record;
mod services;

pub use claim::{Claim, ClaimKey, Lease, Receipt};
pub use effect::{Claimed, Effect, NotClaimed, NotEnded};
pub use group::{GroupedFailure, MAX_GROUP};
pub use held::{DeferredEvent, MAX_DEFERRED};
pub use record::{
    Added, Archive, ArchiveError, NoArchive, PastRun, Recorded, Touched, add_all, attend, forget, mute, record,
    record_all, unmute,
};
pub use services::{Contradiction, contradicted_before, contradiction};

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
    /// The run, from all of its facts. Shared, so that a process that is told much of one run does not copy it each time.
    pub run: Option<Arc<Run>>,
    /// The pipeline's history as it was written last.
    pub written: Option<Versioned<History>>,
    /// How runs of the pipeline stand of which its history may not know yet.
    pub standings: Vec<Standing>,
}

impl Known {
    /// The pipeline's history, with how its runs stand.
    pub fn history(&self) -> Option<History> {
        let mut history = self.written.as_ref()?.value.clone();
        history.take_in(&self.standings);
        Some(history)
    }

    /// The run, to keep.
    pub fn into_run(self) -> Option<Run> {
        self.run.map(Arc::unwrap_or_clone)
    }
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It was written.
    Written,
    /// A concurrent write came first, and nothing was written.
    Conflict,
}

/// The one store of state.
///
/// Every implementation passes [`conformance`]. All methods can be called again after an error or a time-out.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait Ledger {
    /// Adds facts to their runs, in as few calls as the store takes; gives back what became of each.
    ///
    /// The same facts can be added again and again, and nothing that others add is in conflict with them.
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>>;

    /// Reads a run and its pipeline's history with strong consistency: all facts of it that were added before.
    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError>;

    /// Writes a history, only over the version that is given with it, to that version plus one; and deletes standings that
    /// it outlives, unless more has become known of their runs.
    ///
    /// Where the history is not written, its event comes again, and what was deleted is written again with it.
    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError>;

    /// Writes how runs stand, each unless as much is known of it.
    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError>;

    /// Claims a side effect for as long as the lease runs.
    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError>;

    /// Records permanently that a claimed side effect has happened. Does nothing if another owner has the claim.
    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError>;

    /// Releases a claim, so that others can claim it at once. Does nothing if another owner has the claim.
    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError>;

    /// Stores an event of another service as evidence.
    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError>;

    /// The evidence under this id, oldest first; at most the latest 20 events.
    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError>;

    /// Defers an event to a later time, with one write. Doing it again for the same effect and time changes nothing.
    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError>;

    /// The events that are free to go at a time, those first that have been for the longest; at most [`MAX_DEFERRED`].
    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError>;

    /// Deletes a deferred event.
    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError>;

    /// Adds a failure to a group. Doing it again changes nothing, and nothing that others add is in conflict with it.
    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError>;

    /// The failures of a group, oldest first, with strong consistency; at most the first [`MAX_GROUP`].
    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError>;

    /// The history of one pipeline, with how its runs stand.
    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError>;

    /// The state of every pipeline, by one query over small items, ordered by pipeline. It may lag by a second.
    ///
    /// Shared, so that a process that answers many questions does not rebuild unchanged overviews.
    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError>;
}

/// When an item expires: 400 days after it was last written, so that a year can be compared with the
/// one before.
pub fn kept_until(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(400 * 24)).unwrap_or(Timestamp::MAX)
}

/// An error of the ledger.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// It could not be reached, was throttled or broke: worth trying again.
    #[error("cannot {doing} in the ledger: {problem}")]
    Unavailable {
        /// What was being done, to what.
        doing: String,
        /// The service's message.
        problem: String,
    },
    /// It is misconfigured: a retry does not help.
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
    /// Too many others were writing at the same time. Says what was being done, to what.
    #[error("cannot {0}: too many concurrent writers; the event will be retried")]
    Contended(String),
}

/// The most events of evidence under one id.
pub const MAX_EVIDENCE: usize = 20;

/// Adds an event to the evidence under its id: once, in the order of time, dropping the oldest if there are too many.
pub fn keep(kept: &mut Vec<EvidenceEvent>, event: EvidenceEvent) {
    if !kept.contains(&event) {
        kept.push(event);
        kept.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.cmp(b)));
        kept.drain(..kept.len().saturating_sub(MAX_EVIDENCE));
    }
}
