//! The four keys of a pipeline, read off its history.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod events_of;

use andon::history::{DoraMetrics, History, Median};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Archive, ArchiveError, NoArchive, PastRun, record};
use andon::name::{ExecutionId, PipelineId};
use andon::run::{DeploymentRule, Run, Status};
use futures_util::FutureExt;
use jiff::Timestamp;
use serde_json::{Value, json};

use events_of::{deploying, deploying_pipeline};

fn at(hour: i64) -> Timestamp {
    events_of::at(60 * hour)
}

fn event(level: &str, hour: i64, detail: Value) -> Run {
    events_of::event(level, at(hour), detail)
}

/// A run that ends two hours after it began, of a commit of an hour before.
fn ran(run: &str, state: &str, began: i64) -> Run {
    event(
        "Pipeline",
        began + 2,
        json!({
            "execution-id": run, "state": state, "start-time": at(began).to_string(),
            "execution-trigger": {"commit-id": "c0ffee", "author-date": at(began - 1).to_string()},
        }),
    )
}

fn stage(run: &str, name: &str, state: &str, hour: i64) -> Run {
    event("Stage", hour, json!({"execution-id": run, "state": state, "stage": name}))
}

fn history(archive: &impl Archive, deployment_rule: &DeploymentRule, told: impl IntoIterator<Item = Run>) -> History {
    let ledger = MemoryLedger::new();
    let mut last = None;
    for told in told {
        last = Some(record(&ledger, archive, deployment_rule, told).now_or_never().unwrap().unwrap().history);
    }
    last.unwrap()
}

#[test]
fn of_a_pipeline_whose_every_run_deploys() {
    let runs = [("a", "SUCCEEDED", 0), ("b", "FAILED", 24), ("c", "FAILED", 48), ("d", "SUCCEEDED", 166)];
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, runs.map(|(run, state, began)| ran(run, state, began)))
        .keys()
        .unwrap();
    assert_eq!(
        keys,
        DoraMetrics {
            since: at(0),
            deployments: 2,
            failed: 2,
            lead_time: Some(Median { seconds: 3 * 3600, of: 2 }),
            recovery_time: Some(Median { seconds: (168 - 26) * 3600, of: 1 }),
        }
    );
    assert_eq!(keys.change_failure_rate(), Some(0.5));
    assert_eq!(keys.deployments_per_week(at(168)), Some(2.0));
    assert_eq!(keys.deployments_per_week(at(2 * 168)), Some(1.0), "as time goes by without a deployment");
}

#[test]
fn of_a_young_pipeline_the_whole_week_is_counted() {
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, [ran("a", "SUCCEEDED", 1000)]).keys().unwrap();
    assert_eq!(keys.since, at(1002 - 168));
    assert_eq!(keys.deployments_per_week(at(1002)), Some(1.0), "and not one in two hours");
}

#[test]
fn of_a_pipeline_that_never_ended_or_never_succeeded() {
    let going = event("Pipeline", 0, json!({"execution-id": "a", "state": "STARTED"}));
    assert_eq!(history(&NoArchive, &DeploymentRule::EVERY_RUN, [going]).keys(), None);
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, [ran("a", "FAILED", 0)]).keys().unwrap();
    assert_eq!(keys.deployments_per_week(at(2)), Some(0.0));
    assert_eq!((keys.change_failure_rate(), keys.lead_time, keys.recovery_time), (Some(1.0), None, None));
}

#[test]
fn a_week_is_not_told_from_an_hour() {
    let busy = (0..40).map(|run| ran(&format!("run-{run}"), "SUCCEEDED", 0));
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, busy).keys().unwrap();
    assert_eq!(keys.deployments, andon::history::MAX_RUNS);
    assert_eq!(keys.deployments_per_week(at(2)), None);
}

#[test]
fn what_was_longer_ago_than_ninety_days_is_not_counted() {
    let keys =
        history(&NoArchive, &DeploymentRule::EVERY_RUN, [ran("a", "FAILED", 0), ran("b", "SUCCEEDED", 100 * 24)]);
    let keys = keys.keys().unwrap();
    assert_eq!((keys.deployments, keys.failed), (1, 0));
    assert_eq!(keys.since, at(10 * 24 + 2));
    assert_eq!(keys.recovery_time, Some(Median { seconds: 100 * 24 * 3600, of: 1 }), "it did take that long");
}

#[test]
fn a_commit_of_later_than_its_deployment_tells_nothing() {
    let mut detail = json!({"execution-id": "a", "state": "SUCCEEDED", "start-time": at(0).to_string()});
    detail["execution-trigger"] = json!({"commit-id": "c0ffee", "author-date": at(9).to_string()});
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, [event("Pipeline", 2, detail)]).keys().unwrap();
    assert_eq!((keys.deployments, keys.lead_time), (1, None));
}

#[test]
fn each_production_stage_is_a_deployment_and_recovers_by_itself() {
    let told = [
        ran("a", "FAILED", -2),
        stage("b", "Prod-EU", "FAILED", 10),
        stage("c", "Prod-US", "SUCCEEDED", 20),
        stage("c", "Prod-EU", "FAILED", 30),
        stage("d", "Prod-EU", "SUCCEEDED", 40),
    ];
    let keys = history(&NoArchive, &deploying(&["prod*"]), told).keys().unwrap();
    assert_eq!((keys.deployments, keys.failed), (2, 2), "the run that failed before production is none");
    assert_eq!(keys.recovery_time, Some(Median { seconds: 30 * 3600, of: 1 }), "and the US did not repair the EU");
}

#[test]
fn a_pipeline_that_does_not_deploy_has_no_keys() {
    let deployment_rule = deploying_pipeline("*-prod");
    assert_eq!(history(&NoArchive, &deployment_rule, [ran("a", "SUCCEEDED", 0)]).keys(), None);
}

#[test]
fn an_attempt_that_was_retried_in_place_counts_and_recovers() {
    let detail = |state: &str, attempt: f64| {
        json!({
            "execution-id": "a", "state": state, "start-time": at(0).to_string(),
            "pipeline-execution-attempt": attempt,
        })
    };
    let told = [event("Pipeline", 1, detail("FAILED", 1.0)), event("Pipeline", 5, detail("SUCCEEDED", 2.0))];
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, told).keys().unwrap();
    assert_eq!((keys.deployments, keys.failed), (1, 1));
    assert_eq!(keys.recovery_time, Some(Median { seconds: 4 * 3600, of: 1 }));
}

#[test]
fn a_failure_is_remembered_after_its_run_has_been_folded_away() {
    let red = (0..100).map(|run| ran(&format!("run-{run}"), "FAILED", run));
    let keys = history(&NoArchive, &DeploymentRule::EVERY_RUN, red.chain([ran("green", "SUCCEEDED", 200)])).keys();
    assert_eq!(keys.unwrap().recovery_time, Some(Median { seconds: 200 * 3600, of: 1 }));
}

#[test]
fn runs_that_only_a_list_told_of_do_not_hide_that_their_stages_are_unknown() {
    struct Listed;
    impl Archive for Listed {
        async fn past_runs(&self, _: &PipelineId) -> Result<Vec<PastRun>, ArchiveError> {
            let execution = ExecutionId::parse("listed").unwrap();
            Ok(vec![PastRun { execution, started: at(-900), updated: at(-899), status: Status::Succeeded }])
        }

        async fn actions(&self, _: &PipelineId, _: &ExecutionId) -> Result<Option<Run>, ArchiveError> {
            Ok(None)
        }
    }
    let of = |deployment_rule: &DeploymentRule| {
        let told = [stage("a", "prod", "SUCCEEDED", 1), ran("a", "SUCCEEDED", 0)];
        let keys = history(&Listed, deployment_rule, told).keys().unwrap();
        (keys.since, keys.deployments)
    };
    assert_eq!(of(&DeploymentRule::EVERY_RUN), (at(-900), 2));
    assert_eq!(of(&deploying(&["prod"])), (at(0), 1));
}
