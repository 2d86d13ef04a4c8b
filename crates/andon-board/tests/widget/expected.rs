//! When a run that is going on is expected to end; and what is said when clocks disagree.

use andon::run::Run;
use andon::testing::told;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::document::read;
use crate::{asking, fleet, now, shown};

/// What a pipeline said so many minutes ago; a negative number is a clock that is ahead.
fn said(pipeline: &str, run: &str, state: &str, minutes_ago: i64) -> Run {
    event(pipeline, run, "Pipeline", minutes_ago, json!({ "state": state }))
}

fn event(pipeline: &str, run: &str, level: &str, minutes_ago: i64, mut detail: Value) -> Run {
    detail["pipeline"] = json!(pipeline);
    detail["execution-id"] = json!(run);
    told(&json!({
        "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
        "account": "111122223333", "region": "eu-west-1", "detail": detail,
        "time": now().checked_sub(SignedDuration::from_mins(minutes_ago)).unwrap(),
    }))
    .unwrap()
}

/// What stands in the row of a pipeline about its time, after a run of 20 minutes before.
fn times(then: impl IntoIterator<Item = Run>) -> String {
    let before = [said("p", "1", "STARTED", 120), said("p", "1", "SUCCEEDED", 100)];
    let html = shown(&fleet::recorded(before.into_iter().chain(then)), &asking(json!({})));
    read(&html).with_class("state")[0].text().replace('\u{a0}', " ")
}

#[test]
fn a_run_is_expected_to_take_as_long_as_they_usually_do() {
    assert_eq!(times([said("p", "2", "STARTED", 5)]), "runningETA 12:15, in 15 min");
    assert_eq!(times([said("p", "2", "STARTED", 45)]), "running25 min longer than usual");
}

#[test]
fn nobody_knows_how_long_an_approval_takes() {
    let approval = json!({"stage": "Ask", "action": "Approve", "state": "STARTED", "type": {"category": "Approval", "provider": "Manual"}});
    let waiting = [said("p", "2", "STARTED", 45), event("p", "2", "Action", 30, approval)];
    assert_eq!(times(waiting), "waiting for approvalAsk / Approve for 30 minstarted 45 min ago");
}

#[test]
fn a_retry_has_some_of_the_work_done_already() {
    let retried = json!({"state": "STARTED", "pipeline-execution-attempt": 2.0, "stage": "Deploy"});
    let again = [said("p", "2", "STARTED", 45), said("p", "2", "FAILED", 30), event("p", "2", "Stage", 15, retried)];
    assert_eq!(times(again), "red, runningred for 30 minDeploy for 15 minstarted 45 min ago");
}

#[test]
fn clocks_that_disagree_never_give_a_negative_time() {
    assert_eq!(times([said("p", "2", "STARTED", -5)]), "runningETA 12:25, in 20 min");
    let backwards = times([said("p", "2", "STARTED", 10), said("p", "2", "SUCCEEDED", 20)]);
    assert_eq!(backwards, "succeeded20 min ago, took 0 s");
    let ahead = times([said("p", "2", "STARTED", 10), said("p", "2", "FAILED", -3)]);
    assert_eq!(ahead, "failedred for 0 s");
}

#[test]
fn two_pipelines_of_one_name_are_two_rows() {
    let ours = said("p", "1", "SUCCEEDED", 10);
    let mut theirs = ours.clone();
    theirs.pipeline.home.account = andon::name::AccountId::parse("444455556666").unwrap();
    let html = shown(&fleet::recorded([ours, theirs]), &asking(json!({})));
    let body = read(&html);
    let homes: Vec<String> = body.with_class("home").iter().map(|home| home.text()).collect();
    assert_eq!(homes, ["shop · eu-west-1", "finance · eu-west-1"]);
}
