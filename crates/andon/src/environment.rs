//! What is deployed where: for each stage that deploys, the run whose deployment is live there.

use jiff::Timestamp;

use crate::event::Commit;
use crate::name::{ExecutionId, StageName};
use crate::run::{ActionView, Run, StageView, Status};

/// The category of actions that deploy.
const DEPLOY: &str = "Deploy";

/// A stage that deploys, and what is live there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The stage.
    pub stage: StageName,
    /// The run that deployed it.
    pub execution: ExecutionId,
    /// When its last deploying action ended.
    pub since: Timestamp,
    /// The change that was deployed.
    pub commit: Option<Commit>,
    /// Whether an earlier version was deployed again.
    pub is_rollback: bool,
    /// What the last approval before it says, if the run had one.
    pub approved: Option<Approved>,
    /// The latest run that failed to deploy there since.
    pub failed: Option<ExecutionId>,
    /// The runs that are on their way there, oldest first.
    pub coming: Vec<ExecutionId>,
}

/// An approval that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// When.
    pub at: Timestamp,
    /// The reviewer's comment.
    pub comment: Option<String>,
}

/// The environments of a pipeline, in the order of their stages, by its runs in any order.
///
/// A deployment is live once all deploying actions of its stage succeeded, whatever became of the rest of the run.
pub fn environments<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Vec<Environment> {
    let mut runs: Vec<(&Run, Vec<StageView>)> = runs.into_iter().map(|run| (run, run.stages())).collect();
    runs.sort_by_key(|(run, _)| (run.first_seen(), &run.execution));
    let mut order: Vec<StageName> = Vec::new();
    let mut live: Vec<Environment> = Vec::new();
    for (run, stages) in &runs {
        for stage in stages {
            if !order.contains(&stage.name) {
                order.push(stage.name.clone());
            }
            let Some(since) = deployed(stage) else { continue };
            if live.iter().any(|known| known.stage == stage.name && known.since > since) {
                continue;
            }
            live.retain(|known| known.stage != stage.name);
            live.push(Environment {
                stage: stage.name.clone(),
                execution: run.execution.clone(),
                since,
                commit: run.commit(),
                is_rollback: run.rollback().is_some(),
                approved: approved(stages, since),
                failed: None,
                coming: Vec::new(),
            });
        }
    }
    for (run, stages) in &runs {
        for known in live.iter_mut().filter(|known| run.execution != known.execution) {
            let stage = stages.iter().find(|stage| stage.name == known.stage);
            let failed = stage.is_some_and(|stage| deploys(stage).any(|action| action.status == Status::Failed));
            if failed && stage.and_then(|stage| stage.ended).is_none_or(|ended| ended > known.since) {
                known.failed = Some(run.execution.clone());
            } else if !run.status().is_final() && stage.and_then(deployed).is_none() {
                known.coming.push(run.execution.clone());
            }
        }
    }
    live.sort_by_key(|known| order.iter().position(|name| *name == known.stage));
    live
}

fn deploys(stage: &StageView) -> impl Iterator<Item = &ActionView> {
    let deploys = |action: &&ActionView| action.provider.as_ref().is_some_and(|provider| provider.category == DEPLOY);
    stage.actions.iter().filter(deploys)
}

/// When the stage's deployment was through; `None` if it deploys nothing, or not all of it succeeded.
fn deployed(stage: &StageView) -> Option<Timestamp> {
    let succeeded = deploys(stage).all(|action| action.status == Status::Succeeded);
    deploys(stage).map(|action| action.ended).max().flatten().filter(|_| succeeded)
}

fn approved(stages: &[StageView], before: Timestamp) -> Option<Approved> {
    let actions = stages.iter().flat_map(|stage| &stage.actions);
    let given = actions.filter(|action| {
        action.status == Status::Succeeded && action.provider.as_ref().is_some_and(crate::event::Provider::is_approval)
    });
    let last = given.filter_map(|action| Some((action.ended.filter(|at| *at <= before)?, action)));
    last.max_by_key(|(at, _)| *at).map(|(at, action)| {
        let comment = action.result.as_ref().and_then(|result| result.summary.clone());
        Approved { at, comment: comment.filter(|text| !text.trim().is_empty()) }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testing;

    /// The runs that events tell of, merged.
    fn merged(events: impl IntoIterator<Item = Value>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for told in events.into_iter().filter_map(|event| testing::told(&event)) {
            match runs.iter_mut().find(|run| run.execution == told.execution) {
                Some(run) => {
                    run.merge(told);
                }
                None => runs.push(told),
            }
        }
        runs
    }

    /// A recorded run whose four deployments failed, as another run: each text replaced by its pair.
    fn deployment(replaced: &[(&str, &str)]) -> Vec<Value> {
        let events = Value::from(testing::events("codepipeline-run-deploy-failed-parallel")).to_string();
        let changed = replaced.iter().fold(events, |text, (from, to)| text.replace(from, to));
        serde_json::from_str(&changed).unwrap()
    }

    fn failed_deployment() -> Vec<Value> {
        deployment(&[])
    }

    /// The day before, it went through.
    fn deployment_of_the_day_before() -> Vec<Value> {
        deployment(&[("\"FAILED\"", "\"SUCCEEDED\""), ("2026-11-20T", "2026-11-19T"), ("1a6bd80e-", "2b7ce91f-")])
    }

    #[test]
    fn a_retried_deployment_is_live_and_counts_from_its_success() {
        let runs = merged(testing::events("codepipeline-run-retry-succeeded"));
        let found = environments(&runs);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].stage.as_str(), &found[0].execution), ("Deploy", &runs[0].execution));
        let ended = runs[0].stages().into_iter().find(|stage| stage.name.as_str() == "Deploy").and_then(|it| it.ended);
        assert!(ended.is_some_and(|ended| found[0].since <= ended));
        assert_eq!((&found[0].failed, found[0].coming.len()), (&None, 0));
    }

    #[test]
    fn a_deployment_that_failed_leaves_what_was_live_before() {
        let mut runs = merged(deployment_of_the_day_before().into_iter().chain(failed_deployment()));
        let (live, broken) = (runs[0].execution.clone(), runs[1].execution.clone());
        let found = environments(&runs);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0].execution, &found[0].failed), (&live, &Some(broken)));
        runs.reverse();
        assert_eq!(environments(&runs), found, "the order does not matter");
    }

    #[test]
    fn a_run_that_has_not_come_there_is_on_its_way() {
        let building = deployment(&[("2026-11-20T", "2026-11-21T"), ("1a6bd80e-", "3c8df02a-")]);
        let building = building.into_iter().filter(|event| event["time"].as_str().unwrap() < "2026-11-21T08:57:00Z");
        let runs = merged(deployment_of_the_day_before().into_iter().chain(building));
        let found = environments(&runs);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].execution, runs[0].execution);
        assert_eq!(found[0].coming, std::slice::from_ref(&runs[1].execution));
    }
}
