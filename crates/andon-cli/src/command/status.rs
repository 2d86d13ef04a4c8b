//! `andon status`: the state of every pipeline, or one in full.

use andon::board::{PipelineRow, StatusColor, place_of};
use andon::history::ChangeSummary;
use andon::ledger::Ledger as _;
use andon::links;
use anyhow::bail;
use jiff::Timestamp;

use super::detail::{Detail, muted, strip};
use super::{Surroundings, Verdict, runtime};
use crate::json::{in_full, row};
use crate::system::{Fleet, System, Which, find, matches};
use crate::terminal::{BOLD, Cell, Column, DIM, Table, Terminal, ago, for_long, of_light};

/// Show the state of each pipeline: red first, then waiting or running, then the rest by most recent activity
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon status                        every pipeline
  andon status --red --since 12h      what broke since yesterday evening
  andon status 'payments-*'           the pipelines with such a name
  andon status payments-api           one pipeline, stage by stage
  andon status --stack andon --profile work --json")]
pub(super) struct Status {
    /// Pipeline to show stage by stage: NAME, or ACCOUNT/REGION/NAME if the name is not unique; or a name with * to list
    #[arg(value_name = "PIPELINE")]
    pipeline: Option<String>,
    #[command(flatten)]
    fleet: Fleet,
    /// Exit with 1 if a pipeline that is shown is red
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let is_red = match &self.pipeline {
                Some(name) if !name.contains(['*', '?']) => self.one(&system, name, around).await?,
                glob => self.list(&system, glob.as_deref(), around).await?,
            };
            Ok(if self.exit_code && is_red { Verdict::NotWell } else { Verdict::Well })
        })
    }

    /// Shows a list, and says whether any of them is red.
    async fn list(&self, system: &System, glob: Option<&str>, around: Surroundings) -> anyhow::Result<bool> {
        let (terminal, now, accounts) = (around.terminal, around.now(), system.config.accounts());
        let all = PipelineRow::list(system.ledger.pipelines().await?);
        let is_empty = all.is_empty();
        let named = |row: &PipelineRow| glob.is_none_or(|glob| matches(glob, row.overview.pipeline.name.as_str()));
        let is_meant = |row: &PipelineRow| named(row) && self.fleet.has_row(row, accounts, now);
        let rows: Vec<PipelineRow> = all.into_iter().filter(is_meant).collect();
        if self.json {
            terminal.json(&rows.iter().map(|one| row(one, now)).collect::<Vec<_>>())?;
        } else if is_empty {
            terminal.line("No pipelines yet.")?;
        } else if rows.is_empty() {
            let red = if self.fleet.only_red() { "No such pipeline is red." } else { "No pipeline matches." };
            terminal.line(red)?;
        } else {
            terminal.table(&table(&rows, system, now, terminal))?;
        }
        Ok(rows.iter().any(|row| row.light == StatusColor::Red))
    }

    /// Shows one pipeline, and says whether it is red.
    async fn one(&self, system: &System, name: &str, around: Surroundings) -> anyhow::Result<bool> {
        let history = find(&system.ledger, name).await?;
        let row = history.overview().map(PipelineRow::of);
        let is_meant = |row: &PipelineRow| self.fleet.has_row(row, system.config.accounts(), around.now());
        if row.is_some_and(|row| !is_meant(&row)) {
            bail!("{name} does not match these filters");
        }
        let run = match history.latest() {
            Some(latest) => system.ledger.load(&history.pipeline, &latest.execution).await?.run,
            None => None,
        };
        if self.json {
            around.terminal.json(&in_full(&history, run.as_deref(), around.now()))?;
        } else {
            let detail = Detail::of(&history, run.as_deref(), system.config.accounts());
            for line in detail.lines(around.terminal, around.now())? {
                around.terminal.line(line)?;
            }
        }
        Ok(history.health().is_red())
    }
}

/// The first characters of a commit's id.
pub(super) fn short_id(change: &ChangeSummary) -> String {
    change.id.as_deref().unwrap_or_default().chars().take(8).collect()
}

fn table(rows: &[PipelineRow], system: &System, now: Timestamp, terminal: Terminal) -> Table {
    let mut table = Table::new([
        "".into(),
        Column::names("Pipeline"),
        Column::dropped("Account", 4),
        "Status".into(),
        Column::dropped("Since", 3),
        Column::dropped("Trend", 1),
        Column::dropped("Change", 5),
        Column::dropped("Author", 2),
    ]);
    let homes = || rows.iter().map(|row| &row.overview.pipeline.home);
    let has_one_home = terminal.width().is_some() && homes().zip(homes().skip(1)).all(|(one, next)| one == next);
    for row in rows {
        let style = of_light(row.light);
        let pipeline = &row.overview.pipeline;
        let change = row.change();
        let account = if has_one_home { "" } else { system.config.accounts().name(pipeline.home.account.as_str()) };
        let link = terminal.link(|| Some(links::execution(pipeline, &row.overview.latest.execution)));
        let commit = terminal.link(|| change.and_then(|change| change.url.clone()));
        let cells = vec![
            Cell::new(row.light.sign().to_string()).styled(style),
            Cell::new(pipeline.name.as_str()).styled(BOLD).linked(link),
            Cell::new(account),
            Cell::new(row.word()).styled(style),
            Cell::new(since(row, now)),
            Cell::new(strip(&row.overview.trend)),
            Cell::new(change.map(short_id).unwrap_or_default()).linked(commit),
            Cell::new(change.and_then(|change| change.author.as_deref()).unwrap_or_default()),
        ];
        table.push_noted(cells, Cell::new(where_and_why(row, now)).styled(DIM));
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

fn where_and_why(row: &PipelineRow, now: Timestamp) -> String {
    let current = if row.overview.latest.current.is_some() { row.place() } else { None };
    let failure = row.failure().map(|failure| {
        [place_of(failure), failure.why().map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(": ")
    });
    let muted = row.overview.mute(None, now).map(|mute| muted(mute, now));
    [current.map(|place| format!("in {place}")), failure, muted].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
