//! The summary of a run: what lists, boards and rules need.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{Attempt, Commit, Rollback, Trigger};
use crate::line::Line;
use crate::name::{ActionName, ExecutionId, ExternalId, StageName};
use crate::run::{Deployed, DeploymentRule, ECR, Failure, Outcome, Revision, Run, S3, Status};
use andon_diagnosis::Category;

/// The most outcomes (and deployments) of one run; for a run with more retries, the first and the last ones.
const MAX_OUTCOMES: usize = 16;
/// The most characters of a reason or of a commit's first line.
const MAX_LEN: usize = 200;

/// The most revisions of one run that are kept.
const MAX_REVISIONS: usize = 8;

/// The most deployments of one run that are kept by their ids.
const MAX_DEPLOYMENT_IDS: usize = 8;

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
    /// CodePipeline's name of its state, where Andon does not know that state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_name: Option<String>,
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
    /// The stage after which it waits for the next one, and since when, if it is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Current>,
    /// What failed in its latest attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureSummary>,
    /// The change that went through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeSummary>,
    /// What each source action fetched, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<ChangeSummary>,
    /// The line of change that its trigger names; `None` where no trigger says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// The rollback that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RolledBack>,
    /// What set it off, and on what.
    #[serde(default, skip_serializing_if = "Origin::is_unknown")]
    pub origin: Origin,
    /// The deployments that its actions name, by the ids of the services that they deploy to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployment_ids: Vec<ExternalId>,
}

/// What set a run off, and on what: what routes match besides its line of change.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// See [`Trigger::kind`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// The branch, whoever names it: the trigger or the source action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

impl Origin {
    fn of(run: &Run, commit: Option<&Commit>) -> Self {
        let short = |text: &str| text.chars().take(MAX_LEN).collect();
        Self {
            trigger: run.trigger().map(Trigger::kind).map(short),
            branch: commit.and_then(Commit::branch).map(short),
            tag: commit.and_then(Commit::tag).map(short),
        }
    }

    /// Whether nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// A rollback, as far as its own events tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RolledBack {
    /// The run whose change is deployed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ExecutionId>,
    /// The run that it undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<ExecutionId>,
}

/// A stage and its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StageLight {
    /// The stage.
    pub name: StageName,
    /// Its state.
    pub status: Status,
    /// CodePipeline's name of its state, where Andon does not know that state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_name: Option<String>,
    /// Whether one of its actions deploys.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deploys: bool,
}

impl StageLight {
    /// The word for its state.
    pub fn word(&self) -> &str {
        self.state_name.as_deref().unwrap_or_else(|| self.status.word())
    }
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
    /// The source action that fetched it, where the run has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl ChangeSummary {
    /// A commit in a few words.
    pub fn of(commit: &Commit) -> Self {
        let kind = match commit.host.as_deref() {
            Some(S3) => Some("S3 version"),
            Some(ECR) => Some("image"),
            _ => None,
        };
        let id = commit.id.as_deref().map(one_line);
        // The id of a version or an image says nothing without what it is an id of.
        let named = kind.zip(id.as_deref()).map(|(kind, id)| format!("{kind} {id}"));
        Self {
            id: id.filter(|_| kind.is_none()),
            title: named.or_else(|| commit.message.as_deref().map(one_line)),
            author: commit.author.as_deref().map(one_line),
            authored: commit.authored,
            url: crate::links::commit(commit).filter(|url| url.len() <= MAX_URL_LEN),
            source: None,
        }
    }

    /// What a source action fetched, in a few words.
    pub fn of_revision(revision: &Revision) -> Self {
        Self { source: Some(revision.source.to_string()), ..Self::of(&revision.commit) }
    }

    /// Whether it is the same commit, as far as is known.
    pub fn is_same(&self, other: &Self) -> bool {
        self == other
            || (self.id.is_some() && self.id == other.id)
            || (self.id.is_none() && other.id.is_none() && self.title.is_some() && self.title == other.title)
    }
}

impl RunSummary {
    /// A run in a few words. What counts as a deployment is decided here, once, for all that is read off the history.
    pub fn of(run: &Run, deployment_rule: &DeploymentRule) -> Self {
        let status = run.status();
        let stages = run.looks();
        let revisions = run.revisions();
        let commit = run.commit();
        let mut deployment_ids = run.deployment_ids();
        deployment_ids.truncate(MAX_DEPLOYMENT_IDS);
        let current =
            (!status.is_final()).then(|| stages.iter().rev().find(|stage| !stage.status.is_final())).flatten();
        Self {
            weight: run.weight(),
            execution: run.execution.clone(),
            first_seen: run.first_seen(),
            started: run.started(),
            ended: run.ended(),
            status,
            state_name: run.state_name().map(str::to_owned),
            attempt: run.attempt(),
            moving_since: run.moving_since(),
            outcomes: first_and_last_outcomes(run.outcomes()),
            deployments: run.deployments(deployment_rule).map(first_and_last),
            stages: stages
                .iter()
                .map(|stage| StageLight {
                    name: stage.name.clone(),
                    status: stage.status,
                    state_name: stage.state_name.map(str::to_owned),
                    deploys: run.has_deployment(stage.name),
                })
                .collect(),
            current: current.map(|stage| {
                // Where an approval waits beside other actions, it is what the run is at.
                let goes_on = || stage.actions.iter().filter(|action| !action.status.is_final());
                let action = goes_on().find(|action| action.status == Status::Waiting).or_else(|| goes_on().next());
                Current {
                    stage: stage.name.clone(),
                    action: action.map(|action| action.name.clone()),
                    since: action.map_or(stage.started, |action| action.started),
                }
            }),
            between: if status == Status::InProgress && current.is_none() {
                let last =
                    stages.iter().filter_map(|stage| Some((stage.ended?, stage))).max_by_key(|(ended, _)| *ended);
                last.map(|(ended, stage)| Current { stage: stage.name.clone(), action: None, since: ended })
            } else {
                None
            },
            failure: run.failed(run.attempt()).first().map(FailureSummary::of),
            change: commit.as_ref().map(ChangeSummary::of),
            revisions: if revisions.len() > 1 {
                revisions.iter().take(MAX_REVISIONS).map(ChangeSummary::of_revision).collect()
            } else {
                Vec::new()
            },
            line: run.line(),
            rollback: run.rollback().map(|Rollback { target }| RolledBack { target, undone: run.undone() }),
            origin: Origin::of(run, commit.as_ref()),
            deployment_ids,
        }
    }

    /// The word for its state.
    pub fn word(&self) -> &str {
        self.state_name.as_deref().unwrap_or_else(|| self.status.word())
    }

    /// When a rollback has succeeded; `None` of a run that is none, or has not.
    pub fn rolled_back(&self) -> Option<&Outcome> {
        self.rollback.as_ref()?;
        self.outcomes.iter().rfind(|outcome| outcome.status == Status::Succeeded)
    }

    /// How its deployments ended, oldest first. A rollback deploys no change.
    pub fn deployed(&self) -> Vec<Deployed> {
        if self.rollback.is_some() {
            return Vec::new();
        }
        if let Some(deployments) = &self.deployments {
            return deployments.clone();
        }
        let mut deployed: Vec<Deployed> = Vec::new();
        for Outcome { attempt, status, ended, .. } in &self.outcomes {
            let is_live = |last: &&mut Deployed| last.status == Status::Succeeded && last.attempt == *attempt;
            match (status, deployed.last_mut().filter(is_live)) {
                // What failed after it had succeeded was no second deployment.
                (Status::Failed, Some(last)) => last.undone = Some(*ended),
                (Status::Succeeded | Status::Failed, _) => {
                    deployed.push(Deployed {
                        stage: None,
                        attempt: *attempt,
                        status: *status,
                        ended: *ended,
                        undone: None,
                    });
                }
                _ => {}
            }
        }
        deployed
    }

    /// The failed attempts whose own end never came, though a later attempt has ended.
    pub fn lost_attempts(&self) -> impl Iterator<Item = &Outcome> {
        let told = |outcome: &&Outcome| !outcome.is_implied;
        let last = self.outcomes.iter().filter(told).map(|outcome| outcome.attempt).max();
        self.outcomes.iter().filter(move |outcome| outcome.is_implied && Some(outcome.attempt) < last)
    }

    /// Whether it failed last, whatever became of it then: who stops a failed run does not mend it.
    pub fn ended_in_failure(&self) -> bool {
        let decides = |outcome: &&Outcome| matches!(outcome.status, Status::Succeeded | Status::Failed);
        self.status == Status::Failed
            || self.outcomes.iter().rfind(decides).is_some_and(|outcome| outcome.status == Status::Failed)
    }

    /// Whether a condition had it skip a stage.
    pub fn has_skipped(&self, stage: &StageName) -> bool {
        self.stages.iter().any(|light| light.name == *stage && light.status == Status::Skipped)
    }

    /// What runs of a pipeline are ordered by.
    pub fn place(&self) -> (Timestamp, &ExecutionId) {
        (self.first_seen, &self.execution)
    }
}

/// What is left out between them leaves its number.
fn first_and_last_outcomes(mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let left_out = MAX_OUTCOMES / 2..outcomes.len().saturating_sub(MAX_OUTCOMES / 2);
    if outcomes.len() > MAX_OUTCOMES
        && let Some(last) = outcomes.get(left_out.start - 1).map(|outcome| outcome.status)
    {
        let like_it = outcomes.drain(left_out.clone()).filter(|outcome| outcome.status == last).count();
        if let Some(last) = outcomes.get_mut(left_out.start - 1) {
            last.unlisted = like_it as u64;
        }
    }
    outcomes
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
