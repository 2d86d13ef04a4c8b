//! After how long a silence is worth an alert, per pipeline.

use std::time::Duration;

use crate::glob::Globs;

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
    pub fn of(pipeline: &str, limits: &[Limit]) -> Self {
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
