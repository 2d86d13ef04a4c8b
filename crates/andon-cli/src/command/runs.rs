//! `andon runs`: the latest runs, newest first.

use andon::board::{StatusColor, place_of};
use andon::history::{History, RunSummary};
use andon::ledger::Ledger as _;
use andon::name::PipelineId;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::status::find;
use super::{Data, Surroundings, Verdict, runtime};
use crate::local::open_existing;
use crate::terminal::{BOLD, Cell, DIM, Table, ago, for_long, of_status};

/// List the latest runs, newest first
#[derive(Debug, clap::Args)]
pub(super) struct Runs {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: Option<String>,
    /// Number of runs to list
    #[arg(long, short = 'n', default_value_t = 30, value_name = "COUNT")]
    limit: usize,
    #[command(flatten)]
    data: Data,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Runs {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let ledger = open_existing(&self.data.directory)?;
        let mut runs: Vec<(PipelineId, RunSummary)> = runtime()?.block_on(async {
            let mut histories = Vec::new();
            if let Some(name) = &self.pipeline {
                histories.push(find(&ledger, name).await?);
            } else {
                for overview in ledger.pipelines().await? {
                    histories.extend(ledger.history(&overview.pipeline).await?);
                }
            }
            let runs = |history: &History| -> Vec<(PipelineId, RunSummary)> {
                history.runs().into_iter().map(|run| (history.pipeline.clone(), run.clone())).collect()
            };
            anyhow::Ok(histories.iter().flat_map(runs).collect())
        })?;
        runs.sort_by(|(_, a), (_, b)| b.place().cmp(&a.place()));
        runs.truncate(self.limit);
        if self.json {
            around.terminal.json(&runs.iter().map(|(pipeline, run)| as_json(pipeline, run)).collect::<Vec<_>>())?;
        } else {
            around.terminal.table(&table(&runs, around.now()))?;
        }
        Ok(Verdict::Well)
    }
}

fn as_json(pipeline: &PipelineId, run: &RunSummary) -> Value {
    let mut value = json!(run);
    if let Some(members) = value.as_object_mut() {
        members.insert("account".to_owned(), json!(pipeline.home.account));
        members.insert("region".to_owned(), json!(pipeline.home.region));
        members.insert("pipeline".to_owned(), json!(pipeline.name));
    }
    value
}

fn table(runs: &[(PipelineId, RunSummary)], now: Timestamp) -> Table {
    let mut table = Table::new(["", "Pipeline", "Run", "Status", "Started", "Duration", "Change"]);
    for (pipeline, run) in runs {
        let began = run.started.unwrap_or(run.first_seen);
        let change = run.change.as_ref().map(|change| {
            let id: String = change.id.as_deref().unwrap_or_default().chars().take(8).collect();
            [id, change.author.clone().unwrap_or_default()].join(" ")
        });
        let failure = run.failure.as_ref().map(|failure| {
            [place_of(failure), failure.why().map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(": ")
        });
        let cells = vec![
            Cell::new(StatusColor::of(run.status).sign().to_string()).styled(of_status(run.status)),
            Cell::new(pipeline.name.as_str()).styled(BOLD),
            Cell::new(run.execution.short()).styled(DIM),
            Cell::new(run.status.word()).styled(of_status(run.status)),
            Cell::new(ago(began, now)),
            Cell::new(run.ended.map(|ended| for_long(began, ended)).unwrap_or_default()),
            Cell::new(change.unwrap_or_default()),
        ];
        table.push_noted(cells, Cell::new(failure.unwrap_or_default()).styled(DIM));
    }
    table
}
