//! The author of a change that failed: found in Slack by the notifier's own binary, called once, and waited for by nobody.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod account;

use std::time::Duration;

use account::{Account, deliver, events};
use serde_json::{Value, json};
use test_support::runtime_api::Function;
use test_support::stand_in::SlackFault;

const CONFIG: &str = "version: 1
slack-token: env:SLACK_TOKEN
destinations:
  team: { slack: deployments }
people:
  Samir Haddad: U0SAMIR0000
  jonas@home.example: U0JONAS0000
routes:
  - { to: team, mention: [author, S0123456789] }
";
const TOMASZ: &str = "U0TOMASZ000";
const JONAS: &str = "U0JONAS0000";

async fn account(config: &str) -> (Account, Function) {
    let account = Account::open(config).await;
    let member = |id: &str, email: &str| json!({"id": id, "team_id": "T1", "profile": {"email": email}});
    account.slack.set_member(member(TOMASZ, "tomasz.wilk@example.com"));
    account.slack.set_member(member("U0GONE00000", "gone@example.com"));
    let function = account.start().await;
    (account, function)
}

/// The failed run of the sample events, with another trigger.
fn failed(change: impl Fn(&mut Value)) -> Vec<Value> {
    let mut run = events("codepipeline-run-build-failed");
    for event in &mut run {
        if let Some(trigger) = event.pointer_mut("/detail/execution-trigger") {
            change(trigger);
        }
    }
    run
}

/// Whom the messages call, in order.
fn called(account: &Account) -> Vec<String> {
    let opening = |body: &Value| body["blocks"][1]["text"]["text"].as_str().unwrap_or_default().to_owned();
    account.slack.messages().iter().map(|message| opening(&message.body)).collect()
}

fn lookups(account: &Account) -> Vec<String> {
    let calls = account.slack.requests().into_iter().filter(|call| call.operation == "users.lookupByEmail");
    calls.map(|call| call.body["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_is_called_once_while_a_branch_is_broken() {
    let (account, function) = account(CONFIG).await;
    deliver(&function, &events("codepipeline-run-build-failed")).await;
    deliver(&function, &events("codepipeline-run-build-failed")).await;
    deliver(&function, &events("codepipeline-run-build-failed-again")).await;
    let called = called(&account);
    assert_eq!(called.len(), 2, "{called:?}");
    assert_eq!(called[0], "<!subteam^S0123456789> <@U0TOMASZ000>");
    assert!(called[1].starts_with("<!subteam^S0123456789> ") && !called[1].contains(TOMASZ), "{called:?}");
    assert_eq!(lookups(&account), ["tomasz.wilk@example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_listed_or_named_beside_is_called_and_a_bot_is_not_looked_up() {
    for (change, expected, asked) in [
        (json!({"author-email": "JONAS@home.example"}), "<@U0JONAS0000>", vec![]),
        (json!({"author-display-name": "samir haddad", "author-email": null}), "<@U0SAMIR0000>", vec![]),
        (
            json!({
                "author-display-name": "renovate[bot]",
                "author-email": "29139614+renovate[bot]@users.noreply.github.com",
                "commit-message": "Update\n\nCo-authored-by: J <jonas@home.example>\nCo-authored-by: T <tomasz.wilk@example.com>",
            }),
            "<@U0JONAS0000> <@U0TOMASZ000>",
            vec!["tomasz.wilk@example.com"],
        ),
        (json!({"author-email": "stranger@example.com"}), "", vec!["stranger@example.com"]),
        (json!({"author-email": "nobody@users.noreply.github.com"}), "", vec![]),
        (
            json!({"author-email": "a&email=gone@example.com#<!channel>"}),
            "",
            vec!["a&email=gone@example.com#<!channel>"],
        ),
        (json!({"author-email": null, "author-display-name": null, "author-id": null}), "", vec![]),
    ] {
        let (account, function) = account(CONFIG).await;
        let run = failed(|trigger| {
            for (name, value) in change.as_object().unwrap() {
                trigger[name] = value.clone();
            }
        });
        deliver(&function, &run).await;
        assert_eq!(called(&account), [format!("<!subteam^S0123456789> {expected}").trim().to_owned()], "{change}");
        assert_eq!(lookups(&account), asked, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_that_does_not_tell_loses_and_delays_nothing() {
    for fault in [
        SlackFault::Refused("missing_scope".to_owned()),
        SlackFault::RateLimited(600),
        SlackFault::Status(500, "no".to_owned()),
        SlackFault::Close,
        SlackFault::Hang,
        SlackFault::Delay(Duration::from_secs(30)),
    ] {
        let (account, function) = account(CONFIG).await;
        account.slack.inject_always("users.lookupByEmail", fault.clone());
        let begun = std::time::Instant::now();
        deliver(&function, &events("codepipeline-run-build-failed")).await;
        deliver(&function, &events("codepipeline-run-deploy-failed-parallel")).await;
        assert!(begun.elapsed() < Duration::from_secs(25), "{fault:?}: {:?}", begun.elapsed());
        assert_eq!(account.slack.messages().len(), 2, "{fault:?}");
        assert!(called(&account).iter().all(|called| !called.contains("<@")), "{fault:?}");
        assert!(lookups(&account).len() <= 1, "{fault:?}: it is not asked again and again");
        assert!(function.log().contains("authors are not mentioned for"), "{fault:?}: {}", function.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_calls_whom_the_configuration_lists() {
    let config = CONFIG.replace("slack: deployments", "slack-webhook: \"env:SLACK_WEBHOOK\"");
    let (account, function) = account(&config).await;
    deliver(&function, &failed(|trigger| trigger["author-email"] = json!("jonas@home.example"))).await;
    assert!(called(&account)[0].contains(JONAS), "{:?}", called(&account));
    assert!(lookups(&account).is_empty());
}
