//! What the clock makes due: told once, and only when it is true.

#![expect(clippy::unwrap_used, reason = "a test")]

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, record};
use andon::run::DeploymentRule;
use andon::testing::{events, invocation, told};
use andon_config::Config;
use andon_notify::destination::sns;
use andon_notify::testing::RecordingSender;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};

type Quiet = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, RecordingSender, NoDeadLetters, Timestamp)>;

fn notifier(limits: &str) -> Quiet {
    Quiet {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: RecordingSender::default(),
        dead_letters: NoDeadLetters,
        clock: "2026-11-20T12:00:00Z".parse().unwrap(),
        config: Config::parse(&format!("version: 1\n{limits}"), "andon.yml").unwrap(),
    }
}

fn know(notifier: &Quiet, events: &[Value]) {
    for told in events.iter().filter_map(told) {
        record(&notifier.ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told).now_or_never().unwrap().unwrap();
    }
}

fn sweep(notifier: &mut Quiet, at: &str) -> Vec<String> {
    notifier.clock = at.parse().unwrap();
    notifier.sender.sent.borrow_mut().clear();
    notifier.handle(json!({"andon": "sweep"}), &invocation(at)).now_or_never().unwrap().unwrap();
    notifier.sender.sent.borrow().iter().map(|(_, _, message)| message.title.clone()).collect()
}

/// A run of one pipeline that takes so many minutes, from a minute of the day on; `None` has not ended.
fn run(name: &str, start: i64, minutes: Option<i64>) -> Vec<Value> {
    let day: Timestamp = "2026-11-19T00:00:00Z".parse().unwrap();
    let at = |minute: i64| day.checked_add(SignedDuration::from_mins(minute)).unwrap().to_string();
    let event = |state: &str, minute: i64| {
        json!({
            "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
            "account": "111122223333", "region": "eu-west-1", "time": at(minute),
            "detail": {"pipeline": "nightly", "execution-id": name, "state": state, "start-time": at(start)},
        })
    };
    let ended = minutes.map(|minutes| event("SUCCEEDED", start + minutes));
    std::iter::once(event("STARTED", start)).chain(ended).collect()
}

#[test]
fn an_approval_that_nobody_answers_is_told_again_once() {
    let mut notifier = notifier("");
    know(&notifier, &events("codepipeline-run-running"));
    assert!(sweep(&mut notifier, "2026-11-21T10:00:00Z").is_empty(), "a day has not passed");
    assert_eq!(
        sweep(&mut notifier, "2026-11-21T11:00:00Z"),
        ["mobile-bff has been waiting 1 d for approval: Release / ApproveRelease"]
    );
    assert!(sweep(&mut notifier, "2026-11-21T12:00:00Z").is_empty(), "it has been told");
}

#[test]
fn before_there_is_a_history_a_run_is_stuck_after_the_configured_time() {
    let mut notifier = notifier("limits:\n  - stuck-after: 3h\n");
    know(&notifier, &run("only", 0, None));
    assert!(sweep(&mut notifier, "2026-11-19T02:59:00Z").is_empty());
    assert_eq!(sweep(&mut notifier, "2026-11-19T03:00:00Z"), ["nightly appears stuck (running for 3 h)"]);
    assert!(sweep(&mut notifier, "2026-11-19T04:00:00Z").is_empty(), "it has been told");
}

#[test]
fn with_a_history_a_run_is_stuck_when_it_is_out_of_the_usual() {
    let mut notifier = notifier("");
    for index in 0..10 {
        know(&notifier, &run(&format!("run-{index}"), index * 60, Some(20 + index)));
    }
    know(&notifier, &run("slow", 600, None));
    assert!(
        sweep(&mut notifier, "2026-11-19T10:57:00Z").is_empty(),
        "twice the 29 minutes of the slowest are not over"
    );
    assert_eq!(sweep(&mut notifier, "2026-11-19T10:58:00Z"), ["nightly appears stuck (running for 58 min)"]);
    let sent = notifier.sender.sent.borrow();
    insta::assert_snapshot!(sns::body(&sent[0].2));
}

#[test]
fn a_pipeline_without_a_success_is_told_once_for_each_dry_spell() {
    let mut notifier = notifier("limits:\n  - pipeline: night*\n    no-success-after: 26h\n");
    know(&notifier, &run("first", 0, Some(30)));
    assert!(sweep(&mut notifier, "2026-11-20T02:00:00Z").is_empty());
    assert_eq!(sweep(&mut notifier, "2026-11-20T03:00:00Z"), ["nightly has not succeeded for 1 d 2 h"]);
    assert!(sweep(&mut notifier, "2026-11-21T03:00:00Z").is_empty(), "it has been told");
    know(&notifier, &run("second", 3 * 1440, Some(30)));
    assert!(sweep(&mut notifier, "2026-11-22T03:00:00Z").is_empty(), "it has succeeded");
    assert_eq!(sweep(&mut notifier, "2026-11-23T12:00:00Z").len(), 1, "a new dry spell");
}

#[test]
fn an_empty_ledger_and_a_healthy_one_tell_nothing() {
    let mut notifier = notifier("");
    assert!(sweep(&mut notifier, "2026-11-21T10:00:00Z").is_empty());
    know(&notifier, &events("codepipeline-run-succeeded"));
    assert!(sweep(&mut notifier, "2026-12-21T10:00:00Z").is_empty());
}

/// A run of a pipeline that failed at a time.
fn failed(pipeline: &str, at: &str) -> Value {
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": at,
        "detail": {
            "pipeline": pipeline, "execution-id": format!("{pipeline}-{at}"), "stage": "Build", "action": "Test",
            "state": "FAILED", "type": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
            "execution-result": {"external-execution-summary": format!("{pipeline} does not compile")},
        },
    })
}

#[test]
fn what_is_still_red_is_listed_at_the_time_that_a_route_asks_for() {
    let routes = "routes:\n  - { match: { pipeline: docs }, to: [] }\n  - { to: default, digest: \"09:00\" }\n";
    let mut notifier = notifier(routes);
    let red = [
        failed("shop", "2026-11-18T16:00:00Z"),
        failed("docs", "2026-11-18T16:00:00Z"),
        failed("search", "2026-11-17T10:00:00Z"),
        failed("late", "2026-11-19T09:30:00Z"),
    ];
    know(&notifier, &red);
    assert_eq!(sweep(&mut notifier, "2026-11-19T08:59:00Z"), Vec::<String>::new(), "not yet");
    assert_eq!(sweep(&mut notifier, "2026-11-19T09:00:00Z"), ["2 pipelines are still red"]);
    let body = {
        let sent = notifier.sender.sent.borrow();
        sns::render(&sent.first().unwrap().2).body
    };
    insta::assert_snapshot!(body);
    assert_eq!(sweep(&mut notifier, "2026-11-19T09:05:00Z"), Vec::<String>::new(), "once");
    assert_eq!(sweep(&mut notifier, "2026-11-20T09:01:00Z"), ["3 pipelines are still red"]);
    assert_eq!(sweep(&mut notifier, "2026-11-21T09:01:00Z"), Vec::<String>::new(), "a Saturday");
}

#[test]
fn a_digest_that_cannot_be_sent_is_sent_by_the_next_sweep() {
    let mut notifier = notifier("routes:\n  - { to: default, digest: \"09:00\" }\n");
    know(&notifier, &[failed("shop", "2026-11-18T16:00:00Z")]);
    let until = "2026-11-19T09:00:03Z".parse().unwrap();
    notifier.clock = "2026-11-19T09:00:00Z".parse().unwrap();
    let short = andon::batch::Invocation { until, ..invocation("no time") };
    let swept = notifier.handle(json!({"andon": "sweep"}), &short).now_or_never().unwrap().unwrap();
    assert_eq!((&swept["due"], &swept["failed"]), (&json!(1), &json!(1)));
    assert_eq!(sweep(&mut notifier, "2026-11-19T09:05:00Z"), ["shop is still red"]);
}
