//! What should be told? From a run, its pipeline's history and the time to the alerts that are due; pure.
//!
//! Whether an alert has gone out already is not asked here: that is what claims are for. So the same alerts come out
//! whichever event of a run is looked at, in whatever order, and each has an `effect`, a name that is the same every
//! time, by which it is claimed.

mod sweep;

use jiff::{SignedDuration, Timestamp};

use crate::config::Kind;
use crate::event::{ApprovalRequest, Attempt, Commit, State, Subject, Trigger};
use crate::history::{ChangeSummary, Colour, FailureSummary, History, RunSummary};
use crate::name::{ActionExecutionId, ActionName, ExecutionId, PipelineId, StageName};
use crate::run::{ActionView, Failure, Patience, Run, Status};

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

/// What an event makes due.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The alerts, in the order they should go out.
    pub alerts: Vec<Alert>,
    /// A failure that nobody has explained yet: look its actions up, or try again later.
    pub unexplained: bool,
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

    /// The alert that an approval's own message gives rise to.
    pub fn of_request(request: &ApprovalRequest) -> Self {
        Self {
            pipeline: request.pipeline.clone(),
            execution: None,
            at: request.at,
            started: None,
            commit: None,
            trigger: None,
            news: News::ApprovalNeeded(Approval {
                stage: request.stage.clone(),
                action: request.action.clone(),
                token: request.token.clone(),
                attempt: Attempt::FIRST,
                expires: request.expires,
                custom_data: request.custom_data.clone(),
                review_link: request.review_link.clone(),
            }),
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

/// Works out what is due once an event of this attempt has been merged into its run and history.
pub fn due(run: &Run, history: &History, attempt: Attempt, patience: Patience) -> Due {
    let mut alerts = Vec::new();
    let mut unexplained = false;
    alerts.extend(started(run));
    let failures = run.failures(attempt);
    if let Some(last) = failures.last() {
        if run.is_rejected(attempt) {
            alerts.push(Alert::of_run(run, last.at, News::Rejected { attempt, failures: failures.clone() }));
        } else if run.is_explained(attempt) || patience.is_over(last.at) {
            alerts.push(failed(run, history, attempt, failures.clone()));
        } else {
            unexplained = true;
        }
    }
    alerts.extend(approvals(run));
    alerts.extend(ended(run, attempt));
    if let Some(summary) = history.run(&run.execution) {
        alerts.extend(recovered(history, summary, Some(run)));
    }
    if let Some(next) = history.next_ended(&run.execution).filter(|next| next.weight > 0) {
        alerts.extend(recovered(history, next, None));
    }
    Due { alerts, unexplained }
}

fn started(run: &Run) -> Option<Alert> {
    let begun = run.came_to(State::Started, &Subject::Pipeline, Attempt::FIRST)?;
    Some(Alert::of_run(run, begun, News::Started))
}

fn failed(run: &Run, history: &History, attempt: Attempt, failures: Vec<Failure>) -> Alert {
    let first = failures.first().map_or_else(|| run.first_seen(), |failure| failure.at);
    // An action's own failure can be told later than the run's: the run must not be taken for the one before itself.
    let ended = run.came_to(State::Failed, &Subject::Pipeline, attempt);
    let last = failures.last().map_or(first, |failure| failure.at);
    let last = ended.map_or(last, |ended| last.min(ended));
    let before = history.before(&run.execution, attempt, last);
    let red = before.streak.filter(|streak| streak.colour == Colour::Red);
    let previous = history
        .runs()
        .into_iter()
        .rfind(|other| other.place() < (run.first_seen(), &run.execution) && other.status == Status::Failed)
        .and_then(|other| other.failure.clone());
    let row = match red {
        Some(streak) => Row { count: streak.count + 1, since: streak.first_ended, before: previous },
        None => Row { count: 1, since: first, before: None },
    };
    Alert::of_run(run, first, News::Failed(Failed { attempt, failures, row }))
}

fn approvals(run: &Run) -> Vec<Alert> {
    if run.status().is_final() {
        return Vec::new();
    }
    let waiting = |action: &ActionView| action.status == Status::Waiting;
    run.stages()
        .into_iter()
        .flat_map(|stage| {
            let name = stage.name;
            stage.actions.into_iter().filter(waiting).map(move |action| (name.clone(), action))
        })
        .map(|(stage, action)| {
            let approval = Approval {
                stage,
                action: action.name,
                token: action.execution,
                attempt: action.attempt,
                expires: None,
                custom_data: action.custom_data,
                review_link: action.review_link,
            };
            Alert::of_run(run, action.started, News::ApprovalNeeded(approval))
        })
        .collect()
}

/// Ends that are told only where a route asks for them.
fn ended(run: &Run, attempt: Attempt) -> Vec<Alert> {
    run.ends(&Subject::Pipeline, attempt)
        .into_iter()
        .filter_map(|(state, at)| {
            let news = match state {
                State::Succeeded => News::Succeeded,
                State::Stopped => News::Stopped { comment: run.stop_comment().map(str::to_owned) },
                State::Superseded => News::Superseded,
                State::Canceled => News::Canceled,
                _ => return None,
            };
            Some(Alert::of_run(run, at, news))
        })
        .collect()
}

/// The recovery that a run's success is, if the pipeline was red before it.
fn recovered(history: &History, summary: &RunSummary, run: Option<&Run>) -> Option<Alert> {
    let success = summary.outcomes.iter().rfind(|outcome| outcome.status == Status::Succeeded)?;
    let before = history.before(&summary.execution, success.attempt, success.ended);
    // Runs side by side can end in another order than they began: what failed later is not over.
    let streak = before.streak.filter(|streak| streak.colour == Colour::Red && streak.first_ended < success.ended)?;
    // Only what failed in this outage: there may have been others before it.
    let broken_it = |other: &&RunSummary| {
        other.status == Status::Failed
            && other.place() < summary.place()
            && other.outcomes.iter().any(|outcome| outcome.ended >= streak.first_ended)
    };
    let broken_by = run
        .and_then(failure_of_earlier_attempt)
        .or_else(|| history.runs().into_iter().rfind(broken_it).and_then(|other| other.failure.clone()));
    let news = News::Recovered(Recovered {
        attempt: success.attempt,
        failures: streak.count,
        since: streak.first_ended,
        outage: success.ended.duration_since(streak.first_ended).max(SignedDuration::ZERO),
        broken_by,
    });
    Some(match run {
        Some(run) => Alert::of_run(run, success.ended, news),
        None => Alert {
            pipeline: history.pipeline.clone(),
            execution: Some(summary.execution.clone()),
            at: success.ended,
            started: summary.started,
            commit: summary.change.as_ref().map(commit),
            trigger: None,
            news,
        },
    })
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

/// What failed in the last attempt before the latest one.
fn failure_of_earlier_attempt(run: &Run) -> Option<FailureSummary> {
    let earlier = run.attempts().into_iter().rev().skip(1);
    earlier.into_iter().find_map(|attempt| {
        let failures = run.failures(attempt);
        failures.first().map(FailureSummary::of)
    })
}
