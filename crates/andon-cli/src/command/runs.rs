//! `andon runs`: the latest runs, newest first.

use andon::board::{PipelineRow, StatusColor, place_of};
use andon::history::{History, RunSummary};
use andon::ledger::Ledger as _;
use andon::name::PipelineId;
use andon::run::Status;
use anyhow::bail;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::system::{Fleet, Which, find};
use crate::terminal::{BOLD, Cell, Column, DIM, Table, ago, for_long, of_status};

/// How many histories are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// List the latest runs, newest first
///
/// With --red, those that failed.
#[derive(Debug, clap::Args)]
pub(super) struct Runs {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: Option<String>,
    /// Number of runs to list
    #[arg(long, short = 'n', default_value_t = 30, value_name = "COUNT")]
    limit: usize,
    #[command(flatten)]
    fleet: Fleet,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Runs {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let now = around.now();
        let mut runs: Vec<(PipelineId, RunSummary)> = runtime()?.block_on(async {
            let system = self.which.open().await?;
            let (ledger, accounts) = (&system.ledger, system.config.accounts());
            let histories: Vec<History> = if let Some(name) = &self.pipeline {
                let history = find(ledger, name).await?;
                if !self.fleet.has(&history.pipeline, accounts) {
                    bail!("{name} does not match these filters");
                }
                vec![history]
            } else {
                let rows = PipelineRow::list(ledger.pipelines().await?);
                let meant = rows.into_iter().filter(|row| self.fleet.has(&row.overview.pipeline, accounts));
                let read = stream::iter(meant).map(async |row| ledger.history(&row.overview.pipeline).await);
                read.buffered(SIDE_BY_SIDE).try_filter_map(async |history| Ok(history)).try_collect().await?
            };
            let since = self.fleet.since(now);
            let meant = |run: &&RunSummary| {
                since.is_none_or(|since| run.ended.unwrap_or(run.first_seen) >= since)
                    && (!self.fleet.only_red() || run.status == Status::Failed)
            };
            let runs = |history: &History| -> Vec<(PipelineId, RunSummary)> {
                let runs = history.runs().into_iter().filter(meant);
                runs.map(|run| (history.pipeline.clone(), run.clone())).collect()
            };
            anyhow::Ok(histories.iter().flat_map(runs).collect())
        })?;
        runs.sort_by(|(_, a), (_, b)| b.place().cmp(&a.place()));
        runs.truncate(self.limit);
        if self.json {
            around.terminal.json(&runs.iter().map(|(pipeline, run)| as_json(pipeline, run)).collect::<Vec<_>>())?;
        } else {
            around.terminal.table(&table(&runs, now))?;
        }
        Ok(Verdict::Well)
    }
}

fn as_json(pipeline: &PipelineId, run: &RunSummary) -> Value {
    let mut value = crate::json::run_summary(run);
    if let Some(members) = value.as_object_mut() {
        members.insert("account".to_owned(), json!(pipeline.home.account));
        members.insert("region".to_owned(), json!(pipeline.home.region));
        members.insert("pipeline".to_owned(), json!(pipeline.name));
    }
    value
}

fn table(runs: &[(PipelineId, RunSummary)], now: Timestamp) -> Table {
    let mut table = Table::new([
        "".into(),
        Column::names("Pipeline"),
        "Run".into(),
        "Status".into(),
        "Started".into(),
        Column::dropped("Duration", 3),
        Column::dropped("Change", 2),
        Column::dropped("Author", 1),
    ]);
    for (pipeline, run) in runs {
        let began = run.started.unwrap_or(run.first_seen);
        let change = run.change.as_ref();
        let failure = run.failure.as_ref().map(|failure| {
            [place_of(failure), failure.why().map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(": ")
        });
        let cells = vec![
            Cell::new(StatusColor::of(run.status).sign().to_string()).styled(of_status(run.status)),
            Cell::new(pipeline.name.as_str()).styled(BOLD),
            Cell::new(run.execution.short()).styled(DIM),
            Cell::new(run.word()).styled(of_status(run.status)),
            Cell::new(ago(began, now)),
            Cell::new(run.ended.map(|ended| for_long(began, ended)).unwrap_or_default()),
            Cell::new(change.map(super::status::short_id).unwrap_or_default()),
            Cell::new(change.and_then(|change| change.author.as_deref()).unwrap_or_default()),
        ];
        table.push_noted(cells, Cell::new(failure.unwrap_or_default()).styled(DIM));
    }
    table
}
