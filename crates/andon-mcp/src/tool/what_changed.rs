//! `what_changed`: the changes that went into a pipeline since a run.

use andon::history::RunSummary;
use andon::ledger::Ledger;
use andon::run::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Here, named};
use crate::fault::Fault;
use crate::find::find;
use crate::page::{MAX_ROWS, fitting};
use crate::shown::{Change, RunRow, Which, id, time};

/// What stands for the last run that succeeded.
const LAST_GREEN: &str = "last_green";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME.
    pipeline: String,
    /// `last_green`, the default, for the last run that succeeded before the latest one; or the id of a run.
    since: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Which,
    since: RunRow,
    /// Changes of later runs, newest first, each once.
    changes: Vec<Changed>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    changes_left_out: bool,
    /// Later runs whose change is not recorded.
    runs_without_change: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Changed {
    run: String,
    status: &'static str,
    at: String,
    change: Change,
}

pub(crate) async fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let row = find(here.fleet, &input.pipeline)?;
    let history = here.history(&row.overview.pipeline).await?;
    let runs = history.runs();
    let from: &RunSummary = match input.since.as_deref().map(str::trim) {
        None | Some(LAST_GREEN) => {
            let before = runs.split_last().map(|(_, before)| before).unwrap_or_default();
            let green = before.iter().rfind(|run| run.status == Status::Succeeded);
            green.ok_or_else(|| Fault::told("No earlier run that succeeded is recorded: give the id of a run."))?
        }
        Some(run) => named(&history, run)?,
    };
    let later: Vec<&&RunSummary> = runs.iter().filter(|run| run.place() > from.place()).collect();
    let mut changes: Vec<Changed> = Vec::new();
    let mut last = from.change.as_ref();
    for run in &later {
        let Some(change) = run.change.as_ref() else { continue };
        if !last.is_some_and(|last| last.is_same(change)) {
            changes.push(Changed {
                run: id(run.execution.as_str()),
                status: run.status.word(),
                at: time(run.first_seen),
                change: Change::in_short(change),
            });
        }
        last = Some(change);
    }
    let (changes, changes_left_out) = fitting(changes.into_iter().rev(), MAX_ROWS);
    Ok(Output {
        which: Which::of(&row.overview.pipeline, here.fleet),
        since: RunRow::of(from),
        changes,
        changes_left_out,
        runs_without_change: later.iter().filter(|run| run.change.is_none()).count(),
    })
}
