//! Fault injection: any call of any port fails before or after it took effect, by an error or by the death of its caller.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use crate::event::EvidenceEvent;
use crate::history::{History, Overview, Standing};
use crate::ledger::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, Receipt, Saved, Versioned,
};
use crate::name::{ExecutionId, ExternalId, PipelineId};
use crate::run::Run;
use crate::statistics::{Datum, MetricSink, SinkError};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An error, and nothing was done.
    ErrorBefore,
    /// An error, though it was done: a time-out on the way back.
    ErrorAfter,
    /// The caller dies before it was done.
    CrashBefore,
    /// The caller dies after it was done.
    CrashAfter,
}

impl Fault {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::ErrorBefore, Self::ErrorAfter, Self::CrashBefore, Self::CrashAfter];
}

/// Counts calls over all the ports that share it, and fails one of them.
#[derive(Debug, Default)]
pub struct Faults {
    calls: Cell<usize>,
    plan: Cell<Option<(usize, Fault)>>,
    yields: Cell<u64>,
}

impl Faults {
    /// Fails the call with this number, counted from 0.
    pub fn at(call: usize, fault: Fault) -> Rc<Self> {
        Rc::new(Self { plan: Cell::new(Some((call, fault))), ..Self::default() })
    }

    /// Fails nothing, but lets others go first now and then, as the bits of `seed` say.
    pub fn interleaving(seed: u64) -> Rc<Self> {
        Rc::new(Self { yields: Cell::new(seed), ..Self::default() })
    }

    /// How many calls there have been.
    pub fn calls(&self) -> usize {
        self.calls.get()
    }

    /// Whether the planned fault has happened.
    pub fn has_struck(&self) -> bool {
        self.plan.get().is_none_or(|(call, _)| call < self.calls.get())
    }

    /// Makes a call, or fails it as planned; `error` is what the caller then sees.
    pub async fn around<T>(&self, call: impl Future<Output = T>, error: impl FnOnce() -> T) -> T {
        let bits = self.yields.get();
        self.yields.set(bits.rotate_right(1));
        if bits & 1 == 1 {
            yield_once().await;
        }
        let number = self.calls.get();
        self.calls.set(number + 1);
        let fault = self.plan.get().filter(|(planned, _)| *planned == number).map(|(_, fault)| fault);
        match fault {
            None => call.await,
            Some(Fault::ErrorBefore) => error(),
            Some(Fault::ErrorAfter) => {
                call.await;
                error()
            }
            // A caller that dies never hears back: whoever polls it finds it pending for ever, and drops it.
            Some(Fault::CrashBefore) => std::future::pending().await,
            Some(Fault::CrashAfter) => {
                call.await;
                std::future::pending().await
            }
        }
    }
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if yielded {
            return std::task::Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// A port that fails as planned.
#[derive(Debug)]
pub struct Faulty<'a, P> {
    /// The port.
    pub port: &'a P,
    /// The plan.
    pub faults: Rc<Faults>,
}

impl<'a, P> Faulty<'a, P> {
    /// A port that fails as planned.
    pub fn new(port: &'a P, faults: &Rc<Faults>) -> Self {
        Self { port, faults: Rc::clone(faults) }
    }
}

fn lost<T>() -> Result<T, LedgerError> {
    Err(LedgerError::Unavailable { doing: "do anything".to_owned(), problem: "a fault was injected".to_owned() })
}

impl<P: Ledger> Ledger for Faulty<'_, P> {
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        self.faults.around(self.port.add(told), || told.iter().map(|_| lost()).collect()).await
    }

    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError> {
        self.faults.around(self.port.load(pipeline, execution), lost).await
    }

    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError> {
        self.faults.around(self.port.save(history, outlived), lost).await
    }

    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        self.faults.around(self.port.stand(standings), lost).await
    }

    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        self.faults.around(self.port.claim(key, lease), lost).await
    }

    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError> {
        self.faults.around(self.port.settle(key, lease, receipt), lost).await
    }

    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        self.faults.around(self.port.release(key, lease), lost).await
    }

    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        self.faults.around(self.port.keep_evidence(event), lost).await
    }

    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        self.faults.around(self.port.evidence(external), lost).await
    }

    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.faults.around(self.port.defer(held), lost).await
    }

    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        self.faults.around(self.port.deferred_until(now), lost).await
    }

    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.faults.around(self.port.delete_deferred(held), lost).await
    }

    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        self.faults.around(self.port.join(group, failure), lost).await
    }

    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        self.faults.around(self.port.group(group), lost).await
    }

    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError> {
        self.faults.around(self.port.history(pipeline), lost).await
    }

    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        self.faults.around(self.port.pipelines(), lost).await
    }
}

impl<P: MetricSink> MetricSink for Faulty<'_, P> {
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError> {
        let lost = || Err(SinkError { count: data.len(), problem: "a fault was injected".to_owned() });
        self.faults.around(self.port.put(data), lost).await
    }
}
