//! The summary of a run: what lists, boards and rules need.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{Attempt, Commit};
use crate::name::{ActionName, ExecutionId, StageName};
use crate::run::{Deployed, DeploymentRule, Failure, Outcome, Run, Status};
use andon_diagnosis::Category;

/// The most outcomes (and deployments) of one run; for a run with more retries, the first and the last ones.
const MAX_OUTCOMES: usize = 16;
/// The most characters of a reason or of a commit's first line.
const MAX_LEN: usize = 200;

/// The longest URL of a page: of a commit, or of what failed.
const MAX_URL_LEN: usize = 300;

/// The state of one run.
///
/// Summaries of one run are ordered by how much was known when they were made, so that a late writer cannot take back
/// what a faster one already wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunSummary {
    /// How much was known; 0 for runs known only from CodePipeline's own history.
    pub weight: u64,
    /// The run.
    pub execution: ExecutionId,
    /// The earliest time known of it: what runs are ordered by.
    pub first_seen: Timestamp,
    /// When it started, if the pipeline's events say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Its state.
    pub status: Status,
    /// Its latest attempt.
    pub attempt: Attempt,
    /// Since when it has been moving: since its start, or since its last approval.
    pub moving_since: Timestamp,
    /// How its attempts ended, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// Its deployments, oldest first; `None` where each of its outcomes is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployments: Option<Vec<Deployed>>,
    /// Its stages, in the order they were seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageLight>,
    /// Where it is now, if it is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// What failed in its latest attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureSummary>,
    /// The change that went through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeSummary>,
}

/// A stage and its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StageLight {
    /// The stage.
    pub name: StageName,
    /// Its state.
    pub status: Status,
}

/// Where a run is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Current {
    /// The stage it is in.
    pub stage: StageName,
    /// The action it is at, if one is going on.
    pub action: Option<ActionName>,
    /// Since when.
    pub since: Timestamp,
}

/// What failed first in an attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailureSummary {
    /// The stage, if it is known.
    pub stage: Option<StageName>,
    /// The action, if it is known.
    pub action: Option<ActionName>,
    /// When.
    pub at: Timestamp,
    /// Why, in the words of the action, on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why, by the most telling line of its log, once that has been found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What kind of failure it is, once that has been found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The number of failed tests, if the log gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_tests: Option<u32>,
    /// The page that shows it, such as the log of a build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

impl FailureSummary {
    /// A failure in a few words.
    pub fn of(failure: &Failure) -> Self {
        Self {
            stage: failure.stage.clone(),
            action: failure.action.clone(),
            at: failure.at,
            reason: failure.own_words().map(one_line),
            cause: failure.explanation.as_ref().and_then(|known| known.cause.first()).map(|line| one_line(line)),
            category: failure.explanation.as_ref().map(|known| known.category),
            failed_tests: failure.explanation.as_ref().and_then(|known| known.failed_tests),
            page: failure.page().filter(|url| url.len() <= MAX_URL_LEN).map(str::to_owned),
        }
    }

    /// The reason, as far as it is known.
    pub fn why(&self) -> Option<&str> {
        self.cause.as_deref().or(self.reason.as_deref())
    }

    /// Whether two failures are of the same action for the same reason.
    pub fn is_like(&self, other: &Self) -> bool {
        let same_place = (&self.stage, &self.action) == (&other.stage, &other.action);
        let same_reason = match (&self.cause, &other.cause) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => self.reason.is_some() && self.reason == other.reason,
        };
        same_place && same_reason
    }
}

/// A change in a few words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeSummary {
    /// The commit's id.
    pub id: Option<String>,
    /// The first line of its message.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authored: Option<Timestamp>,
    /// A page that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl ChangeSummary {
    /// A commit in a few words.
    pub fn of(commit: &Commit) -> Self {
        Self {
            id: commit.id.as_deref().map(one_line),
            title: commit.message.as_deref().map(one_line),
            author: commit.author.as_deref().map(one_line),
            authored: commit.authored,
            url: crate::links::commit(commit).filter(|url| url.len() <= MAX_URL_LEN),
        }
    }

    /// Whether it is the same commit, as far as is known.
    pub fn is_same(&self, other: &Self) -> bool {
        self == other || (self.id.is_some() && self.id == other.id)
    }
}

impl RunSummary {
    /// A run in a few words. What counts as a deployment is decided here, once, for all that is read off the history.
    pub fn of(run: &Run, deployment_rule: &DeploymentRule) -> Self {
        let status = run.status();
        let stages = run.stages();
        let current =
            (!status.is_final()).then(|| stages.iter().rev().find(|stage| !stage.status.is_final())).flatten();
        Self {
            weight: run.weight(),
            execution: run.execution.clone(),
            first_seen: run.first_seen(),
            started: run.started(),
            ended: run.ended(),
            status,
            attempt: run.attempt(),
            moving_since: run.moving_since(),
            outcomes: first_and_last(run.outcomes()),
            deployments: run.deployments(deployment_rule).map(first_and_last),
            stages: stages.iter().map(|stage| StageLight { name: stage.name.clone(), status: stage.status }).collect(),
            current: current.map(|stage| {
                let action = stage.actions.iter().find(|action| !action.status.is_final());
                Current {
                    stage: stage.name.clone(),
                    action: action.map(|action| action.name.clone()),
                    since: action.map_or(stage.started, |action| action.started),
                }
            }),
            failure: run.failures(run.attempt()).first().map(FailureSummary::of),
            change: run.commit().as_ref().map(ChangeSummary::of),
        }
    }

    /// How its deployments ended, oldest first.
    pub fn deployed(&self) -> Vec<Deployed> {
        let of_outcome = |outcome: &Outcome| {
            let Outcome { attempt, status, ended, .. } = *outcome;
            let is_one = matches!(status, Status::Succeeded | Status::Failed);
            is_one.then_some(Deployed { stage: None, attempt, status, ended })
        };
        match &self.deployments {
            Some(deployments) => deployments.clone(),
            None => self.outcomes.iter().filter_map(of_outcome).collect(),
        }
    }

    /// What runs of a pipeline are ordered by.
    pub fn place(&self) -> (Timestamp, &ExecutionId) {
        (self.first_seen, &self.execution)
    }
}

fn first_and_last<T>(mut ends: Vec<T>) -> Vec<T> {
    if ends.len() > MAX_OUTCOMES {
        ends.drain(MAX_OUTCOMES / 2..ends.len() - MAX_OUTCOMES / 2);
    }
    ends
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().chars().take(MAX_LEN).collect()
}
