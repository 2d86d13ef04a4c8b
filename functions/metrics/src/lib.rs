//! The `metrics` function: sends metrics to CloudWatch.
//!
//! Each event is merged into the ledger; then the merged state decides which data points are due. Each is claimed, sent and
//! settled, so that it counts once although events arrive twice and in any order. `Err` and a failed record mean "invoke
//! again".

use std::collections::BTreeMap;

use andon::batch::{Batch, Invocation, Unfinished};
use andon::clock::Clock;
use andon::event::{Attempt, Event, EvidenceEvent, Received, Subject, parse};
use andon::ledger::{
    Archive, ClaimKey, Claimed, Contradiction, Effect, Lease, Ledger, Receipt, Recorded, Touched, contradiction,
    record_all,
};
use andon::run::Run;
use andon::statistics::{Datum, Due, MAX_DATA, Measurement, MetricSink, due};
use andon_config::Config;
use futures_util::future::join_all;
use serde_json::Value;

/// The metrics function and the ports it needs.
#[derive(Debug)]
pub struct Metrics<L, A, S, C> {
    /// Where runs, histories and claims are kept.
    pub ledger: L,
    /// What CodePipeline itself remembers.
    pub archive: A,
    /// Where data go.
    pub sink: S,
    /// The time.
    pub clock: C,
    /// What is measured.
    pub config: Config,
}

/// What an event of a batch is about.
struct Telling {
    /// Its place in the batch.
    index: usize,
    subject: Subject,
    attempt: Attempt,
}

/// A datum to put, and the events that ask for it.
struct PendingDatum {
    datum: Datum,
    records: Vec<usize>,
}

impl<L: Ledger, A: Archive, S: MetricSink, C: Clock> Metrics<L, A, S, C> {
    /// Handles one invocation: an SQS batch, or an event without one.
    ///
    /// The data points of all events are sent together, in as few calls as possible.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Unfinished> {
        let mut batch = Batch::open(payload);
        let recorded = self.take_in(&mut batch, invocation).await;
        let asked = self.ask(&mut batch, &recorded, invocation);
        let lease = Lease::new(&invocation.id, self.clock.now(), Lease::LENGTH);
        let claimed = self.claim(&mut batch, asked, &lease).await;
        for chunk in claimed.chunks(MAX_DATA) {
            self.put(&mut batch, chunk).await;
        }
        batch.answer()
    }

    /// Merges every event, before anything is measured: events that came together explain each other.
    async fn take_in(&self, batch: &mut Batch, invocation: &Invocation) -> Vec<(Vec<Telling>, Recorded)> {
        let (mut told, mut evidence) = (Vec::new(), Vec::new());
        for index in 0..batch.events.len() {
            let received = Received { home: invocation.home.clone(), at: self.clock.now() };
            let parsed = match batch.events.get(index) {
                Some(Ok(event)) => parse(event, &received),
                Some(Err(malformed)) => Err(malformed.clone()),
                None => continue,
            };
            match parsed {
                Ok(Event::Pipeline(event)) => {
                    let run = Run::of(&event);
                    told.push((Telling { index, subject: event.subject, attempt: event.attempt }, run));
                }
                Ok(Event::Evidence(event)) => evidence.push((index, event)),
                Ok(Event::ApprovalRequest(_) | Event::Deleted(_)) => {}
                Ok(Event::Unknown(unknown)) => tracing::info!(event.unknown = 1, "ignored: {}", unknown.what),
                Err(malformed) => {
                    tracing::error!("failed permanently: {malformed}");
                    batch.fail(index, malformed.to_string());
                }
            }
        }
        let mut taken = self.record(batch, told).await;
        // What services say is about runs that events of the same batch may have begun.
        let mut contradicted = Vec::new();
        for (index, event) in evidence {
            contradicted.extend(self.contradicted(batch, index, &event).await);
        }
        taken.extend(self.record(batch, contradicted).await);
        taken
    }

    /// What another service says of a run, if it says anything of one.
    async fn contradicted(&self, batch: &mut Batch, index: usize, event: &EvidenceEvent) -> Option<(Telling, Run)> {
        match contradiction(&self.ledger, event).await {
            // The run as a whole, because what counts is its end.
            Ok(Contradiction::Of { told, attempt, .. }) => {
                Some((Telling { index, subject: Subject::Pipeline, attempt }, *told))
            }
            Ok(Contradiction::OfNoRun | Contradiction::Nothing) => None,
            Err(error) => {
                tracing::warn!("will retry: {error}");
                batch.fail(index, error.to_string());
                None
            }
        }
    }

    async fn record(&self, batch: &mut Batch, told: Vec<(Telling, Run)>) -> Vec<(Vec<Telling>, Recorded)> {
        let touched = record_all(&self.ledger, &self.archive, &self.config.statistics.deployment, told).await;
        let mut taken = Vec::with_capacity(touched.len());
        for Touched { told_by, recorded } in touched {
            match recorded {
                Ok(recorded) => taken.push((told_by, recorded)),
                Err(error) => {
                    tracing::warn!("will retry: {error}");
                    for Telling { index, .. } in told_by {
                        batch.fail(index, error.to_string());
                    }
                }
            }
        }
        taken
    }

    /// Works out which data are due, from what is known of each run and of its pipeline's history.
    fn ask(
        &self,
        batch: &mut Batch,
        recorded: &[(Vec<Telling>, Recorded)],
        invocation: &Invocation,
    ) -> BTreeMap<ClaimKey, PendingDatum> {
        let mut asked: BTreeMap<ClaimKey, PendingDatum> = BTreeMap::new();
        let tellings = recorded.iter().flat_map(|(told_by, recorded)| told_by.iter().map(move |by| (by, recorded)));
        for (Telling { index, subject, attempt }, Recorded { run, history, .. }) in tellings {
            let wait_policy = batch.wait_policy(*index, self.clock.now());
            let measured = match due(run, history, subject, *attempt, &invocation.home, wait_policy) {
                Due::Now(measured) => measured,
                Due::More(measured) => {
                    let problem = format!(
                        "run {} of {} failed; the failing action is not known yet",
                        run.execution, run.pipeline
                    );
                    tracing::info!("will retry: {problem}");
                    batch.fail(*index, problem);
                    measured
                }
            };
            for Measurement { claim, datum } in measured {
                if datum.detail() <= self.config.statistics.detail {
                    asked
                        .entry(claim)
                        .or_insert_with(|| PendingDatum { datum, records: Vec::new() })
                        .records
                        .push(*index);
                }
            }
        }
        asked
    }

    async fn claim(
        &self,
        batch: &mut Batch,
        asked: BTreeMap<ClaimKey, PendingDatum>,
        lease: &Lease,
    ) -> Vec<(Effect, PendingDatum)> {
        let claims = join_all(asked.keys().map(|key| Effect::claim(&self.ledger, key.clone(), lease))).await;
        let mut granted = Vec::new();
        for (pending, claim) in asked.into_values().zip(claims) {
            match claim {
                Ok(Claimed::Granted(effect)) => granted.push((effect, pending)),
                Ok(Claimed::Settled(_)) => {}
                Err(error) => fail(batch, &pending, &error.to_string()),
            }
        }
        granted
    }

    async fn put(&self, batch: &mut Batch, chunk: &[(Effect, PendingDatum)]) {
        let data: Vec<Datum> = chunk.iter().map(|(_, pending)| pending.datum.clone()).collect();
        if let Err(error) = self.sink.put(&data).await {
            tracing::warn!("will retry: {error}");
            let released = join_all(chunk.iter().map(|(effect, _)| effect.release(&self.ledger))).await;
            for (released, (_, pending)) in released.into_iter().zip(chunk) {
                if let Err(error) = released {
                    tracing::warn!("{error}");
                }
                fail(batch, pending, &error.to_string());
            }
            return;
        }
        tracing::info!(metric.data = data.len(), "put {} metric data", data.len());
        // The data are out. One that cannot be recorded may count twice, but is not lost.
        let settled = join_all(chunk.iter().map(|(effect, _)| effect.settle(&self.ledger, &RECEIPT))).await;
        for (settled, (_, pending)) in settled.into_iter().zip(chunk) {
            if let Err(error) = settled {
                tracing::warn!("{error}");
                fail(batch, pending, &error.to_string());
            }
        }
    }
}

/// A datum leaves nothing behind that a later one needs.
const RECEIPT: Receipt = Receipt { place: None, id: None, said: None };

fn fail(batch: &mut Batch, asked: &PendingDatum, problem: &str) {
    for index in &asked.records {
        batch.fail(*index, problem);
    }
}
