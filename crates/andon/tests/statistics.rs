//! The eight metrics, case by case: each row of a history and what its last run must measure.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeMap;

use andon::event::{Attempt, Subject};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Archive, ArchiveError, NoArchive, PastRun, Recorded, record};
use andon::name::{ExecutionId, PipelineId};
use andon::run::{DeploymentRule, Run, Status, WaitPolicy};
use andon::statistics::{Due, Metric, due};
use andon::testing::{home, told};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const DAY: &str = "2026-11-20T00:00:00Z";

fn at(minute: i64) -> Timestamp {
    DAY.parse::<Timestamp>().unwrap().checked_add(SignedDuration::from_mins(minute)).unwrap()
}

/// An event of the run itself. `retried` is the minute of the retry that this attempt is.
fn event(run: &str, state: &str, attempt: u32, started: i64, minute: i64, retried: Option<i64>) -> Run {
    let mut detail = json!({
        "pipeline": "p", "execution-id": run, "state": state,
        "start-time": at(started).to_string(), "pipeline-execution-attempt": f64::from(attempt),
    });
    if let Some(retried) = retried {
        detail["last-retry-attempt-time"] = json!(at(retried).to_string());
    }
    told(&json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": at(minute).to_string(), "detail": detail,
    }))
    .unwrap()
}

/// An action that failed, so that a failure is explained.
fn failing_action(run: &str, attempt: u32, minute: i64, category: &str) -> Run {
    told(&json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": at(minute).to_string(),
        "detail": {
            "pipeline": "p", "execution-id": run, "state": "FAILED", "stage": "Build", "action": "Compile",
            "type": {"category": category, "provider": "CodeBuild"}, "pipeline-execution-attempt": f64::from(attempt),
        },
    }))
    .unwrap()
}

fn recorded(ledger: &MemoryLedger, archive: &impl Archive, told: Run) -> Recorded {
    record(ledger, archive, &DeploymentRule::EVERY_RUN, told).now_or_never().unwrap().unwrap()
}

/// The metrics whose names and formulas are the peer's.
const EIGHT: [Metric; 8] = [
    Metric::SuccessCount,
    Metric::FailureCount,
    Metric::SuccessCycleTime,
    Metric::SuccessLeadTime,
    Metric::DeliveryLeadTime,
    Metric::FailureLeadTime,
    Metric::GreenTime,
    Metric::RedTime,
];

/// What the last event measures of the pipeline.
fn measured(recorded: &Recorded, attempt: u32) -> BTreeMap<&'static str, i64> {
    let Recorded { run, history, .. } = recorded;
    let (Due::Now(measured) | Due::More(measured)) =
        due(run, history, &Subject::Pipeline, Attempt::new(attempt), &home(), WaitPolicy::GiveUp);
    let mut values = BTreeMap::new();
    for measurement in measured.into_iter().filter(|measurement| EIGHT.contains(&measurement.datum.metric)) {
        assert_eq!(measurement.datum.dimensions, [("PipelineName", "p".to_owned())]);
        assert!(measurement.datum.value > 0.0);
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds of a day")]
        let value = measurement.datum.value as i64;
        let before = values.insert(measurement.datum.metric.name(), value);
        assert!(before.is_none_or(|before| before == value || measurement.datum.metric.name().ends_with("Count")));
    }
    values
}

/// A run as (started, ended, succeeded), in minutes.
type Past = (i64, i64, bool);

fn history(runs: &[Past]) -> (MemoryLedger, Recorded) {
    let ledger = MemoryLedger::new();
    let mut last = None;
    for (index, (started, ended, succeeded)) in runs.iter().enumerate() {
        let run = format!("run-{index}");
        if !succeeded {
            recorded(&ledger, &NoArchive, failing_action(&run, 1, *ended, "Build"));
        }
        let state = if *succeeded { "SUCCEEDED" } else { "FAILED" };
        last = Some(recorded(&ledger, &NoArchive, event(&run, state, 1, *started, *ended, None)));
    }
    (ledger, last.unwrap())
}

fn check(what: &str, runs: &[Past], expected: &[(&'static str, i64)]) {
    let (_, last) = history(runs);
    assert_eq!(measured(&last, 1), expected.iter().copied().collect::<BTreeMap<_, _>>(), "{what}");
}

#[test]
fn the_formulas_hold() {
    const S: bool = true;
    const F: bool = false;
    check("the first run ever, a success", &[(0, 5, S)], &[("SuccessCount", 1), ("SuccessLeadTime", 300)]);
    check("the first run ever, a failure", &[(0, 5, F)], &[("FailureCount", 1), ("FailureLeadTime", 300)]);
    check(
        "a success after successes",
        &[(0, 5, S), (20, 25, S), (60, 68, S)],
        &[("SuccessCount", 1), ("SuccessLeadTime", 480), ("SuccessCycleTime", 43 * 60), ("DeliveryLeadTime", 480)],
    );
    check(
        "a success that ends a red streak",
        &[(0, 5, S), (10, 12, F), (20, 23, F), (30, 31, F), (40, 45, S)],
        &[
            ("SuccessCount", 1),
            ("SuccessLeadTime", 300),
            ("SuccessCycleTime", 40 * 60),
            ("DeliveryLeadTime", 35 * 60),
            ("RedTime", 30 * 60),
        ],
    );
    check(
        "a first success after a red streak, with no success before",
        &[(0, 5, F), (10, 12, F), (20, 25, S)],
        &[("SuccessCount", 1), ("SuccessLeadTime", 300), ("RedTime", 20 * 60)],
    );
    check(
        "a failure that ends a green streak",
        &[(0, 5, F), (10, 15, S), (20, 25, S), (30, 37, F)],
        &[("FailureCount", 1), ("FailureLeadTime", 420), ("GreenTime", 20 * 60)],
    );
    check(
        "a failure in a red streak",
        &[(0, 5, S), (10, 15, F), (20, 24, F)],
        &[("FailureCount", 1), ("FailureLeadTime", 240)],
    );
}

#[test]
fn a_red_streak_of_a_thousand_runs_is_as_long_as_it_is() {
    let mut runs: Vec<Past> = vec![(0, 1, true)];
    runs.extend((1..1000).map(|run| (run * 10, run * 10 + 1, false)));
    runs.push((10_000, 10_001, true));
    let (ledger, last) = history(&runs);
    let measured = measured(&last, 1);
    assert_eq!(measured["RedTime"], (10_000 - 10) * 60);
    assert_eq!(measured["SuccessCycleTime"], 10_000 * 60);
    assert_eq!(measured["DeliveryLeadTime"], (10_001 - 10) * 60);
    let kept = recorded(&ledger, &NoArchive, event("run-1000", "SUCCEEDED", 1, 10_000, 10_001, None)).history;
    assert_eq!(kept.runs().len(), andon::history::MAX_RUNS, "the history is of constant size");
}

#[test]
fn a_retry_in_place_counts_as_a_recovery() {
    let ledger = MemoryLedger::new();
    let tell = |told: Run| recorded(&ledger, &NoArchive, told);
    tell(event("before", "SUCCEEDED", 1, 0, 10, None));
    tell(failing_action("retried", 1, 30, "Build"));
    let failed = tell(event("retried", "FAILED", 1, 20, 30, None));
    assert_eq!(
        measured(&failed, 1),
        BTreeMap::from([("FailureCount", 1), ("FailureLeadTime", 600), ("GreenTime", 20 * 60)])
    );
    tell(event("retried", "RESUMED", 2, 20, 45, Some(45)));
    let succeeded = tell(event("retried", "SUCCEEDED", 2, 20, 50, Some(45)));
    let measured = measured(&succeeded, 2);
    assert_eq!(
        measured["RedTime"],
        25 * 60,
        "from the start of the first failed attempt to that of the one that succeeded"
    );
    assert_eq!(measured["SuccessLeadTime"], 30 * 60, "the run as a whole");
    assert_eq!(measured["SuccessCycleTime"], 40 * 60);
    assert_eq!(measured["DeliveryLeadTime"], 30 * 60);
}

/// Until then the event can still come, with a time of its own.
#[test]
fn a_failure_whose_event_is_lost_counts_when_its_retry_has_ended_and_it_has_been_waited_for() {
    let ledger = MemoryLedger::new();
    let tell = |told: Run| recorded(&ledger, &NoArchive, told);
    tell(event("lost", "STARTED", 1, 0, 0, None));
    tell(failing_action("lost", 1, 10, "Build"));
    let resumed = tell(event("lost", "RESUMED", 2, 0, 20, Some(20)));
    assert_eq!(measured(&resumed, 2), BTreeMap::new(), "the retry may be one of CodePipeline's own");
    let succeeded = tell(event("lost", "SUCCEEDED", 2, 0, 25, Some(20)));
    let first = due(&succeeded.run, &succeeded.history, &Subject::Pipeline, Attempt::new(2), &home(), WaitPolicy::Wait);
    let Due::More(first) = first else { panic!("{first:?}") };
    let names = |of: &[andon::statistics::Measurement]| {
        of.iter().map(|measurement| measurement.datum.metric).collect::<Vec<_>>()
    };
    assert!(!names(&first).contains(&Metric::FailureCount) && !names(&first).contains(&Metric::RecoveryTime));
    let later = measured(&succeeded, 2);
    assert_eq!((later["FailureCount"], later["FailureLeadTime"], later["RedTime"]), (1, 600, 20 * 60));
    assert_eq!(later["SuccessCount"], 1);
}

#[test]
fn a_run_that_the_api_would_still_call_in_progress_is_measured_in_full() {
    struct Lagging;
    impl Archive for Lagging {
        async fn past_runs(&self, _: &PipelineId) -> Result<Vec<PastRun>, ArchiveError> {
            let run = |id: &str, started, updated, status| PastRun {
                execution: ExecutionId::parse(id).unwrap(),
                started: at(started),
                updated: at(updated),
                status,
            };
            Ok(vec![
                run("now", 20, 24, Status::InProgress),
                run("red", 10, 15, Status::Failed),
                run("green", 0, 5, Status::Succeeded),
            ])
        }

        async fn actions(&self, _: &PipelineId, _: &ExecutionId) -> Result<Option<Run>, ArchiveError> {
            panic!("nothing has to be looked up")
        }
    }
    let now = recorded(&MemoryLedger::new(), &Lagging, event("now", "SUCCEEDED", 1, 20, 25, None));
    assert_eq!(
        measured(&now, 1),
        BTreeMap::from([
            ("SuccessCount", 1),
            ("SuccessLeadTime", 300),
            ("SuccessCycleTime", 20 * 60),
            ("DeliveryLeadTime", 15 * 60),
            ("RedTime", 600),
        ])
    );
}

#[test]
fn stopped_superseded_and_rejected_runs_are_neither_red_nor_green() {
    let ledger = MemoryLedger::new();
    let tell = |told: Run| recorded(&ledger, &NoArchive, told);
    tell(event("red", "FAILED", 1, 0, 5, None));
    tell(failing_action("red", 1, 5, "Build"));
    for (run, state) in [("stopped", "STOPPED"), ("superseded", "SUPERSEDED"), ("canceled", "CANCELED")] {
        assert_eq!(measured(&tell(event(run, state, 1, 10, 12, None)), 1), BTreeMap::new(), "{state}");
    }
    tell(failing_action("rejected", 1, 25, "Approval"));
    assert_eq!(measured(&tell(event("rejected", "FAILED", 1, 20, 25, None)), 1), BTreeMap::new());
    let green = tell(event("green", "SUCCEEDED", 1, 40, 45, None));
    assert_eq!(measured(&green, 1)["RedTime"], 40 * 60, "still measured from the failure");
}

#[test]
fn without_a_start_there_is_a_gap_and_no_guess() {
    let ledger = MemoryLedger::new();
    let tell = |told: Run| recorded(&ledger, &NoArchive, told);
    let no_start = |state: &str, minute: i64| {
        told(&json!({
            "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
            "account": "111122223333", "region": "eu-west-1", "time": at(minute).to_string(),
            "detail": {"pipeline": "p", "execution-id": "r", "state": state},
        }))
        .unwrap()
    };
    let ended = tell(no_start("SUCCEEDED", 30));
    assert_eq!(measured(&ended, 1), BTreeMap::from([("SuccessCount", 1)]));
    let late = tell(no_start("STARTED", 20));
    assert_eq!(
        measured(&late, 1),
        BTreeMap::from([("SuccessCount", 1), ("SuccessLeadTime", 600)]),
        "a late start fills it"
    );
}

#[test]
fn clocks_that_disagree_never_make_a_negative_time() {
    let (_, last) = history(&[(0, 5, false), (50, 40, true)]);
    assert_eq!(measured(&last, 1), BTreeMap::from([("RedTime", 3000), ("SuccessCount", 1)]));
}

#[test]
fn pipelines_elsewhere_are_told_apart() {
    let elsewhere: Value = json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Stage Execution State Change",
        "account": "444455556666", "region": "us-east-1", "time": at(5).to_string(),
        "detail": {"pipeline": "p", "execution-id": "r", "state": "SUCCEEDED", "stage": "Prod"},
    });
    let recorded = recorded(&MemoryLedger::new(), &NoArchive, told(&elsewhere).unwrap());
    let subject = Subject::Stage(andon::name::StageName::parse("Prod").unwrap());
    let Due::Now(measured) = due(&recorded.run, &recorded.history, &subject, Attempt::FIRST, &home(), WaitPolicy::Wait)
    else {
        panic!()
    };
    let dimensions: Vec<(&str, &str)> =
        measured[0].datum.dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        dimensions,
        [("PipelineName", "p"), ("StageName", "Prod"), ("AccountId", "444455556666"), ("Region", "us-east-1")]
    );
}
