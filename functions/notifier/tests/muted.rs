//! Mutes: what they hide, what is told all the same, and what is told when they are over.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use andon::attention::{Deed, Done, Member, Mute, Until};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger as _, NoArchive, mute, unmute};
use andon::line::Line;
use andon::name::{ExecutionId, PipelineId, PipelineName};
use andon::testing::{home, invocation};
use andon_config::Config;
use andon_notify::message::Message;
use andon_notify::testing::RecordingSender;
use andon_notify::{NoDeadLetters, NoEvidenceSource};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use notifier::Notifier;
use serde_json::{Value, json};

const START: &str = "2026-11-20T12:00:00Z";

type Quiet = Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, RecordingSender, NoDeadLetters, Timestamp)>;

fn at(minute: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap().checked_add(SignedDuration::from_mins(minute)).unwrap()
}

struct World {
    notifier: Quiet,
}

impl World {
    fn new(routes: &str) -> Self {
        let config = Config::parse(&format!("version: 1\nsettle: off\n{routes}"), "andon.yml").unwrap();
        let (ledger, sender, clock) = (MemoryLedger::new(), RecordingSender::default(), at(0));
        let (archive, evidence, dead_letters) = (NoArchive, NoEvidenceSource, NoDeadLetters);
        Self { notifier: Quiet { ledger, archive, evidence, sender, dead_letters, clock, config } }
    }

    fn handle(&mut self, payload: Value, minute: i64) -> Vec<Message> {
        self.notifier.clock = at(minute);
        self.notifier.sender.sent.borrow_mut().clear();
        let call = format!("{minute}");
        self.notifier.handle(payload, &invocation(&call)).now_or_never().unwrap().unwrap();
        self.notifier.sender.sent.borrow().iter().map(|(_, _, message)| message.clone()).collect()
    }

    /// A run of a branch that ends in a minute; in a stage that failed, or well. Gives back what was told.
    fn run(&mut self, minute: i64, branch: &str, failed: Option<&str>) -> Vec<Message> {
        let events = run(minute, branch, failed);
        events.into_iter().flat_map(|event| self.handle(event, minute)).collect()
    }

    fn sweep(&mut self, minute: i64) -> Vec<Message> {
        self.handle(json!({"andon": "sweep"}), minute)
    }

    fn mute(&self, minute: i64, line: Option<&str>, until: Until) {
        let execution = ExecutionId::parse("any").unwrap();
        let wanted = Mute {
            line: line.map(|name| Line::Branch(name.to_owned())),
            by: alice(),
            since: at(minute),
            until,
            execution,
            stages: Vec::new(),
            extended: None,
            lifted: None,
        };
        mute(&self.notifier.ledger, &pipeline(), &wanted, &deed(minute, Done::Muted)).now_or_never().unwrap().unwrap();
    }

    fn unmute(&self, minute: i64) -> bool {
        let deed = deed(minute, Done::Unmuted);
        unmute(&self.notifier.ledger, &pipeline(), None, &deed).now_or_never().unwrap().unwrap()
    }
}

fn run(minute: i64, branch: &str, failed: Option<&str>) -> Vec<Value> {
    let id = format!("run-{minute}");
    let event = |what: &str, mut detail: Value| {
        detail["pipeline"] = json!("shop");
        detail["execution-id"] = json!(id);
        let kind = format!("CodePipeline {what} Execution State Change");
        json!({
            "source": "aws.codepipeline", "detail-type": kind, "account": "111122223333", "region": "eu-west-1",
            "time": at(minute), "detail": detail,
        })
    };
    let trigger = json!({"commit-id": format!("c0ffee{minute}"), "branch-name": branch});
    let action = failed.map(|stage| {
        let result = json!({"external-execution-summary": format!("{stage} is broken")});
        event("Action", json!({"state": "FAILED", "stage": stage, "action": "Do", "execution-result": result}))
    });
    let end = if failed.is_some() { "FAILED" } else { "SUCCEEDED" };
    let started = event("Pipeline", json!({"state": "STARTED", "execution-trigger": trigger}));
    std::iter::once(started).chain(action).chain([event("Pipeline", json!({"state": end}))]).collect()
}

fn pipeline() -> PipelineId {
    PipelineId { home: home(), name: PipelineName::parse("shop").unwrap() }
}

fn alice() -> Member {
    Member { id: "U0ALICE0000".to_owned(), name: "alice".to_owned() }
}

fn deed(minute: i64, done: Done) -> Deed {
    let execution = ExecutionId::parse("any").unwrap();
    Deed { alert: String::new(), execution, done, by: alice(), at: at(minute), reason: None, until: None }
}

/// The titles, and what is said of the mute.
fn told(messages: &[Message]) -> Vec<String> {
    let muted = |message: &Message| {
        let fact = message.facts.iter().find(|fact| fact.label == "Muted");
        fact.map(|fact| format!(" [muted {}]", fact.value)).unwrap_or_default()
    };
    messages.iter().map(|message| format!("{}{}", message.title, muted(message))).collect()
}

#[test]
fn a_mute_holds_for_its_time_and_then_the_last_failure_is_told_once() {
    let mut world = World::new("");
    assert_eq!(told(&world.run(1, "main", Some("Build"))), ["shop failed in Build / Do"]);
    world.mute(2, None, Until::Time(at(60)));
    for minute in [10, 20, 30] {
        assert_eq!(told(&world.run(minute, "main", Some("Build"))), [""; 0], "{minute}");
    }
    assert_eq!(told(&world.sweep(59)), [""; 0]);
    assert_eq!(
        told(&world.sweep(60)),
        ["shop failed again in Build / Do [muted by alice until 13:00 UTC; it failed 3 times meanwhile]"]
    );
    assert_eq!(told(&world.sweep(65)), [""; 0], "it has been told");
    // An event of a muted run that comes late.
    let late: Vec<Message> =
        run(20, "main", Some("Build")).into_iter().flat_map(|event| world.handle(event, 61)).collect();
    assert_eq!(told(&late), [""; 0], "what followed it was told");
    assert_eq!(told(&world.run(70, "main", Some("Build"))), ["shop failed again in Build / Do"]);
    assert_eq!(
        told(&world.run(80, "main", None)),
        ["shop is green again after 5 failures [muted by alice until 13:00 UTC; it failed 3 times meanwhile]"]
    );
}

#[test]
fn a_failure_after_the_mute_and_before_the_sweep_says_what_was_hidden() {
    let mut world =
        World::new("destinations: { a: { slack: a, token: \"env:T\" } }\nroutes: [{ to: a, failures: changes }]\n");
    world.run(0, "main", None);
    world.mute(1, None, Until::Time(at(60)));
    assert_eq!(told(&world.run(10, "main", Some("Build"))), [""; 0]);
    assert_eq!(
        told(&world.run(61, "main", Some("Build"))),
        ["shop failed again in Build / Do [muted by alice until 13:00 UTC; it failed once meanwhile]"]
    );
    assert_eq!(told(&world.run(62, "main", Some("Build"))), [""; 0], "no change any more");
    assert_eq!(told(&world.sweep(65)), [""; 0], "it has been told");
}

#[test]
fn a_mute_that_is_extended_keeps_what_it_hid() {
    let mut world = World::new("");
    world.run(0, "main", None);
    world.mute(1, None, Until::Time(at(30)));
    world.run(10, "main", Some("Build"));
    world.mute(20, None, Until::Time(at(60)));
    assert_eq!(told(&world.sweep(31)), [""; 0]);
    assert_eq!(
        told(&world.sweep(60)),
        ["shop failed in Build / Do [muted by alice until 13:00 UTC; it failed once meanwhile]"]
    );
}

#[test]
fn another_stage_is_told_and_says_that_it_is_muted() {
    let mut world = World::new("");
    world.run(1, "main", Some("Build"));
    world.mute(2, None, Until::Recovery);
    assert_eq!(told(&world.run(10, "main", Some("Build"))), [""; 0]);
    assert_eq!(
        told(&world.run(20, "main", Some("Deploy"))),
        ["shop failed again in Deploy / Do [muted by alice until it is green; sent because another stage failed]"]
    );
    assert_eq!(told(&world.run(30, "main", Some("Deploy"))), [""; 0], "which is known by now");
    assert_eq!(
        told(&world.run(40, "main", None)),
        ["shop is green again after 4 failures [muted by alice until it is green; it failed 3 times meanwhile]"]
    );
    assert_eq!(told(&world.run(50, "main", Some("Build"))), ["shop failed in Build / Do"], "it was green");
    assert_eq!(told(&world.run(60, "main", None)), ["shop is green again after 1 failure"]);
}

#[test]
fn another_stage_that_fails_in_a_retry_of_the_muted_run_is_told() {
    let mut world = World::new("");
    world.run(1, "main", Some("Build"));
    world.mute(2, None, Until::Recovery);
    let again = |attempt: u32, minute: i64, stage: &str| {
        let mut events = run(1, "main", Some(stage));
        events[0]["detail"] = json!({"pipeline": "shop", "execution-id": "run-1", "state": "RESUMED"});
        for event in &mut events {
            event["time"] = json!(at(minute));
            event["detail"]["pipeline-execution-attempt"] = json!(attempt);
        }
        events
    };
    let mut tell = |attempt: u32, minute: i64, stage: &str| -> Vec<String> {
        let events = again(attempt, minute, stage).into_iter();
        told(&events.flat_map(|event| world.handle(event, minute)).collect::<Vec<_>>())
    };
    assert_eq!(tell(2, 10, "Build"), [""; 0]);
    assert_eq!(
        tell(3, 20, "Deploy"),
        ["shop failed again in Deploy / Do [muted by alice until it is green; sent because another stage failed]"]
    );
    assert_eq!(tell(4, 30, "Deploy"), [""; 0], "which is known by now");
}

#[test]
fn planned_work_is_muted_while_all_is_well() {
    let mut world =
        World::new("destinations: { a: { slack: a, token: \"env:T\" } }\nroutes: [{ to: a, failures: changes }]\n");
    world.run(1, "main", None);
    world.mute(2, None, Until::Time(at(60)));
    assert_eq!(told(&world.run(10, "main", Some("Build"))), [""; 0], "nothing had failed: all of it is meant");
    assert_eq!(told(&world.run(20, "main", Some("Build"))), [""; 0]);
    assert_eq!(
        told(&world.sweep(61)),
        ["shop failed again in Build / Do [muted by alice until 13:00 UTC; it failed 2 times meanwhile]"],
        "although the route sends the first failures only: nobody has been told of the first"
    );
    world.mute(70, None, Until::Time(at(90)));
    assert_eq!(told(&world.run(75, "main", Some("Build"))), [""; 0]);
    assert_eq!(
        told(&world.run(80, "main", None)),
        ["shop is green again after 3 failures [muted by alice until 13:30 UTC; it failed once meanwhile]"]
    );
    assert_eq!(told(&world.sweep(95)), [""; 0], "it is green");
}

#[test]
fn a_line_is_muted_by_itself() {
    let mut world = World::new("");
    for (minute, branch) in [(1, "main"), (2, "fees")] {
        world.run(minute, branch, Some("Build"));
    }
    world.mute(3, Some("fees"), Until::Time(at(60)));
    assert_eq!(told(&world.run(10, "fees", Some("Build"))), [""; 0]);
    assert_eq!(told(&world.run(11, "main", Some("Build"))), ["shop (main) failed again in Build / Do"]);
    world.mute(12, None, Until::Recovery);
    assert_eq!(told(&world.run(13, "main", Some("Build"))), [""; 0]);
    assert_eq!(told(&world.run(14, "new", Some("Build"))), ["shop (new) failed in Build / Do"], "it was not red");
    assert!(world.unmute(20));
    assert!(!world.unmute(21), "it is not muted any more");
    let mut after = told(&world.sweep(25));
    after.sort();
    assert_eq!(
        after,
        [
            "shop (fees) failed again in Build / Do [muted by alice from 12:03 UTC to 12:20 UTC; it failed once meanwhile]",
            "shop (main) failed again in Build / Do [muted by alice from 12:12 UTC to 12:20 UTC; it failed once meanwhile]",
        ]
    );
    assert_eq!(told(&world.sweep(30)), [""; 0]);
}

#[test]
fn what_failed_before_the_mute_is_told_however_late() {
    let mut world = World::new("");
    let events = run(1, "main", Some("Build"));
    let [started, failed, ended] = events.as_slice() else { return };
    world.handle(started.clone(), 1);
    world.mute(2, None, Until::Time(at(60)));
    assert_eq!(told(&world.handle(failed.clone(), 3)), ["shop failed in Build / Do"]);
    assert_eq!(told(&world.handle(ended.clone(), 3)), [""; 0]);
}

#[test]
fn why_it_fails_is_found_out_although_nobody_is_told() {
    let mut world = World::new("");
    world.run(1, "main", Some("Build"));
    world.mute(2, None, Until::Time(at(60)));
    world.run(10, "main", Some("Build"));
    let overview = world.notifier.ledger.pipelines().now_or_never().unwrap().unwrap().remove(0);
    assert!(overview.broken_by.as_ref().unwrap().failure.category.is_some(), "{overview:#?}");
    assert_eq!(overview.mute(None, at(10)).unwrap().by.name, "alice");
    assert_eq!(overview.mute(None, at(60)), None);
}
