//! The sweep: alerts that are due by the clock, invoked on a schedule with `{"andon": "sweep"}`.
//!
//! The alerts held for quiet hours that have ended, and beside them those that are overdue: the oldest first, to each
//! destination, so that one that hangs keeps nothing from the others. Then what mutes that are over have hidden, and digests.

use std::collections::BTreeSet;

use andon::alert::{Alert, overdue};
use andon::batch::{Invocation, Unfinished};
use andon::clock::Clock;
use andon::ledger::{Ledger, LedgerError};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::deliver::Telling;
use crate::{Cause, Notifier, Ports, Problem};

impl<P: Ports> Notifier<P> {
    /// Checks every pipeline once. One that fails does not affect the others; the next sweep retries it,
    /// so only a ledger that cannot be read is an error.
    pub(crate) async fn sweep(&self, invocation: &Invocation) -> Result<Value, Unfinished> {
        let unreadable = |error: LedgerError| Unfinished { count: 1, problems: vec![error.to_string()] };
        let (released, overdue) =
            join(Box::pin(self.release_held(invocation)), Box::pin(self.tell_overdue(invocation))).await;
        let (pipelines, due, failed) = overdue.map_err(unreadable)?;
        let released = released.map_err(unreadable)?;
        Ok(json!({
            "pipelines": pipelines,
            "due": due,
            "failed": failed + released.failed,
            "released": released.done,
        }))
    }

    /// Tells what is overdue; gives back how many pipelines there are, how many alerts are due, and how many failed.
    async fn tell_overdue(&self, invocation: &Invocation) -> Result<(usize, usize, usize), LedgerError> {
        let now = self.clock.now();
        let overviews = self.ledger.pipelines().await?;
        let mut due: Vec<Alert> = overviews
            .iter()
            .flat_map(|overview| overdue(overview, &self.config.limits(overview.pipeline.name.as_str()), now))
            .collect();
        due.sort_by_key(|alert| alert.started.unwrap_or(alert.at));
        let mut count = due.len();
        let tellings = due.into_iter().map(|alert| Telling { alert, run: None, cause: Cause::Clock }).collect();
        let problems = self.tell_all(tellings, invocation).await;
        let mut failed = problems.iter().map(|(index, _)| *index).collect::<BTreeSet<usize>>().len();
        let (hidden, of_hidden) = self.tell_muted(&overviews, invocation).await;
        let (digests, of_digests) = self.send_digests(&overviews, invocation).await;
        count += hidden + digests;
        failed += of_hidden.len() + of_digests.len();
        for problem in problems.into_iter().map(|(_, problem)| problem).chain(of_hidden).chain(of_digests) {
            match problem {
                Problem::Retryable(problem) => tracing::warn!("will retry with the next sweep: {problem}"),
                Problem::Permanent(problem, claim) => {
                    tracing::error!("cannot be told: {problem}");
                    if let Some(effect) = claim {
                        self.give_up(&effect, None).await;
                    }
                }
            }
        }
        Ok((overviews.len(), count, failed))
    }
}
