//! Callers without rights, web pages, and requests that nobody has thought of.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::json;
use test_support::ask;
use test_support::damage::places;
use test_support::function_url::signed_by;

use crate::world::{EVE, World, request, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_signature_never_reaches_the_function() {
    let world = World::start(3, "").await;
    let body = request("tools/list", json!({})).to_string();
    for headers in
        [vec![], vec![("authorization", "Bearer abc")], vec![("authorization", "AWS4-HMAC-SHA256 Credential=")]]
    {
        assert_eq!(ask::post(&world.url(), &headers, &body).unwrap().status, 403);
    }
    // An address that is open to everybody by mistake lets nobody in.
    let open = json!({"rawPath": "/mcp", "headers": {}, "requestContext": {"http": {"method": "POST"}}, "body": body});
    let answer = world.function.invoke(&open).await.unwrap();
    assert_eq!(answer.ok().unwrap()["statusCode"], 401, "{answer:?}");
}

/// The status of a request with one more header.
fn status(world: &World, more: (&str, &str), body: &str) -> u16 {
    let signed = signed_by(EVE);
    let mut headers = vec![
        ("authorization", signed.as_str()),
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    headers.retain(|(name, _)| *name != more.0);
    headers.push(more);
    ask::post(&world.url(), &headers, body).unwrap().status
}

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn web_pages_may_call_from_listed_origins_only() {
    let world = World::start(3, "{ origins: [\"https://assistant.example.com\", \"http://localhost:6274\"] }").await;
    for (origin, wanted) in [
        ("https://assistant.example.com", 200),
        ("https://assistant.example.com:443", 200),
        ("http://localhost:6274", 200),
        ("http://localhost:6275", 403),
        ("http://assistant.example.com", 403),
        ("https://assistant.example.com.evil.example", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ] {
        assert_eq!(status(&world, ("origin", origin), LIST), wanted, "{origin}");
    }
    let none_listed = World::start(3, "").await;
    assert_eq!(status(&none_listed, ("origin", "https://assistant.example.com"), LIST), 403);
    assert_eq!(status(&none_listed, ("x-other", "1"), LIST), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_of_the_protocol_is_refused_with_a_status() {
    let world = World::start(3, "").await;
    let huge = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{}\"}}", "x".repeat(300_000));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, wanted) in
        [("", 400), ("{", 400), ("[]", 400), ("\u{0}", 400), (deep.as_str(), 400), (huge.as_str(), 413)]
    {
        let status = status(&world, ("x-other", "1"), body);
        assert!((400..500).contains(&status), "{status}: {}", body.get(..20).unwrap_or(body));
        assert!(wanted != 413 || status == 413, "{status}");
    }
    assert_eq!(status(&world, ("content-type", "text/plain"), LIST), 415);
    assert_eq!(status(&world, ("accept", "application/json"), LIST), 406);
    assert_eq!(status(&world, ("mcp-protocol-version", "1999-01-01"), LIST), 400);
    let signed = signed_by(EVE);
    let elsewhere = world.url().replace("/mcp", "/admin");
    assert_eq!(ask::post(&elsewhere, &[("authorization", &signed)], LIST).unwrap().status, 404);
    let listed = send(&world.url(), EVE, &request("tools/list", json!({})));
    assert_eq!(listed.status, 200, "{}", listed.body);
    // What is written on the wire does not end up in a cache that others can read.
    assert_eq!(listed.json()["result"]["cacheScope"], "private", "{}", listed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_event_is_answered_and_never_an_error() {
    let world = World::start(3, "{ actions: retry, who: anyone }").await;
    let body = request("tools/call", json!({"name": "get_pipeline", "arguments": {"pipeline": "payments-api"}}));
    let whole = json!({
        "version": "2.0", "rawPath": "/mcp", "isBase64Encoded": false, "body": body.to_string(),
        "headers": {
            "host": "andon.lambda-url.us-east-1.on.aws", "content-type": "application/json",
            "accept": "application/json, text/event-stream", "mcp-protocol-version": "2026-07-28",
            "mcp-method": "tools/call", "mcp-name": "get_pipeline",
        },
        "requestContext": {
            "http": {"method": "POST", "path": "/mcp"},
            "authorizer": {"iam": {"userArn": "arn:aws:iam::123456789012:user/ada"}},
        },
    });
    let answer = world.function.invoke(&whole).await.unwrap();
    assert_eq!(answer.ok().unwrap()["statusCode"], 200, "{answer:?}");
    let places = places(&whole);
    let mut runner = TestRunner::deterministic();
    let change = (0..places.len(), 0..7_usize);
    for _ in 0..300 {
        let (place, value) = change.new_tree(&mut runner).unwrap().current();
        let hostile = "\u{202e}\r\nx: y".repeat(400);
        let values =
            [json!(null), json!(7), json!([]), json!({}), json!(""), json!(hostile), json!("{\"jsonrpc\":\"2.0\"}")];
        let mut event = whole.clone();
        *event.pointer_mut(&places[place]).unwrap() = values[value].clone();
        let answer = world.function.invoke(&event).await.unwrap();
        let status = answer.ok().unwrap_or_else(|| panic!("{event}: {answer:?}"))["statusCode"].as_u64().unwrap();
        assert!((200..500).contains(&status), "{status}: {event}");
    }
    assert_eq!(world.done(), [""; 0]);
}
