//! What other services say of deployments: kept as evidence, and told at once where it is known which run it is about.

use andon::batch::Invocation;
use andon::event::EvidenceEvent;
use andon::ledger::{Ledger as _, LedgerError};
use andon::run::{Run, WaitPolicy, action_of};
use futures_util::future::join_all;
use jiff::SignedDuration;

use crate::{Cause, Notifier, Ports, Problem};

/// The most runs that are looked through for the one that an event is about.
const MAX_RUNS: usize = 40;
/// How long ago a pipeline may have had news whose latest run an event can be about.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(6);

impl<P: Ports> Notifier<P> {
    /// Keeps what explains a failure, under the names by which actions know it.
    pub(crate) async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        if event.tells_of_failure() {
            self.ledger.keep_evidence(event).await?;
            if let Some(by_deployment) = event.by_deployment() {
                self.ledger.keep_evidence(&by_deployment).await?;
            }
        }
        Ok(())
    }

    /// Tells of a deployment that failed or was rolled back, where it is known which run it is about.
    pub(crate) async fn tell_of_evidence(
        &self,
        event: &EvidenceEvent,
        cause: Cause<'_>,
        invocation: &Invocation,
    ) -> Vec<Problem> {
        match self.told_by(event, cause, invocation).await {
            Ok(problems) => problems,
            Err(problem) => vec![problem],
        }
    }

    async fn told_by(
        &self,
        event: &EvidenceEvent,
        cause: Cause<'_>,
        invocation: &Invocation,
    ) -> Result<Vec<Problem>, Problem> {
        if !event.is_failed_deployment() && !event.is_rollback() {
            return Ok(Vec::new());
        }
        let runs = self.candidates(event).await?;
        let Some((run, attempt, subject)) = action_of(event, &runs) else { return Ok(Vec::new()) };
        let recorded = self.record(run.contradicted_by(attempt, subject, event)).await?;
        let (alerts, _) = self.due(&recorded, attempt, WaitPolicy::GiveUp).await?;
        let mut problems = Vec::new();
        for alert in alerts {
            problems.extend(self.tell(alert, Some(&recorded.run), cause, invocation).await);
        }
        Ok(problems)
    }

    /// The runs that an event can be about: the latest and the open ones of the pipelines of its account and region.
    async fn candidates(&self, event: &EvidenceEvent) -> Result<Vec<Run>, LedgerError> {
        let overviews = self.ledger.pipelines().await?;
        let is_near = |at: jiff::Timestamp| event.at.duration_since(at) <= MAX_AGE;
        let mut wanted = Vec::new();
        for overview in
            overviews.iter().filter(|known| event.home.as_ref().is_none_or(|home| known.pipeline.home == *home))
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
        let known = join_all(latest.map(|(_, pipeline, execution)| self.ledger.load(pipeline, execution))).await;
        let mut runs: Vec<Run> = Vec::new();
        for known in known {
            runs.extend(known?.into_run());
        }
        let key = |run: &Run| (run.pipeline.clone(), run.execution.clone());
        runs.sort_by_key(key);
        runs.dedup_by_key(|run| key(run));
        Ok(runs)
    }
}
