//! After how long a silence is worth an alert, per pipeline.

use std::time::Duration;

use super::duration;
use super::finding::Finding;
use super::glob::Globs;
use super::reader::Reader;
use super::routes::{Field, globs};
use super::tree::Node;

/// What an entry of the list says of the pipelines that it matches. `None` is silent on a
/// limit and leaves it to the entries after it; `Some(None)` switches it off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limit {
    /// The pipelines; all if absent.
    pub pipeline: Option<Globs>,
    /// A run is stuck after this time, until the pipeline has a history of its own.
    pub stuck_after: Option<Option<Duration>>,
    /// An approval is overdue after this time.
    pub approval_overdue_after: Option<Option<Duration>>,
    /// A pipeline without a success for this time is reported.
    pub no_success_after: Option<Option<Duration>>,
}

/// The limits of one pipeline; `None` is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A run is stuck after this time, until the pipeline has a history of its own.
    pub stuck_after: Option<Duration>,
    /// An approval is overdue after this time.
    pub approval_overdue_after: Option<Duration>,
    /// A pipeline without a success for this time is reported.
    pub no_success_after: Option<Duration>,
}

const KEYS: &[&str] = &["pipeline", "stuck-after", "approval-overdue-after", "no-success-after"];

impl Default for Limits {
    fn default() -> Self {
        Self {
            stuck_after: Some(Duration::from_hours(2)),
            approval_overdue_after: Some(Duration::from_hours(24)),
            no_success_after: None,
        }
    }
}

impl Limits {
    /// For each limit the first entry that matches and says something.
    pub(super) fn of(pipeline: &str, limits: &[Limit]) -> Self {
        let matching: Vec<&Limit> = limits
            .iter()
            .filter(|limit| limit.pipeline.as_ref().is_none_or(|globs| globs.match_any(pipeline)))
            .collect();
        let default = Self::default();
        Self {
            stuck_after: matching.iter().find_map(|limit| limit.stuck_after).unwrap_or(default.stuck_after),
            approval_overdue_after: matching
                .iter()
                .find_map(|limit| limit.approval_overdue_after)
                .unwrap_or(default.approval_overdue_after),
            no_success_after: matching
                .iter()
                .find_map(|limit| limit.no_success_after)
                .unwrap_or(default.no_success_after),
        }
    }
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Vec<Limit> {
    reader.items(node, "`limits`").iter().filter_map(|node| limit(node, reader)).collect()
}

fn limit(node: &Node, reader: &mut Reader<'_>) -> Option<Limit> {
    let fields = reader.fields(node, "an entry of `limits`", KEYS)?;
    let limit = Limit {
        pipeline: fields.get("pipeline").and_then(|node| globs(node, Field::Pipeline, reader)),
        stuck_after: fields.get("stuck-after").and_then(|node| reader.value(node, "`stuck-after`", duration::parse)),
        approval_overdue_after: fields
            .get("approval-overdue-after")
            .and_then(|node| reader.value(node, "`approval-overdue-after`", duration::parse)),
        no_success_after: fields
            .get("no-success-after")
            .and_then(|node| reader.value(node, "`no-success-after`", duration::parse)),
    };
    if !KEYS.iter().skip(1).any(|key| fields.get(key).is_some()) {
        reader.note(
            Finding::error(fields.span.clone(), "this entry sets no limit")
                .with_help("add `stuck-after: 2h`, `approval-overdue-after: 24h` or `no-success-after: 48h`"),
        );
        return None;
    }
    Some(limit)
}
