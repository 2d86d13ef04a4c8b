//! Runs recorded without alerts: a history to start with.

use std::collections::BTreeMap;

use andon::event::{Event, Received, parse};
use andon::history::{History, RunSummary};
use andon::ledger::{Ledger, LedgerError, Versioned};
use andon::name::{ExecutionId, Home, PipelineId};
use andon::run::{DeploymentRule, Run};
use jiff::Timestamp;
use serde_json::Value;

use super::clock::time_of;

/// Puts the runs that these events tell of into a ledger that knows nothing of their pipelines yet.
pub async fn remember(
    ledger: &impl Ledger,
    events: &[Value],
    home: &Home,
    deployment: &DeploymentRule,
) -> Result<(), LedgerError> {
    let mut runs: BTreeMap<(PipelineId, ExecutionId), Run> = BTreeMap::new();
    for event in events {
        let received = Received { home: home.clone(), at: time_of(event).unwrap_or(Timestamp::UNIX_EPOCH) };
        let Ok(Event::Pipeline(event)) = parse(event, &received) else {
            continue;
        };
        let told = Run::of(&event);
        let key = (told.pipeline.clone(), told.execution.clone());
        match runs.get_mut(&key) {
            Some(run) => {
                run.merge(told);
            }
            None => {
                runs.insert(key, told);
            }
        }
    }
    let mut histories: BTreeMap<PipelineId, History> = BTreeMap::new();
    for ((pipeline, _), run) in &runs {
        let history = histories.entry(pipeline.clone()).or_insert_with(|| History::new(pipeline.clone()));
        history.learn(RunSummary::of(run, deployment));
    }
    let runs: Vec<Run> = runs.into_values().collect();
    ledger.add(&runs).await.into_iter().collect::<Result<(), LedgerError>>()?;
    for value in histories.into_values() {
        ledger.save(&Versioned { value, version: 0 }, &[]).await?;
    }
    Ok(())
}
