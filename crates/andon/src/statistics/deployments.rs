//! Metrics of deployments, from which the four keys follow.

use super::ends::is_decided;
use super::place::{Place, seconds};
use super::{Measured, Metric};
use crate::event::Subject;
use crate::history::{History, RunSummary};
use crate::run::{Deployed, Run, Status, WaitPolicy};

/// Measures the deployments of a run that an event about one of its subjects can have made known. All of them are about
/// the pipeline, whichever of its stages deploys.
pub(super) fn measure(
    measured: &mut Measured,
    place: &Place<'_>,
    run: &Run,
    history: &History,
    subject: &Subject,
    wait_policy: WaitPolicy,
) {
    let deployed = history.run(&run.execution).map(RunSummary::deployed).unwrap_or_default();
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

/// Measures the recoveries that hang on the deployments of a run, its own and those of later runs.
pub(super) fn measure_recoveries(
    measured: &mut Measured,
    place: &Place<'_>,
    run: &Run,
    history: &History,
    subject: &Subject,
) {
    for repaired in history.repairs_around(&run.execution) {
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
