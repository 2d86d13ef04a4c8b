//! Metrics of a run relative to the runs before it: cycle times, and how long the pipeline was red or green.

use super::place::{Place, seconds};
use super::{Measured, Metric};
use crate::event::Subject;
use crate::history::{Colour, History, RunSummary, Streak};
use crate::run::{Outcome, Status};

/// The times that the end of an attempt decides.
pub(super) fn measure(
    measured: &mut Measured,
    place: &Place<'_>,
    history: &History,
    run: &RunSummary,
    outcome: &Outcome,
) {
    // A rollback is neither a recovery nor progress.
    if run.rollback.is_some() && outcome.status == Status::Succeeded {
        return;
    }
    let before = history.before(&run.execution, outcome.attempt, outcome.ended);
    // Runs side by side can end in another order than they began: a row that began to end later is no row before it.
    let is_before = |streak: &&Streak, colour| {
        streak.colour == colour && streak.first_ended < outcome.ended && !streak.is_skipped_by(run)
    };
    let streak = |colour| before.streak.as_ref().filter(|streak| is_before(streak, colour))?.since;
    // Without a start that the pipeline itself has told, a duration would be a guess: leave a gap instead.
    let began = outcome.is_start_known.then_some(outcome.started);
    let spans = match outcome.status {
        Status::Succeeded => [
            (Metric::SuccessLeadTime, run.started, Some(outcome.ended)),
            (Metric::SuccessCycleTime, before.last_success, Some(outcome.ended)),
            (
                Metric::DeliveryLeadTime,
                before.last_success.and(before.first_since_success.or(run.started)),
                Some(outcome.ended),
            ),
            (Metric::RedTime, streak(Colour::Red), began),
        ],
        Status::Failed => [
            (Metric::FailureLeadTime, run.started, Some(outcome.ended)),
            (Metric::GreenTime, streak(Colour::Green), began),
            (Metric::RedTime, None, None),
            (Metric::RedTime, None, None),
        ],
        _ => return,
    };
    let end = format!("{}/{}", run.execution, outcome.attempt.number());
    for (metric, from, to) in spans {
        let (Some(from), Some(to)) = (from, to) else { continue };
        // These have never counted a zero.
        if let Some(seconds) = seconds(from, to).filter(|seconds| *seconds > 0.0) {
            measured.data.push(place.measurement(metric, seconds, &Subject::Pipeline, outcome.ended, &end));
        }
    }
}
