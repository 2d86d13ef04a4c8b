//! Buttons: done once, kept, shown in the message, and told to who was late.

use andon::alert::AlertKind;
use serde_json::{Value, json};
use test_support::block_kit;
use test_support::fault::Fault;
use test_support::slack_request::form;

use crate::world::{ALICE, BOB, TEAM, World, body_of};

/// The buttons of a message, by their ids.
pub(crate) fn buttons(message: &Value) -> Vec<String> {
    let elements = message["blocks"].as_array().unwrap().iter().filter_map(|block| block["elements"].as_array());
    let ids = elements.flatten().filter_map(|element| element["action_id"].as_str());
    ids.filter(|id| id.starts_with("andon-")).map(str::to_owned).collect()
}

/// Sends the form that the last press has opened, with a reason.
async fn submit(world: &World, by: &str, reason: &str) -> Value {
    fill_in(world, by, &json!({"reason": {"reason": {"type": "plain_text_input", "value": reason}}})).await
}

/// Sends the form that the last press has opened.
pub(crate) async fn fill_in(world: &World, by: &str, values: &Value) -> Value {
    let view = world.slack.views().pop().unwrap();
    let payload = json!({
        "type": "view_submission",
        "user": {"id": by, "username": "somebody", "name": "somebody", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "acme"},
        "view": {
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"],
            "state": {"values": values},
        },
    });
    world.send("/slack/actions", &form(&[("payload", &payload.to_string())])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_is_done_once_and_the_message_says_by_whom() {
    let world = World::start().await;
    world.know();
    for (pipeline, kind, button, operation, said) in [
        ("payments-api", AlertKind::Failed, "retry", "RetryStageExecution", "Retried by <@U0ALICE0000>"),
        ("mobile-bff", AlertKind::ApprovalNeeded, "approve", "PutApprovalResult", "Approved by <@U0ALICE0000>"),
    ] {
        let ts = world.alert(pipeline, kind).await;
        let before = world.message(&ts);
        let press = world.pressed(&ts, button, ALICE);
        let answer = world.press(&ts, button, ALICE).await;
        assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(200), &json!("")), "{answer}");
        assert!(world.done().is_empty(), "nothing is done before the answer");
        assert_eq!(world.work().await, 0, "{}", world.worker.log());
        assert_eq!(world.done(), [operation], "{}", world.worker.log());
        let after = world.message(&ts);
        assert!(after.to_string().contains(said), "{after}");
        assert!(!buttons(&after).contains(&format!("andon-{button}")), "{after}");
        let messages = [before, after];
        for message in &messages {
            assert_eq!(block_kit::faults(message), [""; 0], "{message}");
        }
        assert_eq!(block_kit::refusals(&messages).unwrap(), [""; 0]);
        // The same press once more, and somebody else's on a message that was not brought up to date yet.
        let _ = world.slack.take_responses();
        for by in [ALICE, BOB] {
            let mut again = press.clone();
            again["user"]["id"] = json!(by);
            world.send("/slack/actions", &form(&[("payload", &again.to_string())])).await;
        }
        assert_eq!(world.work().await, 0);
        assert_eq!(world.done(), [""; 0], "{pipeline}");
        let told = world.slack.take_responses();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told.iter().all(|told| told["text"].as_str().unwrap().contains("was done before by <@U0ALICE0000>")),
            "{told:?}"
        );
    }
    let log = world.worker.log();
    for written in ["retry from Slack: done", "approve from Slack: done", ALICE, "payments-api"] {
        assert!(log.contains(written), "{written} is not in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_presses_at_once_are_one_call() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    for by in [ALICE, BOB].into_iter().cycle().take(100) {
        world.press(&ts, "retry", by).await;
        // The message is brought up to date only after the first.
    }
    let jobs = world.jobs().await;
    assert_eq!(jobs.len(), 100);
    // Ten instances of the worker at once.
    let again: usize =
        futures_util::future::join_all(jobs.chunks(10).map(|jobs| world.hand(jobs, 1))).await.iter().sum();
    assert_eq!(again, 0, "{}", world.worker.log());
    assert_eq!(world.done(), ["RetryStageExecution"]);
    assert_eq!(world.slack.take_responses().len(), 99);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_wants_a_reason() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("mobile-bff", AlertKind::ApprovalNeeded).await;
    world.press(&ts, "reject", BOB).await;
    let views = world.slack.views();
    assert_eq!(block_kit::refusals(&[json!({"view": views[0]})]).unwrap(), [""; 0], "{views:?}");
    assert!(world.jobs().await.is_empty(), "the form comes first");
    let answer = body_of(&submit(&world, BOB, " \n ").await);
    assert_eq!(answer["response_action"], "errors", "{answer}");
    assert_eq!(submit(&world, BOB, "breaks <!channel> the *fees*").await["body"], "");
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let call =
        world.codepipeline.take_requests().into_iter().find(|call| call.operation == "PutApprovalResult").unwrap();
    let summary = call.body["result"]["summary"].as_str().unwrap();
    assert_eq!(summary, "Rejected by somebody (U0B0B000000) in Slack: breaks <!channel> the *fees*");
    assert_eq!(call.body["result"]["status"], "Rejected");
    let message = world.message(&ts).to_string();
    assert!(message.contains("Rejected by <@U0B0B000000>") && !message.contains("<!channel>"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_it_is_said_wherever_the_pipeline_is_told_of() {
    let world = World::start().await;
    let ts = world.alert("payments-api", AlertKind::Failed).await;
    world.press(&ts, "on-it", BOB).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    let message = world.message(&ts);
    assert!(message.to_string().contains(":eyes: <@U0B0B000000> is on it since"), "{message}");
    assert_eq!(buttons(&message), ["andon-retry", "andon-mute"], "the rest can still be done");
    let overview = world.command("").await["text"].to_string();
    assert!(overview.contains("(u0b0b000000 is on it)"), "{overview}");
    let answer = world.command("why did payments-api fail").await["text"].to_string();
    assert!(answer.contains("On it"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_by_command_is_offered_as_a_button() {
    let world = World::start().await;
    world.know();
    let offer = world.command("retry payments-api").await;
    assert_eq!(buttons(&offer), ["andon-retry"]);
    assert!(offer["text"].as_str().unwrap().starts_with("Retry stage Build of payments-api, run "), "{offer}");
    assert_eq!(block_kit::refusals([&offer]).unwrap(), [""; 0]);
    assert!(world.jobs().await.is_empty(), "nothing is done unasked");
    let ts = world.slack.place("C0123456789", &offer);
    let mut press = world.pressed(&ts, "retry", ALICE);
    press["container"]["is_ephemeral"] = json!(true);
    world.send("/slack/actions", &form(&[("payload", &press.to_string())])).await;
    assert_eq!(world.work().await, 0, "{}", world.worker.log());
    assert_eq!(world.done(), ["RetryStageExecution"]);
    for (order, said) in [
        ("retry checkout-svc", "Nothing to retry in checkout-svc"),
        ("approve", "Of which pipeline?"),
        ("stop nothing-like-it", "I do not know a pipeline called"),
    ] {
        let answer = world.command(order).await;
        assert!(answer["text"].as_str().unwrap().contains(said), "{order}: {answer}");
        assert_eq!(buttons(&answer), [""; 0], "{order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_codepipeline_does_not_answer_is_tried_again_and_done_once() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("mobile-bff", AlertKind::ApprovalNeeded).await;
    world.codepipeline.inject_always("PutApprovalResult", Fault::throttled());
    world.press(&ts, "approve", ALICE).await;
    let jobs = world.jobs().await;
    assert_eq!(world.hand(&jobs, 1).await, 1, "{}", world.worker.log());
    let told = world.slack.take_responses();
    assert!(told[0]["text"].as_str().unwrap().starts_with("Not done yet"), "{told:?}");
    world.codepipeline.clear_faults();
    let _ = world.done();
    assert_eq!(world.hand(&jobs, 2).await, 0, "{}", world.worker.log());
    assert_eq!(world.hand(&jobs, 3).await, 0, "the queue may deliver twice");
    assert_eq!(world.done(), ["PutApprovalResult"]);
    assert!(world.message(&ts).to_string().contains("Approved by"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_did_before_it_died_is_shown_as_done() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("mobile-bff", AlertKind::ApprovalNeeded).await;
    world.press(&ts, "approve", ALICE).await;
    let jobs = world.jobs().await;
    let role = "arn:aws:sts::111122223333:assumed-role/chat-worker/chat-worker";
    let reason = format!("Approved by {} ({ALICE}) in Slack", ALICE.to_lowercase());
    world.approved("mobile-bff", &format!("Approved by {role}: {reason}")).await;
    assert_eq!(world.hand(&jobs, 2).await, 0, "{}", world.worker.log());
    assert_eq!(world.done(), [""; 0], "it is not done twice");
    // The approval is answered, so its alert cannot be written anew: it is said in its thread.
    let below: Vec<Value> = world.slack.messages().into_iter().map(|message| message.body).collect();
    let below = below.iter().find(|body| body["thread_ts"] == *ts).unwrap_or_else(|| panic!("{below:?}"));
    assert_eq!(below["text"], format!("Approved by <@{ALICE}>."));
    assert_eq!(world.slack.take_responses(), [Value::Null; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pressed_reads_when_andon_gives_up() {
    let world = World::start().await;
    world.know();
    let ts = world.alert("mobile-bff", AlertKind::ApprovalNeeded).await;
    world.codepipeline.inject_always("PutApprovalResult", Fault::throttled());
    world.press(&ts, "approve", ALICE).await;
    let jobs = world.jobs().await;
    assert_eq!(world.hand(&jobs, 4).await, 1, "{}", world.worker.log());
    assert_eq!(world.slack.take_responses(), [Value::Null; 0]);
    assert_eq!(world.hand(&jobs, 5).await, 1, "it goes to the dead letters");
    let told = world.slack.take_responses();
    assert!(told[0]["text"].as_str().unwrap().contains("has failed 5 times"), "{told:?}");
}
