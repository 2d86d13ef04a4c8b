//! The page of a pipeline and of a run: the picture, expected ends, attempts, environments, and what is flaky.

use andon::run::Run;
use andon::testing::told;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::document::{Element, read};
use crate::{asking, fleet, now, shown};

fn event(run: &str, level: &str, minutes_ago: i64, mut detail: Value) -> Run {
    detail["pipeline"] = json!("p");
    detail["execution-id"] = json!(run);
    told(&json!({
        "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
        "account": "111122223333", "region": "eu-west-1", "detail": detail,
        "time": now().checked_sub(SignedDuration::from_mins(minutes_ago)).unwrap(),
    }))
    .unwrap()
}

/// An action, from so many minutes ago until so many minutes ago, and its stage with it.
fn action(run: &str, place: (&str, &str, &str), from: i64, until: Option<(i64, &str)>) -> Vec<Run> {
    let (stage, action, category) = place;
    let detail = |state: &str| {
        let provider = if category == "Approval" { "Manual" } else { "CodeBuild" };
        json!({"stage": stage, "action": action, "state": state, "type": {"category": category, "provider": provider}})
    };
    let mut told = vec![event(run, "Action", from, detail("STARTED"))];
    told.extend(until.map(|(until, state)| event(run, "Action", until, detail(state))));
    told
}

fn stage(run: &str, name: &str, from: i64, until: Option<i64>) -> Vec<Run> {
    let detail = |state: &str| json!({"stage": name, "state": state});
    let mut told = vec![event(run, "Stage", from, detail("STARTED"))];
    told.extend(until.map(|until| event(run, "Stage", until, detail("SUCCEEDED"))));
    told
}

/// A run of ten minutes: two of source, four of two tests side by side and then an image, four of deployment.
fn whole(run: &str, began: i64) -> Vec<Run> {
    let done = |minutes: i64| Some((began - minutes, "SUCCEEDED"));
    let trigger = json!({"state": "STARTED", "execution-trigger": {"trigger-type": "Webhook", "commit-id": format!("c0ffee{run}"), "commit-message": format!("OPS-{run} change")}});
    [
        vec![event(run, "Pipeline", began, trigger)],
        stage(run, "Source", began, Some(began - 2)),
        action(run, ("Source", "Checkout", "Source"), began, done(2)),
        stage(run, "Build", began - 2, Some(began - 6)),
        action(run, ("Build", "Unit", "Test"), began - 2, done(4)),
        action(run, ("Build", "Lint", "Test"), began - 2, done(3)),
        action(run, ("Build", "Image", "Build"), began - 4, done(6)),
        stage(run, "Deploy", began - 6, Some(began - 10)),
        action(run, ("Deploy", "Service", "Deploy"), began - 6, done(10)),
        vec![event(run, "Pipeline", began - 10, json!({"state": "SUCCEEDED"}))],
    ]
    .concat()
}

fn page(runs: Vec<Run>, execution: Option<&str>) -> Element {
    let mut wanted = json!({"account": "111122223333", "region": "eu-west-1", "name": "p"});
    if let Some(execution) = execution {
        wanted["execution"] = json!(execution);
    }
    read(&shown(&fleet::recorded(runs), &asking(json!({ "pipeline": wanted }))))
}

fn texts(elements: &[&Element]) -> Vec<String> {
    elements.iter().map(|element| element.text().replace('\u{a0}', " ")).collect()
}

#[test]
fn actions_that_went_on_together_stand_side_by_side() {
    let page = page(whole("1", 60), Some("1"));
    let together: Vec<Vec<String>> = page
        .with_class("side-by-side")
        .iter()
        .map(|level| level.with_name("li").iter().skip(1).map(|action| action.text().replace('\u{a0}', " ")).collect())
        .collect();
    assert_eq!(together, [["[succeeded]Lint CodeBuild · 1 min", "[succeeded]Unit CodeBuild · 2 min"]]);
}

#[test]
fn a_run_that_goes_on_says_when_each_stage_will_end() {
    let running = [
        vec![event("2", "Pipeline", 3, json!({"state": "STARTED"}))],
        stage("2", "Source", 3, Some(1)),
        stage("2", "Build", 1, None),
        action("2", ("Build", "Unit", "Test"), 1, None),
    ]
    .concat();
    let once = page([whole("1", 60), running.clone()].concat(), Some("2"));
    let stages = texts(&once.with_class("stages")[0].children_named("li"));
    assert_eq!(stages[2], "Deploynot yetso far 4 min, ends about 12:07", "one run is not usual");
    let page = page([whole("3", 90), whole("4", 75), whole("1", 60), running].concat(), Some("2"));
    let stages = texts(&page.with_class("stages")[0].children_named("li"));
    assert_eq!(stages.len(), 3, "{stages:?}");
    assert!(stages[1].contains("usually 4 min, ends about 12:03"), "{stages:?}");
    assert_eq!(stages[2], "Deploynot yetusually 4 min, ends about 12:07");
}

#[test]
fn while_an_approval_waits_nobody_knows_the_end() {
    let waiting = [
        vec![event("2", "Pipeline", 30, json!({"state": "STARTED"}))],
        stage("2", "Build", 20, None),
        action("2", ("Build", "Approve", "Approval"), 20, None),
    ]
    .concat();
    let page = page([whole("3", 120), whole("4", 105), whole("1", 90), waiting].concat(), Some("2"));
    let stages = texts(&page.with_class("stages")[0].children_named("li"));
    assert!(stages[0].contains("usually 4 min without the wait"), "{stages:?}");
    assert_eq!(stages[1], "Deploynot yetusually 4 min");
    let approvals = texts(&page.with_class("part"));
    assert!(approvals[0].contains("Build / Approve waits since 11:40"), "{approvals:?}");
}

#[test]
fn a_run_that_ended_has_nothing_ahead_of_it() {
    let stopped = vec![
        event("2", "Pipeline", 30, json!({"state": "STARTED"})),
        event("2", "Stage", 30, json!({"stage": "Source", "state": "STARTED"})),
        event("2", "Pipeline", 28, json!({"state": "STOPPED"})),
    ];
    let page = page([whole("1", 90), stopped].concat(), Some("2"));
    assert_eq!(texts(&page.with_class("stages")[0].children_named("li")), ["[unknown]Source2 min"]);
}

#[test]
fn every_attempt_is_kept_and_a_retry_without_a_new_change_is_flaky() {
    let mut retried = whole("2", 60);
    let failed = |level: &str, at: i64, mut detail: Value| {
        detail["pipeline-execution-attempt"] = json!(1.0);
        event("2", level, at, detail)
    };
    retried.truncate(retried.len() - 2);
    let place = json!({"stage": "Deploy", "action": "Service", "state": "FAILED", "type": {"category": "Deploy", "provider": "ECS"},
                       "execution-result": {"external-execution-summary": "tasks failed to start"}});
    retried.push(failed("Action", 50, place.clone()));
    retried.push(failed("Pipeline", 50, json!({"state": "FAILED"})));
    for (at, state) in [(40, "STARTED"), (35, "SUCCEEDED")] {
        let mut again = place.clone();
        again["state"] = json!(state);
        again["pipeline-execution-attempt"] = json!(2.0);
        again["execution-result"] = json!({});
        retried.push(event("2", "Action", at, again));
    }
    retried.push(event("2", "Pipeline", 35, json!({"state": "SUCCEEDED", "pipeline-execution-attempt": 2.0})));
    let of_run = page([whole("1", 120), retried.clone()].concat(), Some("2"));
    let attempts = texts(&of_run.with_class("attempt"));
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert!(attempts[0].contains("Attempt 1 failed 11:10"), "{attempts:?}");
    assert!(attempts[0].contains("tasks failed to start"), "{attempts:?}");
    let new = texts(&of_run.with_class("part"));
    assert!(
        new.iter().any(|part| part.contains("Changes since the last success") && part.contains("OPS-2 change")),
        "{new:?}"
    );
    let whole = page([whole("1", 120), retried].concat(), None);
    let flaky = texts(&whole.with_class("flaky"));
    assert_eq!(flaky, ["Deploy / Service: on 1 of 2 changes, last 11:10"]);
    let places = texts(&whole.with_class("places"));
    assert!(places[0].contains("Deploy11:25 · run 2"), "{places:?}");
    assert_eq!(texts(&whole.with_class("live")), ["live in Deploy"]);
}
