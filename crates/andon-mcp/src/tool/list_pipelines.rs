//! `list_pipelines`: how every pipeline stands.

use std::cmp::Reverse;

use andon::board::PipelineRow;
use andon::ledger::Ledger;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Here;
use crate::fault::Fault;
use crate::page::{self, MAX_ROWS};
use crate::shown::{Change, Which, address, id, time};

/// The name of the tool.
pub(crate) const NAME: &str = "list_pipelines";

/// The most characters of a filter.
const MAX_FILTER: usize = 200;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Red: the last finished attempt failed, even if a new run is under way.
    state: Option<State>,
    /// Name of a customer, as configured.
    customer: Option<String>,
    /// Id or configured name of an account.
    account: Option<String>,
    /// Region, such as eu-west-1.
    region: Option<String>,
    /// Part of the name.
    text: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Red,
    Waiting,
    Running,
    Green,
    Grey,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Filter {
    state: Option<State>,
    customer: Option<String>,
    account: Option<String>,
    region: Option<String>,
    text: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// Red first, then waiting and running; the latest news first.
    pipelines: Vec<Row>,
    matching: usize,
    red: usize,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Row {
    #[serde(flatten)]
    which: Which,
    state: &'static str,
    status: &'static str,
    since: String,
    run: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
}

/// What rows are ordered by.
type Key = (u8, Reverse<Timestamp>, String);

/// The first rows of all pipelines, for the resource of the same content.
pub(crate) fn first<L: Ledger>(here: &Here<'_, L>) -> Result<Output, Fault> {
    answer(Input { state: None, customer: None, account: None, region: None, text: None, cursor: None }, here)
}

pub(crate) fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let Input { state, customer, account, region, text, cursor } = input;
    let filter = Filter { state, customer, account, region, text };
    let is_long = |text: &&String| text.len() > MAX_FILTER;
    if [&filter.customer, &filter.account, &filter.region, &filter.text]
        .into_iter()
        .flatten()
        .any(|text| is_long(&text))
    {
        return Err(Fault::told("A filter is too long."));
    }
    let (filter, after): (Filter, Option<(u8, Timestamp, String)>) =
        page::resume(cursor.as_deref(), filter, NAME, here.seal)?;
    let after: Option<Key> = after.map(|(light, news, address)| (light, Reverse(news), address));
    let mut rows: Vec<(Key, &PipelineRow)> =
        here.fleet.rows().iter().filter(|row| filter.admits(row, here)).map(|row| (key(row), row)).collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let matching = rows.len();
    let red = rows.iter().filter(|(_, row)| row.red_since().is_some()).count();
    let rest: Vec<&(Key, &PipelineRow)> =
        rows.iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after)).collect();
    let (pipelines, more) = page::fitting(rest.iter().map(|(_, row)| Row::of(row, here)), MAX_ROWS);
    let last = pipelines.len().checked_sub(1).and_then(|at| rest.get(at)).filter(|_| more);
    let next_cursor =
        last.map(|((light, Reverse(news), address), _)| page::next(&filter, (light, news, address), NAME, here.seal));
    Ok(Output { pipelines, matching, red, total: here.fleet.rows().len(), next_cursor })
}

fn key(row: &PipelineRow) -> Key {
    let light = match word(row) {
        State::Red => 0,
        State::Waiting => 1,
        State::Running => 2,
        State::Green | State::Grey => 3,
    };
    (light, Reverse(row.news_at()), address(&row.overview.pipeline))
}

fn word(row: &PipelineRow) -> State {
    use andon::board::StatusColor as Color;
    match row.light {
        Color::Red => State::Red,
        Color::Waiting => State::Waiting,
        Color::Running => State::Running,
        Color::Green => State::Green,
        Color::Grey => State::Grey,
    }
}

impl Filter {
    fn admits<L>(&self, row: &PipelineRow, here: &Here<'_, L>) -> bool {
        let pipeline = &row.overview.pipeline;
        let is = |wanted: &Option<String>, candidates: &[Option<&str>]| {
            wanted.as_ref().is_none_or(|wanted| {
                candidates.iter().flatten().any(|candidate| candidate.to_lowercase() == wanted.trim().to_lowercase())
            })
        };
        let account = pipeline.home.account.as_str();
        let named = here.fleet.accounts().get(account).map(|known| known.name.as_str());
        let text = |wanted: &String| pipeline.name.as_str().to_lowercase().contains(&wanted.trim().to_lowercase());
        self.state.is_none_or(|state| state == word(row))
            && is(&self.customer, &[here.fleet.customer(pipeline)])
            && is(&self.account, &[Some(account), named])
            && is(&self.region, &[Some(pipeline.home.region.as_str())])
            && self.text.as_ref().is_none_or(text)
    }
}

impl Row {
    fn of<L>(row: &PipelineRow, here: &Here<'_, L>) -> Self {
        let latest = &row.overview.latest;
        let failed = row.failure().and_then(|failure| failure.stage.as_ref());
        let stage = latest.current.as_ref().map(|current| &current.stage).or(failed);
        Self {
            which: Which::of(&row.overview.pipeline, here.fleet),
            state: row.light.word(),
            status: latest.status.word(),
            since: time(row.red_since().unwrap_or_else(|| row.news_at())),
            run: id(latest.execution.as_str()),
            stage: stage.map(|stage| id(stage.as_str())),
            change: row.change().map(Change::in_short),
        }
    }
}
