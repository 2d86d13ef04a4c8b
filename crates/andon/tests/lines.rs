//! Lines of change: whatever happens side by side, each line's streaks and recoveries are those of the line alone.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod events_of;

use andon::alert::{AlertBody, Settle, due};
use andon::history::{Health, History};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, Recorded, record};
use andon::name::ExecutionId;
use andon::run::{DeploymentRule, Run, WaitPolicy};
use futures_util::FutureExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use events_of::{at, deploying, deploying_pipeline, event};

/// A run of a line: which line, how its attempts end, and whether the events that say they failed are lost.
#[derive(Debug, Clone)]
struct Planned {
    line: usize,
    /// Whether each attempt succeeds; only the last can.
    attempts: Vec<bool>,
    is_lost: bool,
}

/// What starts runs of a line: two branches, two pull requests, and tags.
fn trigger(line: usize) -> Value {
    let name = ["branch-name", "branch-name", "pull-request-id", "pull-request-id", "tag-name"][line % 5];
    let value = ["main", "v1", "1", "main", "v1"][line % 5];
    json!({"commit-id": "c0ffee1", name: value})
}

/// The events of a run, which begins in the minute of its number. Its first attempt ends three minutes later, after others
/// have begun, and a retry of it takes two.
fn events(number: usize, planned: &Planned) -> Vec<Run> {
    let began = i64::try_from(number).unwrap();
    let id = format!("run-{number:03}");
    let mut trigger = trigger(planned.line);
    trigger["commit-id"] = json!(format!("c0ffee{number:03}"));
    let of_run = |state: &str, minute, attempt: usize| {
        let mut detail = json!({
            "execution-id": id, "state": state, "start-time": at(began).to_string(),
            "execution-trigger": trigger, "pipeline-execution-attempt": attempt,
        });
        if attempt > 1 {
            detail["last-retry-attempt-time"] = json!(at(retried(began, attempt)).to_string());
        }
        event("Pipeline", at(minute), detail)
    };
    let mut events = vec![of_run("STARTED", began, 1)];
    for (index, succeeds) in planned.attempts.iter().enumerate() {
        let attempt = index + 1;
        let (starts, ends) = (if attempt > 1 { retried(began, attempt) } else { began }, retried(began, attempt) + 2);
        if attempt > 1 {
            events.push(of_run("RESUMED", starts, attempt));
        }
        let state = if *succeeds { "SUCCEEDED" } else { "FAILED" };
        let detail = json!({
            "execution-id": id, "state": state, "stage": "Build", "action": "Compile", "start-time": at(starts).to_string(),
            "type": {"category": "Build", "provider": "CodeBuild"}, "pipeline-execution-attempt": attempt,
        });
        events.push(event("Action", at(ends), detail));
        if !planned.is_lost || *succeeds {
            events.push(of_run(state, ends, attempt));
        }
    }
    events
}

/// The minute of a retry; of the first attempt, two minutes before its end.
fn retried(began: i64, attempt: usize) -> i64 {
    began + 1 + 3 * i64::try_from(attempt - 1).unwrap()
}

fn history(ledger: &MemoryLedger, rule: &DeploymentRule, told: impl IntoIterator<Item = Run>) -> Option<History> {
    told.into_iter().map(|told| recorded(ledger, rule, told).history).last()
}

fn recorded(ledger: &MemoryLedger, rule: &DeploymentRule, told: Run) -> Recorded {
    record(ledger, &NoArchive, rule, told).now_or_never().unwrap().unwrap()
}

/// How a line stood before each attempt of its runs ended.
fn standings(history: &History, runs: &[(usize, &Planned)]) -> Vec<Health> {
    let of = |(number, _): &(usize, &Planned)| {
        let id = ExecutionId::parse(format!("run-{number:03}")).unwrap();
        let ends = history.run(&id).unwrap().outcomes.clone().into_iter();
        ends.map(|outcome| history.before(&id, outcome.attempt, outcome.ended)).collect::<Vec<_>>()
    };
    runs.iter().flat_map(of).collect()
}

/// What is said of the failures and recoveries of a line, once everything is known.
fn told(ledger: &MemoryLedger, rule: &DeploymentRule, runs: &[(usize, &Planned)]) -> Vec<String> {
    let of = |(number, planned): &(usize, &Planned)| {
        // An event once more changes nothing.
        let Recorded { run, history, .. } = recorded(ledger, rule, events(*number, planned)[0].clone());
        let alerts = run
            .attempts()
            .into_iter()
            .flat_map(|attempt| due(&run, &history, attempt, WaitPolicy::GiveUp, Settle::OFF).alerts);
        let bodies = alerts.filter(|alert| alert.execution.as_ref() == Some(&run.execution)).map(|alert| alert.body);
        let telling = bodies.filter(|body| matches!(body, AlertBody::Failed(_) | AlertBody::Recovered(_)));
        telling.map(|body| format!("{} {body:?}", run.execution)).collect::<Vec<_>>()
    };
    runs.iter().flat_map(of).collect()
}

/// Which runs of a line recovered it, and from when.
fn repairs(history: &History, runs: &[(usize, &Planned)]) -> Vec<(String, String)> {
    let is_mine = |id: &str| runs.iter().any(|(number, _)| id == format!("run-{number:03}"));
    let repairs = history.repairs().into_iter().filter(|repair| is_mine(repair.run.execution.as_str()));
    repairs.map(|repair| (repair.run.execution.to_string(), repair.broken_since.to_string())).collect()
}

fn planned() -> impl Strategy<Value = Vec<Planned>> {
    let one = (0..5_usize, 0..3_usize, any::<bool>(), proptest::bool::weighted(0.2));
    let one = one.prop_map(|(line, failures, succeeds, is_lost)| {
        let failures = std::iter::repeat_n(false, if succeeds { failures } else { failures + 1 });
        Planned { line, attempts: failures.chain(succeeds.then_some(true)).collect(), is_lost }
    });
    // So many are kept that none is folded away.
    proptest::collection::vec(one, 2..28)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_line_is_as_if_it_were_alone(
        (planned, order) in planned().prop_flat_map(|planned| {
            let events: usize = planned.iter().enumerate().map(|(number, planned)| events(number, planned).len()).sum();
            (Just(planned), Just((0..events).collect::<Vec<_>>()).prop_shuffle())
        }),
        rule in proptest::sample::select(vec![
            DeploymentRule::EVERY_RUN,
            deploying_pipeline("p"),
            deploying_pipeline("q"),
            deploying(&["Build"]),
        ]),
    ) {
        let all: Vec<Run> =
            planned.iter().enumerate().flat_map(|(number, planned)| events(number, planned)).collect();
        let ledger = MemoryLedger::new();
        let together = history(&ledger, &rule, order.into_iter().map(|at| all[at].clone())).unwrap();
        for line in 0..5 {
            let runs: Vec<(usize, &Planned)> =
                planned.iter().enumerate().filter(|(_, planned)| planned.line == line).collect();
            let by_itself = MemoryLedger::new();
            let Some(alone) =
                history(&by_itself, &rule, runs.iter().flat_map(|(number, planned)| events(*number, planned)))
            else {
                continue;
            };
            prop_assert_eq!(standings(&together, &runs), standings(&alone, &runs), "line {}", line);
            prop_assert_eq!(repairs(&together, &runs), repairs(&alone, &runs), "line {}", line);
            let of_line = together.of_line(&together.line(alone.latest().unwrap()));
            prop_assert_eq!(of_line.runs().len(), alone.runs().len(), "line {}", line);
            prop_assert_eq!(of_line.health(), alone.health(), "line {}", line);
            prop_assert_eq!(repairs(&of_line, &runs), repairs(&alone, &runs), "line {}", line);
            prop_assert_eq!(told(&ledger, &rule, &runs), told(&by_itself, &rule, &runs), "line {}", line);
        }
    }
}
