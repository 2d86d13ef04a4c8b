//! How runs stand: a list shows the same as the whole history, though the history is seldom written.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use andon::history::{History, Overview, RunSummary};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger as _, NoArchive, Saved, Versioned, record};
use andon::run::{DeploymentRule, Run};
use andon::testing::faults::{Faults, Faulty};
use andon::testing::{home, told};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

/// How a run of a pipeline goes on.
#[derive(Debug, Clone, Copy)]
enum Way {
    Succeeds,
    Fails,
    Waits,
    IsRetried,
    RollsBack,
    GoesOn,
}

const WAYS: [Way; 6] = [Way::Succeeds, Way::Fails, Way::Waits, Way::IsRetried, Way::RollsBack, Way::GoesOn];

/// The events of a run, which begins ten minutes after the one before it and takes longer than that.
fn run(number: usize, way: Way, has_branch: bool) -> Vec<Run> {
    let begin: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let begin = begin + SignedDuration::from_mins(10 * i64::try_from(number).unwrap());
    let mut events = Vec::new();
    let mut tell = |level: &str, state: &str, attempt: usize, more: Value| {
        let at = begin + SignedDuration::from_mins(2 * i64::try_from(events.len()).unwrap());
        let mut detail = json!({
            "pipeline": "shop", "execution-id": format!("run-{number}"), "state": state,
            "pipeline-execution-attempt": attempt, "start-time": begin.to_string(),
        });
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let event = json!({
            "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
            "account": home().account, "region": home().region, "time": at.to_string(), "detail": detail,
        });
        events.push(told(&event).unwrap());
    };
    let mut trigger = json!({"commit-id": format!("c0ffee{number}"), "commit-message": "Mend it"});
    if has_branch {
        trigger["branch-name"] = json!(if number.is_multiple_of(2) { "main" } else { "next" });
    }
    let started = if let Way::RollsBack = way {
        json!({"execution-trigger": {"trigger-type": "ManualRollback"}})
    } else {
        json!({"execution-trigger": trigger})
    };
    tell("Pipeline", "STARTED", 1, started);
    let action = |stage: &str, category: &str| {
        json!({
            "stage": stage, "action": format!("{stage}-it"), "type": {"category": category, "provider": "CodeDeploy"},
            "execution-result": {"external-execution-id": format!("d-{stage}-{number}")},
        })
    };
    for stage in ["Build", "Deploy"] {
        tell("Stage", "STARTED", 1, json!({"stage": stage}));
        tell("Action", "STARTED", 1, action(stage, stage));
        if stage == "Build" {
            tell("Action", "SUCCEEDED", 1, action(stage, stage));
            tell("Stage", "SUCCEEDED", 1, json!({"stage": stage}));
        }
    }
    let ends = |state: &str| (state.to_owned(), action("Deploy", "Deploy"));
    match way {
        Way::GoesOn => {}
        Way::Waits => tell(
            "Action",
            "STARTED",
            1,
            json!({
                "stage": "Deploy", "action": "Approve", "type": {"category": "Approval", "provider": "Manual"},
            }),
        ),
        Way::Succeeds | Way::RollsBack | Way::Fails => {
            let (state, action) = ends(if let Way::Fails = way { "FAILED" } else { "SUCCEEDED" });
            tell("Action", &state, 1, action);
            tell("Stage", &state, 1, json!({"stage": "Deploy"}));
            tell("Pipeline", &state, 1, json!({}));
        }
        Way::IsRetried => {
            tell("Action", "FAILED", 1, action("Deploy", "Deploy"));
            tell("Stage", "FAILED", 1, json!({"stage": "Deploy"}));
            tell("Pipeline", "FAILED", 1, json!({}));
            tell("Pipeline", "RESUMED", 2, json!({}));
            tell("Stage", "RESUMED", 2, json!({"stage": "Deploy"}));
            tell("Action", "STARTED", 2, action("Deploy", "Deploy"));
        }
    }
    events
}

/// Events of parallel runs of one pipeline, nearly in their order or in any.
fn events() -> impl Strategy<Value = Vec<Run>> {
    let ways = proptest::collection::vec(proptest::sample::select(&WAYS[..]), 1..6);
    (ways, any::<bool>(), any::<bool>()).prop_flat_map(|(ways, has_branches, is_shuffled)| {
        let runs = ways.into_iter().enumerate().map(|(number, way)| run(number, way, has_branches));
        let mut events: Vec<(usize, Run)> = runs.flat_map(|run| run.into_iter().enumerate()).collect();
        events.sort_by_key(|(place, _)| *place);
        let events: Vec<Run> = events.into_iter().map(|(_, told)| told).collect();
        if is_shuffled { Just(events).prop_shuffle().boxed() } else { Just(events).boxed() }
    })
}

/// Whether the list of pipelines shows what the whole history of the only one says.
fn shows_all(ledger: &MemoryLedger, history: &History) -> Result<(), TestCaseError> {
    let listed = ledger.pipelines().now_or_never().unwrap().unwrap();
    prop_assert_eq!(listed.first().map(|overview| without_weights((**overview).clone())), seen(history));
    Ok(())
}

/// Records as a version did that knew of no standings: it writes the history with every event.
async fn record_as_before(ledger: &MemoryLedger, told: Run) {
    ledger.add(std::slice::from_ref(&told)).await.remove(0).unwrap();
    loop {
        let known = ledger.load(&told.pipeline, &told.execution).await.unwrap();
        let new = || Versioned { value: History::new(told.pipeline.clone()), version: 0 };
        let Versioned { mut value, version } = known.written.unwrap_or_else(new);
        value.backfilled(true);
        value.learn(RunSummary::of(&known.run.unwrap(), &DeploymentRule::EVERY_RUN));
        if ledger.save(&Versioned { value, version }, &[]).await.unwrap() == Saved::Written {
            return;
        }
    }
}

/// What can be seen of it: how much is known of a run that goes on is written once that shows.
fn seen(history: &History) -> Option<Overview> {
    history.overview().map(without_weights)
}

fn without_weights(mut overview: Overview) -> Overview {
    overview.latest.weight = 0;
    overview.open.iter_mut().for_each(|run| run.weight = 0);
    overview
}

/// The history that nobody disturbed.
fn undisturbed(events: &[Run]) -> History {
    let ledger = MemoryLedger::new();
    for told in events {
        record_as_before(&ledger, told.clone()).now_or_never().unwrap();
    }
    ledger.history(&events[0].pipeline).now_or_never().unwrap().unwrap().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_list_shows_after_each_event_what_the_whole_history_says(events in events()) {
        let ledger = MemoryLedger::new();
        for told in &events {
            let recorded = record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone());
            let history = recorded.now_or_never().unwrap().unwrap().history;
            shows_all(&ledger, &history)?;
            let known = ledger.history(&told.pipeline).now_or_never().unwrap().unwrap();
            prop_assert_eq!(known.as_ref().and_then(seen), seen(&history));
        }
        let history = ledger.history(&events[0].pipeline).now_or_never().unwrap().unwrap().unwrap();
        prop_assert_eq!(seen(&history), seen(&undisturbed(&events)));
    }

    #[test]
    fn handlers_at_once_and_of_two_versions_come_to_the_same(
        events in events(),
        versions in any::<u64>(),
        seeds in any::<[u64; 3]>(),
    ) {
        let ledger = MemoryLedger::new();
        let faulty = seeds.map(|seed| Faulty::new(&ledger, &Faults::interleaving(seed)));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let handlers = faulty.iter().enumerate().map(|(part, faulty): (usize, &Faulty<'_, MemoryLedger>)| {
                let mine: Vec<(usize, Run)> = events.iter().cloned().enumerate().skip(part).step_by(3).collect();
                let ledger = &ledger;
                async move {
                    for (index, told) in mine {
                        if versions >> (index % 64) & 1 == 1 {
                            record_as_before(ledger, told).await;
                        } else {
                            record(faulty, &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
                        }
                    }
                }
            });
            join_all(handlers).await;
        });
        let history = ledger.history(&events[0].pipeline).now_or_never().unwrap().unwrap().unwrap();
        prop_assert_eq!(seen(&history), seen(&undisturbed(&events)));
        // What is said again is nothing new, and leaves all as it was.
        for told in &events {
            record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).now_or_never().unwrap().unwrap();
        }
        prop_assert_eq!(ledger.history(&events[0].pipeline).now_or_never().unwrap().unwrap(), Some(history));
    }
}

#[test]
fn a_run_that_goes_on_costs_no_write_of_its_history() {
    let ledger = MemoryLedger::new();
    let version = |told: &Run| {
        record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).now_or_never().unwrap().unwrap();
        let known = ledger.load(&told.pipeline, &told.execution).now_or_never().unwrap().unwrap();
        known.written.unwrap().version
    };
    let versions = |number, way| run(number, way, true).iter().map(version).collect::<Vec<u64>>();
    // The first event has the history begin, and a branch of its own has it learn of a line.
    versions(0, Way::Succeeds);
    versions(1, Way::Succeeds);
    let before = versions(2, Way::Succeeds).pop().unwrap();
    let of_run = versions(4, Way::Succeeds);
    assert_eq!(of_run[..of_run.len() - 1], vec![before; of_run.len() - 1], "until it ends");
    assert_eq!(of_run.last(), Some(&(before + 1)), "when it ends");
    let known = ledger.history(&run(0, Way::Fails, true)[0].pipeline).now_or_never().unwrap().unwrap().unwrap();
    assert_eq!(known.runs().len(), 4);
}
