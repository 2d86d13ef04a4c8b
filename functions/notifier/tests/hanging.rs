//! A destination that hangs takes time from nothing but itself: in the sweep, at the end of quiet hours, and in a batch.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use andon::batch::Invocation;
use andon::clock::{Clock, Timer};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, Receipt, record};
use andon::run::DeploymentRule;
use andon::testing::{invocation, told};
use andon_config::Config;
use andon_notify::{Destination, NoDeadLetters, NoEvidenceSource, Outgoing, SendError, Sender};
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};

/// A clock that goes on where something takes time.
#[derive(Debug, Clone)]
struct Now(Rc<Cell<Timestamp>>);

impl Now {
    fn at(time: &str) -> Self {
        Self(Rc::new(Cell::new(time.parse().unwrap())))
    }

    fn pass(&self, seconds: i64) {
        self.0.set(self.0.get() + SignedDuration::from_secs(seconds));
    }
}

impl Clock for Now {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

impl Timer for Now {
    async fn wait(&self, time: SignedDuration) {
        self.pass(time.as_secs());
    }
}

/// Sends at once, but to one destination, which takes five seconds to fail.
#[derive(Debug)]
struct Hanging {
    clock: Now,
    hangs: &'static str,
    silent: bool,
    tries: Cell<usize>,
    told: RefCell<BTreeMap<String, Vec<String>>>,
}

impl Sender for Hanging {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        let name = to.name.to_string();
        if name == self.hangs {
            self.tries.set(self.tries.get() + 1);
            self.clock.pass(5);
            let (destination, problem) = (name, "no answer".to_owned());
            return Err(if self.silent {
                SendError::Unanswered { destination, problem }
            } else {
                SendError::Retryable { destination, problem, after: None }
            });
        }
        self.told.borrow_mut().entry(name).or_default().push(outgoing.message.about.pipeline.name.to_string());
        Ok(Receipt::default())
    }

    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

type Subject = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, Hanging, NoDeadLetters, Now)>;

fn notifier(time: &str, config: &str) -> Subject {
    let clock = Now::at(time);
    Notifier {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: Hanging {
            clock: clock.clone(),
            hangs: "stuck",
            silent: false,
            tries: Cell::default(),
            told: RefCell::default(),
        },
        dead_letters: NoDeadLetters,
        clock,
        config: Config::parse(&format!("version: 1\n{config}"), "andon.yml").unwrap(),
    }
}

const TWO: &str = "slack-token: env:T\ndestinations:\n  stuck: { slack: a }\n  fine: { slack: b }\n";

/// A call that may take half a minute from now.
fn call(subject: &Subject, id: &str) -> Invocation {
    Invocation { until: subject.clock.now() + SignedDuration::from_secs(30), ..invocation(id) }
}

fn event(pipeline: &str, state: &str, time: &str) -> Value {
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change", "id": pipeline,
        "account": "111122223333", "region": "eu-west-1", "time": time,
        "detail": {"pipeline": pipeline, "execution-id": format!("run-of-{pipeline}"), "state": state, "start-time": time},
    })
}

/// An action that failed, which explains itself.
fn failed(pipeline: &str, time: &str) -> Value {
    let mut event = event(pipeline, "FAILED", time);
    event["detail-type"] = json!("CodePipeline Action Execution State Change");
    event["detail"]["stage"] = json!("Build");
    event["detail"]["action"] = json!("Test");
    event
}

/// An approval that waits, which is not urgent.
fn waiting(pipeline: &str, time: &str) -> Value {
    let mut event = failed(pipeline, time);
    event["detail"]["state"] = json!("STARTED");
    event["detail"]["type"] = json!({"owner": "AWS", "provider": "Manual", "category": "Approval", "version": "1"});
    event
}

fn handle(subject: &Subject, payload: Value, id: &str) -> Result<Value, String> {
    let handled = subject.handle(payload, &call(subject, id)).now_or_never().unwrap();
    handled.map_err(|unfinished| unfinished.to_string())
}

fn told_of(subject: &Subject, destination: &str) -> Vec<String> {
    subject.sender.told.borrow().get(destination).cloned().unwrap_or_default()
}

#[test]
fn a_channel_that_hangs_keeps_nothing_from_the_others_in_a_sweep() {
    let routes = "routes:\n  - match: { pipeline: a-* }\n    to: stuck\n  - to: fine\nlimits:\n  - stuck-after: 3h\n";
    let subject = notifier("2026-11-20T12:00:00Z", &format!("{TWO}{routes}"));
    let mut names: Vec<(String, u32)> = (0..12).map(|index| (format!("a-{index:02}"), index)).collect();
    names.extend([("z-late".to_owned(), 40), ("z-early".to_owned(), 0)]);
    for (name, minute) in &names {
        let run = event(name, "STARTED", &format!("2026-11-20T08:{minute:02}:00Z"));
        record(&subject.ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told(&run).unwrap())
            .now_or_never()
            .unwrap()
            .unwrap();
    }
    let began = subject.clock.now();
    let outcome = handle(&subject, json!({"andon": "sweep"}), "first").unwrap();
    assert_eq!(told_of(&subject, "fine"), ["z-early", "z-late"], "the oldest first");
    assert_eq!((&outcome["due"], &outcome["failed"]), (&json!(14), &json!(12)));
    let took = subject.clock.now().duration_since(began);
    assert!(took <= SignedDuration::from_secs(30), "the call ends in time: {took}");
    assert!((2..=5).contains(&subject.sender.tries.get()), "{} tries", subject.sender.tries.get());
}

#[test]
fn a_channel_that_hangs_keeps_nothing_from_the_others_at_the_end_of_quiet_hours() {
    let routes = "routes:\n  - match: { pipeline: a-* }\n    to: stuck\n    quiet: { from: \"20:00\", to: \"08:00\" }\n  - to: fine\n    quiet: { from: \"20:00\", to: \"08:00\" }\n";
    let subject = notifier("2026-11-20T22:00:00Z", &format!("{TWO}{routes}"));
    let mut names: Vec<String> = (0..12).map(|index| format!("a-{index:02}")).collect();
    names.push("z-0".to_owned());
    for name in &names {
        handle(&subject, waiting(name, "2026-11-20T22:00:00Z"), name).unwrap();
    }
    assert!(subject.sender.told.borrow().is_empty() && subject.sender.tries.get() == 0, "it is quiet");
    subject.clock.0.set("2026-11-21T08:01:00Z".parse().unwrap());
    for sweep in ["first", "second"] {
        let began = subject.clock.now();
        let outcome = handle(&subject, json!({"andon": "sweep"}), sweep).unwrap();
        assert!(subject.clock.now().duration_since(began) <= SignedDuration::from_secs(30), "{outcome}");
        assert_eq!(outcome["failed"], 12, "{outcome}");
        assert_eq!(told_of(&subject, "fine"), ["z-0"]);
        subject.clock.pass(360);
    }
    assert_eq!(subject.sender.tries.get(), 2, "one message of a channel that hangs is enough in a sweep");
}

#[test]
fn a_batch_leaves_to_the_next_call_what_there_is_no_time_for() {
    let subject = notifier("2026-11-20T12:00:00Z", &format!("{TWO}routes:\n  - to: [stuck, fine]\n"));
    let record = |run: usize| {
        let mut event = failed("web", "2026-11-20T12:00:00Z");
        event["detail"]["execution-id"] = json!(format!("run-{run}"));
        json!({"eventSource": "aws:sqs", "messageId": run.to_string(), "body": event.to_string(),
               "attributes": {"ApproximateReceiveCount": "2"}})
    };
    let began = subject.clock.now();
    let batch = json!({"Records": (0..10).map(record).collect::<Vec<_>>()});
    let answer = handle(&subject, batch, "batch").unwrap();
    assert!(subject.clock.now().duration_since(began) <= SignedDuration::from_secs(30), "{answer}");
    assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), 10);
}

#[test]
fn what_was_sent_twice_without_an_answer_counts_as_told() {
    let mut subject = notifier("2026-11-20T12:00:00Z", &format!("{TWO}routes:\n  - to: stuck\n"));
    subject.sender.silent = true;
    let failure = failed("web", "2026-11-20T12:00:00Z");
    for delivery in 0..10 {
        subject.clock.pass(180);
        let handled = handle(&subject, failure.clone(), &delivery.to_string());
        assert_eq!(handled.is_ok(), delivery > 0, "delivery {delivery}");
    }
    assert_eq!(subject.sender.tries.get(), 2);
}
