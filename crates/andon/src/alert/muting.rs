//! What a mute does to an alert. Only failures, stuck runs and missing successes are muted; whatever is told all the same
//! says that it is muted.
//!
//! A failure in a stage that had not failed before is told: the mute was about something else. When a mute is over and the
//! line is still red, the last failure is told, and with it how often it failed meanwhile.

use jiff::Timestamp;

use super::{Alert, AlertBody, Failed, Recovered};
use crate::attention::Mute;
use crate::event::Attempt;
use crate::history::{Colour, History, Overview};
use crate::name::StageName;
use crate::run::{Failure, Run};

/// A mute over an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Muted {
    /// The mute.
    pub mute: Mute,
    /// What it does to the alert.
    pub effect: MuteEffect,
    /// How often attempts of the line have failed under it.
    pub failures: u64,
    /// Whether none of the failures since the line was last green had been told.
    pub hides_first: bool,
}

/// What a mute does to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteEffect {
    /// It is not told.
    Silent,
    /// It is told: it is about another stage than what had failed.
    Elsewhere,
    /// It is told: the mute is over, and nothing has gone well since.
    Over,
    /// It is told: it is good news.
    Recovered,
}

/// An alert with what a mute of its pipeline or line does to it.
pub(super) fn marked(mut alert: Alert, run: &Run, history: &History, now: Timestamp) -> Alert {
    alert.mute = match &alert.body {
        AlertBody::Failed(failed) => of_failure(&alert, failed, run, history, now),
        AlertBody::Recovered(recovered) => of_recovery(&alert, recovered, history),
        _ => None,
    };
    alert
}

/// The same for what the clock makes due.
pub(super) fn marked_by_clock(mut alert: Alert, overview: &Overview) -> Alert {
    let stage = match &alert.body {
        AlertBody::Stuck { .. } => Some(alert.stage()),
        AlertBody::NoSuccess { .. } => None,
        _ => return alert,
    };
    let Some(mute) = overview.mute(Some(&alert.own_line), alert.at) else { return alert };
    let is_about = stage.is_none_or(|stage| mute.is_about(stage));
    let effect = if is_about { MuteEffect::Silent } else { MuteEffect::Elsewhere };
    alert.mute = Some(Muted { mute: mute.clone(), effect, failures: 0, hides_first: false });
    alert
}

fn of_failure(alert: &Alert, failed: &Failed, run: &Run, history: &History, now: Timestamp) -> Option<Muted> {
    // What is live after a rollback that failed is for everybody to know.
    if failed.rollback.is_some() {
        return None;
    }
    let execution = alert.execution.as_ref()?;
    let Some(muted) = history.muted_at(&alert.own_line, alert.at) else {
        return of_first_after(alert, failed, history);
    };
    let effect = if is_elsewhere(failed, muted.mute, run, history) {
        MuteEffect::Elsewhere
    } else if muted.holds(now) || !history.is_last_of_line(execution, failed.attempt) {
        MuteEffect::Silent
    } else {
        MuteEffect::Over
    };
    Some(Muted {
        failures: history.failures_muted(&alert.own_line, &muted),
        hides_first: failed.streak.since >= muted.mute.since,
        mute: muted.mute.clone(),
        effect,
    })
}

/// Of the first failure after a mute that hid how the streak began. It may come before anything else has told of the streak,
/// so routes that send only changes send it.
fn of_first_after(alert: &Alert, failed: &Failed, history: &History) -> Option<Muted> {
    let muted = history.muted_within(&alert.own_line, failed.streak.since, alert.at)?;
    let failures = history.failures_muted(&alert.own_line, &muted);
    let is_first = !history.has_failed_between(&alert.own_line, muted.end?, alert.at);
    let hides_first = failed.streak.since >= muted.mute.since && failures > 0;
    (hides_first && is_first).then(|| Muted {
        mute: muted.mute.clone(),
        effect: MuteEffect::Over,
        failures,
        hides_first,
    })
}

/// Whether an action failed in a stage that neither had failed when it was muted, nor has since.
fn is_elsewhere(failed: &Failed, mute: &Mute, run: &Run, history: &History) -> bool {
    // Of a run, the history keeps where it failed last: what its earlier attempts failed in, the run itself says.
    let before = history.before(&run.execution, Attempt::FIRST, Timestamp::MIN);
    let streak = before.streak.filter(|streak| streak.colour == Colour::Red);
    let mut since: Vec<StageName> = streak.map(|streak| streak.broken).unwrap_or_default();
    let earlier = run.attempts().into_iter().filter(|attempt| *attempt < failed.attempt);
    since.extend(earlier.flat_map(|attempt| run.failures(attempt)).filter_map(|failure| failure.stage));
    let is_first = mute.stages.is_empty() && since.is_empty();
    let is_known = |failure: &Failure| {
        failure.stage.as_ref().is_some_and(|stage| mute.stages.contains(stage) || since.contains(stage))
    };
    !is_first && !failed.failures.iter().all(is_known)
}

fn of_recovery(alert: &Alert, recovered: &Recovered, history: &History) -> Option<Muted> {
    let muted = history.muted_within(&alert.own_line, recovered.since, alert.at)?;
    let failures = history.failures_muted(&alert.own_line, &muted);
    let mute = muted.mute.clone();
    (failures > 0 || muted.holds(alert.at)).then_some(Muted {
        hides_first: recovered.since >= mute.since,
        mute,
        effect: MuteEffect::Recovered,
        failures,
    })
}
