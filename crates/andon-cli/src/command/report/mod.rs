//! `andon report`: how delivery went in a month, as a document to send.

use std::collections::BTreeSet;

use andon::account::Accounts;
use andon::board::PipelineRow;
use andon::history::{Delivery, History};
use andon::ledger::Ledger as _;
use andon::report::Report as Figures;
use andon::suggest::nearest;
use anyhow::{Context as _, bail};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::system::{Which, matches};

mod html;
mod markdown;
mod words;

/// How many histories are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// Report a month: delivery figures, outages and what was deployed, as Markdown or HTML to send
///
/// The figures are of the recorded runs. Andon keeps the last 30 runs of each pipeline, and the report says which pipelines had
/// more of them in the month.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon report --customer acme --month 2026-10 > acme.md
  andon report --customer acme --html > acme.html")]
pub(super) struct Report {
    /// Only pipelines of this customer, with * as wildcard [default: all pipelines]
    #[arg(long, value_name = "CUSTOMER")]
    customer: Option<String>,
    /// Month, as YYYY-MM [default: the month before this one]
    #[arg(long, value_name = "MONTH", value_parser = month)]
    month: Option<Date>,
    /// Print HTML instead of Markdown
    #[arg(long, conflicts_with = "json")]
    html: bool,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A report, and what is needed to write it.
struct Document<'d> {
    title: String,
    figures: Figures,
    accounts: &'d Accounts,
    zone: &'d TimeZone,
    /// When it is written.
    now: Timestamp,
}

impl Report {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let (accounts, zone, now) = (system.config.accounts(), &system.config.zone, around.now());
            let rows = PipelineRow::list(system.ledger.pipelines().await?);
            let meant = |row: &PipelineRow| {
                let customer = accounts.customer(row.overview.pipeline.home.account.as_str());
                self.customer.as_ref().is_none_or(|wanted| customer.is_some_and(|customer| matches(wanted, customer)))
            };
            let meant: Vec<PipelineRow> = rows.into_iter().filter(meant).collect();
            if let (Some(wanted), true) = (&self.customer, meant.is_empty()) {
                return Err(no_customer(wanted, accounts));
            }
            let of = |row: &PipelineRow| accounts.customer(row.overview.pipeline.home.account.as_str());
            let customers: BTreeSet<&str> = meant.iter().filter_map(of).collect();
            if self.customer.is_some() && customers.len() > 1 {
                let names = customers.into_iter().collect::<Vec<_>>().join(", ");
                bail!("a report is about one customer, and these match: {names}");
            }
            let read = stream::iter(meant).map(async |row| system.ledger.history(&row.overview.pipeline).await);
            let histories: Vec<History> =
                read.buffered(SIDE_BY_SIDE).try_filter_map(async |history| Ok(history)).try_collect().await?;
            let first = self.month.map_or_else(|| month_before(now, zone), Ok)?;
            let (from, until) = (start(first, zone)?, start(first.checked_add(1.month())?, zone)?);
            if from > now {
                bail!("{} has not begun", first.strftime("%B %Y"));
            }
            let whose =
                self.customer.as_deref().map_or_else(|| "All pipelines".to_owned(), |wanted| named(wanted, accounts));
            let title = format!("{whose}: delivery in {}", first.strftime("%B %Y"));
            let document =
                Document { title, figures: Figures::over(&histories, from, until.min(now)), accounts, zone, now };
            if self.json {
                around.terminal.json(&document.as_json())?;
            } else if self.html {
                around.terminal.line(document.html().into_string())?;
            } else {
                around.terminal.line(document.markdown())?;
            }
            Ok(Verdict::Well)
        })
    }
}

/// The first day of a month.
fn month(text: &str) -> Result<Date, String> {
    let is_month = text.len() == 7 && text.as_bytes().get(4) == Some(&b'-');
    let date = is_month.then(|| format!("{text}-01").parse().ok()).flatten();
    date.ok_or_else(|| "write the year and the month, such as 2026-10".to_owned())
}

fn month_before(now: Timestamp, zone: &TimeZone) -> anyhow::Result<Date> {
    let today = now.to_zoned(zone.clone()).date();
    today.first_of_month().checked_sub(1.month()).context("there is no month before this one")
}

fn start(day: Date, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    Ok(day.to_zoned(zone.clone()).context("the month is out of range")?.timestamp())
}

/// The customers' own way of writing their name.
fn named(wanted: &str, accounts: &Accounts) -> String {
    let known = accounts.0.values().filter_map(|account| account.customer.as_deref());
    known.filter(|customer| matches(wanted, customer)).min().unwrap_or(wanted).to_owned()
}

fn no_customer(wanted: &str, accounts: &Accounts) -> anyhow::Error {
    let known = || accounts.0.values().filter_map(|account| account.customer.as_deref());
    if known().any(|customer| matches(wanted, customer)) {
        return anyhow::anyhow!("no pipeline of the customer {wanted} is recorded");
    }
    match nearest(wanted, known()) {
        Some(near) => anyhow::anyhow!("no account has the customer {wanted}. Did you mean {near}?"),
        None => anyhow::anyhow!("no account has the customer {wanted}; `accounts` in andon.yml names customers"),
    }
}

impl Document<'_> {
    fn as_json(&self) -> Value {
        let delivery = |figures: &Delivery| {
            json!({
                "deployments": figures.deployments,
                "failed": figures.failed,
                "change_failure_rate": figures.change_failure_rate(),
                "lead_time": figures.lead_time,
                "recovery_time": figures.recovery_time,
                "is_partial": figures.is_partial,
            })
        };
        let figures = &self.figures;
        json!({
            "title": self.title,
            "from": figures.from,
            "until": figures.until,
            "total": delivery(&figures.total),
            "pipelines": figures.pipelines.iter().map(|one| json!({
                "account": one.pipeline.home.account,
                "region": one.pipeline.home.region,
                "pipeline": one.pipeline.name,
                "figures": delivery(&one.figures),
                "red_seconds": one.red.as_secs(),
                "known_since": one.known_since,
            })).collect::<Vec<_>>(),
            "outages": figures.outages.iter().map(|outage| json!({
                "pipeline": outage.pipeline.name,
                "since": outage.since,
                "until": outage.until,
                "failure": outage.failure,
                "mended_by": outage.mended_by,
            })).collect::<Vec<_>>(),
            "deployed": figures.deployed.iter().map(|deployed| json!({
                "pipeline": deployed.pipeline.name,
                "at": deployed.at,
                "change": deployed.change,
            })).collect::<Vec<_>>(),
        })
    }
}
