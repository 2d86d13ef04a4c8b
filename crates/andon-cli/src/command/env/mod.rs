//! `andon env`: what is deployed where, since when, and what is on its way.

use andon::attention::{Deed, Done};
use andon::board::PipelineRow;
use andon::environment::{Environment, environments, recent_runs};
use andon::history::{ChangeSummary, History};
use andon::ledger::Ledger as _;
use andon::links;
use anyhow::bail;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::system::{Fleet, System, Which};
use crate::terminal::{BOLD, Cell, Column, DIM, Table, ago};

mod show;

/// How many pipelines are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// Show what is deployed where: the change, since when, the approval, and what is on its way
///
/// An environment is a stage with deploying actions, and what is live there is the last run in which all of them succeeded.
/// `environments` in andon.yml gives environments names and the addresses of their applications.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  andon env                           every environment
  andon env list production --customer acme
  andon env show production           what is new there, and how often it was deployed"
)]
pub(super) struct Env {
    #[command(subcommand)]
    view: Option<View>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, clap::Subcommand)]
enum View {
    /// List what is live in every environment
    List(List),
    /// Show an environment in full: revisions, what is new, deployments of 30 days, and what is on its way
    Show(show::Show),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only environments of this name, such as production
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
    history: History,
    live: Environment,
    /// Its name.
    name: String,
    /// The address of the application.
    application: Option<String>,
}

impl Env {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        match self.view {
            None => self.list.run(around),
            Some(View::List(list)) => list.run(around),
            Some(View::Show(show)) => show.run(around),
        }
    }
}

impl List {
    fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let places = places(&system, &self.fleet, self.name.as_deref(), around.now()).await?;
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

/// The environments that are meant, by pipeline and in the order of their stages.
async fn places(system: &System, fleet: &Fleet, name: Option<&str>, now: Timestamp) -> anyhow::Result<Vec<Place>> {
    let accounts = system.config.accounts();
    let rows = PipelineRow::list(system.ledger.pipelines().await?);
    let mut meant: Vec<PipelineRow> = rows.into_iter().filter(|row| fleet.has_row(row, accounts, now)).collect();
    meant.sort_by(|a, b| a.overview.pipeline.cmp(&b.overview.pipeline));
    let read = stream::iter(meant).map(|row| of_pipeline(system, row)).buffered(SIDE_BY_SIDE);
    let mut places: Vec<Place> = read.try_collect::<Vec<_>>().await?.into_iter().flatten().collect();
    let Some(name) = name else { return Ok(places) };
    let known: Vec<String> = places.iter().map(|place| place.name.clone()).collect();
    places.retain(|place| place.has_name(name));
    if !places.is_empty() {
        return Ok(places);
    }
    match andon::suggest::nearest(name, known.iter().map(String::as_str)) {
        Some(near) => bail!("nothing is deployed to an environment {name}. Did you mean {near}?"),
        None => bail!("nothing is deployed to an environment {name}; `andon env` lists all environments"),
    }
}

async fn of_pipeline(system: &System, row: PipelineRow) -> anyhow::Result<Vec<Place>> {
    let pipeline = &row.overview.pipeline;
    let Some(history) = system.ledger.history(pipeline).await? else { return Ok(Vec::new()) };
    let runs = recent_runs(&system.ledger, &history).await?;
    let named = &system.config.environments;
    let place = |live: Environment| Place {
        name: named.name(&pipeline.name, &live.stage).to_owned(),
        application: named.application(&pipeline.name, &live.stage),
        row: row.clone(),
        history: history.clone(),
        live,
    };
    Ok(environments(&runs, named).into_iter().map(place).collect())
}

impl Place {
    /// Whether the environment, or the stage that deploys to it, is called so.
    fn has_name(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.live.stage.as_str().eq_ignore_ascii_case(name)
    }

    fn change(&self) -> Option<ChangeSummary> {
        self.live.commit.as_ref().map(ChangeSummary::of)
    }

    /// Who approved it in a chat, an assistant or the command line.
    fn approval(&self) -> Option<&Deed> {
        let deeds = self.history.deeds_of_run(&self.live.execution);
        deeds.rev().find(|deed| deed.done == Done::Approved && deed.at <= self.live.since)
    }

    /// The approval before the deployment, in a few words.
    fn approved(&self) -> Option<String> {
        let approved = self.live.approved.as_ref()?;
        let by = self.approval().map(|deed| format!(" by {}", deed.by.name)).unwrap_or_default();
        let comment = approved.comment.as_ref().map(|comment| format!(": {comment}")).unwrap_or_default();
        Some(format!("approved{by}{comment}"))
    }

    /// What is on its way.
    fn coming(&self) -> Option<String> {
        self.live.coming.last().map(|run| match self.live.coming.len() {
            1 => format!("run {} is on its way", run.short()),
            count => format!("{count} runs are on their way, the latest {}", run.short()),
        })
    }

    fn failed(&self) -> Option<String> {
        self.live.failed.as_ref().map(|run| format!("run {} failed to deploy since", run.short()))
    }

    /// What stands beside the fact that it is live.
    fn notes(&self) -> String {
        let rolled_back = self.live.is_rollback.then(|| "rolled back".to_owned());
        let notes = [rolled_back, self.approved(), self.failed(), self.coming()];
        notes.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    fn as_json(&self) -> Value {
        let pipeline = &self.row.overview.pipeline;
        let live = &self.live;
        let by = self.approval().map(|deed| &deed.by.name);
        json!({
            "account": pipeline.home.account,
            "region": pipeline.home.region,
            "pipeline": pipeline.name,
            "environment": self.name,
            "stage": live.stage,
            "execution": live.execution,
            "since": live.since,
            "commit": self.change(),
            "is_rollback": live.is_rollback,
            "approved": live.approved.as_ref().map(|it| json!({"at": it.at, "by": by, "comment": it.comment})),
            "failed": live.failed,
            "coming": live.coming,
            "application": self.application,
            "url": links::execution(pipeline, &live.execution),
            "address": pipeline.address(),
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
        let application = around.terminal.link(|| place.application.clone());
        let text =
            |of: fn(&ChangeSummary) -> Option<&String>| change.as_ref().and_then(of).cloned().unwrap_or_default();
        let cells = vec![
            Cell::new(place.name.as_str()).styled(BOLD).linked(application),
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
