//! Questions: by the slash command, in a thread, in a conversation of two, and in the Home tab.

use andon::alert::AlertKind;
use andon::ledger::Lease;
use andon::name::{Home, Region};
use andon_answers::{Answerer, Locale, Session, Voice, written};
use andon_aws::clock::SystemClock;
use andon_notify::conversation;
use jiff::Timestamp;
use serde_json::{Value, json};
use test_support::block_kit;

use crate::world::{ACCOUNT, ALICE, CHANNEL, TEAM, World};

/// The text of a message as it was before it was made safe for Slack.
fn plain(message: &Value) -> String {
    let text = message["text"].as_str().unwrap().replace('\u{200b}', "");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn event(id: &str, event: &Value) -> String {
    json!({"type": "event_callback", "team_id": TEAM, "event_id": id, "event": event}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_in_the_words_of_the_command_line() {
    let world = World::start().await;
    let desk = Answerer::new(world.ledger.clone(), SystemClock);
    let voice = Voice::of(Locale::EnUs);
    let questions = [
        "why did payments-api fail?",
        "what is failing",
        "what waits for approval",
        "who broke payments-api",
        "when did checkout-svc last deploy?",
        "is mobile-bff running",
        "how long has payments-api been red",
        "what changed in payments-api",
        "status of nothing-like-it",
        "please sing",
        "help",
    ];
    let mut said = Vec::new();
    for question in questions {
        let expected =
            written(&desk.ask(question, &Session::default(), Timestamp::now(), voice).await, voice, Timestamp::now());
        let answer = world.command(question).await;
        assert_eq!(answer["response_type"], "ephemeral");
        assert_eq!(plain(&answer), expected, "{question}");
        said.push(answer);
    }
    said.push(world.command("").await);
    let overview = plain(said.last().unwrap());
    assert!(overview.starts_with("✗ payments-api: failed in Build"), "{overview}");
    assert!(overview.lines().count() <= 10 && !overview.contains("checkout-svc"), "{overview}");
    for message in &said {
        assert_eq!(block_kit::faults(message), [""; 0], "{message}");
    }
    assert_eq!(block_kit::refusals(&said).unwrap(), [""; 0]);
    assert!(world.jobs().await.is_empty(), "a question leaves no work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_under_an_alert_is_about_its_pipeline() {
    let world = World::start().await;
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    let home =
        Home { account: andon::name::AccountId::parse(ACCOUNT).unwrap(), region: Region::parse("us-east-1").unwrap() };
    let lease = Lease::new("notifier", Timestamp::now(), Lease::LENGTH);
    let pipeline = &world.run("payments-api").pipeline;
    conversation::remember(&world.ledger, &home, (CHANNEL, &ts), (pipeline, None), &lease).await.unwrap();
    let mention = json!({
        "type": "app_mention", "user": ALICE, "channel": CHANNEL, "ts": "1767225999.000100", "thread_ts": ts,
        "text": "<@U0AND0N0000> since when?",
    });
    // Slack sends an event again where the answer was late.
    for _ in 0..3 {
        assert_eq!(world.send("/slack/events", &event("Ev01", &mention)).await["statusCode"], 200);
    }
    assert_eq!(world.work().await, 0);
    let replies: Vec<_> =
        world.slack.messages().into_iter().filter(|message| message.thread_ts.as_deref() == Some(&ts)).collect();
    assert_eq!(replies.len(), 1, "{replies:?} {}", world.worker.log());
    let text = plain(&replies[0].body);
    assert!(text.contains("payments") && text.contains("100 minutes") || text.contains("hour"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_the_app_is_answered_and_a_bots_is_not() {
    let world = World::start().await;
    let message = json!({
        "type": "message", "channel_type": "im", "user": ALICE, "channel": "D0123456789", "ts": "1767225999.000200",
        "text": "what is failing?",
    });
    let mut bots = message.clone();
    bots["bot_id"] = json!("B0123456789");
    world.send("/slack/events", &event("Ev02", &message)).await;
    world.send("/slack/events", &event("Ev03", &bots)).await;
    assert_eq!(world.work().await, 0);
    let messages = world.slack.messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0].thread_ts, None);
    assert!(plain(&messages[0].body).contains("payments"), "{messages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_home_tab_shows_the_board() {
    let world = World::start().await;
    let opened = json!({"type": "app_home_opened", "user": ALICE, "channel": "D0123456789", "tab": "home"});
    world.send("/slack/events", &event("Ev04", &opened)).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let views = world.slack.views();
    let [view] = views.as_slice() else { panic!("{views:?}") };
    assert_eq!(block_kit::refusals([&json!({"view": view})]).unwrap(), [""; 0]);
    let text = view.to_string();
    let (red, green) = (text.find("payments-api").unwrap(), text.find("checkout-svc").unwrap());
    assert!(red < green && text.contains("andon-refresh"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_checks_the_address() {
    let world = World::start().await;
    let body = json!({"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"});
    let answer = world.send("/slack/events", &body.to_string()).await;
    assert!(
        answer["body"].as_str().unwrap().contains("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"),
        "{answer}"
    );
}
