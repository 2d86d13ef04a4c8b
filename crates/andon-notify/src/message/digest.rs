//! Composition of a digest: what is still red.

use andon::alert::{AlertKind, StillRed};
use andon::history::FailureSummary;
use andon::line::Line;
use andon::links;
use andon::name::{ActionName, PipelineId, StageName};
use andon::words::{counted, span};

use super::compose::{clock, summary};
use super::{About, Cause, Context, Link, MAX_CAUSES, Message};

/// The digest of what is red, longest first. `about` stands where an alert has its pipeline.
pub fn compose_digest(red: &[StillRed<'_>], about: PipelineId, context: &Context<'_>) -> Message {
    let account = context.accounts.name(about.home.account.as_str()).to_owned();
    let (first, others) = (red.first(), red.len().saturating_sub(1));
    let title = match first {
        Some(only) if others == 0 => format!("{} is still red", name(only)),
        _ => format!("{} are still red", counted(red.len() as u64, "pipeline")),
    };
    let mut causes: Vec<Cause> = red.iter().take(MAX_CAUSES).map(|red| entry(red, context)).collect();
    if red.len() > MAX_CAUSES {
        let more = counted((red.len() - MAX_CAUSES) as u64, "more pipeline");
        causes.push(Cause { heading: format!("and {more}"), reason: None, lines: Vec::new() });
    }
    let only = first.filter(|_| others == 0);
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
            .map(|red| Link { label: "Open pipeline", url: links::pipeline(red.pipeline) })
            .into_iter()
            .collect(),
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

fn entry(red: &StillRed<'_>, context: &Context<'_>) -> Cause {
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
    Cause { heading, reason: Some(since), lines: why.into_iter().chain(change).collect() }
}

fn place(failure: &FailureSummary) -> String {
    let parts = [failure.stage.as_ref().map(StageName::as_str), failure.action.as_ref().map(ActionName::as_str)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}
