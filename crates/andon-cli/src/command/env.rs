//! `andon env`: what is deployed where, since when, and what is on its way.

use andon::board::PipelineRow;
use andon::environment::{Environment, environments};
use andon::history::{ChangeSummary, History};
use andon::ledger::Ledger as _;
use andon::links;
use andon::run::{Run, Status};
use anyhow::bail;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::system::{Fleet, System, Which, address};
use crate::terminal::{BOLD, Cell, Column, DIM, Table, ago};

/// How many pipelines are read side by side.
const SIDE_BY_SIDE: usize = 16;
/// How far back a pipeline's runs are read for what is live.
const MAX_RUNS: usize = 12;

/// Show what is deployed where: the change, since when, the approval, and what is on its way
///
/// An environment is a stage with deploying actions, and what is live there is the last run in which all of them succeeded.
#[derive(Debug, clap::Args)]
pub(super) struct Env {
    /// Only environments of this name: a stage such as Production
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    fleet: Fleet,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An environment of a pipeline.
struct Place {
    row: PipelineRow,
    live: Environment,
}

impl Env {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let (accounts, now) = (system.config.accounts(), around.now());
            let rows = PipelineRow::list(system.ledger.pipelines().await?);
            let mut meant: Vec<PipelineRow> =
                rows.into_iter().filter(|row| self.fleet.has_row(row, accounts, now)).collect();
            meant.sort_by(|a, b| a.overview.pipeline.cmp(&b.overview.pipeline));
            let read = stream::iter(meant).map(|row| places(&system, row)).buffered(SIDE_BY_SIDE);
            let mut places: Vec<Place> = read.try_collect::<Vec<_>>().await?.into_iter().flatten().collect();
            if let Some(name) = &self.name {
                let known: Vec<String> = places.iter().map(|place| place.live.stage.to_string()).collect();
                places.retain(|place| place.live.stage.as_str().eq_ignore_ascii_case(name));
                if places.is_empty() {
                    match andon::suggest::nearest(name, known.iter().map(String::as_str)) {
                        Some(near) => bail!("nothing is deployed in a stage {name}. Did you mean {near}?"),
                        None => bail!("nothing is deployed in a stage {name}; `andon env` lists all environments"),
                    }
                }
            }
            if self.json {
                around.terminal.json(&places.iter().map(Place::as_json).collect::<Vec<_>>())?;
            } else if places.is_empty() {
                let none = if self.fleet.is_any() { "No deployments are recorded." } else { "No deployment matches." };
                around.terminal.line(none)?;
            } else {
                around.terminal.table(&table(&places, around))?;
            }
            Ok(Verdict::Well)
        })
    }
}

/// The environments of one pipeline. Its runs are read from the latest one back to one that went through all stages.
async fn places(system: &System, row: PipelineRow) -> anyhow::Result<Vec<Place>> {
    let pipeline = &row.overview.pipeline;
    let Some(history) = system.ledger.history(pipeline).await? else { return Ok(Vec::new()) };
    let runs = runs(system, &history).await?;
    Ok(environments(&runs).into_iter().map(|live| Place { row: row.clone(), live }).collect())
}

async fn runs(system: &System, history: &History) -> anyhow::Result<Vec<Run>> {
    let mut runs = Vec::new();
    for summary in history.runs().into_iter().rev().take(MAX_RUNS) {
        let known = system.ledger.load(&history.pipeline, &summary.execution).await?;
        runs.extend(known.into_run());
        if summary.status == Status::Succeeded {
            break;
        }
    }
    Ok(runs)
}

impl Place {
    fn change(&self) -> Option<ChangeSummary> {
        self.live.commit.as_ref().map(ChangeSummary::of)
    }

    /// What stands beside the fact that it is live.
    fn notes(&self) -> String {
        let live = &self.live;
        let mut notes = Vec::new();
        notes.extend(live.is_rollback.then(|| "rolled back".to_owned()));
        if let Some(approved) = &live.approved {
            let comment = approved.comment.as_ref().map(|comment| format!(": {comment}")).unwrap_or_default();
            notes.push(format!("approved{comment}"));
        }
        notes.extend(live.failed.as_ref().map(|run| format!("run {} failed to deploy since", run.short())));
        notes.extend(live.coming.last().map(|run| match live.coming.len() {
            1 => format!("run {} is on its way", run.short()),
            count => format!("{count} runs are on their way, the latest {}", run.short()),
        }));
        notes.join("; ")
    }

    fn as_json(&self) -> Value {
        let pipeline = &self.row.overview.pipeline;
        let live = &self.live;
        json!({
            "account": pipeline.home.account,
            "region": pipeline.home.region,
            "pipeline": pipeline.name,
            "environment": live.stage,
            "execution": live.execution,
            "since": live.since,
            "commit": self.change(),
            "is_rollback": live.is_rollback,
            "approved": live.approved.as_ref().map(|it| json!({"at": it.at, "comment": it.comment})),
            "failed": live.failed,
            "coming": live.coming,
            "url": links::execution(pipeline, &live.execution),
            "address": address(pipeline),
        })
    }
}

fn table(places: &[Place], around: Surroundings) -> Table {
    let mut table = Table::new([
        "Environment".into(),
        Column::names("Pipeline"),
        "Change".into(),
        Column::dropped("Since", 2),
        Column::dropped("Author", 1),
        "Title".into(),
    ]);
    for place in places {
        let change = place.change();
        let link = around.terminal.link(|| change.as_ref().and_then(|change| change.url.clone()));
        let text =
            |of: fn(&ChangeSummary) -> Option<&String>| change.as_ref().and_then(of).cloned().unwrap_or_default();
        let cells = vec![
            Cell::new(place.live.stage.as_str()).styled(BOLD),
            Cell::new(place.row.overview.pipeline.name.as_str()),
            Cell::new(change.as_ref().map(super::status::short_id).unwrap_or_default()).linked(link),
            Cell::new(ago(place.live.since, around.now())),
            Cell::new(text(|change| change.author.as_ref())),
            Cell::new(text(|change| change.title.as_ref())),
        ];
        table.push_noted(cells, Cell::new(place.notes()).styled(DIM));
    }
    table
}
