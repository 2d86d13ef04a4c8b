//! Composition of a digest: what is still red.

use std::collections::BTreeSet;

use andon::alert::{AlertKind, StillRed};
use andon::history::FailureSummary;
use andon::line::Line;
use andon::links;
use andon::name::{ActionName, Home, PipelineId, StageName};
use andon::words::{counted, span};

use super::compose::summary;
use super::context::clock;
use super::mute::until;
use super::{About, Cause, Context, Link, MAX_CAUSES, Message};

/// The digest of what is red, longest first. `about` stands where an alert has its pipeline.
pub fn compose_digest(red: &[StillRed<'_>], about: PipelineId, context: &Context<'_>) -> Message {
    let account = context.accounts.name(about.home.account.as_str()).to_owned();
    let pipelines: BTreeSet<&PipelineId> = red.iter().map(|red| red.pipeline).collect();
    let homes: BTreeSet<&Home> = pipelines.iter().map(|pipeline| &pipeline.home).collect();
    let title = match (red, pipelines.first()) {
        ([only], _) => format!("{} is still red", name(only)),
        (lines, Some(only)) if pipelines.len() == 1 => {
            format!("{} is still red on {} branches or pull requests", only.name, lines.len())
        }
        _ => format!("{} are still red", counted(pipelines.len() as u64, "pipeline")),
    };
    let mut causes: Vec<Cause> = red.iter().take(MAX_CAUSES).map(|red| entry(red, homes.len() > 1, context)).collect();
    if red.len() > MAX_CAUSES {
        let heading = format!("and {} more", red.len() - MAX_CAUSES);
        causes.push(Cause { heading, reason: None, lines: Vec::new() });
    }
    let only = pipelines.first().filter(|_| pipelines.len() == 1);
    Message {
        kind: AlertKind::Digest,
        at: context.now,
        about: About { pipeline: about, account, line: Line::default(), execution: None, stage: None, action: None },
        title,
        lead: None,
        facts: Vec::new(),
        causes,
        hint: None,
        notes: Vec::new(),
        links: only
            .map(|pipeline| Link { label: "Open pipeline", url: links::pipeline(pipeline) })
            .into_iter()
            .collect(),
        others: Vec::new(),
        deeds: Vec::new(),
        buttons: None,
    }
}

fn name(red: &StillRed<'_>) -> String {
    match red.line {
        Some(line) => format!("{} ({line})", red.pipeline.name),
        None => red.pipeline.name.to_string(),
    }
}

/// One line of change: what failed, since when, why, and since which change. Where they are of several accounts or
/// Regions, its own is named.
fn entry(red: &StillRed<'_>, names_home: bool, context: &Context<'_>) -> Cause {
    let failure = red.broken_by.map(|broken_by| &broken_by.failure);
    let place = failure.map(place).filter(|place| !place.is_empty());
    let heading = match place {
        Some(place) => format!("{} in {place}", name(red)),
        None => name(red),
    };
    let since = format!(
        "Red for {}, since {}: {}",
        span(context.now.duration_since(red.since)),
        clock(red.since, context),
        counted(red.count, "failure")
    );
    let change = red.broken_by.and_then(|broken_by| broken_by.first.as_ref().or(broken_by.change.as_ref()));
    let change = change.and_then(summary).map(|change| format!("Broken since {change}"));
    let why = failure.and_then(FailureSummary::why).map(str::to_owned);
    let Home { account, region } = &red.pipeline.home;
    let home = names_home.then(|| format!("In {} in {region}", context.accounts.name(account.as_str())));
    let muted = red.mute.map(|mute| format!("Muted by {} {}", mute.by.name, until(mute, context)));
    Cause { heading, reason: Some(since), lines: why.into_iter().chain(change).chain(home).chain(muted).collect() }
}

fn place(failure: &FailureSummary) -> String {
    let parts = [failure.stage.as_ref().map(StageName::as_str), failure.action.as_ref().map(ActionName::as_str)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}
