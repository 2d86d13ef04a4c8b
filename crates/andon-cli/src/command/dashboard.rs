//! `andon dashboard`: a preview of the CloudWatch dashboard for the pipelines in the ledger.

use std::collections::BTreeMap;
use std::path::PathBuf;

use andon::ledger::Ledger as _;
use andon::name::{AccountId, Home, PipelineId, Region};
use andon_dashboards::body::{Chart, Content, Widget};
use andon_dashboards::{Dashboard as Shown, Site, build};
use anyhow::{Context as _, bail};

use super::{Data, Surroundings, Verdict, configuration, runtime};
use crate::local::open_existing;
use crate::terminal::{BOLD, Cell, DIM, Table, paint};

/// Preview the generated CloudWatch dashboard
///
/// With --json, print the body for `aws cloudwatch put-dashboard`.
#[derive(Debug, clap::Args)]
pub(super) struct Dashboard {
    /// Name of the dashboard [default: the dashboard of all pipelines, which lists the others]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Account and region Andon runs in [default: where most of the pipelines are]
    #[arg(long, value_name = "ACCOUNT/REGION", value_parser = home)]
    home: Option<Home>,
    /// Function that renders the live board; without it, the board is left out
    #[arg(long, value_name = "ARN", default_value = "")]
    function: String,
    /// Configuration file with the names of the accounts
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
    /// Print the body as JSON
    #[arg(long)]
    json: bool,
}

impl Dashboard {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let ledger = open_existing(&self.data.directory)?;
        let config = configuration(self.config.as_deref())?;
        let overviews = runtime()?.block_on(ledger.pipelines())?;
        let pipelines: Vec<PipelineId> = overviews.iter().map(|overview| overview.pipeline.clone()).collect();
        let home = self.home.or_else(|| where_most_are(&pipelines)).unwrap_or_else(nowhere);
        let dashboards = build(
            &pipelines,
            &Site {
                home: &home,
                function: &self.function,
                accounts: config.accounts(),
                deployments: config.statistics.deployments(),
                alarms: &[],
                services: &config.services,
            },
        );
        let is_meant = |shown: &&Shown| self.name.as_ref().is_none_or(|name| shown.name.as_str() == name);
        let Some(shown) = dashboards.iter().find(is_meant) else {
            let names: Vec<&str> = dashboards.iter().map(|shown| shown.name.as_str()).collect();
            bail!("unknown dashboard {}; available: {}", self.name.unwrap_or_default(), names.join(", "));
        };
        let terminal = around.terminal;
        if self.json {
            terminal.json(&shown.body)?;
            return Ok(Verdict::Well);
        }
        let (widgets, bytes) = (shown.body.widgets.len(), shown.json().len());
        terminal.line(format!("{}  {widgets} widgets, {bytes} bytes", paint(BOLD, shown.name.as_str())))?;
        terminal.table(&outline(&shown.body.widgets))?;
        let others: Vec<&str> = dashboards.iter().skip(1).map(|shown| shown.name.as_str()).collect();
        if self.name.is_none() && !others.is_empty() {
            terminal.line(format!("\nOther dashboards, by customer and account:\n{}", others.join("\n")))?;
        }
        if self.function.is_empty() {
            terminal.line(paint(DIM, "\nThe live board is left out. To include it, use --function"))?;
        }
        Ok(Verdict::Well)
    }
}

/// A row for each widget: where it is, what it is, what it is made of.
fn outline(widgets: &[Widget]) -> Table {
    let mut table = Table::new(["Place", "Size", "Kind", "Title", "First expression"]);
    for widget in widgets {
        let (kind, title, made_of) = match &widget.content {
            Content::Text(text) => ("text", text.markdown.lines().next().unwrap_or_default(), ""),
            Content::Custom(custom) => ("board", custom.title.as_str(), custom.endpoint.as_str()),
            Content::Alarm(alarms) => {
                ("alarms", alarms.title.as_str(), alarms.alarms.first().map_or("", String::as_str))
            }
            Content::Metric(chart) => ("metrics", chart.title.as_str(), first_expression(chart)),
        };
        table.push(vec![
            Cell::new(format!("{},{}", widget.x, widget.y)).styled(DIM),
            Cell::new(format!("{}x{}", widget.width, widget.height)).styled(DIM),
            Cell::new(kind),
            Cell::new(title).styled(BOLD),
            Cell::new(made_of).styled(DIM),
        ]);
    }
    table
}

fn first_expression(chart: &Chart) -> &str {
    chart.metrics.first().map(|line| line.0.0.expression.as_str()).unwrap_or_default()
}

/// Where most of the pipelines are; of several such places, the first.
fn where_most_are(pipelines: &[PipelineId]) -> Option<Home> {
    let mut counts: BTreeMap<&Home, usize> = BTreeMap::new();
    for pipeline in pipelines {
        *counts.entry(&pipeline.home).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(home, _)| home.clone())
}

fn nowhere() -> Home {
    Home { account: AccountId::unknown(), region: Region::unknown() }
}

fn home(text: &str) -> anyhow::Result<Home> {
    let (account, region) = text.split_once('/').context("write it as 111122223333/eu-west-1")?;
    Ok(Home { account: AccountId::parse(account)?, region: Region::parse(region)? })
}
