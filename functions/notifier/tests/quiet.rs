//! Quiet hours: what is not urgent waits for their end, is told once then, and only if it is still true.

#![expect(clippy::unwrap_used, reason = "a test")]

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger, NoArchive};
use andon::testing::faults::{Fault, Faults, Faulty};
use andon::testing::{events, invocation};
use andon_config::Config;
use andon_notify::testing::RecordingSender;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use futures_util::FutureExt;
use jiff::Timestamp;
use notifier::Notifier;
use serde_json::{Value, json};

/// The recorded approval is asked for at 10:52; the nights of this team are days.
const CONFIGURATION: &str = r#"
version: 1
routes:
  - quiet: { from: "10:00", to: "18:00" }
    to: default
"#;
const WITHIN: &str = "2026-11-20T11:00:00Z";
const AFTERWARDS: &str = "2026-11-20T18:02:00Z";

type Quiet<L> = Notifier<(L, NoArchive, NoEvidenceSource, RecordingSender, NoDeadLetters, Timestamp)>;

fn notifier<L: Ledger>(ledger: L, now: &str) -> Quiet<L> {
    Quiet::<L> {
        ledger,
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: RecordingSender::default(),
        dead_letters: NoDeadLetters,
        clock: now.parse().unwrap(),
        config: Config::parse(CONFIGURATION, "andon.yml").unwrap(),
    }
}

/// Hands a call over; `false` if it has to be made again, or died.
fn call<L: Ledger>(notifier: &Quiet<L>, payload: Value, id: &str) -> bool {
    notifier.handle(payload, &invocation(id)).now_or_never().is_some_and(|done| done.is_ok())
}

fn take<L: Ledger>(notifier: &Quiet<L>, told: &[Value]) {
    for (index, event) in told.iter().enumerate() {
        assert!(call(notifier, event.clone(), &format!("call-{index}")));
    }
}

fn sweep<L: Ledger>(notifier: &mut Quiet<L>, now: &str) -> Vec<String> {
    notifier.clock = now.parse().unwrap();
    assert!(call(notifier, json!({"andon": "sweep"}), now));
    titles(notifier)
}

fn titles<L: Ledger>(notifier: &Quiet<L>) -> Vec<String> {
    notifier.sender.sent.borrow_mut().drain(..).map(|(_, _, message)| message.title).collect()
}

#[test]
fn an_approval_waits_for_the_end_of_quiet_hours_and_is_told_once() {
    let mut notifier = notifier(MemoryLedger::new(), WITHIN);
    let told = events("codepipeline-run-running");
    take(&notifier, &told);
    take(&notifier, &told);
    assert!(titles(&notifier).is_empty(), "it is quiet");
    assert!(sweep(&mut notifier, "2026-11-20T17:59:00Z").is_empty(), "it still is");
    let morning = sweep(&mut notifier, AFTERWARDS);
    assert_eq!(morning.len(), 1, "{morning:?}");
    assert!(morning[0].contains("approval: Release / ApproveRelease"), "{morning:?}");
    assert!(sweep(&mut notifier, "2026-11-20T18:07:00Z").is_empty(), "it has been told");
    take(&notifier, &told);
    assert!(titles(&notifier).is_empty(), "whenever its events come again");
}

#[test]
fn an_approval_that_was_answered_meanwhile_is_told_no_more() {
    let mut notifier = notifier(MemoryLedger::new(), WITHIN);
    let mut told = events("codepipeline-run-running");
    let mut answered = told.last().unwrap().clone();
    answered["detail"]["state"] = json!("SUCCEEDED");
    answered["time"] = json!("2026-11-20T12:00:00Z");
    answered["id"] = json!("answered");
    told.push(answered);
    take(&notifier, &told);
    let said = sweep(&mut notifier, AFTERWARDS);
    // The run itself has not gone on since, which is another matter.
    assert!(said.iter().all(|title| !title.contains("approval")), "{said:?}");
}

/// The approval action's own topic tells of the same approval as the pipeline's events do.
fn message() -> Value {
    events("approval-message-needed").remove(0)
}

#[test]
fn an_approval_that_is_told_by_event_and_by_message_is_told_once() {
    for message_first in [true, false] {
        let mut notifier = notifier(MemoryLedger::new(), "2026-11-20T18:30:00Z");
        notifier.config = Config::default();
        let mut told = events("codepipeline-run-running");
        told.insert(if message_first { 0 } else { told.len() }, message());
        take(&notifier, &told);
        let said = titles(&notifier);
        assert_eq!(said, ["mobile-bff needs approval: Release / ApproveRelease"], "{message_first}");
    }
}

#[test]
fn a_message_about_an_approval_whose_events_carry_no_id_is_not_told_again() {
    let mut notifier = notifier(MemoryLedger::new(), "2026-11-20T18:30:00Z");
    notifier.config = Config::default();
    let mut told = events("codepipeline-run-running");
    for event in &mut told {
        event["detail"].as_object_mut().unwrap().remove("action-execution-id");
    }
    told.push(message());
    take(&notifier, &told);
    assert_eq!(titles(&notifier).len(), 1);
}

#[test]
fn a_message_about_an_approval_that_was_answered_meanwhile_is_told_no_more() {
    let mut notifier = notifier(MemoryLedger::new(), WITHIN);
    take(&notifier, &[message()]);
    let mut told = events("codepipeline-run-running");
    let mut answered = told.last().unwrap().clone();
    answered["detail"]["state"] = json!("SUCCEEDED");
    answered["time"] = json!("2026-11-20T12:00:00Z");
    answered["id"] = json!("answered");
    told.push(answered);
    take(&notifier, &told);
    let said = sweep(&mut notifier, AFTERWARDS);
    assert!(said.iter().all(|title| !title.contains("approval")), "{said:?}");
}

#[test]
fn a_failure_is_told_at_once_in_quiet_hours_too() {
    let mut notifier = notifier(MemoryLedger::new(), "2026-11-20T10:30:00Z");
    take(&notifier, &events("codepipeline-run-build-failed"));
    let said = titles(&notifier);
    assert!(said.len() == 1 && said[0].starts_with("payments-api failed"), "{said:?}");
    assert!(sweep(&mut notifier, AFTERWARDS).is_empty());
}

/// Every call of the ledger fails in turn, by an error or by the death of the function, while events are taken in and
/// while the sweep tells: the approval is told all the same.
#[test]
fn whatever_call_fails_or_dies_a_held_alert_is_not_lost() {
    let told = events("codepipeline-run-running");
    for fault in Fault::ALL {
        for number in 0.. {
            let ledger = MemoryLedger::new();
            let faults = Faults::at(number, fault);
            let mut shaky = notifier(Faulty::new(&ledger, &faults), WITHIN);
            for event in &told {
                // The queue delivers again what was not done, later than any lease.
                let mut tries = 0;
                while !call(&shaky, event.clone(), &format!("{number}-{tries}")) {
                    tries += 1;
                    shaky.clock = "2026-11-20T11:10:00Z".parse().unwrap();
                    assert!(tries < 4, "{fault:?} of call {number}: never done");
                }
            }
            let mut said = titles(&shaky);
            for minute in ["18:02", "18:12", "18:22"] {
                shaky.clock = format!("2026-11-20T{minute}:00Z").parse().unwrap();
                let _ = call(&shaky, json!({"andon": "sweep"}), minute);
                said.extend(titles(&shaky));
            }
            let approvals = said.iter().filter(|title| title.contains("ApproveRelease")).count();
            assert!((1..=2).contains(&approvals), "{fault:?} of call {number}: {said:?}");
            if !faults.has_struck() {
                assert_eq!(approvals, 1, "nothing failed: {said:?}");
                break;
            }
        }
    }
}
