//! What other services say of deployments, matched with the runs that made them.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::{Ledger, LedgerError};
use crate::event::{Attempt, EvidenceEvent, Subject};
use crate::history::{DeploymentId, Overview};
use crate::name::{ExecutionId, ExternalId, PipelineId};
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
    /// That a deployment failed of which it is not known that a run made it.
    OfNoRun {
        /// The pipelines that may have.
        perhaps: Vec<PipelineId>,
    },
    /// Nothing.
    Nothing,
}

/// Finds the run that a failed or reverted deployment is about, among those of its account and region that name it, the
/// latest and the open ones.
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
        Deploys::Unknown { perhaps } if event.is_failed_deployment() => {
            Contradiction::OfNoRun { perhaps: perhaps.into_iter().collect() }
        }
        Deploys::Unclear | Deploys::Unknown { .. } => Contradiction::Nothing,
    })
}

/// What other services said of the deployments with which actions of a run succeeded, before it was known that they are of
/// that run: the facts to record.
///
/// While it goes on, an action does not say what it deploys. Where nothing else told either, it is known when it succeeds.
pub async fn contradicted_before(ledger: &impl Ledger, told: &Run) -> Result<Vec<Run>, LedgerError> {
    let mut contradicted = Vec::new();
    for (attempt, subject, external) in told.succeeded_deployments() {
        let said = ledger.evidence(&external).await?;
        let is_of_it = |said: &&EvidenceEvent| {
            let names_it = said.external == external || said.deployment.as_ref() == Some(&external);
            names_it && said.is_of_one_deployment() && said.is_failed_deployment()
        };
        contradicted
            .extend(said.iter().filter(is_of_it).map(|said| told.contradicted_by(attempt, subject.clone(), said)));
    }
    Ok(contradicted)
}

/// The runs that name the deployment that an event is about, however long ago they made it. Of a service that goes back
/// to an older one, those that deployed after that one as well: what is undone is theirs.
fn naming<'o>(event: &'o EvidenceEvent, overview: &'o Overview) -> impl Iterator<Item = &'o ExecutionId> {
    let is_it = |id: &ExternalId| *id == event.external || event.deployment.as_ref() == Some(id);
    let known = &overview.deployment_ids;
    let target = known.iter().position(|known| event.goes_back_to(known.id.as_str()));
    let is_wanted = move |(at, known): &(usize, &DeploymentId)| {
        event.is_of_one_deployment() && (is_it(&known.id) || target.is_some_and(|target| *at < target))
    };
    known.iter().enumerate().filter(is_wanted).map(|(_, known)| &known.execution)
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
        wanted.extend(naming(event, overview).map(|execution| (Timestamp::MAX, &overview.pipeline, execution)));
    }
    wanted.sort();
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
