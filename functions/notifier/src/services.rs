//! What other services say of deployments: kept as evidence, and told at once.

use andon::alert::service_failed;
use andon::batch::Invocation;
use andon::event::{Attempt, EvidenceEvent};
use andon::ledger::{Contradiction, Ledger as _, LedgerError, contradicted_before, contradiction};
use andon::run::{Run, WaitPolicy};
use futures_util::future::join_all;

use crate::{Cause, Notifier, Ports, Problem};

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

    /// Adds what other services said of deployments that only now are known to be of these runs.
    pub(crate) async fn add_what_was_said(
        &self,
        told: &mut Vec<((Attempt, usize), Run)>,
    ) -> Vec<(Vec<usize>, Problem)> {
        let said = join_all(told.iter().map(|(by, run)| async { (*by, contradicted_before(&self.ledger, run).await) }));
        let mut problems = Vec::new();
        for (by, said) in said.await {
            match said {
                Ok(said) => told.extend(said.into_iter().map(|run| (by, run))),
                Err(error) => problems.push((vec![by.1], error.into())),
            }
        }
        problems
    }

    /// Sends that a deployment failed or was rolled back: about the run that made it or, where no run did, about the service.
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
        match contradiction(&self.ledger, event).await? {
            Contradiction::Nothing => Ok(Vec::new()),
            Contradiction::OfNoRun { perhaps } => match service_failed(event, perhaps) {
                Some(alert) => Ok(self.tell(alert, None, cause, invocation).await),
                None => Ok(Vec::new()),
            },
            Contradiction::Of { told, attempt, .. } => {
                let recorded = self.record(*told).await?;
                let (alerts, _) = self.due(&recorded, attempt, WaitPolicy::GiveUp).await?;
                let mut problems = Vec::new();
                for alert in alerts {
                    problems.extend(self.tell(alert, Some(&recorded.run), cause, invocation).await);
                }
                Ok(problems)
            }
        }
    }
}
