//! Failures of several pipelines with one cause: which belong together, and what a message says of the others.

use andon::alert::{Alert, AlertBody, Failed};
use andon::author::authors;
use andon::cause::CauseKey;
use andon::event::Attempt;
use andon::history::FailureSummary;
use andon::ledger::GroupedFailure;
use andon::links;
use andon::name::{ActionName, ExecutionId, PipelineId, StageName};
use andon::statistics::fingerprint;
use andon::words::{counted, span};
use andon_diagnosis::Category;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::mention::Mention;
use crate::message::{Fact, Other};
use crate::routing::Delivery;

/// How long after a failure another one may still belong to the same group.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Groups begin anew after so long.
const PERIOD: i64 = 20 * 60;

/// The names of the groups that a failure may belong to: that of its time; and the one before, if that one may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The group of its time.
    pub current: String,
    /// The group before, which it belongs to if a failure of that one is recent.
    pub before: Option<String>,
}

/// The alert of the first failure of a group, by ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The run.
    pub execution: ExecutionId,
    /// The attempt.
    pub attempt: Attempt,
    /// The key under which the alert is claimed.
    pub alert: String,
}

impl First {
    /// As text, for a receipt.
    pub fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Reads that text back.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The groups of a failure at a destination; `None` if its cause does not say enough to be compared.
///
/// Whom a route calls is part of it: who is called for one pipeline is not told by the message of another.
pub fn groups(alert: &Alert, delivery: &Delivery<'_>) -> Option<Groups> {
    let AlertBody::Failed(Failed { failures, rollback: None, .. }) = &alert.body else { return None };
    let failure = failures.first()?;
    let explanation = failure.explanation.as_ref().filter(|explanation| !explanation.probable)?;
    // The same words in tests and style checks of different code are most likely different mistakes.
    if matches!(explanation.category, Category::Unknown | Category::Test | Category::Lint) {
        return None;
    }
    let cause = CauseKey::telling(&alert.pipeline, &FailureSummary::of(failure))?;
    let (destination, called) = (&delivery.destination.name, delivery.mention);
    let authors = alert.commit.as_ref().filter(|_| called.contains(&Mention::Author)).map(authors).unwrap_or_default();
    let whole = format!("{}/{}/{destination}/{called:?}{authors:?}", explanation.category.as_str(), cause.as_str());
    let name = |period: i64| format!("{:016x}/{period}", fingerprint(&whole));
    let second = alert.at.as_second();
    let period = second.div_euclid(PERIOD);
    let is_early = second.rem_euclid(PERIOD) < WINDOW.as_secs();
    Some(Groups { current: name(period), before: is_early.then(|| name(period - 1)) })
}

/// Whether a group goes on until a time.
pub fn goes_on(members: &[GroupedFailure], at: Timestamp) -> bool {
    members.iter().any(|member| at.duration_since(member.at).abs() <= WINDOW)
}

/// A failure as a member of a group.
pub fn member(alert: &Alert) -> Option<GroupedFailure> {
    let AlertBody::Failed(failed) = &alert.body else { return None };
    let place = [alert.stage().map(StageName::as_str), alert.action().map(ActionName::as_str)];
    Some(GroupedFailure {
        at: alert.at,
        pipeline: alert.pipeline.clone(),
        line: alert.line.clone(),
        execution: alert.execution.clone()?,
        attempt: failed.attempt,
        place: place.into_iter().flatten().collect::<Vec<_>>().join(" / "),
    })
}

/// The members of a group besides one, each line of each pipeline once.
pub fn others(members: &[GroupedFailure], besides: &GroupedFailure) -> Vec<Other> {
    let mut seen: Vec<&GroupedFailure> = Vec::new();
    for member in members {
        if !member.is_of_line_of(besides) && !seen.iter().any(|known| known.is_of_line_of(member)) {
            seen.push(member);
        }
    }
    seen.into_iter().map(other).collect()
}

fn other(member: &GroupedFailure) -> Other {
    let name = &member.pipeline.name;
    Other {
        name: member.line.as_ref().map_or_else(|| name.to_string(), |line| format!("{name} ({line})")),
        place: member.place.clone(),
        url: links::execution(&member.pipeline, &member.execution),
    }
}

/// What a message that stands by itself says of those that failed before for the same reason.
pub fn same_cause(members: &[GroupedFailure], mine: &GroupedFailure) -> Option<Fact> {
    let earlier: Vec<&GroupedFailure> =
        members.iter().filter(|member| *member < mine && !member.is_of_line_of(mine)).collect();
    let first = earlier.first()?;
    let Other { name, url, .. } = other(first);
    let before = span(mine.at.duration_since(first.at));
    let when = if mine.at == first.at { "at the same time".to_owned() } else { format!("{before} before") };
    let more = others(members, mine).len().saturating_sub(1) as u64;
    let more = if more > 0 { format!(", and {}", counted(more, "more pipeline")) } else { String::new() };
    Some(Fact { label: "Same cause", value: format!("as {name}, {when}{more}"), url: Some(url) })
}
