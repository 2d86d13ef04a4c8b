//! The reading tools, one module each: what a tool takes, what it gives, and how it is read from the ledger.

use andon::history::{History, RunSummary};
use andon::ledger::Ledger;
use andon::name::PipelineId;
use andon::run::Run;
use andon_answers::Fleet;
use jiff::{SignedDuration, Timestamp};

use crate::fault::Fault;
use crate::seal::Seal;
use crate::shown::id;

pub(crate) mod ask;
pub(crate) mod delivery;
pub(crate) mod deployments;
pub(crate) mod get_log;
pub(crate) mod get_pipeline;
pub(crate) mod list_pipelines;
pub(crate) mod list_runs;
pub(crate) mod what_changed;
pub(crate) mod why;

/// What a tool reads from.
pub(crate) struct Here<'a, L> {
    pub(crate) ledger: &'a L,
    pub(crate) fleet: &'a Fleet,
    pub(crate) now: Timestamp,
    pub(crate) seal: &'a Seal,
}

impl<L: Ledger> Here<'_, L> {
    /// The history of a pipeline.
    async fn history(&self, pipeline: &PipelineId) -> Result<History, Fault> {
        let history = self.ledger.history(pipeline).await.map_err(|error| Fault::unread(&error))?;
        history.ok_or_else(|| Fault::told("No run of this pipeline is recorded."))
    }

    /// A run in full.
    async fn run(&self, pipeline: &PipelineId, run: &RunSummary) -> Result<Option<Run>, Fault> {
        let known = self.ledger.load(pipeline, &run.execution).await.map_err(|error| Fault::unread(&error))?;
        Ok(known.into_run())
    }
}

/// The run that a call names by its id, or by the first eight characters of it.
fn named<'h>(history: &'h History, name: &str) -> Result<&'h RunSummary, Fault> {
    let name = name.trim();
    let is_it = |run: &&RunSummary| {
        let execution = run.execution.as_str();
        execution == name || id(execution) == name || (name.len() >= 8 && execution.starts_with(name))
    };
    let found: Vec<&RunSummary> = history.runs().into_iter().filter(is_it).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(Fault::told("No recorded run of this pipeline has this id. `list_runs` lists them.")),
        _ => Err(Fault::told("Several runs begin like this: give the whole id.")),
    }
}

/// The beginning of a period: `24h`, `7d` or `4w` before now, or a time in RFC 3339.
fn beginning(period: &str, now: Timestamp) -> Result<Timestamp, Fault> {
    let wrong =
        || Fault::told("The period is not understood: write 24h, 7d or 4w, or a time such as 2026-11-30T08:00:00Z.");
    let period = period.trim();
    if let Ok(time) = period.parse::<Timestamp>() {
        return Ok(time);
    }
    let (unit_at, unit) = period.char_indices().last().ok_or_else(wrong)?;
    let hours_each: i64 = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        _ => return Err(wrong()),
    };
    let number: i64 = period
        .get(..unit_at)
        .and_then(|digits| digits.parse().ok())
        .filter(|n| (1..=9999).contains(n))
        .ok_or_else(wrong)?;
    now.checked_sub(SignedDuration::from_hours(number * hours_each)).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_length_or_a_time() {
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        let from = |period: &str| beginning(period, now).map(|at| at.to_string());
        assert_eq!(from("24h"), Ok("2026-11-29T12:00:00Z".to_owned()));
        assert_eq!(from(" 2w "), Ok("2026-11-16T12:00:00Z".to_owned()));
        assert_eq!(from("2026-11-01T00:00:00Z"), Ok("2026-11-01T00:00:00Z".to_owned()));
        for wrong in ["", "d", "0d", "7", "7y", "-3d", "99999d", "täglich", "7é"] {
            assert!(from(wrong).is_err(), "{wrong}");
        }
    }
}
