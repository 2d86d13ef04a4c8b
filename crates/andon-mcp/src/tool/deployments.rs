//! `deployments`: what is deployed, since when, and by which change.

use andon::board::PipelineRow;
use andon::history::RunSummary;
use andon::ledger::Ledger;
use andon::run::{Deployed, Run, Status};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Here;
use crate::fault::Fault;
use crate::find::find;
use crate::page::{self, MAX_ROWS};
use crate::shown::{Change, Untrusted, Which, address, id, time};

/// The name of the tool.
pub(crate) const NAME: &str = "deployments";
/// The most characters of a filter.
const MAX_FILTER: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Only pipelines with this word in their own name or their account's, such as production.
    environment: Option<String>,
    /// Exact name, or ACCOUNT/REGION/NAME: all its deployments, not the latest of each pipeline.
    pipeline: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Filter {
    environment: Option<String>,
    pipeline: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    deployments: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Row {
    #[serde(flatten)]
    which: Which,
    run: String,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_approval: Option<Untrusted>,
    url: String,
}

pub(crate) async fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let Input { environment, pipeline, cursor } = input;
    if environment.as_ref().is_some_and(|word| word.len() > MAX_FILTER) {
        return Err(Fault::told("The environment is too long."));
    }
    let pipeline =
        pipeline.map(|name| find(here.fleet, &name).map(|row| address(&row.overview.pipeline))).transpose()?;
    let (filter, after): (Filter, Option<(Timestamp, String)>) =
        page::resume(cursor.as_deref(), Filter { environment, pipeline }, NAME, here.seal)?;
    let (rows, more) = match &filter.pipeline {
        Some(name) => all_of(find(here.fleet, name)?, after.map(|(at, _)| at), here).await?,
        None => latest(filter.environment.as_deref(), after.map(|(_, address)| address), here).await?,
    };
    let next_cursor = rows.last().filter(|_| more).map(|(key, _)| page::next(&filter, key, NAME, here.seal));
    Ok(Output { deployments: rows.into_iter().map(|(_, row)| row).collect(), next_cursor })
}

type Keyed = ((Timestamp, String), Row);

/// The deployments of one pipeline, newest first.
async fn all_of<L: Ledger>(
    row: &PipelineRow,
    before: Option<Timestamp>,
    here: &Here<'_, L>,
) -> Result<(Vec<Keyed>, bool), Fault> {
    let history = here.history(&row.overview.pipeline).await?;
    let mut ends: Vec<(Deployed, &RunSummary)> = Vec::new();
    for run in history.runs() {
        ends.extend(history.deployed(run).into_iter().filter(succeeded).map(|deployed| (deployed, run)));
    }
    ends.retain(|(deployed, _)| before.is_none_or(|before| deployed.ended < before));
    ends.sort_by_key(|(deployed, _)| std::cmp::Reverse(deployed.ended));
    let more = ends.len() > MAX_ROWS;
    let mut rows = Vec::new();
    for (deployed, run) in ends.iter().take(MAX_ROWS) {
        rows.push(keyed(row, deployed, run, here).await?);
    }
    let (rows, cut) = page::fitting(rows.into_iter().map(Fits), MAX_ROWS);
    Ok((rows.into_iter().map(|Fits(row)| row).collect(), more || cut))
}

/// The latest deployment of every pipeline, by address.
async fn latest<L: Ledger>(
    environment: Option<&str>,
    after: Option<String>,
    here: &Here<'_, L>,
) -> Result<(Vec<Keyed>, bool), Fault> {
    let is_wanted = |row: &&PipelineRow| environment.is_none_or(|word| here.fleet.is_of_environment(row, word.trim()));
    let mut pipelines: Vec<(String, &PipelineRow)> =
        here.fleet.rows().iter().filter(is_wanted).map(|row| (address(&row.overview.pipeline), row)).collect();
    pipelines.sort_by(|(a, _), (b, _)| a.cmp(b));
    pipelines.retain(|(address, _)| after.as_ref().is_none_or(|after| address > after));
    let mut rows = Vec::new();
    let mut more = false;
    for (_, row) in &pipelines {
        let Some(history) = here.ledger.history(&row.overview.pipeline).await.map_err(|error| Fault::unread(&error))?
        else {
            continue;
        };
        let runs = history.runs();
        let last =
            runs.iter().flat_map(|run| history.deployed(run).into_iter().filter(succeeded).map(move |end| (end, *run)));
        let Some((deployed, run)) = last.max_by_key(|(deployed, _)| deployed.ended) else { continue };
        if rows.len() == MAX_ROWS {
            more = true;
            break;
        }
        rows.push(keyed(row, &deployed, run, here).await?);
    }
    let (rows, cut) = page::fitting(rows.into_iter().map(Fits), MAX_ROWS);
    Ok((rows.into_iter().map(|Fits(row)| row).collect(), more || cut))
}

/// A row whose size is that of what is shown.
struct Fits(Keyed);

impl Serialize for Fits {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.1.serialize(serializer)
    }
}

fn succeeded(deployed: &Deployed) -> bool {
    deployed.status == Status::Succeeded
}

async fn keyed<L: Ledger>(
    row: &PipelineRow,
    deployed: &Deployed,
    run: &RunSummary,
    here: &Here<'_, L>,
) -> Result<Keyed, Fault> {
    let pipeline = &row.overview.pipeline;
    let full = here.run(pipeline, run).await?;
    let shown = Row {
        which: Which::of(pipeline, here.fleet),
        run: id(run.execution.as_str()),
        since: time(deployed.ended),
        stage: deployed.stage.as_ref().map(|stage| id(stage.as_str())),
        change: run.change.as_ref().map(Change::in_short),
        untrusted_approval: full.as_ref().and_then(approval),
        url: andon::links::execution(pipeline, &run.execution),
    };
    Ok(((deployed.ended, address(pipeline)), shown))
}

/// What the last approval of a run says of itself: the reviewer's comment.
fn approval(run: &Run) -> Option<Untrusted> {
    let stages = run.stages();
    let mut actions = stages.iter().flat_map(|stage| &stage.actions);
    let is_given = |action: &&andon::run::ActionView| {
        action.status == Status::Succeeded && action.provider.as_ref().is_some_and(andon::event::Provider::is_approval)
    };
    let last = actions.rfind(is_given)?;
    Untrusted::some(last.result.as_ref()?.summary.as_deref())
}
