//! The events of such a pipeline, played through Andon.

use std::path::PathBuf;

use serde_json::Value;

use crate::world::Ended;

fn alerts(runs: &[&str]) -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/service/events");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_andon"));
    command.args(["replay", "--json"]).args(runs.iter().map(|run| folder.join(format!("{run}.json"))));
    let ended = Ended::from(command.output().unwrap());
    assert_eq!(ended.code, 0, "{}", ended.err);
    let lines = ended.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == "alert").collect()
}

fn kinds(alerts: &[Value]) -> Vec<&str> {
    alerts.iter().map(|alert| alert["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_release_asks_for_its_approval_with_the_link_to_acceptance() {
    let alerts = alerts(&["succeeded"]);
    assert_eq!(kinds(&alerts), ["approval-needed"]);
    let text = alerts[0]["text"].as_str().unwrap();
    for part in ["Approval", "http://orders-acceptance-1234567890.eu-west-1.elb.amazonaws.com", "Release 4f2a91c0"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_failed_acceptance_test_names_the_environment_the_command_and_the_author() {
    let alerts = alerts(&["succeeded", "test-failed"]);
    let failed = alerts.iter().find(|alert| alert["kind"] == "failed").unwrap();
    assert_eq!((failed["stage"].as_str(), failed["action"].as_str()), (Some("Acceptance"), Some("Test")));
    let text = failed["text"].as_str().unwrap();
    for part in ["/orders/1", "Sort orders by date", "Ines Duarte"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn after_the_fix_the_release_that_is_rejected_is_no_failure() {
    let alerts = alerts(&["succeeded", "test-failed", "rejected"]);
    let of_last: Vec<&Value> = alerts.iter().skip_while(|alert| alert["kind"] != "failed").skip(1).collect();
    assert!(of_last.iter().all(|alert| alert["kind"] != "failed"), "{of_last:#?}");
    assert!(of_last.iter().any(|alert| alert["kind"] == "approval-needed"), "{of_last:#?}");
}

#[test]
fn a_deployment_that_the_circuit_breaker_rolled_back_says_so() {
    let alerts = alerts(&["succeeded", "rolled-back"]);
    let failed = alerts.iter().find(|alert| alert["kind"] == "failed").unwrap();
    assert_eq!((failed["stage"].as_str(), failed["action"].as_str()), (Some("Production"), Some("Deploy")));
    let text = failed["text"].as_str().unwrap();
    assert!(text.contains("Circuit Breaker") || text.contains("circuit breaker"), "{text}");
    assert!(alerts.iter().all(|alert| alert["kind"] != "recovered"), "a rollback is no recovery: {alerts:#?}");
}
