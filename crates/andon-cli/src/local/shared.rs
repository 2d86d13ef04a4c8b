//! One ledger for several handlers.

use std::rc::Rc;
use std::sync::Arc;

use andon::event::EvidenceEvent;
use andon::history::{History, Overview, Standing};
use andon::ledger::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, Receipt, Saved, Versioned,
};
use andon::name::{ExecutionId, ExternalId, PipelineId};
use andon::run::Run;
use jiff::Timestamp;

/// A ledger that is used from several places of one thread.
#[derive(Debug)]
pub struct Shared<L>(Rc<L>);

impl<L> Shared<L> {
    /// Shares a ledger.
    pub fn new(ledger: L) -> Self {
        Self(Rc::new(ledger))
    }
}

impl<L> std::ops::Deref for Shared<L> {
    type Target = L;

    fn deref(&self) -> &L {
        &self.0
    }
}

impl<L> Clone for Shared<L> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<L: Ledger> Ledger for Shared<L> {
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        self.0.add(told).await
    }

    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError> {
        self.0.load(pipeline, execution).await
    }

    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError> {
        self.0.save(history, outlived).await
    }

    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        self.0.stand(standings).await
    }

    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        self.0.claim(key, lease).await
    }

    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError> {
        self.0.settle(key, lease, receipt).await
    }

    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        self.0.release(key, lease).await
    }

    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        self.0.keep_evidence(event).await
    }

    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        self.0.evidence(external).await
    }

    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.0.defer(held).await
    }

    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        self.0.deferred_until(now).await
    }

    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.0.delete_deferred(held).await
    }

    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        self.0.join(group, failure).await
    }

    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        self.0.group(group).await
    }

    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError> {
        self.0.history(pipeline).await
    }

    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        self.0.pipelines().await
    }
}
