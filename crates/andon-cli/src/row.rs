//! A pipeline as one row of a list: what `andon status`, the board and the API show of it.

use andon::history::{ChangeSummary, FailureSummary, History, Overview};
use andon::name::{ActionName, StageName};
use andon::run::{ActionView, Failure, Run, StageView, Status};
use jiff::Timestamp;
use serde_json::{Value, json};

/// How a pipeline stands at a glance. The order is that of a list: what wants somebody's eyes comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// Broken, even while a fix is on its way.
    Red,
    /// Somebody has to say yes or no.
    Waiting,
    /// Going on.
    Running,
    /// Well.
    Green,
    /// Neither well nor broken: rejected, stopped, superseded.
    Grey,
}

impl Light {
    /// The light of a run, a stage or an action by itself.
    pub fn of(status: Status) -> Self {
        match status {
            Status::Failed => Self::Red,
            Status::Waiting => Self::Waiting,
            Status::InProgress => Self::Running,
            Status::Succeeded => Self::Green,
            Status::Rejected | Status::Stopped | Status::Superseded | Status::Canceled => Self::Grey,
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

    /// A sign that tells it without colour.
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
pub struct Row {
    /// All that is known.
    pub overview: Overview,
    /// How it stands.
    pub light: Light,
}

impl Row {
    /// The pipeline as one row.
    pub fn of(overview: Overview) -> Self {
        let light = if overview.standing.is_red() { Light::Red } else { Light::of(overview.latest.status) };
        Self { overview, light }
    }

    /// Every pipeline, in the order of a list: red first, then what waits or runs, then the rest; the latest news first.
    pub fn list(overviews: Vec<Overview>) -> Vec<Self> {
        let mut rows: Vec<Self> = overviews.into_iter().map(Self::of).collect();
        rows.sort_by(|a, b| {
            let key = |row: &Self| (row.light.min(Light::Green), std::cmp::Reverse(row.news_at()));
            key(a).cmp(&key(b)).then_with(|| a.overview.pipeline.cmp(&b.overview.pipeline))
        });
        rows
    }

    /// How the latest run stands, in a word or two.
    pub fn word(&self) -> String {
        let status = self.overview.latest.status;
        match (self.light, status) {
            (Light::Red, Status::Failed) | (_, Status::Waiting) => status.word().to_owned(),
            (Light::Red, _) => format!("red, {}", status.word()),
            _ => status.word().to_owned(),
        }
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
        self.overview.standing.streak.as_ref().filter(|_| self.overview.standing.is_red()).map(|red| red.first_ended)
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

    /// The row as JSON.
    pub fn json(&self) -> Value {
        let Overview { pipeline, latest, standing, trend, typical, .. } = &self.overview;
        json!({
            "account": pipeline.home.account,
            "region": pipeline.home.region,
            "pipeline": pipeline.name,
            "light": self.light.word(),
            "status": latest.status,
            "execution": latest.execution,
            "attempt": latest.attempt,
            "started": latest.started,
            "ended": latest.ended,
            "current": latest.current,
            "stages": latest.stages,
            "failure": self.failure(),
            "commit": latest.change,
            "red_since": self.red_since(),
            "streak": standing.streak,
            "last_success": standing.last_success,
            "trend": trend,
            "typical": typical,
        })
    }
}

/// Where something failed; `None` where nobody said so.
pub fn place_of(failure: &FailureSummary) -> Option<String> {
    place(failure.stage.as_ref(), failure.action.as_ref())
}

fn place(stage: Option<&StageName>, action: Option<&ActionName>) -> Option<String> {
    match (stage.map(StageName::as_str), action.map(ActionName::as_str)) {
        (Some(stage), Some(action)) => Some(format!("{stage} / {action}")),
        (stage, action) => stage.or(action).map(str::to_owned),
    }
}

/// A pipeline in full, as JSON: how it stands, its kept runs, and the latest of them down to its actions.
pub fn in_full(history: &History, run: Option<&Run>) -> Value {
    let mut value = history.overview().map_or_else(|| json!({}), |overview| Row::of(overview).json());
    if let Some(members) = value.as_object_mut() {
        members.insert("runs".to_owned(), json!(history.runs()));
        members.insert("latest".to_owned(), run.map(run_json).unwrap_or_default());
    }
    value
}

fn run_json(run: &Run) -> Value {
    let action = |action: ActionView| {
        json!({
            "action": action.name,
            "status": action.status,
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
