//! The alerts that are due for a run, from the run and its pipeline's history, whichever event arrived.

use jiff::SignedDuration;

use super::{Alert, AlertBody, Approval, Failed, FailureStreak, Recovered, commit};
use crate::event::{Attempt, State, Subject};
use crate::history::{ChangeSummary, Colour, FailureSummary, History, RunSummary};
use crate::run::{ActionView, Failure, Run, Status, WaitPolicy};

/// The data points that are due for an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The alerts, in the order they should go out.
    pub alerts: Vec<Alert>,
    /// A failure without an explanation yet: look up its actions, or retry later.
    pub unexplained: bool,
}

/// Works out what is due once an event of this attempt has been merged into its run and history.
pub fn due(run: &Run, history: &History, attempt: Attempt, wait_policy: WaitPolicy) -> Due {
    let mut alerts = Vec::new();
    let mut unexplained = false;
    alerts.extend(started(run));
    let failures = run.failures(attempt);
    if let Some(last) = failures.last() {
        if run.is_rejected(attempt) {
            alerts.push(Alert::of_run(run, last.at, AlertBody::Rejected { attempt, failures: failures.clone() }));
        } else if run.is_explained(attempt) || wait_policy.is_over(last.at) {
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
    Some(Alert::of_run(run, begun, AlertBody::Started))
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
    let streak = match red {
        Some(streak) => FailureStreak {
            count: streak.count + 1,
            since: streak.first_ended,
            before: previous,
            broken_by: history
                .first_of(&streak)
                .filter(|first| first.execution != run.execution)
                .and_then(|first| first.change.clone())
                .filter(|change| !run.commit().is_some_and(|commit| change.is_same(&ChangeSummary::of(&commit)))),
        },
        None => FailureStreak { count: 1, since: first, before: None, broken_by: None },
    };
    Alert::of_run(run, first, AlertBody::Failed(Failed { attempt, failures, streak }))
}

pub(super) fn approvals(run: &Run) -> Vec<Alert> {
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
            Alert::of_run(run, action.started, AlertBody::ApprovalNeeded(approval))
        })
        .collect()
}

/// Ends that are sent only if a route asks for them.
fn ended(run: &Run, attempt: Attempt) -> Vec<Alert> {
    run.ends(&Subject::Pipeline, attempt)
        .into_iter()
        .filter_map(|(state, at)| {
            let body = match state {
                State::Succeeded => AlertBody::Succeeded,
                State::Stopped => AlertBody::Stopped { comment: run.stop_comment().map(str::to_owned) },
                State::Superseded => AlertBody::Superseded,
                State::Canceled => AlertBody::Canceled,
                _ => return None,
            };
            Some(Alert::of_run(run, at, body))
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
    let body = AlertBody::Recovered(Recovered {
        attempt: success.attempt,
        failures: streak.count,
        since: streak.first_ended,
        outage: success.ended.duration_since(streak.first_ended).max(SignedDuration::ZERO),
        broken_by,
    });
    Some(match run {
        Some(run) => Alert::of_run(run, success.ended, body),
        None => Alert {
            pipeline: history.pipeline.clone(),
            execution: Some(summary.execution.clone()),
            at: success.ended,
            started: summary.started,
            commit: summary.change.as_ref().map(commit),
            trigger: None,
            body,
        },
    })
}

/// What failed in the last attempt before the latest one.
fn failure_of_earlier_attempt(run: &Run) -> Option<FailureSummary> {
    let earlier = run.attempts().into_iter().rev().skip(1);
    earlier.into_iter().find_map(|attempt| {
        let failures = run.failures(attempt);
        failures.first().map(FailureSummary::of)
    })
}
