//! A ledger, wherever it is.

use std::sync::Arc;

use andon::event::EvidenceEvent;
use andon::history::{History, Overview, Standing};
use andon::ledger::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, Receipt, Saved, Versioned,
};
use andon::name::{ExecutionId, ExternalId, PipelineId};
use andon::run::Run;
use jiff::Timestamp;

use crate::local::{LocalLedger, Shared};
#[cfg(feature = "aws")]
use {andon_aws::clock::SystemClock, andon_aws::dynamodb::DynamoLedger, std::rc::Rc};

/// The ledger of a state directory, or that of a stack.
#[derive(Debug, Clone)]
pub enum AnyLedger {
    /// In a state directory.
    Local(Shared<LocalLedger>),
    /// In the table of a stack.
    #[cfg(feature = "aws")]
    Deployed(Rc<DynamoLedger<SystemClock>>),
}

#[cfg(feature = "aws")]
impl AnyLedger {
    /// The ledger in a table. Nothing is called yet.
    pub fn deployed(config: &aws_config::SdkConfig, table: &str) -> Self {
        Self::Deployed(Rc::new(DynamoLedger::connect(config, table, SystemClock)))
    }
}

/// Does the same with either.
macro_rules! either {
    ($ledger:expr, $one:ident => $does:expr) => {
        match $ledger {
            AnyLedger::Local($one) => $does,
            #[cfg(feature = "aws")]
            AnyLedger::Deployed($one) => $does,
        }
    };
}

impl Ledger for AnyLedger {
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        either!(self, ledger => ledger.add(told).await)
    }

    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError> {
        either!(self, ledger => ledger.load(pipeline, execution).await)
    }

    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError> {
        either!(self, ledger => ledger.save(history, outlived).await)
    }

    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.stand(standings).await)
    }

    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        either!(self, ledger => ledger.claim(key, lease).await)
    }

    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.settle(key, lease, receipt).await)
    }

    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.release(key, lease).await)
    }

    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.keep_evidence(event).await)
    }

    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        either!(self, ledger => ledger.evidence(external).await)
    }

    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.defer(held).await)
    }

    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        either!(self, ledger => ledger.deferred_until(now).await)
    }

    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.delete_deferred(held).await)
    }

    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        either!(self, ledger => ledger.join(group, failure).await)
    }

    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        either!(self, ledger => ledger.group(group).await)
    }

    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError> {
        either!(self, ledger => ledger.history(pipeline).await)
    }

    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        either!(self, ledger => ledger.pipelines().await)
    }
}
