//! What other services say of deployments, matched with the runs that made them.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::{Ledger, LedgerError};
use crate::event::{Attempt, EvidenceEvent, Subject};
use crate::run::{Deploys, Run, deploying};

/// The most runs that are looked through for the one that an event is about.
const MAX_RUNS: usize = 40;
/// How long ago a pipeline may have had news whose latest run an event can be about.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(6);

/// What an event of another service says of runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Contradiction {
    /// That an action of a run failed or was taken back, whatever it says itself: the facts to record.
    Of {
        /// The facts.
        told: Box<Run>,
        /// The attempt.
        attempt: Attempt,
        /// The action.
        subject: Subject,
    },
    /// That a deployment failed which no known run made.
    OfNoRun,
    /// Nothing, or nothing that is known to be about one run.
    Nothing,
}

/// Finds the run that a failed or reverted deployment is about, among the latest and the open ones of its account and
/// region.
pub async fn contradiction(ledger: &impl Ledger, event: &EvidenceEvent) -> Result<Contradiction, LedgerError> {
    if !event.is_failed_deployment() && !event.is_rollback() {
        return Ok(Contradiction::Nothing);
    }
    let runs = candidates(ledger, event).await?;
    Ok(match deploying(event, &runs) {
        Deploys::Action { run, attempt, subject } => {
            let told = Box::new(run.contradicted_by(attempt, subject.clone(), event));
            Contradiction::Of { told, attempt, subject }
        }
        Deploys::Nothing if event.is_failed_deployment() => Contradiction::OfNoRun,
        Deploys::Nothing | Deploys::Unclear => Contradiction::Nothing,
    })
}

async fn candidates(ledger: &impl Ledger, event: &EvidenceEvent) -> Result<Vec<Run>, LedgerError> {
    let overviews = ledger.pipelines().await?;
    let is_near = |at: Timestamp| event.at.duration_since(at) <= MAX_AGE;
    let mut wanted = Vec::new();
    for overview in overviews.iter().filter(|known| event.home.as_ref().is_none_or(|home| known.pipeline.home == *home))
    {
        let open = overview.open.iter().map(|run| (&run.execution, run.since));
        let latest = &overview.latest;
        let latest = (&latest.execution, latest.ended.unwrap_or(latest.first_seen));
        let near = open.chain([latest]).filter(|(_, at)| is_near(*at));
        wanted.extend(near.map(|(execution, at)| (at, &overview.pipeline, execution)));
    }
    wanted.sort();
    wanted.dedup_by(|a, b| (a.1, a.2) == (b.1, b.2));
    let latest = wanted.into_iter().rev().take(MAX_RUNS);
    let known = join_all(latest.map(|(_, pipeline, execution)| ledger.load(pipeline, execution))).await;
    let mut runs: Vec<Run> = Vec::new();
    for known in known {
        runs.extend(known?.into_run());
    }
    let key = |run: &Run| (run.pipeline.clone(), run.execution.clone());
    runs.sort_by_key(key);
    runs.dedup_by_key(|run| key(run));
    Ok(runs)
}
