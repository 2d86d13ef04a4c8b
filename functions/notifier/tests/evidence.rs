//! From the events of a failed build to what people read, with evidence over HTTP from a stand-in: the cause is in it.

#![expect(clippy::unwrap_used, reason = "tests")]

use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::testing::{events, invocation, time};
use andon_aws::evidence::AwsEvidence;
use andon_config::Config;
use andon_notify::NoDeadLetters;
use andon_notify::destination::{slack, sns};
use andon_notify::message::Message;
use andon_notify::testing::RecordingSender;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};
use test_support::aws;
use test_support::fault::Fault;
use test_support::stand_in::Aws;

const PROJECT: &str = "payments-api-unit-tests";
const ID: &str = "fd90c10e-e934-4f16-a125-5e3012cc15ec";

const LOG: &str = r#"[Container] 2026/11/20 08:16:58.120000 Entering phase BUILD
[Container] 2026/11/20 08:16:58.120731 Running command npm test -- --ci

> payments-api@4.2.0 test
> jest --ci

PASS test/refund.test.ts
FAIL test/settlement.test.ts
  ● settlement › is paid out on the next working day

    expect(received).toBe(expected) // Object.is equality

    Expected: "2026-11-23"
    Received: "2026-11-22"

      40 |   it("is paid out on the next working day", () => {
      41 |     const day = payoutDay(friday);
    > 42 |     expect(day).toBe("2026-11-23");
         |                 ^
      43 |   });

      at Object.<anonymous> (test/settlement.test.ts:42:17)

Test Suites: 1 failed, 1 passed, 2 total
Tests:       1 failed, 7 passed, 8 total
Ran all test suites.

[Container] 2026/11/20 08:17:39.004211 Command did not exit successfully npm test -- --ci exit status 1
[Container] 2026/11/20 08:17:39.011840 Phase complete: BUILD State: FAILED
[Container] 2026/11/20 08:17:39.011861 Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: npm test -- --ci. Reason: exit status 1
[Container] 2026/11/20 08:17:39.074002 Entering phase POST_BUILD
[Container] 2026/11/20 08:17:39.079144 Phase complete: POST_BUILD State: SUCCEEDED
"#;

/// AWS, and what reads evidence there.
struct World {
    aws: Aws,
    evidence: AwsEvidence,
}

impl World {
    fn new() -> Self {
        let aws = Aws::start().unwrap();
        let config = aws::config(&aws.url(), "eu-west-1");
        let evidence = AwsEvidence::new(&config, None);
        evidence.belongs_to(&andon::testing::home().account);
        Self { aws, evidence }
    }
}

/// The ports of a notifier that reads evidence over HTTP.
type Ports = (MemoryLedger, NoArchive, AwsEvidence, RecordingSender, NoDeadLetters, Timestamp);

/// What is sent when a recorded run comes in, event by event.
async fn alert(world: World, file: &str) -> Message {
    let events = events(file);
    let now = events.iter().map(time).max().unwrap().checked_add(SignedDuration::from_secs(2)).unwrap();
    let notifier = Notifier::<Ports> {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: world.evidence,
        sender: RecordingSender::default(),
        dead_letters: NoDeadLetters,
        clock: now,
        config: Config::default(),
    };
    // What is not done with at once is delivered again.
    let mut again: Vec<&Value> = Vec::new();
    for event in &events {
        if notifier.handle(event.clone(), &invocation("first")).await.is_err() {
            again.push(event);
        }
    }
    for event in again {
        notifier.handle(event.clone(), &invocation("second")).await.unwrap();
    }
    let mut sent = notifier.sender.sent.borrow_mut();
    assert_eq!(sent.len(), 1);
    sent.remove(0).2
}

fn broken_build() -> World {
    let world = World::new();
    let build = format!("{PROJECT}:{ID}");
    world.aws.put_build(json!({
        "id": build, "buildStatus": "FAILED", "projectName": PROJECT,
        "phases": [{ "phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{
            "statusCode": "COMMAND_EXECUTION_ERROR",
            "message": "Error while executing command: npm test -- --ci. Reason: exit status 1",
        }] }],
        "logs": { "groupName": format!("/aws/codebuild/{PROJECT}"), "streamName": ID },
    }));
    let chatter = (0..200).map(|number| format!("Downloaded package {number} of many from the registry\n"));
    let log = chatter.chain(LOG.split_inclusive('\n').map(str::to_owned));
    let timed = log.zip(0..).map(|(line, second)| (1_795_165_200_000 + 1000 * second, line));
    world.aws.append_log(&format!("/aws/codebuild/{PROJECT}"), ID, timed);
    world
}

fn read(name: &str, message: &Message) {
    let mail = sns::render(message);
    insta::assert_snapshot!(format!("{name} email"), format!("Subject: {}\n\n{}", mail.subject, mail.body));
    insta::assert_json_snapshot!(format!("{name} slack"), slack::render(message, &[]));
}

#[tokio::test]
async fn the_alert_of_a_failed_build_shows_the_cause_once() {
    let message = alert(broken_build(), "codepipeline-run-build-failed").await;
    read("failed build", &message);
    let mail = sns::render(&message).body;
    let blocks = slack::render(&message, &[]).to_string();
    assert!(mail.contains("● settlement › is paid out on the next working day"), "{mail}");
    assert!(mail.contains(r#"Expected: "2026-11-23""#), "{mail}");
    assert!(!mail.contains("What to do"), "the quoted lines say it already: {mail}");
    assert!(blocks.contains("● settlement › is paid out on the next working day"), "{blocks}");
    assert!(blocks.contains(r#"Expected: \"2026-11-23\""#), "{blocks}");
}

#[tokio::test]
async fn an_alert_without_a_log_says_which_permission_is_missing() {
    let world = broken_build();
    let message = "User: arn:aws:sts::111122223333:assumed-role/notifier is not authorized to perform this";
    world.aws.inject_always("GetLogEvents", Fault::error(400, "AccessDeniedException", message));
    read("denied log", &alert(world, "codepipeline-run-build-failed").await);
}

#[tokio::test]
async fn an_alert_goes_out_even_where_nothing_can_be_read() {
    let world = broken_build();
    for operation in ["BatchGetBuilds", "GetLogEvents"] {
        world.aws.inject_always(operation, Fault::unavailable());
    }
    let message = alert(world, "codepipeline-run-build-failed").await;
    assert!(sns::render(&message).body.contains("CloudWatch Logs did not return the log stream"));
}
