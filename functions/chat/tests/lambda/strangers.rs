//! Strangers: told nothing or told kindly, and nothing is done twice or for them.

use andon::alert::AlertKind;
use andon::ledger::{NoArchive, record};
use andon::run::DeploymentRule;
use jiff::Timestamp;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use test_support::slack_request::{form, request, sign};
use test_support::tools;

use crate::world::{ALICE, BOB, EVE, SECRET, TEAM, World, body_of};

/// What Slack's own library says of requests, each a secret, a time, a body and a signature.
fn verdicts(requests: &[(String, String, String)]) -> Vec<bool> {
    let lines = requests.iter().map(|(timestamp, body, signature)| {
        json!({"secret": SECRET, "timestamp": timestamp, "body": body, "signature": signature})
    });
    tools::judged("slack_signature.py", lines).unwrap().iter().map(|verdict| verdict == "valid").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_believed_exactly_where_slacks_library_believes_it() {
    let world = World::start().await;
    let now = Timestamp::now().as_second();
    let body = form(&[("team_id", TEAM), ("user_id", ALICE), ("command", "/andon"), ("text", "help & <more>")]);
    let mut requests = Vec::new();
    let mut runner = TestRunner::deterministic();
    let change = (0..6_usize, -700_i64..700, 0..200_usize, "[ -~]{0,3}");
    for _ in 0..150 {
        let (what, seconds, place, text) = change.new_tree(&mut runner).unwrap().current();
        let (mut timestamp, mut sent) = (now.to_string(), body.clone());
        let mut signature = sign(SECRET, &timestamp, &sent);
        match what {
            0 => {}
            // An old or an early one, signed rightly; not at the very edge, which the clock would decide.
            1 if seconds.abs().abs_diff(300) > 20 => {
                timestamp = (now + seconds).to_string();
                signature = sign(SECRET, &timestamp, &sent);
            }
            2 => sent.insert_str(place.min(sent.len()), &text),
            3 => signature.insert_str(place.min(signature.len()), &text),
            4 => signature.truncate(place.min(signature.len())),
            _ => timestamp = format!("{timestamp}{}", text.trim()),
        }
        requests.push((timestamp, sent, signature));
    }
    let expected = verdicts(&requests);
    assert!(expected.contains(&true) && expected.contains(&false));
    for ((timestamp, body, signature), expected) in requests.iter().zip(expected) {
        let answer = world.deliver(&request("/slack/commands", body, timestamp, signature)).await;
        let believed = answer["statusCode"] != 401;
        assert_eq!(believed, expected, "{timestamp} {signature} {body}");
        assert!(believed || answer["body"] == "", "a stranger is told nothing: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_who_may_and_nothing_is_done() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("mobile-bff", AlertKind::ApprovalNeeded).await;
    world.press(&ts, "approve", EVE).await;
    let failed = world.alert("payments-api", AlertKind::Failed).await;
    world.press(&failed, "retry", EVE).await;
    // A narrower rule comes first.
    let prod = world.alert("billing-prod", AlertKind::ApprovalNeeded).await;
    world.press(&prod, "approve", ALICE).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    assert_eq!(world.done(), [""; 0]);
    let told: Vec<String> =
        world.slack.take_responses().iter().map(|told| told["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        told,
        [
            "Approving mobile-bff is for <@U0ALICE0000>, <!subteam^S0RELEASERS>.",
            "Retrying payments-api is for <@U0ALICE0000>, <@U0B0B000000>.",
            "Approving billing-prod is for <@U0N0B0DY000>.",
        ]
    );
    assert!(world.worker.log().contains("denied"), "it is written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_in_a_group_may_not() {
    let world = World::start().await;
    world.know();
    world.slack.set_member(json!({"id": BOB, "team_id": TEAM, "is_restricted": true}));
    let ts = world.alert("mobile-bff", AlertKind::ApprovalNeeded).await;
    world.press(&ts, "approve", BOB).await;
    assert_eq!(world.work().await, 0);
    assert_eq!(world.done(), [""; 0]);
    assert_eq!(world.slack.take_responses().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_rules_there_are_questions_only() {
    let world = World::with_rules("\n").await;
    world.know();
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    world.press(&ts, "retry", ALICE).await;
    assert_eq!(world.work().await, 0);
    assert_eq!(world.done(), [""; 0]);
    let told = world.slack.take_responses();
    assert_eq!(told[0]["text"], "Retrying payments-api is for nobody from Slack.", "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspace_is_not_answered() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    let mut press = world.pressed(&ts, "retry", ALICE);
    for place in ["/team/id", "/user/team_id"] {
        *press.pointer_mut(place).unwrap() = json!("T0FOREIGN00");
        let answer = world.send("/slack/actions", &form(&[("payload", &press.to_string())])).await;
        assert_eq!(answer["body"], "");
        *press.pointer_mut(place).unwrap() = json!(TEAM);
    }
    let command = form(&[("team_id", "T0FOREIGN00"), ("command", "/andon"), ("text", "what is failing")]);
    let answer = body_of(&world.send("/slack/commands", &command).await);
    assert_eq!(answer["text"], "Andon does not answer in this workspace.");
    let event = json!({"type": "event_callback", "team_id": "T0FOREIGN00", "event_id": "Ev1", "event": {
        "type": "app_mention", "user": ALICE, "channel": "C1", "ts": "1.2", "text": "<@U1> what is failing"}});
    world.send("/slack/events", &event.to_string()).await;
    // In a shared channel, the event is this workspace's and the writer is not.
    for member in ["user_team", "source_team", "team"] {
        let mut shared = event.clone();
        shared["team_id"] = json!(TEAM);
        shared["event"][member] = json!("T0FOREIGN00");
        world.send("/slack/events", &shared.to_string()).await;
    }
    assert!(world.jobs().await.is_empty());
}

/// `/andon stop` names no stage: a rule about one still has its say.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_about_a_stage_holds_where_no_stage_is_named() {
    let rules = "
  may:
    - { actions: [stop], match: { stage: Build }, who: U0ALICE0000 }
    - { actions: [stop], who: anyone }
";
    let world = World::with_rules(rules).await;
    world.know();
    for (by, stopped) in [(BOB, vec![]), (ALICE, vec!["StopPipelineExecution"])] {
        let offer = world.command("stop web-frontend").await;
        let ts = world.slack.place("C0123456789", &offer);
        world.press(&ts, "stop", by).await;
        assert_eq!(world.work().await, 0, "{}", world.worker.log());
        assert_eq!(world.done(), stopped, "{by}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_on_a_run_that_moved_on_does_nothing() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    world.press(&ts, "retry", ALICE).await;
    // Meanwhile somebody has started a run that goes on.
    let mut newer = world.run("web-frontend").clone();
    newer.pipeline = world.run("payments-api").pipeline.clone();
    record(&world.ledger, &NoArchive, &DeploymentRule::default(), newer).await.unwrap();
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    assert_eq!(world.done(), [""; 0]);
    let told = world.slack.take_responses();
    assert!(told[0]["text"].as_str().unwrap().starts_with("This run has moved on, and nothing was done."), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_an_answer_and_never_an_error() {
    let world = World::start().await;
    let payload = |value: &Value| form(&[("payload", &value.to_string())]);
    let press = |value: &str| {
        json!({"type": "block_actions", "team": {"id": TEAM}, "user": {"id": ALICE, "team_id": TEAM},
            "actions": [{"action_id": "andon-retry", "value": value}]})
    };
    for (path, body) in [
        ("/slack/actions", String::new()),
        ("/slack/actions", "payload=%7B".to_owned()),
        ("/slack/actions", payload(&press("{}"))),
        ("/slack/actions", payload(&press("\u{202e}"))),
        ("/slack/actions", payload(&json!([1, 2]))),
        (
            "/slack/actions",
            payload(&json!({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": ALICE}, "view": {}})),
        ),
        (
            "/slack/actions",
            payload(
                &json!({"type": "block_actions", "team": {"id": TEAM}, "user": {"id": ALICE}, "actions": [{"action_id": "link-0"}]}),
            ),
        ),
        ("/slack/commands", "%ff%fe=&&&team_id=T0123456789".to_owned()),
        ("/slack/events", "[]".to_owned()),
        ("/slack/events", "not json".to_owned()),
        ("/slack/elsewhere", String::new()),
        ("", String::new()),
    ] {
        let answer = world.send(path, &body).await;
        assert!(answer["statusCode"].as_u64().unwrap() < 500, "{path} {body}: {answer}");
    }
    for broken in [
        json!({"requestContext": {}}),
        json!({"requestContext": {}, "body": 7, "headers": [], "isBase64Encoded": true}),
    ] {
        let status = world.deliver(&broken).await["statusCode"].as_u64().unwrap();
        assert!((400..500).contains(&status), "{broken}");
    }
    assert!(world.jobs().await.is_empty(), "{}", world.chat.log());
}
