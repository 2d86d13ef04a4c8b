//! What should be told? From a run, its pipeline's history and the time to the alerts that are due; pure.
//!
//! Whether an alert has gone out already is not asked here: that is what claims are for. So the same alerts come out
//! whichever event of a run is looked at, in whatever order, and each has an `effect`, a name that is the same every
//! time, by which it is claimed.

mod asked;
mod due;
mod kind;
mod limits;
mod sweep;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Attempt, Commit, Trigger};
use crate::history::{ChangeSummary, FailureSummary};
use crate::name::{ActionExecutionId, ActionName, ExecutionId, PipelineId, StageName};
use crate::run::{Failure, Run};

pub use asked::asked;
pub use due::{Due, due};
pub use kind::{Kind, Tone};
pub use limits::{Limit, Limits};
pub use sweep::overdue;

/// Enough to tell one set of failing actions from another, and short enough for a key.
const LONGEST_SUBSTANCE: usize = 300;

/// Something that people should be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The pipeline it is about.
    pub pipeline: PipelineId,
    /// The run it is about; a message of an approval's own topic does not name it.
    pub execution: Option<ExecutionId>,
    /// When what it tells happened.
    pub at: Timestamp,
    /// When the run began, if that is known.
    pub started: Option<Timestamp>,
    /// The change that went through.
    pub commit: Option<Commit>,
    /// What set the run off.
    pub trigger: Option<Trigger>,
    /// What it tells.
    pub news: News,
}

/// What an alert tells.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// An attempt failed.
    Failed(Failed),
    /// The first success after failures.
    Recovered(Recovered),
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
        /// How long it has been running.
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
    /// Somebody said no.
    Rejected {
        /// Which attempt.
        attempt: Attempt,
        /// The approvals that were answered with no.
        failures: Vec<Failure>,
    },
    /// A run began.
    Started,
    /// A run succeeded.
    Succeeded,
    /// A run was stopped.
    Stopped {
        /// Why, in the words of whoever stopped it.
        comment: Option<String>,
    },
    /// A newer run took its place.
    Superseded,
    /// The pipeline was edited under it.
    Canceled,
}

/// A failed attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// Which attempt.
    pub attempt: Attempt,
    /// What failed in it; several actions of a stage can fail side by side.
    pub failures: Vec<Failure>,
    /// The row of failures that it stands in.
    pub row: Row,
}

/// How many failures there have been in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// This one included.
    pub count: u64,
    /// When the first of them ended.
    pub since: Timestamp,
    /// What failed in the run before.
    pub before: Option<FailureSummary>,
    /// The change with which the row began, where another run than this began it and is still kept.
    pub broken_by: Option<ChangeSummary>,
}

impl Failed {
    /// Whether the same action failed for the same reason as in the run before, as far as that has been found out.
    pub fn is_same_again(&self) -> bool {
        let mine = self.failures.first().map(FailureSummary::of);
        matches!((&self.row.before, mine), (Some(before), Some(mine)) if before.is_like(&mine))
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
    /// When it fails if nobody answers.
    pub expires: Option<Timestamp>,
    /// What the reviewer should know.
    pub custom_data: Option<String>,
    /// What the reviewer should look at.
    pub review_link: Option<String>,
}

impl Alert {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match &self.news {
            News::Failed(_) => Kind::Failed,
            News::Recovered(_) => Kind::Recovered,
            News::ApprovalNeeded(_) => Kind::ApprovalNeeded,
            News::ApprovalOverdue { .. } => Kind::ApprovalOverdue,
            News::Stuck { .. } => Kind::Stuck,
            News::NoSuccess { .. } => Kind::NoSuccess,
            News::Rejected { .. } => Kind::Rejected,
            News::Started => Kind::Started,
            News::Succeeded => Kind::Succeeded,
            News::Stopped { .. } => Kind::Stopped,
            News::Superseded => Kind::Superseded,
            News::Canceled => Kind::Canceled,
        }
    }

    /// The name by which it is claimed.
    pub fn effect(&self) -> String {
        let execution = self.execution.as_ref().map_or("-", ExecutionId::as_str);
        let kind = self.kind();
        match &self.news {
            News::Failed(failed) => format!("{kind}/{execution}/{}", failed.attempt.number()),
            News::Recovered(recovered) => format!("{kind}/{execution}/{}", recovered.attempt.number()),
            News::Stuck { attempt, .. } | News::Rejected { attempt, .. } => {
                format!("{kind}/{execution}/{}", attempt.number())
            }
            News::NoSuccess { since, .. } => format!("{kind}/{since}"),
            News::ApprovalNeeded(Approval { token: Some(token), .. }) => format!("{kind}/{token}"),
            News::ApprovalNeeded(Approval { stage, action, attempt, .. })
            | News::ApprovalOverdue { approval: Approval { stage, action, attempt, .. }, .. } => {
                format!("{kind}/{execution}/{}/{stage}/{action}", attempt.number())
            }
            _ => format!("{kind}/{execution}"),
        }
    }

    /// What it has to say beyond its name, in short: where this has changed, there is more to say than was said.
    ///
    /// A failed attempt can have more failing actions by and by; every other alert is complete when it goes out.
    pub fn substance(&self) -> Option<String> {
        let News::Failed(failed) = &self.news else { return None };
        let actions = failed.failures.iter().filter_map(|failure| failure.action.as_ref()).map(ActionName::as_str);
        let mut actions: Vec<&str> = actions.collect();
        actions.sort_unstable();
        Some(actions.join(",").chars().take(LONGEST_SUBSTANCE).collect())
    }

    /// The stage it is about: for a recovery, the one that had failed, so that both go the same way.
    pub fn stage(&self) -> Option<&StageName> {
        match &self.news {
            News::Failed(Failed { failures, .. }) | News::Rejected { failures, .. } => failures.first()?.stage.as_ref(),
            News::Recovered(recovered) => recovered.broken_by.as_ref()?.stage.as_ref(),
            News::ApprovalNeeded(approval) | News::ApprovalOverdue { approval, .. } => Some(&approval.stage),
            News::Stuck { stage, .. } => stage.as_ref(),
            _ => None,
        }
    }

    /// The action it is about.
    pub fn action(&self) -> Option<&ActionName> {
        match &self.news {
            News::Failed(Failed { failures, .. }) | News::Rejected { failures, .. } => {
                failures.first()?.action.as_ref()
            }
            News::Recovered(recovered) => recovered.broken_by.as_ref()?.action.as_ref(),
            News::ApprovalNeeded(approval) | News::ApprovalOverdue { approval, .. } => Some(&approval.action),
            News::Stuck { action, .. } => action.as_ref(),
            _ => None,
        }
    }

    /// The kind of failure, once it is known.
    pub fn category(&self) -> Option<&'static str> {
        match &self.news {
            News::Failed(Failed { failures, .. }) => {
                failures.iter().find_map(|failure| failure.explanation.as_ref()).map(|known| known.category.as_str())
            }
            _ => None,
        }
    }

    /// Why, in the words of what failed.
    pub fn reason(&self) -> Option<&str> {
        match &self.news {
            News::Failed(Failed { failures, .. }) | News::Rejected { failures, .. } => {
                failures.iter().find_map(Failure::reason)
            }
            News::Stopped { comment } => comment.as_deref(),
            _ => None,
        }
    }

    /// Whether it is the first bad news since the last good one.
    pub fn is_first_of_row(&self) -> bool {
        match &self.news {
            News::Failed(failed) => failed.row.count <= 1,
            _ => true,
        }
    }

    fn of_run(run: &Run, at: Timestamp, news: News) -> Self {
        Self {
            pipeline: run.pipeline.clone(),
            execution: Some(run.execution.clone()),
            at,
            started: run.started(),
            commit: run.commit(),
            trigger: run.trigger().cloned(),
            news,
        }
    }
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
