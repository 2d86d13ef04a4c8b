//! Runs of a thousand actions and of a hundred attempts are told to their end, and an event of them calls no more of the
//! ledger than the first one did.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::testing::faults::{Faults, Faulty};
use andon::testing::queue::batch;
use andon::testing::{home, invocation};
use andon_config::Config;
use andon_notify::testing::RecordingSender;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};

/// The events of one run, a second apart.
struct Told(Vec<Value>);

impl Told {
    fn event(&mut self, level: &str, attempt: usize, state: &str, more: &Value) {
        let at = begin() + SignedDuration::from_secs(i64::try_from(self.0.len()).unwrap());
        let mut detail = json!({
            "pipeline": "suites", "execution-id": "r", "state": state, "pipeline-execution-attempt": attempt,
        });
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.0.push(json!({
            "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
            "account": home().account, "region": home().region, "time": at.to_string(), "detail": detail,
        }));
    }

    /// An attempt at a stage of so many actions, the last of which ends as the run does.
    fn attempt(&mut self, attempt: usize, actions: usize, end: &str) {
        let begin = if attempt == 1 { "STARTED" } else { "RESUMED" };
        self.event("Pipeline", attempt, begin, &json!({}));
        self.event("Stage", attempt, begin, &json!({"stage": "Suites"}));
        for action in 1..=actions {
            let of_action = json!({
                "stage": "Suites", "action": format!("suite-{action}"),
                "type": {"category": "Test", "provider": "CodeBuild"},
            });
            self.event("Action", attempt, "STARTED", &of_action);
            self.event("Action", attempt, if action == actions { end } else { "SUCCEEDED" }, &of_action);
        }
        self.event("Stage", attempt, end, &json!({"stage": "Suites"}));
        self.event("Pipeline", attempt, end, &json!({}));
    }
}

fn begin() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// The titles of the alerts, and the most calls of all ports that a batch of ten events took in the first and in the last
/// quarter.
fn played(told: &Told) -> (Vec<String>, usize, usize) {
    let (ledger, sender) = (MemoryLedger::new(), RecordingSender::default());
    let mut calls = Vec::new();
    for (index, events) in told.0.chunks(10).enumerate() {
        let faults = std::rc::Rc::new(Faults::default());
        let seconds = i64::try_from((index + 1) * 10).unwrap();
        let notifier = Notifier::<(_, _, _, _, _, Timestamp)> {
            ledger: Faulty::new(&ledger, &faults),
            archive: NoArchive,
            evidence: NoEvidenceSource,
            sender: Faulty::new(&sender, &faults),
            dead_letters: NoDeadLetters,
            clock: begin() + SignedDuration::from_secs(seconds),
            config: Config::parse("version: 1\nsettle: off\n", "andon.yml").unwrap(),
        };
        let answer = notifier.handle(batch(events), &invocation(&format!("call-{index}"))).now_or_never().unwrap();
        assert_eq!(answer.unwrap()["batchItemFailures"], json!([]), "batch {index}");
        calls.push(faults.calls());
    }
    let quarter = calls.len() / 4;
    let most = |calls: &[usize]| calls.iter().copied().max().unwrap_or_default();
    let titles = sender.sent.borrow().iter().map(|(_, _, message)| message.title.clone()).collect();
    (titles, most(&calls[..quarter]), most(&calls[calls.len() - quarter..]))
}

#[test]
fn the_last_of_a_thousand_actions_that_fails_is_told() {
    let mut told = Told(Vec::new());
    told.attempt(1, 1_000, "FAILED");
    let (titles, _, last) = played(&told);
    assert_eq!(titles, ["suites failed in Suites / suite-1000"]);
    assert!(last <= 12, "{last} calls for ten events");
}

#[test]
fn every_failure_of_a_hundred_attempts_and_the_recovery_are_told() {
    let mut told = Told(Vec::new());
    for attempt in 1..=100 {
        told.attempt(attempt, 50, if attempt == 100 { "SUCCEEDED" } else { "FAILED" });
    }
    let (titles, first, last) = played(&told);
    assert_eq!(titles.len(), 100, "{titles:?}");
    assert!(titles[..99].iter().all(|title| title.ends_with(" in Suites / suite-50")), "{titles:?}");
    assert_eq!(titles[99], "suites is green again after 99 failures");
    assert!(last <= first, "{last} calls for ten events, and {first} in the beginning");
}
