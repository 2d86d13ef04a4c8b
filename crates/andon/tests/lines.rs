//! Lines of change: whatever happens side by side, each line's streaks and recoveries are those of the line alone.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod events_of;

use andon::history::{Health, History};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, record};
use andon::name::ExecutionId;
use andon::run::{DeploymentRule, Run};
use futures_util::FutureExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use events_of::{at, deploying, deploying_pipeline, event};

/// A run of a line: which line, how it ends, and whether the event that says so is lost.
#[derive(Debug, Clone, Copy)]
struct Planned {
    line: usize,
    succeeds: bool,
    is_lost: bool,
}

/// What starts runs of a line: two branches, two pull requests, and tags.
fn trigger(line: usize) -> Value {
    let name = ["branch-name", "branch-name", "pull-request-id", "pull-request-id", "tag-name"][line % 5];
    let value = ["main", "v1", "1", "main", "v1"][line % 5];
    json!({"commit-id": "c0ffee1", name: value})
}

/// The events of a run, which begins in the minute of its number and ends three minutes later, after others have begun.
fn events(number: usize, planned: Planned) -> Vec<Run> {
    let began = i64::try_from(number).unwrap();
    let id = format!("run-{number:03}");
    let of_run = |state: &str, minute| {
        let detail = json!({
            "execution-id": id, "state": state, "start-time": at(began).to_string(),
            "execution-trigger": trigger(planned.line),
        });
        event("Pipeline", at(minute), detail)
    };
    let state = if planned.succeeds { "SUCCEEDED" } else { "FAILED" };
    let detail = json!({
        "execution-id": id, "state": state, "stage": "Build", "action": "Compile", "start-time": at(began).to_string(),
        "type": {"category": "Build", "provider": "CodeBuild"},
    });
    let mut events = vec![of_run("STARTED", began), event("Action", at(began + 3), detail)];
    if !planned.is_lost || planned.succeeds {
        events.push(of_run(state, began + 3));
    }
    events
}

fn history(rule: &DeploymentRule, told: impl IntoIterator<Item = Run>) -> Option<History> {
    let ledger = MemoryLedger::new();
    let mut last = None;
    for told in told {
        last = Some(record(&ledger, &NoArchive, rule, told).now_or_never().unwrap().unwrap().history);
    }
    last
}

/// How a line stood before each of its runs ended.
fn standings(history: &History, runs: &[(usize, Planned)]) -> Vec<Health> {
    let of = |(number, _): &(usize, Planned)| {
        let id = ExecutionId::parse(format!("run-{number:03}")).unwrap();
        let run = history.run(&id).unwrap();
        let outcome = run.outcomes.last().unwrap();
        history.before(&id, outcome.attempt, outcome.ended)
    };
    runs.iter().map(of).collect()
}

/// Which runs of a line recovered it, and from when.
fn repairs(history: &History, runs: &[(usize, Planned)]) -> Vec<(String, String)> {
    let is_mine = |id: &str| runs.iter().any(|(number, _)| id == format!("run-{number:03}"));
    let repairs = history.repairs().into_iter().filter(|repair| is_mine(repair.run.execution.as_str()));
    repairs.map(|repair| (repair.run.execution.to_string(), repair.broken_since.to_string())).collect()
}

fn planned() -> impl Strategy<Value = Vec<Planned>> {
    let one = (0..5_usize, any::<bool>(), proptest::bool::weighted(0.2));
    let one = one.prop_map(|(line, succeeds, is_lost)| Planned { line, succeeds, is_lost });
    // So many are kept that none is folded away.
    proptest::collection::vec(one, 2..28)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_line_is_as_if_it_were_alone(
        (planned, order) in planned().prop_flat_map(|planned| {
            let events: usize = planned.iter().enumerate().map(|(number, planned)| events(number, *planned).len()).sum();
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
            planned.iter().enumerate().flat_map(|(number, planned)| events(number, *planned)).collect();
        let together = history(&rule, order.into_iter().map(|at| all[at].clone())).unwrap();
        for line in 0..5 {
            let runs: Vec<(usize, Planned)> =
                planned.iter().copied().enumerate().filter(|(_, planned)| planned.line == line).collect();
            let Some(alone) = history(&rule, runs.iter().flat_map(|(number, planned)| events(*number, *planned))) else {
                continue;
            };
            prop_assert_eq!(standings(&together, &runs), standings(&alone, &runs), "line {}", line);
            prop_assert_eq!(repairs(&together, &runs), repairs(&alone, &runs), "line {}", line);
        }
    }
}
