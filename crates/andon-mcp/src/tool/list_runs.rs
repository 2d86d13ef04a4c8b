//! `list_runs`: the recorded runs of a pipeline.

use andon::ledger::Ledger;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Here, beginning};
use crate::fault::Fault;
use crate::find::find;
use crate::page::{self, MAX_ROWS};
use crate::shown::{RunRow, Which, id};
use andon::run::Status;

/// The name of the tool.
pub(crate) const NAME: &str = "list_runs";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME.
    pipeline: String,
    /// Only runs since then: 24h, 7d, 4w, or a time in RFC 3339.
    since: Option<String>,
    /// Only runs in this state.
    status: Option<RunState>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RunState {
    Running,
    Waiting,
    Succeeded,
    Failed,
    Rejected,
    Stopped,
    Superseded,
    Canceled,
}

#[derive(Debug, Serialize, Deserialize)]
struct Filter {
    pipeline: String,
    since: Option<Timestamp>,
    status: Option<RunState>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Which,
    /// Newest first.
    runs: Vec<RunRow>,
    /// Whether older runs than the recorded ones existed.
    older_runs_forgotten: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) async fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let since = input.since.as_deref().map(|since| beginning(since, here.now)).transpose()?;
    let row = find(here.fleet, &input.pipeline)?;
    let pipeline = crate::shown::address(&row.overview.pipeline);
    let filter = Filter { pipeline, since, status: input.status };
    let (filter, after): (Filter, Option<(Timestamp, String)>) =
        page::resume(input.cursor.as_deref(), filter, NAME, here.seal)?;
    let row = find(here.fleet, &filter.pipeline)?;
    let history = here.history(&row.overview.pipeline).await?;
    let runs: Vec<_> = history
        .runs()
        .into_iter()
        .rev()
        .filter(|run| filter.since.is_none_or(|since| run.first_seen >= since))
        .filter(|run| filter.status.is_none_or(|status| status == RunState::of(run.status)))
        .filter(|run| {
            after
                .as_ref()
                .is_none_or(|(at, execution)| (run.first_seen, id(run.execution.as_str())) < (*at, execution.clone()))
        })
        .collect();
    let (rows, more) = page::fitting(runs.iter().map(|run| RunRow::of(run)), MAX_ROWS);
    let last = rows.len().checked_sub(1).and_then(|at| runs.get(at)).filter(|_| more);
    let next_cursor =
        last.map(|run| page::next(&filter, (run.first_seen, id(run.execution.as_str())), NAME, here.seal));
    Ok(Output {
        which: Which::of(&row.overview.pipeline, here.fleet),
        runs: rows,
        older_runs_forgotten: history.is_folded(),
        next_cursor,
    })
}

impl RunState {
    fn of(status: Status) -> Self {
        match status {
            Status::InProgress => Self::Running,
            Status::Waiting => Self::Waiting,
            Status::Succeeded => Self::Succeeded,
            Status::Failed => Self::Failed,
            Status::Rejected => Self::Rejected,
            Status::Stopped => Self::Stopped,
            Status::Superseded => Self::Superseded,
            // A run as a whole is never skipped or unknown: only its stages are.
            Status::Canceled | Status::Skipped | Status::Unknown => Self::Canceled,
        }
    }
}
