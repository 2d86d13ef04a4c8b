//! Metrics of the end of a run, a stage or an action.

use jiff::Timestamp;

use super::place::{Place, seconds};
use super::{Measured, Metric};
use crate::event::{Attempt, State, Subject};
use crate::run::{Run, WaitPolicy};

/// Measures the ends of a subject in an attempt. A failure that may still turn out to be a rejection has to wait.
pub(super) fn measure(
    measured: &mut Measured,
    place: &Place<'_>,
    run: &Run,
    subject: &Subject,
    attempt: Attempt,
    wait_policy: WaitPolicy,
) {
    let end = format!("{}/{}", run.execution, attempt.number());
    let is_approval = run.is_approval(subject);
    for (state, at) in run.ends(subject, attempt) {
        let took = run.began(subject, attempt, at).and_then(|began| seconds(began, at));
        if is_approval && matches!(state, State::Succeeded | State::Failed) {
            measure_wait(measured, place, subject, took, at, &end);
        }
        let counted = match state {
            // Another service says that what it deployed is not live.
            State::Succeeded if *subject == Subject::Pipeline && run.is_contradicted_by(attempt, at) => {
                Metric::FailureCount
            }
            // A rollback brings nothing new, and is no deployment.
            State::Succeeded if *subject == Subject::Pipeline && run.rollback().is_some() => continue,
            State::Succeeded => Metric::SuccessCount,
            State::Failed if !is_decided(run, subject, attempt, at, wait_policy) => {
                measured.waits = true;
                continue;
            }
            State::Failed if run.is_rejection(subject, attempt) => continue,
            State::Failed => Metric::FailureCount,
            State::Superseded if *subject == Subject::Pipeline => Metric::SupersededCount,
            State::Stopped if *subject == Subject::Pipeline => Metric::StoppedCount,
            _ => continue,
        };
        measured.data.push(place.measurement(counted, 1.0, subject, at, &end));
        // How early something fails says nothing of how long it takes, and a person's thinking is no work of a machine.
        if let (State::Succeeded, false, Some(took)) = (state, is_approval || *subject == Subject::Unnamed, took) {
            measured.data.push(place.measurement(Metric::Duration, took, subject, at, &end));
        }
    }
    if *subject == Subject::Pipeline
        && let Some(later) = run.failed_later(attempt)
    {
        measured.data.push(place.measurement(Metric::FailureCount, 1.0, subject, later.ended, &end));
    }
    if matches!(subject, Subject::Stage(_)) {
        measure_retry(measured, place, run, subject, attempt);
    }
}

/// Counts the retry that an attempt at a subject is, if it is one.
pub(super) fn measure_retry(
    measured: &mut Measured,
    place: &Place<'_>,
    run: &Run,
    subject: &Subject,
    attempt: Attempt,
) {
    if let Some(retried) = run.retried(subject, attempt) {
        let end = format!("{}/{}", run.execution, attempt.number());
        measured.data.push(place.measurement(Metric::RetryCount, 1.0, subject, retried, &end));
    }
}

/// How long an approval waited: for the action, and for the pipeline as a whole.
fn measure_wait(
    measured: &mut Measured,
    place: &Place<'_>,
    subject: &Subject,
    took: Option<f64>,
    at: Timestamp,
    end: &str,
) {
    let (Subject::Action { stage, action }, Some(took)) = (subject, took) else { return };
    measured.data.push(place.measurement(Metric::ApprovalWait, took, subject, at, end));
    let end = format!("{end}/of/{stage}/{action}");
    measured.data.push(place.measurement(Metric::ApprovalWait, took, &Subject::Pipeline, at, &end));
}

/// Whether it is known if a failure was a rejection; after a while it counts as a failure.
pub(super) fn is_decided(
    run: &Run,
    subject: &Subject,
    attempt: Attempt,
    at: Timestamp,
    wait_policy: WaitPolicy,
) -> bool {
    wait_policy.is_over(at)
        || matches!(subject, Subject::Action { .. } | Subject::Unnamed)
        || run.is_explained_for(subject, attempt)
}
