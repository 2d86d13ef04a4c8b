//! Pipelines as JSON: what `--json` prints and the API answers.

use andon::attention::Until;
use andon::board::PipelineRow;
use andon::history::{History, Overview, RunSummary};
use andon::run::{ActionView, Failure, Run, StageView};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A row as JSON, with what is muted now.
pub fn row(row: &PipelineRow, now: Timestamp) -> Value {
    let Overview { pipeline, latest, health, trend, typical, keys, red, line, .. } = &*row.overview;
    json!({
        "account": pipeline.home.account,
        "region": pipeline.home.region,
        "pipeline": pipeline.name,
        "light": row.light.word(),
        "status": latest.status,
        "execution": latest.execution,
        "attempt": latest.attempt,
        "started": latest.started,
        "ended": latest.ended,
        "current": latest.current,
        "stages": latest.stages,
        "failure": row.failure(),
        "commit": latest.change,
        "red_since": row.red_since(),
        "red_lines": red,
        "line": line,
        "mutes": mutes(&row.overview, now),
        "streak": health.streak,
        "last_success": health.last_success,
        "trend": trend,
        "typical": typical,
        "keys": keys,
    })
}

/// What is muted: all of the pipeline where `line` is null, until it is green where `until` is null.
fn mutes(overview: &Overview, now: Timestamp) -> Vec<Value> {
    let holding = overview.mutes.iter().filter(|mute| mute.holds(now));
    holding
        .map(|mute| {
            let until = match mute.until {
                Until::Time(at) => Some(at),
                Until::Recovery => None,
            };
            json!({"line": mute.line, "by": mute.by.name, "since": mute.since, "until": until})
        })
        .collect()
}

/// A run in a list as JSON, without what only the ledger needs.
pub fn run_summary(run: &RunSummary) -> Value {
    let mut value = json!(run);
    if let Some(members) = value.as_object_mut() {
        for inner in ["weight", "moving_since"] {
            members.remove(inner);
        }
    }
    value
}

/// A pipeline in full, as JSON: its state, its recorded runs, and the latest run down to its actions.
pub fn in_full(history: &History, run: Option<&Run>, now: Timestamp) -> Value {
    let mut value = history.overview().map_or_else(|| json!({}), |overview| row(&PipelineRow::of(overview), now));
    if let Some(members) = value.as_object_mut() {
        let runs: Vec<Value> = history.runs().into_iter().map(run_summary).collect();
        members.insert("runs".to_owned(), json!(runs));
        members.insert("latest".to_owned(), run.map(run_json).unwrap_or_default());
    }
    value
}

fn run_json(run: &Run) -> Value {
    let action = |action: ActionView| {
        json!({
            "action": action.name,
            "status": action.status,
            "state": action.state_name,
            "attempt": action.attempt,
            "started": action.started,
            "ended": action.ended,
            "provider": action.provider,
            "result": action.result,
        })
    };
    let failure = |failure: &Failure| {
        json!({
            "stage": failure.stage,
            "action": failure.action,
            "at": failure.at,
            "said": failure.own_words(),
            "explanation": failure.explanation,
        })
    };
    let stage = |stage: StageView| {
        json!({
            "stage": stage.name,
            "status": stage.status,
            "state": stage.state_name,
            "started": stage.started,
            "ended": stage.ended,
            "actions": stage.actions.into_iter().map(action).collect::<Vec<_>>(),
        })
    };
    json!({
        "execution": run.execution,
        "status": run.status(),
        "attempt": run.attempt(),
        "commit": run.commit(),
        "trigger": run.trigger(),
        "failures": run.failures(run.attempt()).iter().map(failure).collect::<Vec<_>>(),
        "stages": run.stages().into_iter().map(stage).collect::<Vec<_>>(),
    })
}
