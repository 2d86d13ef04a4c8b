//! Alerts: which are due, from a run, its pipeline's history and the time. Pure functions.
//!
//! Whether an alert has already been sent is not decided here: claims do that. So any event of a run, in any order, gives
//! the same alerts. Each has an `effect`, a stable name under which it is claimed.

mod approval_request;
mod digest;
mod due;
mod kind;
mod muting;
mod service;
mod sweep;
mod thresholds;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Attempt, Commit, Trigger};
use crate::history::{ChangeSummary, Changes, FailureSummary, History, RunSummary};
use crate::line::Line;
use crate::name::{ActionExecutionId, ActionName, ExecutionId, ExternalId, PipelineId, StageName};
use crate::run::{ActionView, Failure, Run};

pub use approval_request::from_approval_request;
pub use digest::{StillRed, still_red};
pub use due::{Due, Settle, by_whom, due};
pub use kind::{AlertKind, Tone};
pub use muting::{MuteEffect, Muted};
pub use service::service_failed;
pub use sweep::overdue;
pub use thresholds::{Limit, Limits};

/// Enough to tell one set of failing actions from another, and short enough for a key.
const MAX_FINGERPRINT_LEN: usize = 300;

/// An alert: something that people should know.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The pipeline it is about.
    pub pipeline: PipelineId,
    /// The run it is about; a message of an approval's own topic does not name it.
    pub execution: Option<ExecutionId>,
    /// When it happened.
    pub at: Timestamp,
    /// When the run began, if that is known.
    pub started: Option<Timestamp>,
    /// The change that went through: of a run with several sources, the first that is new.
    pub commit: Option<Commit>,
    /// What each source fetched, where the run has several.
    pub changes: Option<Changes>,
    /// The line of change, where the pipeline has several.
    pub line: Option<Line>,
    /// The line of change, also where the pipeline has only one.
    pub own_line: Line,
    /// What set the run off.
    pub trigger: Option<Trigger>,
    /// What a mute of its pipeline or line does to it.
    pub mute: Option<Muted>,
    /// The kind of alert.
    pub body: AlertBody,
}

/// The content of an alert.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertBody {
    /// An attempt failed.
    Failed(Failed),
    /// The first success after failures.
    Recovered(Recovered),
    /// An earlier change was deployed again.
    RolledBack(RolledBack),
    /// A manual approval waits.
    ApprovalNeeded(Approval),
    /// A manual approval has waited for too long.
    ApprovalOverdue {
        /// What waits.
        approval: Approval,
        /// Since when.
        since: Timestamp,
    },
    /// A run takes far longer than it should.
    Stuck {
        /// Which attempt.
        attempt: Attempt,
        /// The stage it is in.
        stage: Option<StageName>,
        /// The action it is at.
        action: Option<ActionName>,
        /// The stage after which it waits for the next one, where it is in none.
        after: Option<StageName>,
        /// How long it has been running, or waiting.
        running: SignedDuration,
        /// How long half of the pipeline's runs take, if there were enough of them to say so.
        usual: Option<SignedDuration>,
    },
    /// There has been no success for too long.
    NoSuccess {
        /// When the last one ended; `None` if there never was one.
        last: Option<Timestamp>,
        /// Since when one has been waited for.
        since: Timestamp,
    },
    /// A deployment failed of which it is not known that a run made it.
    ServiceFailed {
        /// The service, the deployment or the stack, as its service calls it.
        service: ExternalId,
        /// The deployment of the service.
        deployment: Option<ExternalId>,
        /// Why, in the words of the service.
        reason: Option<String>,
        /// The pipelines that may have made it.
        perhaps: Vec<PipelineId>,
    },
    /// An approval was given.
    Approved {
        /// What was approved.
        approval: Approval,
        /// Who approved it, where the action says so.
        by: Option<String>,
        /// What they said.
        comment: Option<String>,
    },
    /// An approval was rejected.
    Rejected {
        /// Which attempt.
        attempt: Attempt,
        /// The approvals that were answered with no.
        failures: Vec<Failure>,
    },
    /// A run started.
    Started,
    /// A run succeeded.
    Succeeded,
    /// A run was stopped.
    Stopped {
        /// The reason, in the user's words.
        comment: Option<String>,
    },
    /// A newer run took its place.
    Superseded,
    /// The pipeline was edited under it, and nothing has run since.
    Canceled,
}

/// A failed attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// Which attempt.
    pub attempt: Attempt,
    /// What failed in it; several actions of a stage can fail side by side.
    pub failures: Vec<Failure>,
    /// The failure streak that it belongs to.
    pub streak: FailureStreak,
    /// The rollback that the run was to be.
    pub rollback: Option<Box<FailedRollback>>,
}

/// A rollback that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRollback {
    /// The change that was to be live again, as far as it is known.
    pub to: Option<ChangeSummary>,
    /// The change that was to be rolled back, as far as it is known.
    pub undone: Option<ChangeSummary>,
    /// Whether somebody stopped it, or edited its pipeline: nothing in it failed.
    pub is_stopped: bool,
}

/// The failures since the last success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureStreak {
    /// This one included.
    pub count: u64,
    /// When the first of them ended.
    pub since: Timestamp,
    /// When the line had succeeded last.
    pub after: Option<Timestamp>,
    /// What failed in the run before.
    pub before: Option<FailureSummary>,
    /// The change with which the streak began, where another run than this began it and is still kept.
    pub broken_by: Option<ChangeSummary>,
}

impl Failed {
    /// Whether the same action failed for the same reason as in the run before, as far as that has been found out.
    pub fn is_same_again(&self) -> bool {
        let mine = self.failures.first().map(FailureSummary::of);
        matches!((&self.streak.before, mine), (Some(before), Some(mine)) if before.is_like(&mine))
    }
}

/// The end of an outage.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// The attempt that succeeded.
    pub attempt: Attempt,
    /// How many attempts had failed.
    pub failures: u64,
    /// When the first of them ended.
    pub since: Timestamp,
    /// From the first failure to this success.
    pub outage: SignedDuration,
    /// What had failed last.
    pub broken_by: Option<FailureSummary>,
    /// The changes that the run has and the one that failed last had not: none where it is the same change once more,
    /// `None` where that is not known.
    pub fixed_by: Option<Vec<ChangeSummary>>,
}

/// A rollback that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledBack {
    /// The attempt that succeeded.
    pub attempt: Attempt,
    /// The change that is live again, as far as it is known.
    pub to: Option<ChangeSummary>,
    /// The change that is not live any more, as far as it is known.
    pub undone: Option<ChangeSummary>,
    /// The stage that was rolled back.
    pub stage: Option<StageName>,
    /// Whether ECS did it by itself, not a run of the pipeline.
    pub by_service: bool,
    /// Whether the action that made the deployment still runs.
    pub is_running: bool,
}

/// A manual approval that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The stage that waits.
    pub stage: StageName,
    /// The approval action.
    pub action: ActionName,
    /// What answers it.
    pub token: Option<ActionExecutionId>,
    /// Which attempt.
    pub attempt: Attempt,
    /// When the approval expires.
    pub expires: Option<Timestamp>,
    /// What the reviewer should know.
    pub custom_data: Option<String>,
    /// What the reviewer should look at.
    pub review_link: Option<String>,
    /// The newer changes that wait behind it.
    pub behind: Vec<ChangeSummary>,
}

impl Approval {
    /// An approval action as it stands.
    fn of(stage: StageName, action: ActionView, behind: Vec<ChangeSummary>) -> Self {
        Self {
            stage,
            action: action.name,
            token: action.execution,
            attempt: action.attempt,
            expires: None,
            custom_data: action.custom_data,
            review_link: action.review_link,
            behind,
        }
    }
}

impl Alert {
    /// Its kind.
    pub fn kind(&self) -> AlertKind {
        match &self.body {
            AlertBody::Failed(_) => AlertKind::Failed,
            AlertBody::Recovered(_) => AlertKind::Recovered,
            AlertBody::RolledBack(_) => AlertKind::RolledBack,
            AlertBody::ApprovalNeeded(_) => AlertKind::ApprovalNeeded,
            AlertBody::ApprovalOverdue { .. } => AlertKind::ApprovalOverdue,
            AlertBody::Stuck { .. } => AlertKind::Stuck,
            AlertBody::NoSuccess { .. } => AlertKind::NoSuccess,
            AlertBody::ServiceFailed { .. } => AlertKind::ServiceFailed,
            AlertBody::Approved { .. } => AlertKind::Approved,
            AlertBody::Rejected { .. } => AlertKind::Rejected,
            AlertBody::Started => AlertKind::Started,
            AlertBody::Succeeded => AlertKind::Succeeded,
            AlertBody::Stopped { .. } => AlertKind::Stopped,
            AlertBody::Superseded => AlertKind::Superseded,
            AlertBody::Canceled => AlertKind::Canceled,
        }
    }

    /// The name by which it is claimed.
    pub fn dedup_key(&self) -> String {
        let execution = self.execution.as_ref().map_or("-", ExecutionId::as_str);
        let kind = self.kind();
        match &self.body {
            AlertBody::Failed(failed) => format!("{kind}/{execution}/{}", failed.attempt.number()),
            AlertBody::Recovered(recovered) => format!("{kind}/{execution}/{}", recovered.attempt.number()),
            AlertBody::RolledBack(rolled_back) => format!("{kind}/{execution}/{}", rolled_back.attempt.number()),
            AlertBody::Stuck { attempt, .. } | AlertBody::Rejected { attempt, .. } => {
                format!("{kind}/{execution}/{}", attempt.number())
            }
            AlertBody::NoSuccess { since, .. } => format!("{kind}/{since}"),
            AlertBody::ServiceFailed { service, deployment, .. } => {
                format!("{kind}/{}", deployment.as_ref().unwrap_or(service))
            }
            AlertBody::ApprovalNeeded(Approval { token: Some(token), .. }) => format!("{kind}/{token}"),
            AlertBody::ApprovalNeeded(Approval { stage, action, attempt, .. })
            | AlertBody::ApprovalOverdue { approval: Approval { stage, action, attempt, .. }, .. }
            | AlertBody::Approved { approval: Approval { stage, action, attempt, .. }, .. } => {
                format!("{kind}/{execution}/{}/{stage}/{action}", attempt.number())
            }
            _ => format!("{kind}/{execution}"),
        }
    }

    /// What it has to say beyond its name, in short: where this has changed, there is more to say than was said.
    ///
    /// A failed attempt can have more failing actions by and by; every other alert is complete when it goes out.
    pub fn content_fingerprint(&self) -> Option<String> {
        let AlertBody::Failed(failed) = &self.body else { return None };
        let actions = failed.failures.iter().filter_map(|failure| failure.action.as_ref()).map(ActionName::as_str);
        let mut actions: Vec<&str> = actions.collect();
        actions.sort_unstable();
        Some(actions.join(",").chars().take(MAX_FINGERPRINT_LEN).collect())
    }

    /// The stage it is about: for a recovery, the one that had failed, so that both go the same way.
    pub fn stage(&self) -> Option<&StageName> {
        match &self.body {
            AlertBody::Failed(Failed { failures, .. }) | AlertBody::Rejected { failures, .. } => {
                failures.first()?.stage.as_ref()
            }
            AlertBody::Recovered(recovered) => recovered.broken_by.as_ref()?.stage.as_ref(),
            AlertBody::ApprovalNeeded(approval)
            | AlertBody::ApprovalOverdue { approval, .. }
            | AlertBody::Approved { approval, .. } => Some(&approval.stage),
            AlertBody::Stuck { stage, after, .. } => stage.as_ref().or(after.as_ref()),
            AlertBody::RolledBack(rolled_back) => rolled_back.stage.as_ref(),
            _ => None,
        }
    }

    /// The action it is about.
    pub fn action(&self) -> Option<&ActionName> {
        match &self.body {
            AlertBody::Failed(Failed { failures, .. }) | AlertBody::Rejected { failures, .. } => {
                failures.first()?.action.as_ref()
            }
            AlertBody::Recovered(recovered) => recovered.broken_by.as_ref()?.action.as_ref(),
            AlertBody::ApprovalNeeded(approval)
            | AlertBody::ApprovalOverdue { approval, .. }
            | AlertBody::Approved { approval, .. } => Some(&approval.action),
            AlertBody::Stuck { action, .. } => action.as_ref(),
            _ => None,
        }
    }

    /// The kind of failure, once it is known.
    pub fn category(&self) -> Option<&'static str> {
        match &self.body {
            AlertBody::Failed(Failed { failures, .. }) => {
                failures.iter().find_map(|failure| failure.explanation.as_ref()).map(|known| known.category.as_str())
            }
            _ => None,
        }
    }

    /// Why, in the words of what failed.
    pub fn reason(&self) -> Option<&str> {
        match &self.body {
            AlertBody::Failed(Failed { failures, .. }) | AlertBody::Rejected { failures, .. } => {
                failures.iter().find_map(Failure::reason)
            }
            AlertBody::ServiceFailed { reason, .. } => reason.as_deref(),
            AlertBody::Stopped { comment } | AlertBody::Approved { comment, .. } => comment.as_deref(),
            _ => None,
        }
    }

    /// The branch of the run, as far as it is known.
    pub fn branch(&self) -> Option<&str> {
        match (self.commit.as_ref().and_then(Commit::branch), self.any_line()) {
            (Some(name), _) => Some(name),
            (None, Some(Line::Branch(name))) => Some(name),
            _ => None,
        }
    }

    /// The line of change that routes go by.
    fn any_line(&self) -> Option<&Line> {
        Some(&self.own_line).filter(|line| !line.is_common())
    }

    /// The tag that started the run.
    pub fn tag(&self) -> Option<&str> {
        self.commit.as_ref()?.tag()
    }

    /// The number of the pull request that started the run.
    pub fn pull_request(&self) -> Option<&str> {
        let of_commit = self.commit.as_ref().and_then(|commit| commit.pull_request.as_ref());
        match (of_commit, self.any_line()) {
            (Some(pull_request), _) => Some(&pull_request.number),
            (None, Some(Line::PullRequest(number))) => Some(number),
            _ => None,
        }
    }

    /// What set the run off: `pull-request`, `tag`, `push`, or CodePipeline's name of the kind.
    pub fn trigger_kind(&self) -> Option<&str> {
        self.trigger.as_ref().map(Trigger::kind)
    }

    /// Whether it is the first bad news since the last good one; where that was muted, the first that is told.
    pub fn is_first_in_streak(&self) -> bool {
        match &self.body {
            AlertBody::Failed(failed) => {
                failed.streak.count <= 1 || self.mute.as_ref().is_some_and(|muted| muted.hides_first)
            }
            _ => true,
        }
    }

    /// Whether a mute keeps it from being told.
    pub fn is_silent(&self) -> bool {
        self.mute.as_ref().is_some_and(|muted| muted.effect == MuteEffect::Silent)
    }

    /// Whether it is told because a mute is over.
    pub fn is_after_mute(&self) -> bool {
        self.mute.as_ref().is_some_and(|muted| muted.effect == MuteEffect::Over)
    }

    /// An alert about a pipeline of which nothing else is known.
    fn alone(pipeline: PipelineId, at: Timestamp, body: AlertBody) -> Self {
        Self {
            pipeline,
            execution: None,
            at,
            started: None,
            commit: None,
            changes: None,
            line: None,
            own_line: Line::default(),
            trigger: None,
            mute: None,
            body,
        }
    }

    fn of_run(run: &Run, history: Option<&History>, at: Timestamp, body: AlertBody) -> Self {
        let known = history.and_then(|history| Some((history, history.run(&run.execution)?)));
        Self {
            pipeline: run.pipeline.clone(),
            execution: Some(run.execution.clone()),
            at,
            started: run.started(),
            commit: known.map_or_else(|| run.commit(), |(history, summary)| change_of(run, history, summary)),
            changes: known.and_then(|(history, summary)| several(history, summary)),
            line: known.and_then(|(history, summary)| told_line(history, summary)),
            own_line: known.map(|(history, summary)| history.line(summary)).unwrap_or_default(),
            trigger: run.trigger().cloned(),
            mute: None,
            body,
        }
    }
}

/// The change of a run in full: of several sources, the first that is new.
fn change_of(run: &Run, history: &History, summary: &RunSummary) -> Option<Commit> {
    let commit = run.commit();
    let first = history.change(summary).filter(|_| !summary.revisions.is_empty());
    let is_it = |commit: &Commit| first.as_ref().is_none_or(|first| ChangeSummary::of(commit).is_same(first));
    if commit.as_ref().is_none_or(&is_it) {
        return commit;
    }
    run.revisions().into_iter().map(|revision| revision.commit).find(is_it).or(commit)
}

/// What each source fetched, where there are several.
fn several(history: &History, summary: &RunSummary) -> Option<Changes> {
    (!summary.revisions.is_empty()).then(|| history.changes(summary))
}

/// The line of a run, where its pipeline has several.
fn told_line(history: &History, summary: &RunSummary) -> Option<Line> {
    history.has_lines().then(|| history.line(summary))
}

/// A change as a commit, as far as its summary goes.
fn commit(change: &ChangeSummary) -> Commit {
    Commit {
        id: change.id.clone(),
        message: change.title.clone(),
        author: change.author.clone(),
        url: change.url.clone(),
        ..Commit::default()
    }
}
