//! What deployments measure: of these data the four keys are made.

use super::ends::is_decided;
use super::place::{Place, seconds};
use super::{Measured, Metric};
use crate::event::Subject;
use crate::history::{History, RunSummary};
use crate::name::StageName;
use crate::run::{Deployed, Patience, Run, Status};

/// Measures the deployments of a run that an event about one of its subjects can have made known, and the recoveries
/// that hang on them. All of them are about the pipeline, whichever of its stages deploys.
pub(super) fn measure(
    measured: &mut Measured,
    place: &Place<'_>,
    run: &Run,
    history: &History,
    subject: &Subject,
    patience: Patience,
) {
    let touches =
        |stage: Option<&StageName>| subject.stage().is_none_or(|of| stage.is_none_or(|deploying| deploying == of));
    let deployed = history.run(&run.execution).map(RunSummary::deployed).unwrap_or_default();
    let authored = run.commit().and_then(|commit| commit.authored);
    for deployed in deployed.iter().filter(|deployed| touches(deployed.stage.as_ref())) {
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
        if is_decided(run, &deploying, deployed.attempt, deployed.ended, patience) {
            put(Metric::DeploymentFailureCount, 1.0);
        } else {
            measured.waits = true;
        }
    }
    for repaired in history.repairs_around(&run.execution) {
        let deployed = &repaired.deployed;
        if repaired.run.weight == 0 || !touches(deployed.stage.as_ref()) {
            continue;
        }
        if let Some(took) = seconds(repaired.broken_since, deployed.ended) {
            let end = end(repaired.run.execution.as_str(), deployed);
            let of_pipeline = Subject::Pipeline;
            measured.data.push(place.measurement(Metric::RecoveryTime, took, &of_pipeline, deployed.ended, &end));
        }
    }
}

fn end(execution: &str, deployed: &Deployed) -> String {
    let stage = deployed.stage.as_ref().map(|stage| format!("/{stage}")).unwrap_or_default();
    format!("{execution}/{}{stage}", deployed.attempt.number())
}
