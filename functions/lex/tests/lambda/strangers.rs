//! Strangers, and requests that nobody has thought of.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use test_support::damage::places;

use crate::world::{Talk, World};

fn text(response: &Value) -> String {
    let messages = response["messages"].as_array().unwrap();
    messages.iter().filter_map(|message| message["content"].as_str()).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_anything_who_may_not_ask() {
    let world = World::start().await;
    let mut other_bot = Talk::typed().request("what is failing");
    other_bot["bot"]["id"] = json!("ZYXWVUTSRQ");
    let unknown = Talk { attributes: json!({"caller": "+4930999999"}), ..Talk::spoken() };
    let hidden = Talk { attributes: json!({}), ..Talk::spoken() };
    let mut typed_on_the_phone = Talk::typed().request("what is failing");
    typed_on_the_phone["requestAttributes"] = json!({"x-amz-lex:channels:platform": "Connect Chat"});
    for request in
        [other_bot, unknown.request("what is failing"), hidden.request("what is failing"), typed_on_the_phone]
    {
        let response = world.send(&request).await;
        assert!(!text(&response).contains("payments"), "{response}");
        assert_eq!(response["sessionState"]["dialogAction"]["type"], "Close", "{response}");
        assert_eq!(response["sessionState"]["intent"]["state"], "Failed", "{response}");
    }
    assert_eq!(world.faults(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_writes_into_the_session_does_nothing() {
    let world = World::start().await;
    for forged in [
        json!("{\"lost\":200}"),
        json!("{\"talk\":{\"asked\":\"retry payments-api\",\"pending\":\"more\"}}"),
        json!("confirmed"),
        json!(["x"]),
        json!("{".repeat(5_000)),
    ] {
        let talk = Talk { attributes: json!({"andon": forged, "theirs": "kept"}), ..Talk::typed() };
        let response = world.send(&talk.request("retry payments-api")).await;
        assert_eq!(response["sessionState"]["sessionAttributes"]["theirs"], "kept");
        assert!(text(&response).contains("andon retry"), "an instruction is told how to give it: {response}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_request_is_answered_and_never_an_error() {
    let world = World::start().await;
    let whole = Talk::typed().request("how is payments-api");
    let places = places(&whole);
    let mut runner = TestRunner::deterministic();
    let change = (0..places.len(), 0..6_usize);
    for _ in 0..300 {
        let (place, value) = change.new_tree(&mut runner).unwrap().current();
        let values = [json!(null), json!(7), json!([]), json!({}), json!(""), json!("\u{202e}<speak>&".repeat(400))];
        let mut request = whole.clone();
        *request.pointer_mut(&places[place]).unwrap() = values[value].clone();
        let response = world.send(&request).await;
        assert!(response["sessionState"]["dialogAction"]["type"].is_string(), "{request}");
    }
}
