//! `andon status`: the state of every pipeline, or one in full.

use andon::board::{PipelineRow, StatusColor, place_of};
use andon::history::History;
use andon::ledger::Ledger as _;
use andon::name::PipelineId;
use andon::run::{Run, Status as RunStatus};
use andon::suggest::nearest;
use anyhow::bail;
use jiff::Timestamp;

use super::{Data, Surroundings, Verdict, runtime};
use crate::json::{in_full, row};
use crate::local::{LocalLedger, Shared, open_existing};
use crate::terminal::{BOLD, Cell, DIM, Table, Terminal, ago, clean, for_long, of_light, of_status, one_line, paint};

/// Show the state of each pipeline: red first, then waiting or running, then the rest by most recent activity
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    /// Pipeline to show stage by stage: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: Option<String>,
    #[command(flatten)]
    data: Data,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let ledger = open_existing(&self.data.directory)?;
        let terminal = around.terminal;
        runtime()?.block_on(async {
            let Some(name) = &self.pipeline else {
                let rows = PipelineRow::list(ledger.pipelines().await?);
                if self.json {
                    terminal.json(&rows.iter().map(row).collect::<Vec<_>>())?;
                } else if rows.is_empty() {
                    terminal.line("No pipelines yet.")?;
                } else {
                    terminal.table(&table(&rows, around.now()))?;
                }
                return Ok(Verdict::Well);
            };
            let history = find(&ledger, name).await?;
            let run = match history.latest() {
                Some(latest) => ledger.load(&history.pipeline, &latest.execution).await?.run.map(|run| run.value),
                None => None,
            };
            if self.json {
                terminal.json(&in_full(&history, run.as_ref()))?;
            } else {
                in_words(terminal, &history, run.as_ref(), around.now())?;
            }
            Ok(Verdict::Well)
        })
    }
}

/// The history of the pipeline with this name.
pub(super) async fn find(ledger: &Shared<LocalLedger>, name: &str) -> anyhow::Result<History> {
    let known: Vec<PipelineId> = ledger.pipelines().await?.iter().map(|overview| overview.pipeline.clone()).collect();
    let address = |id: &PipelineId| format!("{}/{}/{}", id.home.account, id.home.region, id.name);
    let matching: Vec<&PipelineId> =
        known.iter().filter(|id| id.name.as_str() == name || address(id) == name).collect();
    match matching.as_slice() {
        [one] => match ledger.history(one).await? {
            Some(history) => Ok(history),
            None => bail!("no runs of {name} are recorded"),
        },
        [] => match nearest(name, known.iter().map(|id| id.name.as_str())) {
            Some(near) => bail!("no pipeline {name}. Did you mean {near}?"),
            None => bail!("no pipeline {name}; `andon status` lists all pipelines"),
        },
        several => {
            let addresses: Vec<String> = several.iter().map(|id| address(id)).collect();
            bail!("several pipelines are named {name}; use one of {}", addresses.join(" or "))
        }
    }
}

fn table(rows: &[PipelineRow], now: Timestamp) -> Table {
    let mut table = Table::new(["", "Pipeline", "Status", "Since", "Trend", "Change"]);
    for row in rows {
        let style = of_light(row.light);
        let change = row.change().map(|change| {
            let id: String = change.id.as_deref().unwrap_or_default().chars().take(8).collect();
            [id, change.author.clone().unwrap_or_default()].join(" ")
        });
        let cells = vec![
            Cell::new(row.light.sign().to_string()).styled(style),
            Cell::new(row.overview.pipeline.name.as_str()).styled(BOLD),
            Cell::new(row.word()).styled(style),
            Cell::new(since(row, now)),
            Cell::new(strip(&row.overview.trend)),
            Cell::new(change.unwrap_or_default()),
        ];
        table.push_noted(cells, Cell::new(where_and_why(row)).styled(DIM));
    }
    table
}

fn since(row: &PipelineRow, now: Timestamp) -> String {
    match (row.red_since(), row.overview.latest.ended) {
        (Some(since), _) => for_long(since, now),
        (None, Some(ended)) if row.overview.latest.status.is_final() => ago(ended, now),
        _ => for_long(row.began(), now),
    }
}

fn where_and_why(row: &PipelineRow) -> String {
    let current = if row.overview.latest.current.is_some() { row.place() } else { None };
    let failure = row.failure().map(|failure| {
        [place_of(failure), failure.why().map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(": ")
    });
    [current.map(|place| format!("in {place}")), failure].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The latest runs, oldest first, a character each.
fn strip(trend: &[RunStatus]) -> String {
    trend
        .iter()
        .map(|status| match StatusColor::of(*status) {
            StatusColor::Red => '█',
            StatusColor::Green => '▂',
            StatusColor::Running | StatusColor::Waiting => '▸',
            StatusColor::Grey => '·',
        })
        .collect()
}

fn in_words(terminal: Terminal, history: &History, run: Option<&Run>, now: Timestamp) -> anyhow::Result<()> {
    let Some(overview) = history.overview() else {
        bail!("no runs of {} are recorded", history.pipeline.name);
    };
    let row = PipelineRow::of(overview);
    let latest = &row.overview.latest;
    let pipeline = &row.overview.pipeline;
    terminal.line(format!(
        "{} {}  {}",
        paint(of_light(row.light), &row.light.sign().to_string()),
        paint(BOLD, &one_line(pipeline.name.as_str())),
        paint(of_light(row.light), &row.word()),
    ))?;
    terminal.line(format!(
        "{} in {}, run {}",
        pipeline.home.account,
        pipeline.home.region,
        clean(latest.execution.as_str())
    ))?;
    terminal.line(format!("started {}, {}", ago(row.began(), now), strip(&row.overview.trend)))?;
    if let Some(change) = row.change() {
        let parts = [change.id.as_deref(), change.title.as_deref(), change.author.as_deref()];
        terminal.line(one_line(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")))?;
    }
    terminal.line("")?;
    let mut table = Table::new(["", "Stage", "Action", "Duration", "Message"]);
    for stage in run.map(Run::stages).unwrap_or_default() {
        let style = of_status(stage.status);
        table.push(vec![
            Cell::new(StatusColor::of(stage.status).sign().to_string()).styled(style),
            Cell::new(stage.name.as_str()).styled(BOLD),
            Cell::new(""),
            Cell::new(for_long(stage.started, stage.ended.unwrap_or(now))),
            Cell::new(stage.status.word()).styled(style),
        ]);
        for action in stage.actions {
            let said = action.result.and_then(|result| result.summary.or(result.error_code));
            table.push(vec![
                Cell::new(StatusColor::of(action.status).sign().to_string()).styled(of_status(action.status)),
                Cell::new(""),
                Cell::new(action.name.as_str()),
                Cell::new(for_long(action.started, action.ended.unwrap_or(now))).styled(DIM),
                Cell::new(said.or(action.custom_data).unwrap_or_default()),
            ]);
        }
    }
    terminal.table(&table)?;
    Ok(())
}
