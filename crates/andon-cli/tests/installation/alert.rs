//! `andon test-alert`: each destination of the deployed notifier, and of this machine.

use std::fs;

use serde_json::json;
use test_support::stand_in::{Site, Slack};

use crate::support::account::{Account, REGION, run_at};
use crate::support::{Ended, run};
use crate::world::World;

/// Where Lambda takes calls of the notifier that [`Account::deploy`] names.
const INVOCATIONS: &str = "/2015-03-31/functions/arn%3Aof%3Athe%3Anotifier/invocations";

fn test_alert(account: &Account, lambda: &Site, more: &[&str]) -> Ended {
    let arguments = [&["test-alert"], more].concat();
    account.run_with(&arguments, &[("AWS_ENDPOINT_URL_LAMBDA", &lambda.url())])
}

#[test]
fn the_deployed_notifier_sends_it_and_each_destination_is_reported() {
    let account = Account::empty();
    account.deploy("andon");
    let lambda = Site::start().unwrap();
    let answer = json!({"destinations": [
        {"destination": "team", "delivered": false, "problem": "Slack does not know the channel"},
        {"destination": "audit", "delivered": true},
    ]});
    lambda.put(INVOCATIONS, answer.to_string());
    let failed = test_alert(&account, &lambda, &[]);
    assert_eq!(failed.code, 1, "{}{}", failed.out, failed.err);
    for line in [
        "  ✗ team  Slack does not know the channel\n",
        "  ✓ audit\n",
        "The test alert did not arrive at 1 of 2 destinations.\n",
    ] {
        assert!(failed.out.contains(line), "{line} in {}", failed.out);
    }
    let (_, payload) = &lambda.requests()[0];
    assert_eq!(payload.as_ref(), br#"{"andon":"test-alert"}"#);

    lambda.put(INVOCATIONS, json!({"destinations": [{"destination": "audit", "delivered": true}]}).to_string());
    let well = test_alert(&account, &lambda, &["--json"]);
    assert_eq!(well.code, 0, "{}", well.err);
    assert_eq!(well.json()["failed"], 0);
}

#[test]
fn what_stops_it_is_said() {
    let account = Account::empty();
    account.deploy("andon");
    let lambda = Site::start().unwrap();
    let refused = test_alert(&account, &lambda, &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("cannot invoke arn:of:the:notifier"), "{}", refused.err);
    lambda.put(INVOCATIONS, json!({"batchItemFailures": []}).to_string());
    let old = test_alert(&account, &lambda, &[]);
    assert_eq!(old.code, 2);
    assert!(old.err.contains("deploy a newer one"), "{}", old.err);
}

#[test]
fn a_topic_that_nobody_receives_is_no_proof() {
    let world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    let lambda = Site::start().unwrap();
    let path = format!("/2015-03-31/functions/{}/invocations", world.output("NotifierFunction"));
    lambda.put(&path, json!({"destinations": [{"destination": "default", "delivered": true}]}).to_string());
    let send = || run_at(Some(&world.recorder.url()), &["test-alert"], &[("AWS_ENDPOINT_URL_LAMBDA", &lambda.url())]);
    let unheard = send();
    assert_eq!(unheard.code, 1, "{}{}", unheard.out, unheard.err);
    assert!(unheard.out.contains("✗ default  nobody has subscribed to the topic"), "{}", unheard.out);
    world.subscribe();
    let heard = send();
    assert_eq!(heard.code, 0, "{}{}", heard.out, heard.err);
}

#[test]
fn this_machine_sends_it_as_it_would_send_alerts() {
    let (folder, slack) = (tempfile::tempdir().unwrap(), Slack::start().unwrap());
    let config = folder.path().join("andon.yml");
    fs::write(
        &config,
        "version: 1\nslack-token: env:TOKEN\ndestinations:\n  team: { slack: deployments }\nroutes:\n  - to: [team, default]\n",
    )
    .unwrap();
    let arguments =
        ["test-alert", "--data", folder.path().to_str().unwrap(), "--config", config.to_str().unwrap(), "--json"];
    let url = slack.api_url();
    let set = [("TOKEN", "xoxb-team"), ("ANDON_SLACK_API_URL", url.as_str()), ("AWS_REGION", REGION)];
    let ended = run_at(None, &arguments, &set);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let report = ended.json();
    let of = |name: &str| {
        report["destinations"].as_array().unwrap().iter().find(|to| to["destination"] == name).unwrap().clone()
    };
    assert_eq!(of("team")["delivered"], true, "{report}");
    assert!(of("default")["problem"].as_str().unwrap().contains("set ANDON_TOPIC_ARN"), "{report}");
    let messages = slack.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].body.to_string().contains("nothing has failed"), "{}", messages[0].body);
    // Nothing of it is kept.
    let status = run(&["status", "--data", folder.path().to_str().unwrap()]);
    assert!(!status.out.contains("andon-test-alert"), "{}", status.out);
}
