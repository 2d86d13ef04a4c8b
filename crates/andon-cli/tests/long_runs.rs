//! Runs of many actions and of many attempts are told to their end.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::run_with;

/// How many actions each of ten stages has.
const ACTIONS: usize = 100;
/// How often the other run is tried.
const ATTEMPTS: usize = 100;

/// Events of one run, a second apart: each retry comes as quickly as a script's.
struct Told(Vec<Value>);

impl Told {
    fn event(&mut self, level: &str, mut detail: Value) {
        let time = "2026-11-20T10:00:00Z".parse::<Timestamp>().unwrap()
            + SignedDuration::from_secs(i64::try_from(self.0.len()).unwrap());
        let own = json!({"pipeline": "suites", "execution-id": "5a1c7f0e-9f1b-4d8e-8f5e-0c1d2e3f4a5b"});
        detail.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        self.0.push(json!({
            "version": "0", "source": "aws.codepipeline", "account": "111122223333", "region": "eu-west-1",
            "detail-type": format!("CodePipeline {level} Execution State Change"),
            "time": time.to_string(), "detail": detail,
        }));
    }

    fn action(&mut self, attempt: usize, stage: &str, action: &str, became: &str) {
        let detail = json!({
            "stage": stage, "action": action, "state": became, "pipeline-execution-attempt": attempt,
            "action-execution-id": format!("{action}-{attempt}"),
            "type": {"category": "Test", "provider": "CodeBuild", "owner": "AWS", "version": "1"},
        });
        self.event("Action", detail);
    }
}

/// The kinds of the alerts, in their order.
fn alerts(events: &[Value]) -> Vec<String> {
    let played = run_with(&serde_json::to_vec(events).unwrap(), &["replay", "--json", "-"]);
    assert_eq!((played.code, played.err.as_str()), (0, ""));
    let lines = played.json_lines();
    let alerts = lines.iter().filter(|line| line["type"] == "alert");
    alerts.map(|alert| alert["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_last_of_a_thousand_actions_that_fails_is_told() {
    let mut told = Told(Vec::new());
    told.event("Pipeline", json!({"state": "STARTED", "pipeline-execution-attempt": 1}));
    for stage in 0..10 {
        let stage_name = format!("Suites-{stage}");
        told.event("Stage", json!({"state": "STARTED", "stage": stage_name}));
        for action in 0..ACTIONS {
            let name = format!("suite-{stage}-{action}");
            told.action(1, &stage_name, &name, "STARTED");
            let end = if (stage, action) == (9, ACTIONS - 1) { "FAILED" } else { "SUCCEEDED" };
            told.action(1, &stage_name, &name, end);
        }
        told.event("Stage", json!({"state": if stage == 9 { "FAILED" } else { "SUCCEEDED" }, "stage": stage_name}));
    }
    told.event("Pipeline", json!({"state": "FAILED", "pipeline-execution-attempt": 1}));
    assert_eq!(alerts(&told.0), ["failed"]);
}

#[test]
fn every_failure_of_many_attempts_and_the_recovery_are_told() {
    let mut told = Told(Vec::new());
    for attempt in 1..=ATTEMPTS {
        let begins = if attempt == 1 { "STARTED" } else { "RESUMED" };
        let ends = if attempt == ATTEMPTS { "SUCCEEDED" } else { "FAILED" };
        let of = |state: &str| json!({"state": state, "pipeline-execution-attempt": attempt});
        let of_stage = |state: &str| json!({"state": state, "stage": "Suites", "pipeline-execution-attempt": attempt});
        told.event("Pipeline", of(begins));
        told.event("Stage", of_stage(begins));
        for action in 0..50 {
            let name = format!("suite-{action}");
            told.action(attempt, "Suites", &name, "STARTED");
            told.action(attempt, "Suites", &name, if action == 49 { ends } else { "SUCCEEDED" });
        }
        told.event("Stage", of_stage(ends));
        told.event("Pipeline", of(ends));
    }
    let mut expected = vec!["failed"; ATTEMPTS - 1];
    expected.push("recovered");
    assert_eq!(alerts(&told.0), expected);
}
