//! The sweep: alerts that are due by the clock, invoked on a schedule with `{"andon": "sweep"}`.
//!
//! First the alerts held for quiet hours that have ended, then those that are overdue.

use andon::alert::{Alert, overdue};
use andon::batch::{Invocation, Unfinished};
use andon::clock::{Clock, Timer};
use andon::ledger::{Archive, Ledger, LedgerError};
use andon_notify::{DeadLetters, EvidenceSource, Sender};
use serde_json::{Value, json};

use crate::{Cause, Notifier, Problem};

impl<L: Ledger, A: Archive, E: EvidenceSource, S: Sender, D: DeadLetters, C: Clock + Timer> Notifier<L, A, E, S, D, C> {
    /// Checks every pipeline once. One that fails does not affect the others; the next sweep retries it,
    /// so only a ledger that cannot be read is an error.
    pub(crate) async fn sweep(&self, invocation: &Invocation) -> Result<Value, Unfinished> {
        let unreadable = |error: LedgerError| Unfinished { count: 1, problems: vec![error.to_string()] };
        let released = Box::pin(self.release_held(invocation)).await;
        let now = self.clock.now();
        let overviews = self.ledger.pipelines().await.map_err(unreadable)?;
        let due: Vec<Alert> = overviews
            .iter()
            .flat_map(|overview| overdue(overview, &self.config.limits(overview.pipeline.name.as_str()), now))
            .collect();
        let (mut told, mut failed) = (0_u32, 0_u32);
        for alert in due {
            let problems = self.tell(alert, None, Cause::Clock, invocation).await;
            *if problems.is_empty() { &mut told } else { &mut failed } += 1;
            for problem in problems {
                match problem {
                    Problem::Retryable(problem) => tracing::warn!("will retry with the next sweep: {problem}"),
                    Problem::Permanent(problem, claim) => {
                        tracing::error!("cannot be told: {problem}");
                        if let Some(effect) = claim {
                            self.give_up(&effect, false).await;
                        }
                    }
                }
            }
        }
        let released = released.map_err(unreadable)?;
        Ok(json!({
            "pipelines": overviews.len(),
            "due": told + failed,
            "failed": failed + released.failed,
            "released": released.done,
        }))
    }
}
