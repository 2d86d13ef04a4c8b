//! Alerts that are due by the clock, without an event: stuck runs, overdue approvals, missing successes, and canceled runs
//! that nothing followed.

use jiff::{SignedDuration, Timestamp};

use super::muting::marked_by_clock;
use super::{Alert, AlertBody, Approval};
use crate::alert::Limits;
use crate::history::{OpenRun, Overview, Typical};
use crate::line::Line;
use crate::run::Status;

/// How many successful runs it takes to know what is usual for a pipeline.
const ENOUGH: usize = 10;
/// A run is stuck when it takes this many times as long as 95 of 100 of its pipeline's runs did, ...
const TIMES_P95: i64 = 2;
/// ... and is over it by this much: of a run that takes ten seconds, thirty are no cause for alarm.
const AT_LEAST_OVER: SignedDuration = SignedDuration::from_mins(10);

/// How long after a pipeline's edit a new run is waited for: what edits itself goes on within minutes.
const MAX_EDIT: SignedDuration = SignedDuration::from_hours(1);
/// What has been open for longer is not news: no approval waits for longer than a week, and what is stuck was told before.
const MAX_OPEN: SignedDuration = SignedDuration::from_hours(8 * 24);

/// Works out what the clock makes due for one pipeline.
pub fn overdue(overview: &Overview, limits: &Limits, now: Timestamp) -> Vec<Alert> {
    let mut alerts: Vec<Alert> =
        overview.open.iter().filter_map(|run| of_open_run(overview, run, limits, now)).collect();
    alerts.extend(no_success(overview, limits, now));
    alerts.extend(canceled(overview, now));
    alerts.into_iter().map(|alert| marked_by_clock(alert, overview)).collect()
}

fn of_open_run(overview: &Overview, run: &OpenRun, limits: &Limits, now: Timestamp) -> Option<Alert> {
    let alert = |body| Alert {
        execution: Some(run.execution.clone()),
        started: Some(run.since),
        commit: run.change.as_ref().map(super::commit),
        ..of_line(overview, run.line.as_ref(), now, body)
    };
    let current = run.current.as_ref();
    if now.duration_since(run.since) > MAX_OPEN {
        return None;
    }
    if run.status == Status::Waiting {
        let current = current?;
        let limit = SignedDuration::try_from(limits.approval_overdue_after?).ok()?;
        let waiting = now.duration_since(current.since);
        if waiting < limit {
            return None;
        }
        let approval = Approval {
            stage: current.stage.clone(),
            action: current.action.clone()?,
            token: None,
            attempt: run.attempt,
            expires: None,
            custom_data: None,
            review_link: None,
            behind: overview.behind(run).into_iter().filter_map(|behind| behind.change.clone()).collect(),
        };
        return Some(alert(AlertBody::ApprovalOverdue { approval, since: current.since }));
    }
    let usual = overview.typical.filter(|typical| typical.runs >= ENOUGH);
    let limit = limits.stuck_after.and_then(|limit| SignedDuration::try_from(limit).ok())?;
    let limit = usual.map_or(limit, |typical| unusual(&typical));
    // What waits for another run's stage is not stuck: that other run may be. Of those that wait after the same stage, the
    // first is told.
    if run.queued_behind.is_some() || is_behind_another(overview, run) {
        return None;
    }
    let running = now.duration_since(run.between.as_ref().map_or(run.since, |between| between.since));
    (running >= limit).then(|| {
        alert(AlertBody::Stuck {
            attempt: run.attempt,
            stage: current.map(|current| current.stage.clone()),
            action: current.and_then(|current| current.action.clone()),
            after: run.between.as_ref().map(|between| between.stage.clone()),
            running,
            usual: usual.map(|typical| SignedDuration::from_secs(typical.median)),
        })
    })
}

/// Whether an older run waits after the same stage.
fn is_behind_another(overview: &Overview, run: &OpenRun) -> bool {
    let after = |run: &OpenRun| run.between.as_ref().map(|between| between.stage.clone());
    // The oldest comes first.
    let mut older = overview.open.iter().take_while(|other| other.execution != run.execution);
    run.between.is_some() && older.any(|other| after(other) == after(run))
}

/// How long a run must take to be out of the usual.
fn unusual(typical: &Typical) -> SignedDuration {
    let p95 = SignedDuration::from_secs(typical.p95);
    let times = SignedDuration::from_secs(typical.p95.saturating_mul(TIMES_P95));
    times.max(p95.saturating_add(AT_LEAST_OVER))
}

/// That the latest run was canceled by an edit of its pipeline, and nothing has run since.
fn canceled(overview: &Overview, now: Timestamp) -> Option<Alert> {
    let latest = Some(&overview.latest).filter(|latest| latest.status == Status::Canceled)?;
    let pause = now.duration_since(latest.ended?);
    (MAX_EDIT <= pause && pause <= MAX_OPEN).then(|| Alert {
        execution: Some(latest.execution.clone()),
        commit: latest.change.as_ref().map(super::commit),
        ..of_line(overview, overview.line.as_ref(), now, AlertBody::Canceled)
    })
}

fn no_success(overview: &Overview, limits: &Limits, now: Timestamp) -> Option<Alert> {
    let limit = SignedDuration::try_from(limits.no_success_after?).ok()?;
    let last = overview.health.last_success;
    // A pipeline that never succeeded is waited for since it was first seen.
    let since = last.or(overview.first_seen)?;
    (now.duration_since(since) >= limit).then(|| of_line(overview, None, now, AlertBody::NoSuccess { last, since }))
}

/// An alert about a line of a pipeline; the line is named where the pipeline has several.
fn of_line(overview: &Overview, line: Option<&Line>, now: Timestamp, body: AlertBody) -> Alert {
    Alert {
        line: line.cloned(),
        own_line: line.or(overview.sole_line.as_ref()).cloned().unwrap_or_default(),
        ..Alert::alone(overview.pipeline.clone(), now, body)
    }
}
