//! The official client, in every mode of the protocol that it has.

use std::time::Duration;

use serde_json::json;
use test_support::function_url::signed_by;
use test_support::tools::mcp_client;

use crate::world::{ADA, EVE, World, request, send};

const ACTS: &str = "{ actions: [retry, approve], who: \"arn:aws:iam::123456789012:role/teams/releasers\" }";

/// Lets the client judge the server by a check.
async fn judged(world: &World, mode: &'static str, check: &'static str, access_key: &str) {
    let arguments = [mode.to_owned(), check.to_owned(), world.url(), signed_by(access_key)];
    let output = tokio::task::spawn_blocking(move || mcp_client().args(arguments).output().unwrap()).await.unwrap();
    let (faults, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{log}\n{}", world.function.log());
    assert_eq!(faults.trim(), "", "{log}\n{}", world.function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_client_reads_in_every_mode() {
    let world = World::start(60, "").await;
    assert!(world.function.cold_start().unwrap() < Duration::from_secs(5), "{:?}", world.function.cold_start());
    for mode in ["auto", "legacy", "2026-07-28"] {
        judged(&world, mode, "reading", EVE).await;
    }
    assert_eq!(world.done(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_pipelines_come_page_by_page() {
    let world = World::start(1000, "").await;
    judged(&world, "auto", "reading", EVE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_confirms_and_the_record_names_the_caller() {
    let world = World::start(3, ACTS).await;
    judged(&world, "2026-07-28", "acting", ADA).await;
    let done = world.done();
    assert_eq!(done.len(), 1, "{done:?}");
    assert_eq!((&done[0][0], &done[0][1]["stageName"]), (&json!("RetryStageExecution"), &json!("Build")));
    let log = world.function.log();
    let record = log.lines().find(|line| line.contains("confirmed by a person")).unwrap_or_else(|| panic!("{log}"));
    for part in ["assumed-role/releasers/ada@example.com", "retry", "payments-api-2", "mcp"] {
        assert!(record.contains(part), "{part}: {record}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_asked_or_is_not_listed_is_told_where_a_person_can_do_it() {
    let world = World::start(3, ACTS).await;
    // Older versions of the protocol have no question over HTTP without sessions.
    judged(&world, "legacy", "refused", ADA).await;
    judged(&world, "2026-07-28", "refused", EVE).await;
    judged(&world, "2026-07-28", "reading", EVE).await;
    assert_eq!(world.done(), [""; 0]);
    assert!(world.function.log().contains("does not list the caller"));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_instance_takes_the_answer_to_a_question_and_the_next_page() {
    let world = World::start(60, ACTS).await;
    let (_function, other) = world.another().await;
    let (here, there) = (world.url(), format!("{}/", other.url()));
    let page = send(&here, ADA, &request("tools/call", json!({"name": "list_pipelines", "arguments": {}}))).json();
    let cursor = &page["result"]["structuredContent"]["next_cursor"];
    assert!(cursor.is_string(), "{page}");
    let next = request("tools/call", json!({"name": "list_pipelines", "arguments": {"cursor": cursor}}));
    let next = send(&there, ADA, &next).json();
    assert_eq!(next["result"]["structuredContent"]["pipelines"].as_array().unwrap().len(), 25, "{next}");

    let order = json!({"pipeline": "payments-api", "run": "payments-api-2", "stage": "Build", "reason": "flaky"});
    let call = json!({"name": "retry", "arguments": order});
    let asked = send(&here, ADA, &request("tools/call", call.clone())).json();
    let state = &asked["result"]["requestState"];
    assert!(state.is_string(), "{asked}");
    let answered = |accepted: bool| {
        let mut call = call.clone();
        call["requestState"] = state.clone();
        call["inputResponses"] = json!({"confirm": {"action": "accept", "content": {"confirm": accepted}}});
        request("tools/call", call)
    };
    // A question is answered by whoever was asked.
    let stolen = send(&there, EVE, &answered(true)).json();
    assert_eq!(stolen["result"]["isError"], true, "{stolen}");
    assert_eq!(world.done(), [""; 0]);
    let declined = send(&there, ADA, &answered(false)).json();
    assert_eq!(declined["result"]["isError"], true, "{declined}");
    let again = send(&there, ADA, &answered(true)).json();
    assert_eq!(again["result"]["isError"], true, "an answer is given once: {again}");
    assert_eq!(world.done(), [""; 0]);
    let asked = send(&here, ADA, &request("tools/call", call.clone())).json();
    let mut yes = call.clone();
    yes["requestState"] = asked["result"]["requestState"].clone();
    yes["inputResponses"] = json!({"confirm": {"action": "accept", "content": {"confirm": true}}});
    let done = send(&there, ADA, &request("tools/call", yes)).json();
    assert_eq!(done["result"]["structuredContent"]["done"], "retry", "{done}");
    assert_eq!(world.done().len(), 1);
}
