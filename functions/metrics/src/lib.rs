//! The `metrics` function: sends metrics to CloudWatch.
//!
//! Each event is merged into the ledger; then the merged state decides which data points are due. They are claimed, sent and
//! settled, so that each counts once although events arrive twice and in any order; those of one end share a claim. `Err`
//! and a failed record mean "invoke again".

use std::collections::{BTreeMap, BTreeSet};

use andon::batch::{Batch, Invocation, Unfinished};
use andon::clock::Clock;
use andon::event::{Attempt, Event, EvidenceEvent, Received, Subject, parse};
use andon::ledger::{
    Archive, ClaimKey, Claimed, Contradiction, Effect, Lease, Ledger, Receipt, Recorded, Touched, contradicted_before,
    contradiction, record_all,
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

/// Data to put, each with a claim of its own, and the events that ask for them.
#[derive(Default)]
struct Pending {
    data: Vec<(ClaimKey, Datum)>,
    records: Vec<usize>,
}

impl Pending {
    /// What a claim on these data leaves behind: which metrics they were, as others of the same end may become known later.
    fn receipt(&self) -> Receipt {
        let names: BTreeSet<&str> = self.data.iter().map(|(_, datum)| datum.metric.name()).collect();
        Receipt { said: Some(names.into_iter().collect::<Vec<_>>().join(" ")), ..Receipt::default() }
    }

    /// Takes out the data that a claim was settled with. An earlier version left the names out: it settled the count alone.
    fn retain_unsaid(&mut self, receipt: &Receipt) {
        self.data.retain(|(claim, datum)| match receipt.said.as_deref() {
            Some(said) => said.split(' ').all(|name| name != datum.metric.name()),
            None => !claim.effect.ends_with(LATE),
        });
    }
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
        for chunk in claimed.chunk_by(fits_in_one_call()) {
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
                    told.extend(self.said_before(batch, index, event.attempt, &run).await);
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

    /// What other services said of a deployment that only now is known to be of this run.
    async fn said_before(&self, batch: &mut Batch, index: usize, attempt: Attempt, run: &Run) -> Vec<(Telling, Run)> {
        match contradicted_before(&self.ledger, run).await {
            Ok(said) => {
                let of_run = |run| (Telling { index, subject: Subject::Pipeline, attempt }, run);
                said.into_iter().map(of_run).collect()
            }
            Err(error) => {
                tracing::warn!("will retry: {error}");
                batch.fail(index, error.to_string());
                Vec::new()
            }
        }
    }

    /// What another service says of a run, if it says anything of one.
    async fn contradicted(&self, batch: &mut Batch, index: usize, event: &EvidenceEvent) -> Option<(Telling, Run)> {
        match contradiction(&self.ledger, event).await {
            // The run as a whole, because what counts is its end.
            Ok(Contradiction::Of { told, attempt, .. }) => {
                Some((Telling { index, subject: Subject::Pipeline, attempt }, *told))
            }
            Ok(Contradiction::OfNoRun { .. } | Contradiction::Nothing) => None,
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
    ) -> BTreeMap<ClaimKey, Pending> {
        let mut asked: BTreeMap<ClaimKey, Pending> = BTreeMap::new();
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
            for Measurement { shared, claim, datum } in measured {
                if self.config.statistics.sends(&datum) {
                    let pending = asked.entry(shared).or_default();
                    if !pending.records.contains(index) {
                        pending.records.push(*index);
                    }
                    if pending.data.iter().all(|(known, _)| *known != claim) {
                        pending.data.push((claim, datum));
                    }
                }
            }
        }
        asked
    }

    async fn claim(
        &self,
        batch: &mut Batch,
        asked: BTreeMap<ClaimKey, Pending>,
        lease: &Lease,
    ) -> Vec<(Effect, Pending)> {
        let claims = join_all(asked.keys().map(|key| Effect::claim(&self.ledger, key.clone(), lease))).await;
        let (mut granted, mut late) = (Vec::new(), Vec::new());
        for (mut pending, claim) in asked.into_values().zip(claims) {
            match claim {
                Ok(Claimed::Granted(effect)) => granted.push((effect, pending)),
                Ok(Claimed::Settled(receipt)) => {
                    pending.retain_unsaid(&receipt);
                    let Pending { data, records } = pending;
                    late.extend(data.into_iter().map(|datum| Pending { data: vec![datum], records: records.clone() }));
                }
                Err(error) => fail(batch, &pending, &error.to_string()),
            }
        }
        let claim = async |pending: &Pending| match pending.data.first() {
            Some((key, _)) => Some(Effect::claim(&self.ledger, key.clone(), lease).await),
            None => None,
        };
        let claims = join_all(late.iter().map(claim)).await;
        for (pending, claim) in late.into_iter().zip(claims) {
            match claim {
                Some(Ok(Claimed::Granted(effect))) => granted.push((effect, pending)),
                Some(Ok(Claimed::Settled(_))) | None => {}
                Some(Err(error)) => fail(batch, &pending, &error.to_string()),
            }
        }
        granted
    }

    async fn put(&self, batch: &mut Batch, chunk: &[(Effect, Pending)]) {
        let mut claimed: Vec<&(ClaimKey, Datum)> = chunk.iter().flat_map(|(_, pending)| &pending.data).collect();
        claimed.sort_by_key(|(claim, _)| claim);
        let data: Vec<Datum> = claimed.into_iter().map(|(_, datum)| datum.clone()).collect();
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
        let settle =
            async |(effect, pending): &(Effect, Pending)| effect.settle(&self.ledger, &pending.receipt()).await;
        let settled = join_all(chunk.iter().map(settle)).await;
        for (settled, (_, pending)) in settled.into_iter().zip(chunk) {
            if let Err(error) = settled {
                tracing::warn!("{error}");
                fail(batch, pending, &error.to_string());
            }
        }
    }
}

/// How the claim on a count ends that becomes known later than other data of its end.
const LATE: &str = "#late";

/// Whether what is claimed can be put with the claim before it: what shares a claim goes in one call.
fn fits_in_one_call() -> impl FnMut(&(Effect, Pending), &(Effect, Pending)) -> bool {
    let mut count = 0;
    move |(_, before), (_, next)| {
        count += before.data.len();
        let fits = count + next.data.len() <= MAX_DATA;
        if !fits {
            count = 0;
        }
        fits
    }
}

fn fail(batch: &mut Batch, asked: &Pending, problem: &str) {
    for index in &asked.records {
        batch.fail(*index, problem);
    }
}
