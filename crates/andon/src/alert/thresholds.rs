//! Limits per pipeline for stuck runs, overdue approvals and missing successes.

use std::time::Duration;

use crate::glob::Globs;

/// The limits of the pipelines that an entry matches. `None` leaves a
/// limit to later entries; `Some(None)` turns it off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limit {
    /// The pipelines; all if absent.
    pub pipeline: Option<Globs>,
    /// A run is stuck after this time, until the pipeline has enough history.
    pub stuck_after: Option<Option<Duration>>,
    /// An approval is overdue after this time.
    pub approval_overdue_after: Option<Option<Duration>>,
    /// A pipeline without a success for this time gets an alert.
    pub no_success_after: Option<Option<Duration>>,
}

/// The limits of one pipeline; `None` is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A run is stuck after this time, until the pipeline has enough history.
    pub stuck_after: Option<Duration>,
    /// An approval is overdue after this time.
    pub approval_overdue_after: Option<Duration>,
    /// A pipeline without a success for this time gets an alert.
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
    /// Each limit is taken from the first matching entry that sets it.
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
