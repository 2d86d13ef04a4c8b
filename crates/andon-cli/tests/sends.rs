//! `andon serve` as a complete Andon: it sends to Slack, takes events from a queue, and says what it cannot send.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use support::account::REGION;
use support::{Server, andon, events};
use test_support::ask;
use test_support::emulator::Emulator;
use test_support::stand_in::{Slack, SlackFault};

const CONFIGURATION: &str = "\
version: 1
destinations:
  team: { slack: deployments, token: \"env:TEAM_TOKEN\" }
  ops: { slack: ops, token: \"env:OPS_TOKEN\" }
routes:
  - to: [team, ops]
";

/// A server with a configuration, state, and one of two tokens.
fn serving(folder: &Path, slack: &Slack, more: &[&str]) -> Command {
    std::fs::write(folder.join("andon.yml"), CONFIGURATION).unwrap();
    let mut command = andon(&[&["serve", "--port", "0", "--data", "state"], more].concat());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("ANDON_SLACK_API_URL", slack.api_url())
        .env("TEAM_TOKEN", "xoxb-team")
        .env_remove("OPS_TOKEN")
        .env_remove("ANDON_TOPIC_ARN");
    command
}

/// The events of a failed run, as news.
fn failed() -> String {
    let now = jiff::Timestamp::now();
    let mut events = events("build-failed");
    for event in &mut events {
        event["time"] = json!(now);
    }
    json!(events).to_string()
}

fn messages(slack: &Slack, wanted: usize) -> usize {
    let patience = Instant::now() + Duration::from_secs(20);
    while slack.messages().len() < wanted && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(50));
    }
    slack.messages().len()
}

#[test]
fn alerts_go_to_slack_once_although_the_server_is_killed_and_events_come_again() {
    let (folder, slack) = (tempfile::tempdir().unwrap(), Slack::start().unwrap());
    let server = Server::of(serving(folder.path(), &slack, &[]));
    assert_eq!(server.get("/healthz").body, "ok\n");
    let events = failed();
    assert_eq!(server.post(events.as_bytes()).status, 200);
    assert_eq!(messages(&slack, 1), 1, "ops has no token");
    server.kill();
    let server = Server::of(serving(folder.path(), &slack, &[]));
    assert_eq!(server.post(events.as_bytes()).status, 200);
    assert_eq!(server.end(), Some(0));
    assert_eq!(slack.messages().len(), 1, "told once");
}

#[test]
fn what_slack_did_not_take_is_sent_after_a_restart() {
    let (folder, slack) = (tempfile::tempdir().unwrap(), Slack::start().unwrap());
    slack.inject_always("chat.postMessage", SlackFault::Close);
    let server = Server::of(serving(folder.path(), &slack, &[]));
    assert_eq!(server.post(failed().as_bytes()).status, 200);
    server.kill();
    assert_eq!(slack.messages().len(), 0);
    slack.clear_faults();
    let server = Server::of(serving(folder.path(), &slack, &[]));
    assert_eq!(messages(&slack, 1), 1);
    assert_eq!(server.end(), Some(0));
}

#[test]
fn the_server_says_at_its_start_what_it_sends_to_and_what_not() {
    let (folder, slack) = (tempfile::tempdir().unwrap(), Slack::start().unwrap());
    let mut command = serving(folder.path(), &slack, &[]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<String> = (0..4)
        .map(|_| {
            let mut line = String::new();
            std::io::BufRead::read_line(&mut out, &mut line).unwrap();
            line
        })
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let why = "set ANDON_TOPIC_ARN to an SNS topic, or route alerts elsewhere in andon.yml";
    assert_eq!(lines[0], format!("Does not send to default, but prints here: {why}.\n"));
    assert_eq!(lines[1], "Does not send to ops, but prints here: the environment variable OPS_TOKEN is not set.\n");
    assert_eq!(lines[2], "Sends to team.\n");
}

#[test]
fn events_come_from_a_queue_and_are_deleted_once_they_are_kept() {
    let (folder, slack) = (tempfile::tempdir().unwrap(), Slack::start().unwrap());
    let moto = Emulator::moto().unwrap();
    let made = ask::form(moto.url(), "sqs", &[("Action", "CreateQueue"), ("QueueName", "events")]).unwrap();
    assert_eq!(made.status, 200, "{}", made.body);
    let queue = format!("{}/123456789012/events", moto.url());
    let events: Vec<serde_json::Value> = serde_json::from_str(&failed()).unwrap();
    for event in events.iter().map(ToString::to_string).chain(["not an event".to_owned()]) {
        let sent =
            ask::form(moto.url(), "sqs", &[("Action", "SendMessage"), ("QueueUrl", &queue), ("MessageBody", &event)]);
        assert_eq!(sent.unwrap().status, 200);
    }
    let mut command = serving(folder.path(), &slack, &["--queue", &queue]);
    command
        .env("AWS_ENDPOINT_URL", moto.url())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let server = Server::of(command);
    assert_eq!(messages(&slack, 1), 1);
    let left = || {
        let names = [
            ("AttributeName.1", "ApproximateNumberOfMessages"),
            ("AttributeName.2", "ApproximateNumberOfMessagesNotVisible"),
        ];
        let fields = [&[("Action", "GetQueueAttributes"), ("QueueUrl", queue.as_str())][..], &names].concat();
        let body = ask::form(moto.url(), "sqs", &fields).unwrap().body;
        let counts = body.split("<Value>").skip(1).filter_map(|rest| rest.split('<').next()?.parse::<usize>().ok());
        counts.sum::<usize>()
    };
    let patience = Instant::now() + Duration::from_secs(10);
    while left() > 1 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left(), 1, "what cannot be read is left to the queue");
    assert_eq!(server.end(), Some(0));
}
