//! The state of all pipelines: one row each, most urgent first.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use jiff::Timestamp;

use crate::history::{ChangeSummary, FailureSummary, Overview};
use crate::name::{ActionName, StageName};
use crate::run::Status;

/// The most lines of change that are named.
const MAX_NAMED: usize = 3;

/// The state of a pipeline at a glance, ordered by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusColor {
    /// Broken, even while a fix is on its way.
    Red,
    /// An approval is waiting.
    Waiting,
    /// Going on.
    Running,
    /// Well.
    Green,
    /// Neither well nor broken: rejected, stopped, superseded.
    Grey,
}

impl StatusColor {
    /// The light of a run, a stage or an action by itself.
    pub fn of(status: Status) -> Self {
        match status {
            Status::Failed => Self::Red,
            Status::Waiting => Self::Waiting,
            Status::InProgress => Self::Running,
            Status::Succeeded => Self::Green,
            Status::Rejected
            | Status::Stopped
            | Status::Superseded
            | Status::Canceled
            | Status::Skipped
            | Status::Unknown => Self::Grey,
        }
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Green => "green",
            Self::Grey => "grey",
        }
    }

    /// A sign that does not depend on colour.
    pub fn sign(self) -> char {
        match self {
            Self::Red => '✗',
            Self::Waiting => '!',
            Self::Running => '▸',
            Self::Green => '✓',
            Self::Grey => '–',
        }
    }
}

/// A pipeline as one row.
#[derive(Debug, Clone)]
pub struct PipelineRow {
    /// All that is known.
    pub overview: Arc<Overview>,
    /// Its state.
    pub light: StatusColor,
}

impl PipelineRow {
    /// The pipeline as one row.
    pub fn of(overview: impl Into<Arc<Overview>>) -> Self {
        let overview = overview.into();
        let light = match overview.latest.status {
            _ if overview.health.is_red() => StatusColor::Red,
            // Whatever runs after it, somebody is waited for.
            _ if overview.waiting().is_some() => StatusColor::Waiting,
            status => StatusColor::of(status),
        };
        Self { overview, light }
    }

    /// Every pipeline, in the order of a list: red first, then what waits or runs, then the rest; the latest news first.
    pub fn list(overviews: Vec<Arc<Overview>>) -> Vec<Self> {
        let mut rows: Vec<Self> = overviews.into_iter().map(Self::of).collect();
        rows.sort_by(Self::before);
        rows
    }

    /// Which of two comes first in a list.
    pub fn before(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.light.min(StatusColor::Green), Reverse(row.news_at()));
        key(self).cmp(&key(other)).then_with(|| self.overview.pipeline.cmp(&other.overview.pipeline))
    }

    /// The state of the latest run, in a word or two, with the branches that are red where the pipeline has several.
    pub fn word(&self) -> String {
        let latest = &self.overview.latest;
        let is_rolled_back = latest.rollback.is_some() && latest.status == Status::Succeeded;
        let word = if is_rolled_back { "rolled back" } else { latest.word() };
        let on = self.red_names().map(|names| format!(" on {names}")).unwrap_or_default();
        match (self.light, latest.status) {
            (StatusColor::Waiting, _) => Status::Waiting.word().to_owned(),
            (StatusColor::Red, Status::Failed) => format!("{word}{on}"),
            (_, Status::Waiting) => word.to_owned(),
            (StatusColor::Red, _) => format!("red{on}, {word}"),
            _ => word.to_owned(),
        }
    }

    /// The lines of change that are red, by name; `None` where the pipeline has one line.
    pub fn red_names(&self) -> Option<String> {
        let red = &self.overview.red;
        let names: Vec<String> = red.iter().take(MAX_NAMED).map(|red| red.line.to_string()).collect();
        let more = red.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")))
    }

    /// When the latest run last had news.
    pub fn news_at(&self) -> Timestamp {
        let latest = &self.overview.latest;
        let current = latest.current.as_ref().map(|current| current.since);
        latest.ended.or(current).unwrap_or(latest.first_seen)
    }

    /// When the latest run began, as far as that is known.
    pub fn began(&self) -> Timestamp {
        self.overview.latest.started.unwrap_or(self.overview.latest.first_seen)
    }

    /// Since when it has been red.
    pub fn red_since(&self) -> Option<Timestamp> {
        self.overview.health.streak.as_ref().filter(|_| self.overview.health.is_red()).map(|red| red.first_ended)
    }

    /// Where it is, or where it broke, or where the latest run ended: `Deploy / SmokeTest`.
    pub fn place(&self) -> Option<String> {
        if let Some(current) = &self.overview.latest.current {
            return place(Some(&current.stage), current.action.as_ref());
        }
        self.failure().and_then(place_of)
    }

    /// What failed last, while that still matters.
    pub fn failure(&self) -> Option<&FailureSummary> {
        let latest = &self.overview.latest;
        let broken = self.overview.broken_by.as_ref().map(|broken| &broken.failure);
        latest.failure.as_ref().filter(|_| matches!(latest.status, Status::Failed | Status::Rejected)).or(broken)
    }

    /// The change in the latest run.
    pub fn change(&self) -> Option<&ChangeSummary> {
        self.overview.latest.change.as_ref()
    }
}

/// Where something failed; `None` if unknown.
pub fn place_of(failure: &FailureSummary) -> Option<String> {
    place(failure.stage.as_ref(), failure.action.as_ref())
}

fn place(stage: Option<&StageName>, action: Option<&ActionName>) -> Option<String> {
    match (stage.map(StageName::as_str), action.map(ActionName::as_str)) {
        (Some(stage), Some(action)) => Some(format!("{stage} / {action}")),
        (stage, action) => stage.or(action).map(str::to_owned),
    }
}
