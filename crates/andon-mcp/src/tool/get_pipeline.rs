//! `get_pipeline`: one pipeline in full, its latest run stage by stage.

use andon::board::PipelineRow;
use andon::event::Trigger;
use andon::ledger::Ledger;
use andon::name::ActionName;
use andon::run::{Run, StageView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Here;
use crate::fault::Fault;
use crate::find::find;
use crate::page::fitting;
use crate::shown::{Change, Place, Untrusted, Which, id, time};

/// The most stages of a run that are shown; CodePipeline allows 50.
const MAX_STAGES: usize = 50;
/// The most actions of a stage that are shown.
const MAX_ACTIONS: usize = 20;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME.
    pub(crate) pipeline: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Which,
    state: &'static str,
    /// While it is red: since when, and how many attempts failed in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    red: Option<Red>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success: Option<String>,
    /// How long successful runs take.
    #[serde(skip_serializing_if = "Option::is_none")]
    usual: Option<Usual>,
    latest: Latest,
    /// Runs that have not ended, oldest first.
    open_runs: Vec<Open>,
    url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Red {
    since: String,
    failures: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Usual {
    median_seconds: i64,
    p95_seconds: i64,
    runs: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Open {
    run: String,
    status: &'static str,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Place>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Latest {
    run: String,
    status: &'static str,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_started_by: Option<Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
    stages: Vec<StageRow>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stages_left_out: bool,
    url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StageRow {
    stage: String,
    status: String,
    started: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    actions: Vec<ActionRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ActionRow {
    action: String,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
}

pub(crate) async fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let row = find(here.fleet, &input.pipeline)?;
    of_row(row, here).await
}

pub(crate) async fn of_row<L: Ledger>(row: &PipelineRow, here: &Here<'_, L>) -> Result<Output, Fault> {
    let overview = &row.overview;
    let (pipeline, latest) = (&overview.pipeline, &overview.latest);
    let run = here.run(pipeline, latest).await?;
    let open = |run: &andon::history::OpenRun| Open {
        run: id(run.execution.as_str()),
        status: run.status.word(),
        since: time(run.since),
        at: run
            .current
            .as_ref()
            .map(|at| Place::of(Some(at.stage.as_str()), at.action.as_ref().map(ActionName::as_str))),
    };
    let stages = run.as_ref().map(Run::stages).unwrap_or_default();
    let (stages, stages_left_out) = fitting(stages.iter().map(StageRow::of), MAX_STAGES);
    let streak = overview.health.streak.as_ref();
    Ok(Output {
        which: Which::of(pipeline, here.fleet),
        state: row.light.word(),
        red: row.red_since().map(|since| Red { since: time(since), failures: streak.map_or(1, |streak| streak.count) }),
        last_success: overview.health.last_success.map(time),
        usual: overview.typical.map(|typical| Usual {
            median_seconds: typical.median,
            p95_seconds: typical.p95,
            runs: typical.runs,
        }),
        latest: Latest {
            run: id(latest.execution.as_str()),
            status: latest.status.word(),
            attempt: latest.attempt.number(),
            started: latest.started.map(time),
            ended: latest.ended.map(time),
            untrusted_started_by: run.as_ref().and_then(Run::trigger).and_then(started_by),
            change: latest.change.as_ref().map(Change::of),
            stages,
            stages_left_out,
            url: andon::links::execution(pipeline, &latest.execution),
        },
        open_runs: overview.open.iter().map(open).collect(),
        url: andon::links::pipeline(pipeline),
    })
}

fn started_by(trigger: &Trigger) -> Option<Untrusted> {
    match trigger {
        Trigger::Git(commit) => {
            let reference = commit.reference.as_ref().map(|reference| reference.name.as_str());
            Untrusted::some(Some(&["a push", reference.unwrap_or_default()].join(" ")))
        }
        Trigger::Other { kind, detail } => {
            Untrusted::some(Some(&[kind.as_str(), detail.as_deref().unwrap_or_default()].join(" ")))
        }
    }
}

impl StageRow {
    fn of(stage: &StageView) -> Self {
        let action = |action: &andon::run::ActionView| ActionRow {
            action: id(action.name.as_str()),
            status: action.word().to_owned(),
            provider: action.provider.as_ref().map(|provider| id(&provider.name)),
        };
        Self {
            stage: id(stage.name.as_str()),
            status: stage.word().to_owned(),
            started: time(stage.started),
            ended: stage.ended.map(time),
            actions: stage.actions.iter().take(MAX_ACTIONS).map(action).collect(),
        }
    }
}
