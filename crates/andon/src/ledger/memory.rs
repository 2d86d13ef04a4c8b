//! A ledger in memory, for tests. It passes the same conformance suite as the real ones.

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, MAX_DEFERRED, MAX_GROUP,
    Receipt, Saved, Versioned,
};
use crate::event::EvidenceEvent;
use crate::history::{History, Overview, Standing, up_to_date};
use crate::name::{ExecutionId, ExternalId, PipelineId};
use crate::run::Run;

/// A ledger in memory.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    runs: RefCell<BTreeMap<(PipelineId, ExecutionId), Arc<Run>>>,
    histories: RefCell<BTreeMap<PipelineId, Versioned<History>>>,
    standings: RefCell<BTreeMap<(PipelineId, ExecutionId), Standing>>,
    claims: RefCell<BTreeMap<ClaimKey, Held>>,
    evidence: RefCell<BTreeMap<ExternalId, Vec<EvidenceEvent>>>,
    held: RefCell<BTreeMap<(Timestamp, ClaimKey), DeferredEvent>>,
    groups: RefCell<BTreeMap<String, BTreeSet<GroupedFailure>>>,
}

#[derive(Debug, Clone)]
enum Held {
    By(Lease),
    Settled(Receipt),
}

impl MemoryLedger {
    /// An empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    fn standings_of(&self, pipeline: &PipelineId) -> Vec<Standing> {
        self.standings.borrow().values().filter(|standing| standing.pipeline == *pipeline).cloned().collect()
    }

    fn held_by(&self, key: &ClaimKey, lease: &Lease) -> bool {
        matches!(self.claims.borrow().get(key), Some(Held::By(holder)) if holder.owner == lease.owner)
    }
}

impl Ledger for MemoryLedger {
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        let mut runs = self.runs.borrow_mut();
        for told in told {
            match runs.entry((told.pipeline.clone(), told.execution.clone())) {
                Entry::Occupied(known) if known.get().holds(told) => {}
                Entry::Occupied(mut known) => {
                    Arc::make_mut(known.get_mut()).merge(told.clone());
                }
                Entry::Vacant(place) => drop(place.insert(Arc::new(told.clone()))),
            }
        }
        told.iter().map(|_| Ok(())).collect()
    }

    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError> {
        Ok(Known {
            run: self.runs.borrow().get(&(pipeline.clone(), execution.clone())).cloned(),
            written: self.histories.borrow().get(pipeline).cloned(),
            standings: self.standings_of(pipeline),
        })
    }

    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError> {
        let mut histories = self.histories.borrow_mut();
        let version = histories.get(&history.value.pipeline).map_or(0, |known| known.version);
        if version != history.version {
            return Ok(Saved::Conflict);
        }
        let next = Versioned { value: history.value.clone(), version: version + 1 };
        histories.insert(history.value.pipeline.clone(), next);
        let mut standings = self.standings.borrow_mut();
        for standing in outlived {
            let key = (standing.pipeline.clone(), standing.summary.execution.clone());
            if standings.get(&key).is_some_and(|known| known.summary.weight <= standing.summary.weight) {
                standings.remove(&key);
            }
        }
        Ok(Saved::Written)
    }

    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        let mut known = self.standings.borrow_mut();
        for standing in standings {
            let key = (standing.pipeline.clone(), standing.summary.execution.clone());
            if known.get(&key).is_none_or(|known| known.summary.weight < standing.summary.weight) {
                known.insert(key, standing.clone());
            }
        }
        Ok(())
    }

    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        let mut claims = self.claims.borrow_mut();
        match claims.get(key) {
            Some(Held::Settled(receipt)) => Ok(Claim::Settled(receipt.clone())),
            Some(Held::By(holder)) if holder.owner != lease.owner && holder.until > lease.now => {
                Ok(Claim::Held { until: holder.until })
            }
            _ => {
                claims.insert(key.clone(), Held::By(lease.clone()));
                Ok(Claim::Granted)
            }
        }
    }

    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError> {
        if self.held_by(key, lease) {
            self.claims.borrow_mut().insert(key.clone(), Held::Settled(receipt.clone()));
        }
        Ok(())
    }

    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        if self.held_by(key, lease) {
            self.claims.borrow_mut().remove(key);
        }
        Ok(())
    }

    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        let mut evidence = self.evidence.borrow_mut();
        let kept = evidence.entry(event.external.clone()).or_default();
        super::keep(kept, event.clone());
        Ok(())
    }

    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        Ok(self.evidence.borrow().get(external).cloned().unwrap_or_default())
    }

    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.held.borrow_mut().insert((held.until, held.effect.clone()), held.clone());
        Ok(())
    }

    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        let held = self.held.borrow();
        Ok(held.values().take_while(|held| held.until <= now).take(MAX_DEFERRED).cloned().collect())
    }

    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.held.borrow_mut().remove(&(held.until, held.effect.clone()));
        Ok(())
    }

    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        self.groups.borrow_mut().entry(group.to_owned()).or_default().insert(failure.clone());
        Ok(())
    }

    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        let groups = self.groups.borrow();
        Ok(groups.get(group).into_iter().flatten().take(MAX_GROUP).cloned().collect())
    }

    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError> {
        let Some(mut history) = self.histories.borrow().get(pipeline).map(|history| history.value.clone()) else {
            return Ok(None);
        };
        history.take_in(&self.standings_of(pipeline));
        Ok(Some(history))
    }

    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        let mut overviews: Vec<_> =
            self.histories.borrow().values().filter_map(|history| history.value.overview()).map(Arc::new).collect();
        up_to_date(&mut overviews, self.standings.borrow().values().cloned().collect());
        Ok(overviews)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_ledger_in_memory_keeps_its_promises() {
        crate::ledger::conformance::check(&MemoryLedger::new(), "memory").await;
    }
}
