//! What is measured beyond the eight: deployments, durations, approvals, retries, and what never came to an end.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod events_of;

use std::collections::BTreeMap;
use strum::VariantArray as _;

use andon::event::{Attempt, Subject};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{ClaimKey, NoArchive, Recorded, record};
use andon::run::{DeploymentRule, Run, WaitPolicy};
use andon::statistics::{Datum, Due, Metric, due};
use andon::testing::home;
use events_of::{at, deploying, deploying_pipeline, event};
use futures_util::FutureExt;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

/// An event, and what it is about.
fn about(told: Run) -> (Subject, Attempt, Run) {
    let fact = serde_json::to_value(&told).unwrap()["facts"][0].take();
    let of = |member: &str| fact[member].clone();
    (serde_json::from_value(of("subject")).unwrap(), serde_json::from_value(of("attempt")).unwrap(), told)
}

/// What events measure, in the order they come in: each datum once, as claims have it.
fn measure(deployment_rule: &DeploymentRule, told: impl IntoIterator<Item = Run>) -> BTreeMap<ClaimKey, Datum> {
    let ledger = MemoryLedger::new();
    let mut counted = BTreeMap::new();
    for (subject, attempt, told) in told.into_iter().map(about) {
        let Recorded { run, history, .. } =
            record(&ledger, &NoArchive, deployment_rule, told).now_or_never().unwrap().unwrap();
        let (Due::Now(measured) | Due::More(measured)) =
            due(&run, &history, &subject, attempt, &home(), WaitPolicy::GiveUp);
        for measurement in measured {
            counted.entry(measurement.claim).or_insert(measurement.datum);
        }
    }
    counted
}

/// The data of some metrics, as `Name place = value`.
fn said(data: &BTreeMap<ClaimKey, Datum>, metrics: &[Metric]) -> Vec<String> {
    let mut said: Vec<String> = data
        .values()
        .filter(|datum| metrics.contains(&datum.metric))
        .map(|datum| {
            let place: Vec<&str> = datum.dimensions.iter().map(|(_, value)| value.as_str()).collect();
            format!("{} {} = {}", datum.metric.name(), place.join("/"), datum.value)
        })
        .collect();
    said.sort();
    said
}

const KEYS: [Metric; 4] =
    [Metric::DeploymentCount, Metric::DeploymentFailureCount, Metric::ChangeLeadTime, Metric::RecoveryTime];

fn run_ended(run: &str, state: &str, began: i64, minute: i64) -> Run {
    let commit = json!({"commit-id": "c0ffee", "author-date": at(began - 10).to_string()});
    let detail = json!({
        "execution-id": run, "state": state, "start-time": at(began).to_string(), "execution-trigger": commit,
    });
    event("Pipeline", at(minute), detail)
}

fn stage(run: &str, name: &str, state: &str, minute: i64) -> Run {
    event("Stage", at(minute), json!({"execution-id": run, "state": state, "stage": name}))
}

fn action(run: &str, category: &str, state: &str, began: i64, minute: i64) -> Run {
    let detail = json!({
        "execution-id": run, "state": state, "stage": "Prod", "action": "Act", "start-time": at(began).to_string(),
        "type": {"category": category, "provider": "x"},
    });
    event("Action", at(minute), detail)
}

#[test]
fn without_configuration_every_run_is_a_deployment() {
    let data = measure(
        &DeploymentRule::EVERY_RUN,
        [
            run_ended("a", "SUCCEEDED", 0, 20),
            run_ended("b", "FAILED", 30, 40),
            run_ended("c", "FAILED", 50, 60),
            run_ended("d", "SUCCEEDED", 70, 85),
        ],
    );
    assert_eq!(
        said(&data, &KEYS),
        [
            "ChangeLeadTime p = 1500",
            "ChangeLeadTime p = 1800",
            "DeploymentCount p = 1",
            "DeploymentCount p = 1",
            "DeploymentFailureCount p = 0",
            "DeploymentFailureCount p = 0",
            "DeploymentFailureCount p = 1",
            "DeploymentFailureCount p = 1",
            "RecoveryTime p = 2700",
        ]
    );
}

#[test]
fn a_stage_that_deploys_counts_when_it_ends_and_not_when_its_run_does() {
    let deployment_rule = deploying(&["prod*"]);
    let data = measure(
        &deployment_rule,
        [
            stage("a", "Build", "SUCCEEDED", 5),
            stage("a", "Prod", "SUCCEEDED", 15),
            run_ended("a", "FAILED", 0, 30),
            run_ended("b", "FAILED", 40, 50),
        ],
    );
    assert_eq!(
        said(&data, &KEYS),
        ["ChangeLeadTime p = 1500", "DeploymentCount p = 1", "DeploymentFailureCount p = 0"],
        "the commit became known with the run's own event; what failed before or after production was no deployment"
    );
    assert!(data.values().filter(|datum| KEYS.contains(&datum.metric)).all(|datum| datum.at == at(15)));
}

#[test]
fn each_production_stage_recovers_by_itself() {
    let deployment_rule = deploying(&["eu", "us"]);
    let data = measure(
        &deployment_rule,
        [
            action("a", "Deploy", "FAILED", 0, 10),
            stage("a", "eu", "FAILED", 10),
            stage("b", "us", "SUCCEEDED", 20),
            stage("b", "eu", "FAILED", 25),
            stage("c", "us", "SUCCEEDED", 40),
            stage("c", "eu", "SUCCEEDED", 45),
        ],
    );
    assert_eq!(said(&data, &[Metric::RecoveryTime]), ["RecoveryTime p = 2100"]);
    let failed = said(&data, &[Metric::DeploymentFailureCount]);
    assert_eq!(failed.iter().filter(|datum| datum.ends_with("= 1")).count(), 2);
    assert_eq!(said(&data, &[Metric::DeploymentCount]).len(), 3);
}

#[test]
fn a_failure_that_is_heard_of_late_still_makes_the_recovery_known() {
    let told = [run_ended("b", "SUCCEEDED", 30, 40), run_ended("a", "FAILED", 0, 20)];
    assert_eq!(said(&measure(&DeploymentRule::EVERY_RUN, told), &[Metric::RecoveryTime]), ["RecoveryTime p = 1200"]);
}

#[test]
fn a_pipeline_that_does_not_deploy_is_measured_all_the_same() {
    let data = measure(&deploying_pipeline("*-prod"), [run_ended("a", "SUCCEEDED", 0, 20)]);
    assert_eq!(said(&data, &KEYS), [""; 0]);
    assert_eq!(said(&data, &[Metric::SuccessCount]), ["SuccessCount p = 1"]);
}

#[test]
fn a_commit_whose_time_nobody_told_or_that_lies_ahead_leaves_a_gap() {
    let manual = json!({"execution-id": "a", "state": "SUCCEEDED", "execution-trigger": {"trigger-type": "Webhook"}});
    let ahead =
        json!({"execution-id": "b", "state": "SUCCEEDED", "execution-trigger": {"author-date": at(999).to_string()}});
    for detail in [manual, ahead] {
        let data = measure(&DeploymentRule::EVERY_RUN, [event("Pipeline", at(10), detail)]);
        assert_eq!(said(&data, &KEYS), ["DeploymentCount p = 1", "DeploymentFailureCount p = 0"]);
    }
}

#[test]
fn durations_are_of_what_succeeded_by_itself() {
    let prod = |state: &str, minute| {
        let detail = json!({"execution-id": "a", "state": state, "stage": "Prod", "start-time": at(0).to_string()});
        event("Stage", at(minute), detail)
    };
    let told = [action("a", "Deploy", "SUCCEEDED", 0, 10), prod("SUCCEEDED", 11), run_ended("a", "SUCCEEDED", -5, 12)];
    assert_eq!(
        said(&measure(&DeploymentRule::EVERY_RUN, told), &[Metric::Duration]),
        ["Duration p = 1020", "Duration p/Prod = 660", "Duration p/Prod/Act = 600"]
    );
    let told = [action("a", "Deploy", "FAILED", 0, 10), prod("FAILED", 11), run_ended("a", "FAILED", -5, 12)];
    assert_eq!(said(&measure(&DeploymentRule::EVERY_RUN, told), &[Metric::Duration]), [""; 0]);
}

#[test]
fn what_ends_within_its_second_took_no_time_and_says_so() {
    let detail = json!({
        "execution-id": "a", "state": "SUCCEEDED", "stage": "Prod", "action": "Act",
        "start-time": "2026-11-20T00:10:00.742Z", "type": {"category": "Invoke", "provider": "Lambda"},
    });
    let data = measure(&DeploymentRule::EVERY_RUN, [event("Action", at(10), detail)]);
    assert_eq!(said(&data, &[Metric::Duration]), ["Duration p/Prod/Act = 0"]);
}

#[test]
fn an_approval_waits_until_it_is_answered_whatever_the_answer() {
    for (state, counted) in [("SUCCEEDED", 1), ("FAILED", 0)] {
        let told = [action("a", "Approval", "STARTED", 0, 0), action("a", "Approval", state, 0, 90)];
        let data = measure(&DeploymentRule::EVERY_RUN, told);
        assert_eq!(
            said(&data, &[Metric::ApprovalWait, Metric::Duration]),
            ["ApprovalWait p = 5400", "ApprovalWait p/Prod/Act = 5400"]
        );
        assert_eq!(said(&data, &[Metric::SuccessCount, Metric::FailureCount]).len(), counted, "{state}");
    }
}

#[test]
fn a_retry_is_counted_once_for_its_run_and_for_the_stage_that_was_retried() {
    let told = |level: &str, state: &str, minute: i64, attempt: f64, more: &Value| {
        let mut detail = json!({"execution-id": "a", "state": state, "pipeline-execution-attempt": attempt});
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(level, at(minute), detail)
    };
    let (build, prod) = (json!({"stage": "Build"}), json!({"stage": "Prod"}));
    let retried = |stage: &str| json!({"stage": stage, "stage-last-retry-attempt-time": at(30).to_string()});
    let of_run = json!({"start-time": at(0).to_string(), "last-retry-attempt-time": at(30).to_string()});
    let events = [
        told("Stage", "STARTED", 0, 0.0, &build),
        told("Stage", "FAILED", 10, 0.0, &build),
        told("Pipeline", "FAILED", 10, 1.0, &json!({"start-time": at(0).to_string()})),
        told("Stage", "RESUMED", 30, 2.0, &retried("Build")),
        told("Pipeline", "RESUMED", 30, 2.0, &of_run),
        told("Stage", "SUCCEEDED", 40, 2.0, &retried("Build")),
        // A stage that was not retried speaks of the retry, too.
        told("Stage", "STARTED", 40, 2.0, &retried("Prod")),
        told("Stage", "SUCCEEDED", 55, 2.0, &retried("Prod")),
        told("Pipeline", "SUCCEEDED", 60, 2.0, &of_run),
        told("Stage", "FAILED", 10, 0.0, &prod),
    ];
    let expected = [
        "Duration p = 1800",
        "Duration p/Build = 600",
        "Duration p/Prod = 900",
        "RecoveryTime p = 3000",
        "RetryCount p = 1",
        "RetryCount p/Build = 1",
    ];
    let metrics = [Metric::RetryCount, Metric::Duration, Metric::RecoveryTime];
    assert_eq!(said(&measure(&DeploymentRule::EVERY_RUN, events.clone()), &metrics), expected);
    let backwards = events.into_iter().rev();
    assert_eq!(said(&measure(&DeploymentRule::EVERY_RUN, backwards), &metrics), expected);
}

#[test]
fn what_was_superseded_or_stopped_is_counted_as_that_and_as_nothing_else() {
    for (state, name) in [("SUPERSEDED", "SupersededCount p = 1"), ("STOPPED", "StoppedCount p = 1")] {
        let data = measure(&DeploymentRule::EVERY_RUN, [run_ended("a", state, 0, 10), stage("a", "Prod", state, 10)]);
        assert_eq!(said(&data, Metric::VARIANTS), [name]);
    }
    assert_eq!(measure(&DeploymentRule::EVERY_RUN, [run_ended("a", "CANCELED", 0, 10)]), BTreeMap::new());
}

#[test]
fn a_pipeline_made_anew_in_another_shape_goes_on_under_its_name() {
    let build = |run: &str, state: &str, began: i64, minute| {
        let detail =
            json!({"execution-id": run, "state": state, "stage": "Build", "start-time": at(began).to_string()});
        event("Stage", at(minute), detail)
    };
    let told = [
        build("old", "FAILED", 0, 5),
        run_ended("old", "FAILED", 0, 5),
        stage("new", "Package", "STARTED", 100),
        stage("new", "Package", "SUCCEEDED", 110),
        run_ended("new", "SUCCEEDED", 100, 115),
    ];
    let data = measure(&DeploymentRule::EVERY_RUN, told);
    assert_eq!(
        said(&data, &[Metric::Duration, Metric::RecoveryTime]),
        ["Duration p = 900", "Duration p/Package = 600", "RecoveryTime p = 6600"]
    );
}

#[test]
fn a_stage_renamed_under_its_run_leaves_a_gap() {
    let told = [
        stage("a", "Deploy", "STARTED", 0),
        stage("a", "Production", "SUCCEEDED", 10),
        event("Stage", at(11), json!({"execution-id": "a", "state": "FAILED"})),
    ];
    let data = measure(&DeploymentRule::EVERY_RUN, told);
    assert_eq!(said(&data, &[Metric::SuccessCount, Metric::Duration]), ["SuccessCount p/Production = 1"]);
}

/// Any event of two runs, sensible or not: stages that come and go, clocks that jump, attempts without a beginning.
fn any_event() -> impl Strategy<Value = Run> {
    const STATES: [&str; 8] =
        ["STARTED", "RESUMED", "STOPPING", "STOPPED", "SUPERSEDED", "CANCELED", "SUCCEEDED", "FAILED"];
    let time = || (0..20_000_i64).prop_map(|second| at(0).checked_add(SignedDuration::from_secs(second)).unwrap());
    let member = |name: &'static str| proptest::option::of(time()).prop_map(move |time| (name, time));
    let place = prop_oneof![
        Just(("Pipeline", json!({}))),
        proptest::sample::select(vec!["Build", "Prod", "Prod-2"]).prop_map(|stage| ("Stage", json!({"stage": stage}))),
        (proptest::sample::select(vec!["Build", "Prod"]), proptest::sample::select(vec!["Deploy", "Approval"]))
            .prop_map(|(stage, category)| (
                "Action",
                json!({"stage": stage, "action": "act", "type": {"category": category, "provider": "x"}})
            )),
    ];
    let times = (
        member("start-time"),
        member("last-retry-attempt-time"),
        member("stage-last-retry-attempt-time"),
        member("author-date"),
    );
    (place, time(), times, proptest::sample::select(STATES.to_vec()), 0..4_u8, 0..3_u8).prop_map(
        |((level, mut detail), time, (started, retried, stage_retried, authored), state, attempt, run)| {
            detail["execution-id"] = json!(format!("run-{run}"));
            detail["state"] = json!(state);
            detail["pipeline-execution-attempt"] = json!(f64::from(attempt));
            for (name, time) in [started, retried, stage_retried] {
                if let Some(time) = time {
                    detail[name] = json!(time.to_string());
                }
            }
            if let (name, Some(time)) = authored {
                detail["execution-trigger"] = json!({ name: time.to_string() });
            }
            event(level, time, detail)
        },
    )
}

fn meanings() -> impl Strategy<Value = DeploymentRule> {
    prop_oneof![Just(DeploymentRule::EVERY_RUN), Just(deploying(&["prod*"])), Just(deploying_pipeline("q"))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_number_is_ever_negative_or_none(told in proptest::collection::vec(any_event(), 1..40), deployment_rule in meanings()) {
        let events = told.len();
        let data = measure(&deployment_rule, told.clone());
        for datum in data.values() {
            prop_assert!(datum.value.is_finite() && datum.value >= 0.0 && datum.value.is_sign_positive(), "{datum:?}");
            prop_assert!(datum.value <= 20_000.0, "{datum:?}");
            // A deployment that succeeded is no failed one, and is counted as that.
            let counts: &[f64] = if datum.metric == Metric::DeploymentFailureCount { &[0.0, 1.0] } else { &[1.0] };
            prop_assert!(datum.metric.unit() == "Seconds" || counts.contains(&datum.value), "{datum:?}");
        }
        let ends = data.values().filter(|datum| matches!(datum.metric, Metric::SuccessCount | Metric::FailureCount));
        prop_assert!(ends.count() <= events, "nothing ends more often than was told");
        prop_assert_eq!(measure(&deployment_rule, told.iter().flat_map(|told| [told.clone(), told.clone()])), data, "told twice");
    }

    #[test]
    fn two_pipelines_of_one_name_in_two_accounts_never_mix(
        told in proptest::collection::vec((any_event(), any::<bool>()), 1..30),
        deployment_rule in meanings(),
    ) {
        let elsewhere = |mut told: Run| {
            told.pipeline.home.account = andon::name::AccountId::parse("444455556666").unwrap();
            told
        };
        let told: Vec<(Run, bool)> =
            told.into_iter().map(|(told, away)| (if away { elsewhere(told) } else { told }, away)).collect();
        let of = |wanted: bool| told.iter().filter(move |(_, away)| *away == wanted).map(|(told, _)| told.clone());
        let together = measure(&deployment_rule, told.iter().map(|(told, _)| told.clone()));
        let mut apart = measure(&deployment_rule, of(false));
        apart.extend(measure(&deployment_rule, of(true)));
        for (claim, datum) in &together {
            let says_where = datum.dimensions.iter().any(|(name, value)| *name == "AccountId" && value == "444455556666");
            prop_assert_eq!(says_where, claim.pipeline.home != home());
        }
        prop_assert_eq!(together, apart);
    }
}
