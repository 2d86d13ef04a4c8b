//! What is deployed where: for each stage that deploys, the run whose deployment is live there.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::event::{Commit, Provider};
use crate::glob::Globs;
use crate::history::{History, Overview};
use crate::ledger::{Ledger, LedgerError};
use crate::links;
use crate::name::{ExecutionId, PipelineName, StageName};
use crate::run::{ActionView, Run, StageView, Status};

/// How many runs of a pipeline are read, at most, to find what is live in all of its environments.
const MAX_READ: usize = 12;

/// What stands for the pipeline's name in the address of an application.
pub const PIPELINE: &str = "{pipeline}";

/// An environment that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEnvironment {
    /// The name.
    pub name: String,
    /// The pipelines that deploy there; all if absent.
    pub pipeline: Option<Globs>,
    /// The stages that deploy there; if absent, those with deploying actions.
    pub stage: Option<Globs>,
    /// The address of the application there, with [`PIPELINE`] in place of the pipeline's name.
    pub url: Option<String>,
}

/// The environments that the configuration names, in order: the first one that matches a stage is the stage's.
///
/// A stage with deploying actions that none of them matches is an environment by its own name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environments(pub Vec<NamedEnvironment>);

impl Environments {
    /// The environment that a stage deploys to, if the configuration names it.
    pub fn named(&self, pipeline: &PipelineName, stage: &StageName, deploys: bool) -> Option<&NamedEnvironment> {
        self.0.iter().find(|named| {
            let of_pipeline = named.pipeline.as_ref().is_none_or(|globs| globs.match_any(pipeline.as_str()));
            let of_stage = named.stage.as_ref().map_or(deploys, |globs| globs.match_any(stage.as_str()));
            of_pipeline && of_stage
        })
    }

    /// The name of the environment that a stage deploys to; the stage's own where it has no other.
    pub fn name<'a>(&'a self, pipeline: &PipelineName, stage: &'a StageName) -> &'a str {
        self.named(pipeline, stage, true).map_or(stage.as_str(), |named| &named.name)
    }

    /// The address of the application that a stage deploys.
    pub fn application(&self, pipeline: &PipelineName, stage: &StageName) -> Option<String> {
        let url = self.named(pipeline, stage, true)?.url.as_deref()?;
        links::checked(&url.replace(PIPELINE, &links::encode(pipeline.as_str())))
    }

    /// The names of the environments that a pipeline's latest run deploys to, or has yet to.
    pub fn of_pipeline<'a>(&'a self, overview: &'a Overview) -> BTreeSet<&'a str> {
        let pipeline = &overview.pipeline.name;
        let stages = overview.latest.stages.iter();
        let name = |stage: &'a crate::history::StageLight| match self.named(pipeline, &stage.name, stage.deploys) {
            Some(named) => Some(named.name.as_str()),
            None => stage.deploys.then_some(stage.name.as_str()),
        };
        stages.filter_map(name).collect()
    }

    /// Whether a stage is named as an environment, whatever its actions are.
    fn is_named(&self, run: &Run, stage: &StageName) -> bool {
        self.named(&run.pipeline.name, stage, false).is_some()
    }
}

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
pub fn environments<'r>(runs: impl IntoIterator<Item = &'r Run>, named: &Environments) -> Vec<Environment> {
    let mut runs: Vec<(&Run, Vec<StageView>)> = runs.into_iter().map(|run| (run, run.stages())).collect();
    runs.sort_by_key(|(run, _)| (run.first_seen(), &run.execution));
    let mut order: Vec<StageName> = Vec::new();
    let mut live: Vec<Environment> = Vec::new();
    for (run, stages) in &runs {
        for stage in stages {
            if !order.contains(&stage.name) {
                order.push(stage.name.clone());
            }
            let Some(since) = deployed(stage, named.is_named(run, &stage.name)) else { continue };
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
    let place = |execution: &ExecutionId| runs.iter().position(|(run, _)| run.execution == *execution);
    for (at, (run, stages)) in runs.iter().enumerate() {
        for known in live.iter_mut().filter(|known| run.execution != known.execution) {
            // A run that began before the live one does not come after it, whatever became of it.
            let is_later = place(&known.execution).is_none_or(|live| at > live);
            let stage = stages.iter().find(|stage| stage.name == known.stage);
            let is_named = named.is_named(run, &known.stage);
            let failed = || stage.into_iter().flat_map(|stage| deploys(stage, is_named));
            let failed = || failed().filter(|it| it.status == Status::Failed);
            let ended = failed().filter_map(|it| it.ended).max();
            if failed().next().is_some() && ended.map_or(is_later, |ended| ended > known.since) {
                known.failed = Some(run.execution.clone());
            } else if is_later
                && !run.status().is_final()
                && stage.and_then(|stage| deployed(stage, is_named)).is_none()
            {
                known.coming.push(run.execution.clone());
            }
        }
    }
    live.sort_by_key(|known| order.iter().position(|name| *name == known.stage));
    live
}

/// A deployment, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The run.
    pub execution: ExecutionId,
    /// When it ended.
    pub at: Timestamp,
    /// Whether all of it succeeded.
    pub is_live: bool,
    /// Whether an earlier version was deployed again.
    pub is_rollback: bool,
    /// The change.
    pub commit: Option<Commit>,
}

/// The deployments of a stage that these runs made or tried, the latest first.
pub fn deployments<'r>(
    runs: impl IntoIterator<Item = &'r Run>,
    stage: &StageName,
    named: &Environments,
) -> Vec<Deployment> {
    let mut found: Vec<Deployment> = runs
        .into_iter()
        .filter_map(|run| {
            let stages = run.stages();
            let view = stages.iter().find(|view| view.name == *stage)?;
            let is_named = named.is_named(run, stage);
            let failed =
                || deploys(view, is_named).filter(|it| it.status == Status::Failed).filter_map(|it| it.ended).max();
            let live = deployed(view, is_named);
            Some(Deployment {
                execution: run.execution.clone(),
                at: live.or_else(failed)?,
                is_live: live.is_some(),
                is_rollback: run.rollback().is_some(),
                commit: run.commit(),
            })
        })
        .collect();
    found.sort_by_key(|deployment| std::cmp::Reverse(deployment.at));
    found
}

/// Reads the runs of a pipeline that say what is live: from the latest one back to one that went through all stages.
pub async fn recent_runs(ledger: &impl Ledger, history: &History) -> Result<Vec<Run>, LedgerError> {
    let mut runs = Vec::new();
    for summary in history.runs().into_iter().rev().take(MAX_READ) {
        let known = ledger.load(&history.pipeline, &summary.execution).await?;
        runs.extend(known.into_run());
        // A rollback goes through one stage only.
        if summary.status == Status::Succeeded && summary.rollback.is_none() {
            break;
        }
    }
    Ok(runs)
}

/// The actions of a stage that deploy: where the configuration names the stage, all but sources and approvals.
fn deploys(stage: &StageView, is_named: bool) -> impl Iterator<Item = &ActionView> {
    let is_one = |provider: &Provider| provider.is_deployment();
    let has_one = stage.actions.iter().any(|action| action.provider.as_ref().is_some_and(is_one));
    let is_work = |provider: &Provider| !provider.is_approval() && !provider.is_source();
    stage.actions.iter().filter(move |action| {
        let of_kind = if is_named && !has_one { is_work } else { is_one };
        action.provider.as_ref().is_some_and(of_kind)
    })
}

/// When the stage's deployment was through; `None` if it deploys nothing, or not all of it succeeded.
fn deployed(stage: &StageView, is_named: bool) -> Option<Timestamp> {
    let succeeded = deploys(stage, is_named).all(|action| action.status == Status::Succeeded);
    deploys(stage, is_named).map(|action| action.ended).max().flatten().filter(|_| succeeded)
}

fn approved(stages: &[StageView], before: Timestamp) -> Option<Approved> {
    let actions = stages.iter().flat_map(|stage| &stage.actions);
    let given = actions.filter(|action| {
        action.status == Status::Succeeded && action.provider.as_ref().is_some_and(Provider::is_approval)
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
        let found = environments(&runs, &Environments::default());
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
        let found = environments(&runs, &Environments::default());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0].execution, &found[0].failed), (&live, &Some(broken)));
        runs.reverse();
        assert_eq!(environments(&runs, &Environments::default()), found, "the order does not matter");
    }

    #[test]
    fn a_run_that_has_not_come_there_is_on_its_way() {
        let building = deployment(&[("2026-11-20T", "2026-11-21T"), ("1a6bd80e-", "3c8df02a-")]);
        let building = building.into_iter().filter(|event| event["time"].as_str().unwrap() < "2026-11-21T08:57:00Z");
        let runs = merged(deployment_of_the_day_before().into_iter().chain(building));
        let found = environments(&runs, &Environments::default());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].execution, runs[0].execution);
        assert_eq!(found[0].coming, std::slice::from_ref(&runs[1].execution));
    }

    #[test]
    fn a_stage_that_is_named_is_an_environment_whatever_its_actions_are() {
        let glob = |text: &str| {
            let glob = crate::glob::Glob::parse(text, crate::glob::Subject::Name).unwrap();
            Some(Globs(vec![glob]))
        };
        let named = |name: &str, stage: Option<Globs>, url: Option<&str>| NamedEnvironment {
            name: name.to_owned(),
            pipeline: None,
            stage,
            url: url.map(str::to_owned),
        };
        let all = Environments(vec![
            named("build farm", glob("build*"), None),
            named("production", None, Some("https://{pipeline}.example.com/")),
        ]);
        let runs = merged(testing::events("codepipeline-run-retry-succeeded"));
        let found = environments(&runs, &all);
        let pipeline = &runs[0].pipeline.name;
        let called: Vec<&str> = found.iter().map(|it| all.name(pipeline, &it.stage)).collect();
        assert_eq!(called, ["build farm", "production"]);
        let deploy = &found[1].stage;
        assert_eq!(all.application(pipeline, deploy).unwrap(), format!("https://{pipeline}.example.com/"));
        assert_eq!(all.application(pipeline, &found[0].stage), None);
        let history = deployments(&runs, deploy, &all);
        assert_eq!(history.iter().map(|it| (it.is_live, it.at)).collect::<Vec<_>>(), [(true, found[1].since)]);
    }

    #[test]
    fn deployments_are_told_latest_first_with_those_that_failed() {
        let runs = merged(deployment_of_the_day_before().into_iter().chain(failed_deployment()));
        let stage = environments(&runs, &Environments::default())[0].stage.clone();
        let told = deployments(&runs, &stage, &Environments::default());
        assert_eq!(told.iter().map(|it| it.is_live).collect::<Vec<_>>(), [false, true]);
        assert!(told[0].at > told[1].at);
    }
}
