//! The alerts that are due for a run, from the run and its pipeline's history, whichever event arrived.

use jiff::{SignedDuration, Timestamp};

use super::muting::marked;
use super::{Alert, AlertBody, Approval, Failed, FailedRollback, FailureStreak, Recovered, RolledBack, commit};
use crate::event::{Attempt, State, Subject};
use crate::history::{ChangeSummary, Colour, FailureSummary, History, RunSummary, Streak};
use crate::run::{Failure, Outcome, Run, Status, WaitPolicy};

/// What is due for a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The alerts, in the order they should go out.
    pub alerts: Vec<Alert>,
    /// A failure without an explanation yet: look up its actions, or retry later.
    pub unexplained: bool,
    /// A failure that CodePipeline may still retry by itself: try again later.
    pub settling: bool,
    /// A success of which it is not known yet how its deployments ended, or whether it skipped what was red: look up its
    /// actions, or retry later.
    pub unheard: bool,
}

/// How long a failure is held that CodePipeline may retry by itself. Once the run itself has failed, nothing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settle {
    /// How long it takes at most.
    pub length: SignedDuration,
    /// The time.
    pub now: Timestamp,
}

impl Settle {
    /// Failures are not held at all.
    pub const OFF: Self = Self { length: SignedDuration::ZERO, now: Timestamp::UNIX_EPOCH };

    fn is_over(self, run: &Run, attempt: Attempt, failed: Timestamp) -> bool {
        self.length.is_zero()
            || run.is_contradicted(attempt)
            || !run.ends(&Subject::Pipeline, attempt).is_empty()
            || run.is_retried_by_a_person(attempt)
            // A time far ahead is a slip of a clock, and not to be waited for.
            || self.now.duration_since(failed).abs() >= self.length
    }
}

/// Works out what is due once an event of this attempt has been merged into its run and history.
pub fn due(run: &Run, history: &History, attempt: Attempt, wait_policy: WaitPolicy, settle: Settle) -> Due {
    let mut due = Due { alerts: Vec::new(), unexplained: false, settling: false, unheard: false };
    due.alerts.extend(started(run, history));
    let failures = run.failed(attempt);
    if let Some(last) = failures.last() {
        let is_known = run.is_explained(attempt) && is_placed(run, history) || wait_policy.is_over(last.at);
        if run.is_rejected(attempt) {
            let body = AlertBody::Rejected { attempt, failures: failures.to_vec() };
            due.alerts.push(Alert::of_run(run, Some(history), last.at, body));
        } else if run.is_retried_by_codepipeline(attempt) {
            // The retry tells how it ends.
        } else if !settle.is_over(run, attempt, failures.first().unwrap_or(last).at) {
            due.settling = true;
        } else if is_known {
            due.alerts.push(failed(run, history, attempt, failures.to_vec()));
        } else {
            due.unexplained = true;
        }
    }
    due.alerts.extend(approvals(run, Some(history)));
    due.alerts.extend(approved(run, history, attempt));
    due.alerts.extend(ended(run, history, attempt));
    due.alerts.extend(stopped_rollback(run, history, attempt));
    due.alerts.extend(rolled_back(run, history));
    due.alerts.extend(reverted(run, history, attempt));
    if let Some(summary) = history.run(&run.execution)
        && let Some(alert) = recovered(history, summary, Some(run))
    {
        let is_unheard = summary.outcomes.iter().any(|end| end.ended == alert.at && history.is_unheard(run, end));
        if is_unheard && !wait_policy.is_over(alert.at) {
            due.unheard = true;
        } else {
            due.alerts.push(alert);
        }
    }
    if let Some(next) = history.next_ended(&run.execution).filter(|next| next.weight > 0) {
        due.alerts.extend(recovered(history, next, None));
    }
    due.alerts = due.alerts.into_iter().map(|alert| marked(alert, run, history, settle.now)).collect();
    due
}

/// Whether it is known which line of change a run belongs to: only the pipeline's own events name its trigger.
fn is_placed(run: &Run, history: &History) -> bool {
    run.trigger().is_some() || run.started().is_some() || !history.has_lines()
}

fn started(run: &Run, history: &History) -> Option<Alert> {
    let begun = run.came_to(State::Started, &Subject::Pipeline, Attempt::FIRST)?;
    Some(Alert::of_run(run, Some(history), begun, AlertBody::Started))
}

fn failed(run: &Run, history: &History, attempt: Attempt, failures: Vec<Failure>) -> Alert {
    let first = failures.first().map_or_else(|| run.first_seen(), |failure| failure.at);
    // An action's own failure can be told later than the run's: the run must not be taken for the one before itself.
    let is_this = |outcome: &Outcome| outcome.attempt == attempt && outcome.status == Status::Failed;
    let ended = run.outcomes().into_iter().filter(is_this).map(|outcome| outcome.ended).min();
    let last = failures.last().map_or(first, |failure| failure.at);
    let last = ended.map_or(last, |ended| last.min(ended));
    let before = history.before(&run.execution, attempt, last);
    let after = before.last_success;
    let red = before.streak.filter(|streak| streak.colour == Colour::Red);
    let mine = history.run(&run.execution);
    let previous = mine.and_then(|mine| last_failed(history, mine, None)?.failure.clone());
    let my_change = mine.and_then(|mine| history.change(mine));
    let streak = match red {
        Some(streak) => FailureStreak {
            count: streak.count + 1,
            since: streak.first_ended,
            after,
            before: previous,
            broken_by: history
                .first_of(&mine.map(|mine| history.line(mine)).unwrap_or_default(), &streak)
                .filter(|first| first.execution != run.execution)
                .and_then(|first| history.change(first))
                .filter(|change| !my_change.is_some_and(|mine| change.is_same(&mine))),
        },
        None => FailureStreak { count: 1, since: first, after, before: None, broken_by: None },
    };
    let rollback = run.rollback().map(|_| Box::new(failed_rollback(run, history, false)));
    Alert::of_run(run, Some(history), first, AlertBody::Failed(Failed { attempt, failures, streak, rollback }))
}

fn failed_rollback(run: &Run, history: &History, is_stopped: bool) -> FailedRollback {
    let rollback = history.rollback(&run.execution);
    let change = |of: Option<&RunSummary>| of.and_then(|of| history.change(of));
    FailedRollback {
        to: change(rollback.and_then(|rollback| rollback.target)),
        undone: change(rollback.and_then(|rollback| rollback.undone)),
        is_stopped,
    }
}

/// That a rollback was stopped before it came to an end: what is live then is not known.
fn stopped_rollback(run: &Run, history: &History, attempt: Attempt) -> Option<Alert> {
    run.rollback()?;
    let is_cut_off = |(state, _): &(State, Timestamp)| matches!(state, State::Stopped | State::Canceled);
    let (_, at) = run.ends(&Subject::Pipeline, attempt).into_iter().find(is_cut_off)?;
    // What failed before that was told as a failure.
    if !run.failures(attempt).is_empty() {
        return None;
    }
    let streak = FailureStreak { count: 1, since: at, after: None, before: None, broken_by: None };
    let rollback = Some(Box::new(failed_rollback(run, history, true)));
    let failed = Failed { attempt, failures: Vec::new(), streak, rollback };
    Some(Alert::of_run(run, Some(history), at, AlertBody::Failed(failed)))
}

pub(super) fn approvals(run: &Run, history: Option<&History>) -> Vec<Alert> {
    if run.status().is_final() {
        return Vec::new();
    }
    run.approvals()
        .into_iter()
        .filter(|(_, action)| action.status == Status::Waiting)
        .map(|(stage, action)| {
            let (since, behind) = (action.started, history.map(|history| behind(history, run)).unwrap_or_default());
            Alert::of_run(run, history, since, AlertBody::ApprovalNeeded(Approval::of(stage, action, behind)))
        })
        .collect()
}

/// The newer changes that wait behind a run.
fn behind(history: &History, run: &Run) -> Vec<ChangeSummary> {
    let Some(summary) = history.run(&run.execution) else { return Vec::new() };
    history.behind(summary).into_iter().filter_map(|behind| history.change(behind)).collect()
}

/// The approvals of an attempt that were given, and by whom.
fn approved(run: &Run, history: &History, attempt: Attempt) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for (stage, action) in run.approvals() {
        let (Status::Succeeded, Some(at)) = (action.status, action.ended) else { continue };
        if action.attempt != attempt {
            continue;
        }
        let said = action.result.as_ref().and_then(|result| result.summary.as_deref());
        let (by, comment) = said.map(by_whom).unwrap_or_default();
        let approval = Approval::of(stage, action, Vec::new());
        alerts.push(Alert::of_run(run, Some(history), at, AlertBody::Approved { approval, by, comment }));
    }
    alerts
}

/// Who approved, and what they said: `Approved by arn:aws:sts::...:assumed-role/Lead/jane.doe@example.com`.
pub fn by_whom(said: &str) -> (Option<String>, Option<String>) {
    let said = said.trim();
    let text = |text: &str| {
        let text = text.trim().trim_start_matches([':', '-', '–', ',', '.']).trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let lower = said.to_ascii_lowercase();
    let Some(at) = lower.find("approved by ") else { return (None, text(said)) };
    let (before, after) =
        (said.get(..at).unwrap_or_default(), said.get(at + "approved by ".len()..).unwrap_or_default());
    let (who, rest) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
    let who = who.trim_end_matches([':', ',', '.', ';']);
    let name = if who.starts_with("arn:") { who.rsplit(['/', ':']).next().unwrap_or(who) } else { who };
    (text(name), text(before).or_else(|| text(rest)))
}

/// Ends that are sent only if a route asks for them.
fn ended(run: &Run, history: &History, attempt: Attempt) -> Vec<Alert> {
    run.ends(&Subject::Pipeline, attempt)
        .into_iter()
        .filter_map(|(state, at)| {
            let body = match state {
                // A rollback has a kind of its own.
                State::Succeeded if run.rollback().is_some() => return None,
                State::Succeeded => AlertBody::Succeeded,
                State::Stopped => AlertBody::Stopped { comment: run.stop_comment().map(str::to_owned) },
                State::Superseded => AlertBody::Superseded,
                _ => return None,
            };
            Some(Alert::of_run(run, Some(history), at, body))
        })
        .collect()
}

/// That a rollback has succeeded, and which change is not live any more.
fn rolled_back(run: &Run, history: &History) -> Option<Alert> {
    let rollback = history.rollback(&run.execution)?;
    let outcome = rollback.run.rolled_back()?;
    let body = AlertBody::RolledBack(RolledBack {
        attempt: outcome.attempt,
        to: rollback.target.and_then(|target| history.change(target)),
        undone: rollback.undone.and_then(|undone| history.change(undone)),
        stage: rollback.run.stages.last().map(|stage| stage.name.clone()),
        by_service: false,
        is_running: false,
    });
    Some(Alert::of_run(run, Some(history), outcome.ended, body))
}

/// That a service went back to what was there before, though its action may say that it succeeded.
fn reverted(run: &Run, history: &History, attempt: Attempt) -> Option<Alert> {
    let (subject, at) = run.reverted(attempt)?;
    let summary = history.run(&run.execution)?;
    let before = history.runs_of_line_of(summary).into_iter().rfind(|other| {
        other.place() < summary.place() && other.status == Status::Succeeded && other.rollback.is_none()
    });
    let body = AlertBody::RolledBack(RolledBack {
        attempt,
        to: before.and_then(|before| history.change(before)),
        undone: history.change(summary),
        stage: subject.stage().cloned(),
        by_service: true,
        is_running: run.ends(subject, attempt).is_empty(),
    });
    Some(Alert::of_run(run, Some(history), at, body))
}

/// The recovery that a run's success is, if its line was red before it.
fn recovered(history: &History, summary: &RunSummary, run: Option<&Run>) -> Option<Alert> {
    if summary.rollback.is_some() {
        return None;
    }
    // What another service has taken back since is no recovery.
    let decides = |outcome: &&Outcome| matches!(outcome.status, Status::Succeeded | Status::Failed);
    let success = summary.outcomes.iter().rfind(decides).filter(|outcome| outcome.status == Status::Succeeded)?;
    let before = history.before(&summary.execution, success.attempt, success.ended);
    // Runs side by side can end in another order than they began: what failed later is not over.
    let is_over = |streak: &Streak| streak.first_ended < success.ended && !streak.is_skipped_by(summary);
    let streak = match before.streak.filter(|streak| streak.colour == Colour::Red) {
        Some(red) => Some(red).filter(is_over)?,
        None => late_failures(history, summary, success)?,
    };
    let broken = last_failed(history, summary, Some(&streak));
    let earlier = |outcome: &&Outcome| outcome.status == Status::Failed && outcome.attempt < success.attempt;
    let is_retry = summary.outcomes.iter().any(|outcome| earlier(&outcome) && outcome.ended >= streak.first_ended);
    let broken_by = run.and_then(failure_of_earlier_attempt).or_else(|| broken.and_then(|other| other.failure.clone()));
    let fixed_by = if is_retry {
        Some(Vec::new())
    } else {
        // Of a rollback that failed, it is not known what it would have changed.
        let candidates = [broken, history.first_of(&history.line(summary), &streak)].into_iter().flatten();
        candidates.into_iter().find_map(|broken| summary.changed_since(broken)).map(|changed| {
            let known = history.changes(summary).new;
            let in_full = |change: &ChangeSummary| known.iter().find(|known| known.is_same(change)).cloned();
            changed.into_iter().map(|change| in_full(change).unwrap_or_else(|| change.clone())).collect()
        })
    };
    let body = AlertBody::Recovered(Recovered {
        attempt: success.attempt,
        failures: streak.count,
        since: streak.first_ended,
        outage: success.ended.duration_since(streak.first_ended).max(SignedDuration::ZERO),
        broken_by,
        fixed_by,
    });
    Some(match run {
        Some(run) => Alert::of_run(run, Some(history), success.ended, body),
        None => Alert {
            pipeline: history.pipeline.clone(),
            execution: Some(summary.execution.clone()),
            at: success.ended,
            started: summary.started,
            commit: history.change(summary).as_ref().map(commit),
            changes: super::several(history, summary),
            line: super::told_line(history, summary),
            own_line: history.line(summary),
            trigger: None,
            mute: None,
            body,
        },
    })
}

/// The failures of older runs that came only after a newer one had succeeded, as runs side by side can: the line stayed
/// green, but they were told, and are over with the next success.
fn late_failures(history: &History, summary: &RunSummary, success: &Outcome) -> Option<Streak> {
    let runs = history.runs_of_line_of(summary).into_iter();
    let before = runs.filter(|other| other.place() < summary.place() && other.rollback.is_none());
    let ends: Vec<&Outcome> =
        before.flat_map(|other| &other.outcomes).filter(|end| end.ended < success.ended).collect();
    let of = |status: Status| ends.iter().filter(move |end| end.status == status);
    let last_success = of(Status::Succeeded).map(|end| end.ended).max()?;
    let late = || of(Status::Failed).filter(|end| end.ended > last_success);
    Some(Streak {
        colour: Colour::Red,
        since: None,
        first_ended: late().map(|end| end.ended).min()?,
        count: late().count() as u64,
        broken: Vec::new(),
    })
}

/// The run of the same line that failed last before another one; of an outage, only one that failed in it: there may have
/// been others before.
fn last_failed<'h>(history: &'h History, of: &RunSummary, outage: Option<&Streak>) -> Option<&'h RunSummary> {
    let in_outage = |other: &RunSummary| {
        outage.is_none_or(|streak| other.outcomes.iter().any(|outcome| outcome.ended >= streak.first_ended))
    };
    history
        .runs_of_line_of(of)
        .into_iter()
        .rfind(|other| other.place() < of.place() && other.ended_in_failure() && in_outage(other))
}

/// What failed in the last attempt before the latest one.
fn failure_of_earlier_attempt(run: &Run) -> Option<FailureSummary> {
    let earlier = run.attempts().into_iter().rev().skip(1);
    earlier.into_iter().find_map(|attempt| {
        let failures = run.failures(attempt);
        failures.first().map(FailureSummary::of)
    })
}
