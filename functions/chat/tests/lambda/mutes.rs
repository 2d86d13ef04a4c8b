//! Mutes: by the button of an alert, by command and in the Home tab; kept, said and audited.

use andon::alert::AlertKind;
use andon::history::Overview;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_support::block_kit;
use test_support::slack_request::form;

use crate::presses::{buttons, fill_in};
use crate::world::{ALICE, BOB, EVE, TEAM, World, body_of};

async fn overview(world: &World, pipeline: &str) -> Overview {
    world.history(pipeline).await.overview().unwrap()
}

fn chosen(length: &str) -> Value {
    json!({"length": {"length": {"type": "radio_buttons", "selected_option": {"value": length}}}})
}

/// What a member is told by Slack's address for answers.
fn told(world: &World) -> String {
    let told = world.slack.take_responses();
    told.iter().map(|told| told["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_muted_by_its_button_and_says_by_whom_until_when() {
    let world = World::start().await;
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    world.press(&ts, "mute", ALICE).await;
    let views = world.slack.views();
    assert_eq!(block_kit::refusals(&[json!({"view": views[0]})]).unwrap(), [""; 0], "{views:?}");
    assert!(views[0].to_string().contains("payments-api"), "{views:?}");
    assert!(world.jobs().await.is_empty(), "the form comes first");
    assert_eq!(body_of(&fill_in(&world, ALICE, &chosen("for ever")).await)["response_action"], "errors");
    assert_eq!(fill_in(&world, ALICE, &chosen("4h")).await["body"], "");
    let jobs = world.jobs().await;
    assert_eq!(world.hand(&jobs, 1).await, 0, "{}", world.worker.log());
    let message = world.message(&ts);
    assert!(message.to_string().contains(":no_bell: Muted by <@U0ALICE0000> until <!date^"), "{message}");
    assert_eq!(buttons(&message), ["andon-retry", "andon-on-it", "andon-unmute"]);
    assert_eq!(block_kit::refusals([&message]).unwrap(), [""; 0]);
    let now = Timestamp::now();
    let mute = overview(&world, "payments-api").await.mute(None, now).cloned().unwrap();
    assert_eq!((mute.by.id.as_str(), mute.stages[0].as_str()), (ALICE, "Build"));
    let length = mute.end().unwrap().duration_since(mute.since);
    assert_eq!(length, SignedDuration::from_hours(4));

    let list = world.command("").await["text"].to_string();
    assert!(list.contains("(muted by somebody for another 3 h 59 min)"), "{list}");
    let answer = world.command("why did payments-api fail").await["text"].to_string();
    assert!(answer.contains("Muted   by somebody for another 3 h 59 min"), "{answer}");

    world.press(&ts, "unmute", BOB).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let message = world.message(&ts);
    assert!(message.to_string().contains(":bell: Unmuted by <@U0B0B000000>"), "{message}");
    assert_eq!(buttons(&message), ["andon-retry", "andon-on-it", "andon-mute"]);
    assert_eq!(world.hand(&jobs, 2).await, 0, "the queue delivers the first order once more");
    assert_eq!(overview(&world, "payments-api").await.mute(None, Timestamp::now()), None);
    assert!(!world.message(&ts).to_string().contains(":no_bell:"));
    let log = world.worker.log();
    for written in ["mute from Slack: done", "unmute from Slack: done", "audit.until"] {
        assert!(log.contains(written), "{written} is not in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_is_muted_by_command() {
    let world = World::start().await;
    for (order, said) in [
        ("mute", "Of which pipeline? For example: /andon mute payments-api 2h"),
        ("mute payments-api", "For how long?"),
        ("mute payments-api soon", "I do not know a pipeline called"),
        ("mute payments-api for a while", "I do not understand"),
        ("mute payments-api 8d", "at most 7 days"),
        ("mute checkout-svc until green", "checkout-svc is not red"),
        ("mute nothing-like-it 2h", "I do not know a pipeline called"),
        ("unmute", "Of which pipeline? For example: /andon unmute payments-api"),
    ] {
        let answer = world.command(order).await["text"].to_string();
        assert!(answer.contains(said), "{order}: {answer}");
    }
    assert!(world.jobs().await.is_empty());
    for (order, said) in [
        ("unmute payments-api", "payments-api is not muted."),
        ("mute payments-api 2h", "payments-api is muted until <!date^"),
        ("mute payments-api until green", "payments-api is muted until it is green."),
        ("unmute payments-api", "payments-api is no longer muted. Nothing failed meanwhile."),
        ("mute checkout-svc for 30 minutes", "checkout-svc is muted until <!date^"),
    ] {
        let answer = world.command(order).await["text"].to_string();
        assert!(answer.contains("uting "), "{order}: {answer}");
        assert_eq!(world.work().await, 0, "{}", world.worker.log());
        let told = told(&world);
        assert!(told.contains(said), "{order}: {told}");
    }
    let until = overview(&world, "checkout-svc").await.mutes[0].end().unwrap();
    assert!(until.duration_since(Timestamp::now()) > SignedDuration::from_mins(29));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_mutes_nothing_and_is_told_who_may() {
    let world = World::start().await;
    world.command_of(EVE, "mute payments-api 2h").await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    assert_eq!(told(&world), "Muting payments-api is for <@U0ALICE0000>, <@U0B0B000000>.");
    assert_eq!(overview(&world, "payments-api").await.mutes, []);
    assert!(world.worker.log().contains("mute from Slack: denied"), "{}", world.worker.log());
    // Of a workspace that is not listed.
    let body = form(&[("team_id", "T9999999999"), ("user_id", ALICE), ("text", "mute payments-api 2h")]);
    let answer = body_of(&world.send("/slack/commands", &body).await);
    assert!(answer["text"].as_str().unwrap().contains("does not answer in this workspace"), "{answer}");
    assert!(world.jobs().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_home_tab_shows_mutes_and_ends_them() {
    let world = World::start().await;
    world.command("mute payments-api until green").await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let opened = json!({
        "type": "event_callback", "event_id": "Ev1", "team_id": TEAM,
        "event": {"type": "app_home_opened", "user": EVE, "tab": "home"},
    });
    world.send("/slack/events", &opened.to_string()).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let home = world.slack.views().pop().unwrap();
    assert_eq!(block_kit::refusals(&[json!({"view": home})]).unwrap(), [""; 0], "{home}");
    assert!(home.to_string().contains(":no_bell: muted by <@U0ALICE0000> until it is green"), "{home}");
    let blocks = home["blocks"].as_array().unwrap();
    let unmute = blocks.iter().find_map(|block| block.get("accessory")).unwrap();
    let press = |by: &str| {
        json!({
            "type": "block_actions",
            "user": {"id": by, "username": by.to_lowercase(), "name": by.to_lowercase(), "team_id": TEAM},
            "team": {"id": TEAM, "domain": "acme"},
            "container": {"type": "view", "view_id": "V1"},
            "trigger_id": test_support::unique("trigger"),
            "actions": [{"type": "button", "action_id": unmute["action_id"], "block_id": "b", "value": unmute["value"]}],
        })
    };
    world.send("/slack/actions", &form(&[("payload", &press(EVE).to_string())])).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let said = world.slack.messages().pop().unwrap();
    assert_eq!(said.channel, EVE, "in the messages of the app");
    assert!(said.body["text"].as_str().unwrap().starts_with("Unmuting payments-api is for "), "{said:?}");
    assert!(overview(&world, "payments-api").await.mute(None, Timestamp::now()).is_some());

    world.send("/slack/actions", &form(&[("payload", &press(BOB).to_string())])).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    assert_eq!(overview(&world, "payments-api").await.mute(None, Timestamp::now()), None);
    let home = world.slack.views().pop().unwrap();
    assert!(!home.to_string().contains(":no_bell:"), "it is shown at once: {home}");
}
