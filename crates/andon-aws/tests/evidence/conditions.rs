//! Conditions: the rules of a stage that were not met.

use andon::run::Condition;
use serde_json::json;

use super::*;

/// A stage that its entry condition kept out.
fn kept_out() -> Failure {
    let mut failure = failure("", "");
    (failure.action, failure.provider, failure.result, failure.started) = (None, None, None, None);
    failure.condition = Some(Condition::Entry);
    failure
}

/// A rule that ended so many seconds after the stage failed.
fn rule(world: &World, run: &str, stage: &str, name: &str, status: &str, after: i64) {
    let failed: jiff::Timestamp = FAILED.parse().unwrap();
    let at = failed.as_second() + after;
    world.aws.put_rule(
        "web",
        json!({
            "pipelineExecutionId": run, "ruleExecutionId": format!("{run}/{name}"), "stageName": stage, "ruleName": name,
            "startTime": at - 5, "lastUpdateTime": at, "status": status,
            "input": {"ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"}},
            "output": {"executionResult": {"errorDetails": {"code": "RuleFailed", "message": "Saturday is outside the window"}}},
        }),
    );
}

fn told(found: &Found) -> Vec<String> {
    found.evidence.messages.iter().map(|message| message.text.clone()).collect()
}

#[tokio::test]
async fn the_rules_of_the_run_that_failed_are_named() {
    let world = World::new();
    rule(&world, "earlier", "Deploy", "Alarms", "Failed", -3600);
    rule(&world, "mine", "Deploy", "BusinessHours", "Failed", -1);
    rule(&world, "mine", "Deploy", "Smoke", "Succeeded", -2);
    rule(&world, "mine", "Build", "Variables", "Failed", -300);
    rule(&world, "later", "Deploy", "Alarms", "Failed", 7200);
    let found = world.gather(&kept_out()).await;
    let rule = r#"The rule "BusinessHours" (DeploymentWindow) was not met: Saturday is outside the window"#;
    assert_eq!(told(&found), [rule]);
    assert_eq!(world.operations(), ["ListRuleExecutions"]);
}

#[tokio::test]
async fn without_the_permission_nothing_is_said_to_be_missing() {
    let world = World::new();
    world.deny("ListRuleExecutions");
    let found = world.gather(&kept_out()).await;
    assert_eq!((told(&found), found.missing), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn an_action_that_failed_asks_for_no_rules() {
    let world = World::new();
    world.gather(&failure("Manual", "")).await;
    assert_eq!(world.operations(), [""; 0]);
}
