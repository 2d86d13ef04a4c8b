//! States that Andon does not know: they are shown by their names, and nothing follows from them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod events_of;

use andon::history::RunSummary;
use andon::run::{DeploymentRule, Run, Status};
use serde_json::json;

use events_of::{at, deploying, deploying_pipeline, event};

fn stage(state: &str, minute: i64) -> Run {
    event("Stage", at(minute), json!({"execution-id": "r", "stage": "Deploy", "state": state}))
}

fn action(state: &str, minute: i64) -> Run {
    event("Action", at(minute), json!({"execution-id": "r", "stage": "Deploy", "action": "Ship", "state": state}))
}

fn pipeline(state: &str, minute: i64) -> Run {
    event("Pipeline", at(minute), json!({"execution-id": "r", "state": state}))
}

/// The run that these make, in their order and backwards.
fn merged(told: &[Run]) -> Run {
    let merge = |told: &mut dyn Iterator<Item = &Run>| {
        let mut run = told.next().unwrap().clone();
        for other in told {
            run.merge(other.clone());
        }
        run
    };
    let (run, backwards) = (merge(&mut told.iter()), merge(&mut told.iter().rev()));
    assert_eq!(run, backwards);
    let stored: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    assert_eq!(stored, run);
    run
}

fn summary(run: &Run) -> RunSummary {
    let rules = [DeploymentRule::EVERY_RUN, deploying(&["Deploy"]), deploying_pipeline("q")];
    let summaries: Vec<RunSummary> = rules.iter().map(|rule| RunSummary::of(run, rule)).collect();
    assert!(summaries.iter().all(|summary| summary.outcomes.is_empty()));
    summaries[0].clone()
}

#[test]
fn a_state_that_is_not_known_is_shown_by_its_name() {
    let run = merged(&[pipeline("STARTED", 0), stage("ON_HOLD", 1), action("QUEUED_UP", 1)]);
    let stages = run.stages();
    assert_eq!((stages[0].word(), stages[0].actions[0].word()), ("ON_HOLD", "QUEUED_UP"));
    assert_eq!((run.status(), run.failures(run.attempt()).len()), (Status::InProgress, 0));
    let summary = summary(&run);
    assert_eq!((summary.word(), summary.stages[0].word()), ("running", "ON_HOLD"));
}

#[test]
fn what_comes_after_it_counts() {
    let run = merged(&[pipeline("REWINDING", 0), stage("ON_HOLD", 1), stage("STARTED", 2), action("STARTED", 2)]);
    assert_eq!((run.stages()[0].word(), summary(&run).word()), ("running", "REWINDING"));
    let ended =
        merged(&[pipeline("REWINDING", 0), stage("ON_HOLD", 1), stage("SUCCEEDED", 3), pipeline("SUCCEEDED", 3)]);
    assert_eq!((ended.stages()[0].word(), ended.state_name()), ("succeeded", None));
}

#[test]
fn a_name_is_freed_of_what_no_name_has() {
    let run = merged(&[stage("<b>ON\u{202e}\nHOLD</b>", 1)]);
    assert_eq!(run.stages()[0].word(), "bONHOLDb");
    assert_eq!(merged(&[stage("\u{1b}", 1)]).stages()[0].word(), "unknown");
}
