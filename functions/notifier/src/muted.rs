//! What was muted and is still red when the mute is over: the last failure of each line of change is told then, once.

use std::sync::Arc;

use andon::alert::{Alert, Settle, due};
use andon::batch::Invocation;
use andon::clock::Clock;
use andon::event::Attempt;
use andon::history::Overview;
use andon::ledger::{Known, Ledger, LedgerError};
use andon::name::ExecutionId;
use andon::run::{Run, WaitPolicy};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};

use crate::deliver::Telling;
use crate::{Cause, Notifier, Ports, Problem};

/// For how long after the end of a mute Andon looks for what it hid: sweeps may fail for hours, and quiet hours may hold a
/// failure back for nearly a week.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(8 * 24);
/// How many pipelines are looked at side by side.
const MAX_AT_ONCE: usize = 10;

impl<P: Ports> Notifier<P> {
    /// Tells what mutes that are over have hidden; gives back how many alerts there are, and the problems.
    pub(crate) async fn tell_muted(
        &self,
        overviews: &[Arc<Overview>],
        invocation: &Invocation,
    ) -> (usize, Vec<Problem>) {
        let now = self.clock.now();
        let over: Vec<&Arc<Overview>> = overviews.iter().filter(|overview| is_over(overview, now)).collect();
        let looked = stream::iter(over.into_iter().map(|overview| self.hidden(overview, now))).buffered(MAX_AT_ONCE);
        let (mut hidden, mut problems): (Vec<(Alert, Run)>, Vec<Problem>) = Default::default();
        for found in looked.collect::<Vec<_>>().await {
            match found {
                Ok(found) => hidden.extend(found),
                Err(error) => problems.push(error.into()),
            }
        }
        let tellings =
            hidden.iter().map(|(alert, run)| Telling { alert: alert.clone(), run: Some(run), cause: Cause::Clock });
        let told = self.tell_all(tellings.collect(), invocation).await;
        problems.extend(told.into_iter().map(|(_, problem)| problem));
        (hidden.len(), problems)
    }

    /// The alerts of a pipeline that a mute has hidden and that are due now, with the runs that they are about.
    async fn hidden(&self, overview: &Overview, now: Timestamp) -> Result<Vec<(Alert, Run)>, LedgerError> {
        let Some(history) = self.ledger.history(&overview.pipeline).await? else { return Ok(Vec::new()) };
        let last: Vec<(ExecutionId, Attempt)> = history.last_failures();
        let known = join_all(last.iter().map(|(execution, _)| self.ledger.load(&overview.pipeline, execution))).await;
        let settle = Settle { length: self.config.settle, now };
        let mut hidden = Vec::new();
        for ((_, attempt), known) in last.iter().zip(known) {
            let Some(run) = known.map(Known::into_run)? else { continue };
            let alerts = due(&run, &history, *attempt, WaitPolicy::GiveUp, settle).alerts;
            hidden.extend(alerts.into_iter().filter(Alert::is_after_mute).map(|alert| (alert, run.clone())));
        }
        Ok(hidden)
    }
}

/// Whether something is red of which a mute ended lately.
fn is_over(overview: &Overview, now: Timestamp) -> bool {
    let has_ended = |end: Timestamp| end <= now && now.duration_since(end) <= MAX_AGE;
    let is_red = overview.health.is_red() || !overview.red.is_empty();
    is_red && overview.mutes.iter().any(|mute| mute.end().is_some_and(has_ended))
}
