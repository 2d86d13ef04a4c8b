//! Metrics of deployments, from which the four keys follow.

use super::ends::is_decided;
use super::place::{Place, seconds};
use super::{Measured, Metric, touched};
use crate::event::{Attempt, Subject};
use crate::history::{History, RunSummary};
use crate::name::ExecutionId;
use crate::run::{Deployed, Outcome, Run, Status, WaitPolicy};

/// Measures the deployments of a run that an event about one of its subjects can have made known. All of them are about
/// the pipeline, whichever of its stages deploys.
pub(super) fn measure(
    measured: &mut Measured,
    place: &Place<'_>,
    run: &Run,
    history: &History,
    (subject, attempt): (&Subject, Attempt),
    wait_policy: WaitPolicy,
) {
    let deployed = history.run(&run.execution).map(RunSummary::deployed).unwrap_or_default();
    let mut deployed = touched(deployed, attempt, |deployed| (deployed.attempt, deployed.status));
    if deployed.iter().all(|deployed| deployed.stage.is_none()) {
        // What only its actions told of is measured when it is known that its own end will not come.
        let ends: Vec<Outcome> = run.outcomes().into_iter().filter(|outcome| !outcome.is_implied).collect();
        deployed
            .retain(|deployed| ends.iter().any(|end| (end.attempt, end.ended) == (deployed.attempt, deployed.ended)));
    }
    let authored = run.commit().and_then(|commit| commit.authored);
    for deployed in deployed.iter().filter(|deployed| is_touched(deployed, subject)) {
        let mut put = |metric, value| {
            let end = end(run.execution.as_str(), deployed);
            measured.data.push(place.measurement(metric, value, &Subject::Pipeline, deployed.ended, &end));
        };
        if deployed.status == Status::Succeeded {
            put(Metric::DeploymentCount, 1.0);
            // The average of ones and zeros is the change failure rate, of one pipeline as of three thousand.
            put(Metric::DeploymentFailureCount, 0.0);
            if let Some(took) = authored.and_then(|authored| seconds(authored, deployed.ended)) {
                put(Metric::ChangeLeadTime, took);
            }
            continue;
        }
        let deploying = deployed.stage.clone().map_or(Subject::Pipeline, Subject::Stage);
        if is_decided(run, &deploying, deployed.attempt, deployed.ended, wait_policy) {
            put(Metric::DeploymentFailureCount, 1.0);
        } else {
            measured.waits = true;
        }
    }
}

/// Measures the failed deployment that a run is whose own end never came.
pub(super) fn measure_never_ended(measured: &mut Measured, place: &Place<'_>, unended: &RunSummary, outcome: &Outcome) {
    let is_it = |deployed: &Deployed| deployed.stage.is_none() && deployed.attempt == outcome.attempt;
    for deployed in unended.deployed().into_iter().filter(is_it) {
        let end = end(unended.execution.as_str(), &deployed);
        let metric = Metric::DeploymentFailureCount;
        measured.data.push(place.measurement(metric, 1.0, &Subject::Pipeline, deployed.ended, &end));
    }
}

/// Measures that a deployment which had succeeded was undone, by a rollback or by the service to which it deployed: it
/// counts as failed, at the time of that.
pub(super) fn measure_undone(measured: &mut Measured, place: &Place<'_>, run: &Run, history: &History) {
    let mine = history.run(&run.execution).map(|summary| (summary, history.undone_by(&run.execution)));
    let by_this = history.rollback(&run.execution).and_then(|rollback| Some((rollback.undone?, Some(rollback.run))));
    for (undone, rollback) in mine.into_iter().chain(by_this) {
        let by_rollback = rollback.and_then(RunSummary::rolled_back).map(|outcome| outcome.ended);
        let after = history.deployed(undone);
        for was in undone.deployed().iter().filter(|was| was.status == Status::Succeeded) {
            let same = |is: &&Deployed| (is.attempt, &is.stage) == (was.attempt, &was.stage);
            let has_failed = after.iter().find(same).is_some_and(|is| is.status == Status::Failed);
            let Some(at) = was.undone.or(by_rollback).filter(|_| has_failed) else { continue };
            let end = format!("{}/undone", end(undone.execution.as_str(), was));
            let metric = Metric::DeploymentFailureCount;
            measured.data.push(place.measurement(metric, 1.0, &Subject::Pipeline, at, &end));
        }
    }
}

/// Measures the recoveries that hang on the deployments of a run, its own and those of later runs.
pub(super) fn measure_recoveries(
    measured: &mut Measured,
    place: &Place<'_>,
    execution: &ExecutionId,
    history: &History,
    subject: &Subject,
) {
    for repaired in history.repairs_around(execution) {
        let deployed = &repaired.deployed;
        if repaired.run.weight == 0 || !is_touched(deployed, subject) {
            continue;
        }
        if let Some(took) = seconds(repaired.broken_since, deployed.ended) {
            let end = end(repaired.run.execution.as_str(), deployed);
            let of_pipeline = Subject::Pipeline;
            measured.data.push(place.measurement(Metric::RecoveryTime, took, &of_pipeline, deployed.ended, &end));
        }
    }
}

/// Whether an event about a subject can tell something of a deployment.
fn is_touched(deployed: &Deployed, subject: &Subject) -> bool {
    subject.stage().is_none_or(|of| deployed.stage.as_ref().is_none_or(|stage| stage == of))
}

fn end(execution: &str, deployed: &Deployed) -> String {
    let stage = deployed.stage.as_ref().map(|stage| format!("/{stage}")).unwrap_or_default();
    format!("{execution}/{}{stage}", deployed.attempt.number())
}
