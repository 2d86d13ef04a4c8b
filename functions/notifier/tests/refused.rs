//! What becomes of alerts that a destination refuses, keeps silent about, or is too slow for: over HTTP, with the function
//! as it is built.

mod account;

use std::time::Duration;

use account::{Account, NOTIFIER, TOKEN, all_done, batch, events, invoke};
use serde_json::{Value, json};
use test_support::ask;
use test_support::emulator::moto;
use test_support::fault::Fault;
use test_support::recorder::Recorder;
use test_support::runtime_api::Function;
use test_support::stand_in::SlackFault;
use test_support::unique;

const TO_SLACK: &str =
    "version: 1\nslack-token: env:SLACK_TOKEN\ndestinations:\n  team: { slack: deployments }\nroutes:\n  - to: team\n";

/// Gives the function the events of a run, one by one; gives back those that the queue has to deliver again.
async fn deliver_once(function: &Function, events: &[Value]) -> Vec<Value> {
    let mut again = Vec::new();
    for event in events {
        if invoke(function, &batch(std::slice::from_ref(event))).await != all_done() {
            again.push(event.clone());
        }
    }
    again
}

/// Puts the dead letters back on the queue, as a redrive does.
async fn redrive(account: &Account, function: &Function) -> usize {
    let letters = account.read(&account.dead_letters).await;
    for letter in &letters {
        assert_eq!(invoke(function, &batch(&[letter["event"].clone()])).await, all_done(), "{}", function.log());
    }
    letters.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_refused_is_told_once_the_cause_is_mended_and_the_letter_is_back() {
    for refusal in ["invalid_auth", "channel_not_found"] {
        let account = Account::open(TO_SLACK).await;
        let function = account.start().await;
        account.slack.inject_always("chat.postMessage", SlackFault::Refused(refusal.to_owned()));
        let run = events("codepipeline-run-commands-failed");
        assert!(deliver_once(&function, &run).await.is_empty(), "{refusal}: no retry can help");
        // It comes back too early: it is refused again, and is a letter again.
        assert_eq!(redrive(&account, &function).await, 1, "{refusal}: one letter for a run");
        account.slack.clear_faults();
        let letters = account.read(&account.dead_letters).await;
        let letter = &letters[0]["event"];
        let others: Vec<Value> = run.iter().filter(|event| *event != letter).cloned().collect();
        assert!(deliver_once(&function, &others).await.is_empty());
        assert!(account.slack.messages().is_empty(), "{refusal}: other events of the run do not open it");
        assert!(deliver_once(&function, std::slice::from_ref(letter)).await.is_empty());
        assert_eq!(account.slack.messages().len(), 1, "{refusal}: told: {}", function.log());
        assert!(deliver_once(&function, &run).await.is_empty());
        assert_eq!(account.slack.messages().len(), 1, "{refusal}: once");
        assert!(account.read(&account.dead_letters).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sns_refused_is_told_once_the_cause_is_mended_and_the_letter_is_back() {
    for (status, code) in [
        (403, "AuthorizationError"),
        (400, "KMSAccessDenied"),
        (400, "KMSDisabled"),
        (400, "InvalidParameter"),
        (404, "NotFound"),
    ] {
        let account = Account::open("version: 1\n").await;
        let sns = Recorder::start(&moto().unwrap()).unwrap();
        let mut environment = account.environment();
        environment.insert("AWS_ENDPOINT_URL_SNS".to_owned(), sns.url());
        let function = Function::start(NOTIFIER, environment).await.unwrap();
        sns.inject_always("Publish", Fault::error(status, code, "refused"));
        assert!(deliver_once(&function, &events("codepipeline-run-commands-failed")).await.is_empty(), "{code}");
        assert!(account.subjects().await.is_empty());
        sns.clear_faults();
        assert_eq!(redrive(&account, &function).await, 1, "{code}");
        assert_eq!(account.subjects().await.len(), 1, "{code}: told: {}", function.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_stored_late_is_found_when_the_letter_is_back() {
    let name = format!("/{}", unique("andon-late"));
    let account = Account::open(&TO_SLACK.replace("env:SLACK_TOKEN", &format!("ssm:{name}"))).await;
    let function = account.start().await;
    assert!(deliver_once(&function, &events("codepipeline-run-commands-failed")).await.is_empty());
    assert!(account.slack.messages().is_empty());
    let put = json!({"Name": name, "Type": "SecureString", "Value": TOKEN});
    let stored = ask::json_in("eu-west-1", &moto().unwrap(), "ssm", "AmazonSSM.PutParameter", &put).unwrap();
    assert_eq!(stored.status, 200, "{}", stored.body);
    assert_eq!(redrive(&account, &function).await, 1);
    assert_eq!(account.slack.messages().len(), 1, "{}", function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trouble_of_slacks_that_passes_is_left_to_the_queue() {
    let account = Account::open(TO_SLACK).await;
    let function = account.start().await;
    let run = events("codepipeline-run-commands-failed");
    for trouble in ["org_login_required", "team_added_to_org", "message_limit_exceeded", "service_unavailable"] {
        account.slack.inject_always("chat.postMessage", SlackFault::Refused(trouble.to_owned()));
        assert!(!deliver_once(&function, &run).await.is_empty(), "{trouble}: the queue delivers it again");
        assert!(account.read(&account.dead_letters).await.is_empty(), "{trouble}");
    }
    account.slack.clear_faults();
    assert!(deliver_once(&function, &run).await.is_empty());
    assert_eq!(account.slack.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_that_posts_but_answers_late_has_the_message_twice_at_most() {
    let account = Account::open(TO_SLACK).await;
    let function = account.start().await;
    account.slack.inject_always("chat.postMessage", SlackFault::Delay(Duration::from_millis(5_500)));
    let failed: Vec<Value> = events("codepipeline-run-build-failed")
        .into_iter()
        .filter(|event| event["detail"]["state"] == "FAILED" && event["detail"]["action"].is_string())
        .collect();
    let mut deliveries = 0;
    while !deliver_once(&function, &failed[..1]).await.is_empty() {
        deliveries += 1;
        assert!(deliveries < 3, "it counts as told after the second: {}", function.log());
    }
    assert!(deliver_once(&function, &failed[..1]).await.is_empty());
    let posts = account.slack.requests().iter().filter(|call| call.operation == "chat.postMessage").count();
    assert_eq!(posts, 2);
    assert!(function.log().contains("was sent twice without an answer, and counts as sent"), "{}", function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_ends_in_time_however_slow_slack_is() {
    let account = Account::open(TO_SLACK).await;
    let function = account.start().await;
    function.set_timeout(Duration::from_secs(20));
    account.slack.inject_always("chat.postMessage", SlackFault::Delay(Duration::from_millis(4_500)));
    let failed = |run: usize| {
        let mut event = events("codepipeline-run-build-failed")
            .into_iter()
            .find(|event| event["detail"]["state"] == "FAILED" && event["detail"]["action"].is_string())
            .unwrap();
        event["detail"]["execution-id"] = json!(format!("00000000-0000-4000-8000-{run:012}"));
        event["id"] = json!(run.to_string());
        event
    };
    let mut left: Vec<Value> = (0..6).map(failed).collect();
    for call in 1.. {
        let answer = invoke(&function, &batch(&left)).await;
        let failed = answer["batchItemFailures"].as_array().unwrap();
        let again = |index: usize| failed.iter().any(|failure| failure["itemIdentifier"] == format!("m-{index}"));
        left = left.into_iter().enumerate().filter(|(index, _)| again(*index)).map(|(_, event)| event).collect();
        if left.is_empty() {
            break;
        }
        assert!(call < 5, "each call tells some: {}", function.log());
    }
    assert_eq!(account.slack.messages().len(), 6, "each once: {}", function.log());
}
