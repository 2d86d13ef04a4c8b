//! What happens seldom: odd attempts, runs side by side, secrets in what people wrote, no place for dead letters.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::cell::Cell;

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger, NoArchive, Receipt};
use andon::run::Status;
use andon::testing::{home, invocation};
use andon_config::Config;
use andon_notify::destination::sns;
use andon_notify::testing::RecordingSender;
use andon_notify::{DeadLetters, Destination, NoDeadLetters, NoEvidenceSource, Outgoing, SendError, Sender};
use futures_util::FutureExt;
use jiff::Timestamp;
use notifier::Notifier;
use serde_json::{Value, json};

type Local<S> = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, S, NoDeadLetters, Timestamp)>;

fn notifier<S: Sender>(sender: S) -> Local<S> {
    Local::<S> {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender,
        dead_letters: NoDeadLetters,
        clock: "2026-11-20T12:00:00Z".parse().unwrap(),
        config: Config::default(),
    }
}

/// An event of a pipeline called `shop`, at a minute past ten.
fn event(run: &str, state: &str, minute: u32, more: &Value) -> Value {
    let mut detail =
        json!({"pipeline": "shop", "execution-id": run, "state": state, "pipeline-execution-attempt": 1.0});
    let members = more.as_object().unwrap().clone();
    let level = if members.contains_key("action") { "Action" } else { "Pipeline" };
    detail.as_object_mut().unwrap().extend(members);
    json!({
        "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
        "account": home().account, "region": home().region, "time": format!("2026-11-20T10:{minute:02}:00Z"),
        "detail": detail,
    })
}

fn action(summary: &str) -> Value {
    json!({
        "stage": "Build", "action": "Compile", "type": {"category": "Build", "provider": "CodeBuild"},
        "execution-result": {"external-execution-summary": summary},
    })
}

fn take<S: Sender>(notifier: &Local<S>, event: Value) -> bool {
    notifier.handle(event, &invocation("call")).now_or_never().unwrap().is_ok()
}

fn titles(notifier: &Local<RecordingSender>) -> Vec<String> {
    notifier.sender.sent.borrow().iter().map(|(_, _, message)| message.title.clone()).collect()
}

#[test]
fn an_attempt_of_four_billion_is_an_attempt_like_any_other() {
    let notifier = notifier(RecordingSender::default());
    assert!(take(&notifier, event("r", "FAILED", 1, &action("no"))));
    assert!(take(&notifier, event("r", "FAILED", 2, &json!({}))));
    assert!(take(&notifier, event("r", "SUCCEEDED", 9, &json!({"pipeline-execution-attempt": u32::MAX}))));
    assert_eq!(titles(&notifier), ["shop failed in Build / Compile", "shop is green again after 1 failure"]);
}

#[test]
fn a_success_before_a_failure_of_a_run_beside_it_recovers_nothing() {
    let notifier = notifier(RecordingSender::default());
    for (run, state, minute, start) in [("a", "STARTED", 0, 0), ("b", "STARTED", 5, 5), ("b", "SUCCEEDED", 10, 5)] {
        let start = json!({"start-time": format!("2026-11-20T10:{start:02}:00.000Z")});
        assert!(take(&notifier, event(run, state, minute, &start)));
    }
    assert!(take(&notifier, event("a", "FAILED", 30, &action("no"))));
    assert!(take(&notifier, event("a", "FAILED", 30, &json!({"start-time": "2026-11-20T10:00:00.000Z"}))));
    assert_eq!(titles(&notifier), ["shop failed in Build / Compile"]);
}

#[test]
fn an_action_that_is_told_after_its_run_is_not_the_second_failure() {
    let mut notifier = notifier(RecordingSender::default());
    notifier.clock = "2026-11-20T10:05:02Z".parse().unwrap();
    take(&notifier, event("r", "FAILED", 5, &json!({})));
    assert!(take(&notifier, event("r", "FAILED", 6, &action("no"))));
    assert_eq!(titles(&notifier).last().unwrap(), "shop failed in Build / Compile");
}

#[test]
fn a_run_that_is_older_than_all_that_were_folded_away_still_ends() {
    let notifier = notifier(RecordingSender::default());
    take(&notifier, event("old", "STARTED", 0, &json!({})));
    for minute in 1..50 {
        take(&notifier, event(&format!("new-{minute}"), "SUCCEEDED", minute, &json!({})));
    }
    take(&notifier, event("old", "SUCCEEDED", 55, &json!({})));
    let id = andon::name::PipelineId { home: home(), name: andon::name::PipelineName::parse("shop").unwrap() };
    let history = notifier.ledger.history(&id).now_or_never().unwrap().unwrap().unwrap();
    let old = history.run(&andon::name::ExecutionId::parse("old").unwrap());
    assert!(old.is_none_or(|run| run.status == Status::Succeeded), "{old:?}");
}

#[test]
fn what_people_wrote_goes_out_without_their_secrets() {
    let notifier = notifier(RecordingSender::default());
    let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
    let summary = format!("curl https://admin:hunter2@example.com failed; DB_PASSWORD=s3cr3tvalue {key}");
    assert!(take(&notifier, event("r", "FAILED", 1, &action(&summary))));
    let sent = notifier.sender.sent.borrow();
    let text = format!("{sent:?} {}", sns::body(&sent.first().unwrap().2));
    for secret in ["hunter2", "s3cr3tvalue", &key] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

/// Refuses every message for good.
struct Refusing;

impl Sender for Refusing {
    async fn send(&self, to: &Destination, _: Outgoing<'_>) -> Result<Receipt, SendError> {
        Err(SendError::Permanent { destination: to.name.to_string(), problem: "no".to_owned() })
    }

    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

#[test]
fn without_a_place_for_dead_letters_the_queue_keeps_what_cannot_be_told() {
    let notifier = notifier(Refusing);
    for _ in 0..3 {
        assert!(
            !take(&notifier, event("r", "FAILED", 1, &action("no"))),
            "the queue must bring it until its own redrive"
        );
    }
}

/// Keeps every dead letter.
struct Keeping;

impl DeadLetters for Keeping {
    async fn keep(&self, _: &Value, _: &str) -> bool {
        true
    }
}

/// Refuses messages for good until somebody mends it.
#[derive(Default)]
struct Mendable {
    is_mended: Cell<bool>,
    sent: Cell<usize>,
}

impl Sender for Mendable {
    async fn send(&self, to: &Destination, _: Outgoing<'_>) -> Result<Receipt, SendError> {
        if !self.is_mended.get() {
            return Err(SendError::Permanent { destination: to.name.to_string(), problem: "no".to_owned() });
        }
        self.sent.set(self.sent.get() + 1);
        Ok(Receipt::default())
    }

    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

type WithLetters = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, Mendable, Keeping, Timestamp)>;

#[test]
fn of_events_older_than_a_day_only_a_dead_letter_that_is_back_is_told() {
    let Local::<Mendable> { ledger, archive, evidence, sender, clock, config, .. } = notifier(Mendable::default());
    let mut notifier = WithLetters { ledger, archive, evidence, sender, dead_letters: Keeping, clock, config };
    let take = |notifier: &WithLetters, event: &Value| {
        notifier.handle(event.clone(), &invocation("call")).now_or_never().unwrap().unwrap();
        notifier.sender.sent.get()
    };
    let letter = event("r", "FAILED", 1, &action("no"));
    assert_eq!(take(&notifier, &letter), 0);
    notifier.sender.is_mended.set(true);
    notifier.clock = "2026-11-23T12:00:00Z".parse().unwrap();
    assert_eq!(take(&notifier, &event("other", "FAILED", 2, &action("no"))), 0, "it is old, and was never kept");
    assert_eq!(take(&notifier, &event("r", "FAILED", 3, &json!({}))), 0, "it is another event of the run");
    let mut replayed = letter.clone();
    replayed["replay-name"] = json!("again");
    assert_eq!(take(&notifier, &replayed), 0, "an archive has no dead letters");
    assert_eq!(take(&notifier, &letter), 1);
    assert_eq!(take(&notifier, &letter), 1, "once");
}
