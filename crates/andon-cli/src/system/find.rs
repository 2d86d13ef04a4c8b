//! A pipeline by its name, and a run by its id.

use andon::history::{History, RunSummary};
use andon::ledger::Ledger;
use andon::name::PipelineId;
use andon::suggest::nearest;
use anyhow::{anyhow, bail};

/// The most names that are suggested.
const MAX_SUGGESTED: usize = 4;

/// The history of the pipeline with this name. Another one is never taken for it, but suggested.
pub async fn find(ledger: &impl Ledger, name: &str) -> anyhow::Result<History> {
    let known: Vec<PipelineId> = ledger.pipelines().await?.iter().map(|overview| overview.pipeline.clone()).collect();
    let matching: Vec<&PipelineId> =
        known.iter().filter(|id| id.name.as_str() == name || id.address() == name).collect();
    match matching.as_slice() {
        [one] => match ledger.history(one).await? {
            Some(history) => Ok(history),
            None => bail!("no runs of {name} are recorded"),
        },
        [] => Err(unknown(name, &known)),
        several => {
            let addresses: Vec<String> = several.iter().map(|id| id.address()).collect();
            bail!("several pipelines are named {name}; use one of {}", addresses.join(" or "))
        }
    }
}

fn unknown(name: &str, known: &[PipelineId]) -> anyhow::Error {
    let names = || known.iter().map(|id| id.name.as_str());
    if let Some(near) = nearest(name, names()) {
        return anyhow!("no pipeline {name}. Did you mean {near}?");
    }
    let part = name.to_lowercase();
    let mut holding: Vec<&str> = names().filter(|known| known.to_lowercase().contains(&part)).collect();
    holding.dedup();
    let more = holding.len().saturating_sub(MAX_SUGGESTED);
    holding.truncate(MAX_SUGGESTED);
    match holding.as_slice() {
        [] => anyhow!("no pipeline {name}; `andon status` lists all pipelines"),
        [one] => anyhow!("no pipeline {name}. Did you mean {one}?"),
        several if more == 0 => anyhow!("no pipeline {name}. Did you mean one of {}?", several.join(", ")),
        several => anyhow!("no pipeline {name}. Did you mean one of {} and {more} more?", several.join(", ")),
    }
}

/// The run whose id begins so; without an id, the latest one.
pub fn run_of<'h>(history: &'h History, id: Option<&str>) -> anyhow::Result<&'h RunSummary> {
    let name = &history.pipeline.name;
    let Some(id) = id else {
        return history.latest().ok_or_else(|| anyhow!("no runs of {name} are recorded"));
    };
    let runs = history.runs();
    let matching: Vec<&RunSummary> = runs.into_iter().filter(|run| run.execution.as_str().starts_with(id)).collect();
    match matching.as_slice() {
        [one] => Ok(one),
        [] => bail!("no run {id} of {name} is recorded; `andon runs {name}` lists those that are"),
        several => {
            let ids: Vec<&str> = several.iter().map(|run| run.execution.as_str()).collect();
            bail!("several runs of {name} begin with {id}: {}", ids.join(", "))
        }
    }
}
