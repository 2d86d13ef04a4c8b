//! The conformance suite that every ledger passes.
//!
//! Each test has its own pipeline, so the suite can run against a store that is shared and never emptied.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a suite of tests, though it is compiled for other crates' tests"
)]

use jiff::{SignedDuration, Timestamp};

use super::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Lease, Ledger, NoArchive, Receipt, Saved, Versioned, forget, record,
};
use crate::event::{Attempt, Event, EvidenceEvent, EvidenceKind, Received, parse};
use crate::history::{History, RunSummary, Standing};
use crate::name::{AccountId, ExecutionId, ExternalId, Home, PipelineId, PipelineName, Region};
use crate::run::{DeploymentRule, Run, Status};

/// Runs all of it; panics with the promise that is broken.
///
/// `unique` must differ between calls on the same store.
pub async fn check(ledger: &impl Ledger, unique: &str) {
    what_is_written_is_read_back(ledger, &pipeline(unique, "a")).await;
    facts_are_added_in_any_order_and_number(ledger, unique).await;
    nothing_of_a_long_run_is_dropped(ledger, &pipeline(unique, "long")).await;
    a_write_over_another_version_is_refused(ledger, &pipeline(unique, "b")).await;
    how_a_run_stands_is_known_until_its_history_is_written(ledger, &pipeline(unique, "stands")).await;
    less_is_never_written_over_more(ledger, &pipeline(unique, "more")).await;
    a_list_shows_how_runs_stand(ledger, unique).await;
    recording_twice_changes_nothing(ledger, &pipeline(unique, "c")).await;
    every_pipeline_is_listed(ledger, unique).await;
    a_claim_is_granted_once(ledger, &pipeline(unique, "e")).await;
    a_claim_is_free_again_when_its_lease_has_run_out(ledger, &pipeline(unique, "f")).await;
    a_claim_given_back_can_be_taken(ledger, &pipeline(unique, "g")).await;
    a_late_owner_cannot_settle(ledger, &pipeline(unique, "h")).await;
    evidence_is_kept_once_and_in_order(ledger, unique).await;
    a_held_event_is_free_when_its_time_has_come(ledger, unique).await;
    held_events_come_in_the_order_of_their_times_and_not_all_at_once(ledger, unique).await;
    a_group_has_each_of_its_failures_once(ledger, unique).await;
    odd_names_are_kept_apart(ledger, unique).await;
    what_is_forgotten_leaves_the_list(ledger, &pipeline(unique, "forgotten")).await;
}

fn pipeline(unique: &str, name: &str) -> PipelineId {
    PipelineId {
        home: Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse("eu-west-1").unwrap() },
        name: PipelineName::parse(format!("{unique}-{name}")).unwrap(),
    }
}

fn told(pipeline: &PipelineId, execution: &str, state: &str, time: &str) -> Run {
    let event = serde_json::json!({
        "source": "aws.codepipeline",
        "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": pipeline.home.account, "region": pipeline.home.region, "time": time,
        "detail": {"pipeline": pipeline.name, "execution-id": execution, "state": state},
    });
    let received = Received { home: pipeline.home.clone(), at: Timestamp::UNIX_EPOCH };
    match parse(&event, &received).unwrap() {
        Event::Pipeline(event) => Run::of(&event),
        other => panic!("{other:?}"),
    }
}

fn history_of(run: &Run) -> History {
    let mut history = History::new(run.pipeline.clone());
    history.learn(RunSummary::of(run, &DeploymentRule::EVERY_RUN));
    history
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn lease(owner: &str, now: i64) -> Lease {
    Lease::new(owner, at(now), SignedDuration::from_secs(60))
}

fn effect(pipeline: &PipelineId) -> ClaimKey {
    ClaimKey { pipeline: pipeline.clone(), effect: "failed/e-1/1".to_owned() }
}

async fn what_is_written_is_read_back(ledger: &impl Ledger, pipeline: &PipelineId) {
    let run = told(pipeline, "e-1", "STARTED", "2026-11-20T10:00:00Z");
    let nothing = ledger.load(pipeline, &run.execution).await.unwrap();
    assert_eq!((nothing.run, nothing.written), (None, None), "a new ledger knows nothing");
    assert_eq!(ledger.history(pipeline).await.unwrap(), None, "a new ledger knows no history");

    let history = history_of(&run);
    add(ledger, std::slice::from_ref(&run)).await;
    assert_eq!(ledger.save(&Versioned { value: history.clone(), version: 0 }, &[]).await.unwrap(), Saved::Written);
    let known = ledger.load(pipeline, &run.execution).await.unwrap();
    assert_eq!(known.run.as_deref(), Some(&run), "a run is read back");
    assert_eq!(known.written, Some(Versioned { value: history.clone(), version: 1 }), "a history is read back");
    assert_eq!(ledger.history(pipeline).await.unwrap(), Some(history), "a history is read back alone");
    let other = ledger.load(pipeline, &ExecutionId::parse("e-2").unwrap()).await.unwrap();
    assert_eq!(other.run, None, "another run is not this one");
    assert!(other.written.is_some(), "the history is the pipeline's, not the run's");
}

async fn add(ledger: &impl Ledger, told: &[Run]) {
    let added = ledger.add(told).await;
    assert_eq!(added.len(), told.len(), "one answer for each");
    for added in added {
        added.unwrap();
    }
}

/// An action's event; `summary` is what its result says.
fn action_told(pipeline: &PipelineId, action: &str, state: &str, summary: &str) -> Run {
    let event = serde_json::json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": pipeline.home.account, "region": pipeline.home.region, "time": "2026-11-20T10:01:00Z",
        "detail": {
            "pipeline": pipeline.name, "execution-id": "e-1", "state": state, "stage": "Test", "action": action,
            "execution-result": {"external-execution-summary": summary},
        },
    });
    let received = Received { home: pipeline.home.clone(), at: Timestamp::UNIX_EPOCH };
    match parse(&event, &received).unwrap() {
        Event::Pipeline(event) => Run::of(&event),
        other => panic!("{other:?}"),
    }
}

async fn facts_are_added_in_any_order_and_number(ledger: &impl Ledger, unique: &str) {
    let (one, other) = (pipeline(unique, "facts-one"), pipeline(unique, "facts-other"));
    let told: Vec<Run> = ["e-1", "e-10", "e"]
        .iter()
        .flat_map(|execution| {
            let (one, other) = (&one, &other);
            ["STARTED", "FAILED", "STARTED"]
                .map(|state| [one, other].map(|of| told(of, execution, state, "2026-11-20T10:00:00Z")))
                .into_iter()
                .flatten()
        })
        .collect();
    add(ledger, &[]).await;
    add(ledger, &told).await;
    for told in told.iter().rev() {
        add(ledger, std::slice::from_ref(told)).await;
    }
    for pipeline in [&one, &other] {
        for execution in ["e-1", "e-10", "e"] {
            let mine = told.iter().filter(|told| told.pipeline == *pipeline && told.execution.as_str() == execution);
            let whole = mine.cloned().reduce(|mut run, other| {
                run.merge(other);
                run
            });
            let known = ledger.load(pipeline, &ExecutionId::parse(execution).unwrap()).await.unwrap();
            assert_eq!(known.run.as_deref(), whole.as_ref(), "each run has its own facts, and all of them");
        }
    }
}

async fn nothing_of_a_long_run_is_dropped(ledger: &impl Ledger, pipeline: &PipelineId) {
    let summary = "Deployment failed because no instance answered. ".repeat(20);
    let events = (0..800).flat_map(|index| {
        let action = format!("suite-{index:03}");
        let end = if index == 799 { "FAILED" } else { "SUCCEEDED" };
        ["STARTED", end].map(|state| action_told(pipeline, &action, state, &summary))
    });
    let told: Vec<Run> = events.collect();
    for chunk in told.chunks(100) {
        add(ledger, chunk).await;
    }
    let last = told.last().unwrap();
    let recorded = record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, last.clone()).await.unwrap();
    assert_eq!(recorded.run.status(), Status::Failed, "the last of a run's facts counts as the first");
    let actions: usize = recorded.run.stages().iter().map(|stage| stage.actions.len()).sum();
    assert_eq!(actions, 800, "all of a long run is there");
}

async fn a_write_over_another_version_is_refused(ledger: &impl Ledger, pipeline: &PipelineId) {
    let run = told(pipeline, "e-1", "STARTED", "2026-11-20T10:00:00Z");
    let history = |version| Versioned { value: history_of(&run), version };
    assert_eq!(ledger.save(&history(0), &[]).await.unwrap(), Saved::Written);
    assert_eq!(ledger.save(&history(0), &[]).await.unwrap(), Saved::Conflict, "a new history is there already");
    assert_eq!(ledger.save(&history(7), &[]).await.unwrap(), Saved::Conflict, "nobody wrote that version");
    assert_eq!(ledger.save(&history(1), &[]).await.unwrap(), Saved::Written);
    let known = ledger.load(pipeline, &run.execution).await.unwrap();
    assert_eq!(known.written.map(|history| history.version), Some(2), "what was refused was not written");
}

/// How a run stands of which so many events are known, and nothing of its pipeline's history.
fn standing(pipeline: &PipelineId, events: usize) -> Standing {
    let told = (0..events).map(|index| {
        let state = if index.is_multiple_of(2) { "STARTED" } else { "SUCCEEDED" };
        action_told(pipeline, &format!("suite-{}", index / 2), state, "")
    });
    let run = told.reduce(|mut run, told| {
        run.merge(told);
        run
    });
    Standing::of(&History::new(pipeline.clone()), &RunSummary::of(&run.unwrap(), &DeploymentRule::EVERY_RUN))
}

async fn how_a_run_stands_is_known_until_its_history_is_written(ledger: &impl Ledger, pipeline: &PipelineId) {
    let run = told(pipeline, "e-1", "STARTED", "2026-11-20T10:00:00Z");
    let save = async |version, outlived: &[Standing]| {
        ledger.save(&Versioned { value: history_of(&run), version }, outlived).await.unwrap()
    };
    let known = async || ledger.load(pipeline, &run.execution).await.unwrap();
    assert_eq!(save(0, &[]).await, Saved::Written);
    let (less, more) = (standing(pipeline, 2), standing(pipeline, 3));
    for _ in 0..2 {
        ledger.stand(std::slice::from_ref(&less)).await.unwrap();
        assert_eq!(known().await.standings, std::slice::from_ref(&less), "it is written once");
    }
    let mut together = history_of(&run);
    together.take_in([&less]);
    assert_eq!(known().await.history(), Some(together.clone()), "a history is read with how its runs stand");
    assert_eq!(ledger.history(pipeline).await.unwrap(), Some(together), "and so is one that is read alone");
    assert_eq!(known().await.written.map(|written| written.version), Some(1), "but it was not written for that");
    ledger.stand(std::slice::from_ref(&more)).await.unwrap();
    assert_eq!(save(1, std::slice::from_ref(&less)).await, Saved::Written);
    assert_eq!(known().await.standings, std::slice::from_ref(&more), "what was not known is not deleted");
    assert_eq!(save(2, std::slice::from_ref(&more)).await, Saved::Written);
    assert_eq!(known().await.standings, [], "what a history outlives is gone");
}

async fn less_is_never_written_over_more(ledger: &impl Ledger, pipeline: &PipelineId) {
    for events in [3, 1, 2, 4, 3] {
        ledger.stand(&[standing(pipeline, events)]).await.unwrap();
    }
    let known = ledger.load(pipeline, &ExecutionId::parse("e-1").unwrap()).await.unwrap();
    assert_eq!(known.standings, [standing(pipeline, 4)]);
    assert_eq!(known.history(), None, "there is no history without its first write");
}

async fn a_list_shows_how_runs_stand(ledger: &impl Ledger, unique: &str) {
    let (one, other) = (pipeline(unique, "shown-one"), pipeline(unique, "shown-other"));
    for pipeline in [&one, &other] {
        for (execution, time) in [("e-0", "2026-11-20T09:00:00Z"), ("e-1", "2026-11-20T10:00:00Z")] {
            let end = if execution == "e-0" { "SUCCEEDED" } else { "STARTED" };
            for state in ["STARTED", end] {
                let told = told(pipeline, execution, state, time);
                record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
            }
        }
    }
    for (action, state) in [("one", "STARTED"), ("one", "SUCCEEDED"), ("two", "STARTED")] {
        let told = action_told(&one, action, state, "");
        record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
    }
    let listed = ledger.pipelines().await.unwrap();
    for pipeline in [&one, &other] {
        let history = ledger.history(pipeline).await.unwrap().unwrap();
        let mine: Vec<_> = listed.iter().filter(|overview| overview.pipeline == *pipeline).collect();
        assert_eq!(mine.iter().map(|overview| Some((***overview).clone())).collect::<Vec<_>>(), [history.overview()]);
    }
    let one = listed.iter().find(|overview| overview.pipeline == one).unwrap();
    let action = one.open.first().and_then(|run| run.current.as_ref()?.action.as_ref());
    assert_eq!(action.map(ToString::to_string).as_deref(), Some("two"), "the list says where a run is");
}

async fn recording_twice_changes_nothing(ledger: &impl Ledger, pipeline: &PipelineId) {
    let started = told(pipeline, "e-1", "STARTED", "2026-11-20T10:00:00Z");
    let failed = told(pipeline, "e-1", "FAILED", "2026-11-20T10:05:00Z");
    for told in [&failed, &started] {
        record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).await.unwrap();
    }
    let before = ledger.load(pipeline, &started.execution).await.unwrap();
    for told in [&started, &failed, &started] {
        let recorded = record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).await.unwrap();
        assert_eq!(recorded.run.status(), Status::Failed);
    }
    assert_eq!(ledger.load(pipeline, &started.execution).await.unwrap(), before, "nothing is written twice");
}

async fn every_pipeline_is_listed(ledger: &impl Ledger, unique: &str) {
    for index in (0..30).rev() {
        let pipeline = pipeline(unique, &format!("d-{index:02}"));
        let state = if index % 2 == 0 { "SUCCEEDED" } else { "FAILED" };
        record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told(&pipeline, "e-1", state, "2026-11-20T10:00:00Z"))
            .await
            .unwrap();
    }
    let listed = ledger.pipelines().await.unwrap();
    let mut sorted: Vec<_> = listed.iter().map(|overview| overview.pipeline.clone()).collect();
    sorted.sort();
    assert!(listed.iter().map(|overview| &overview.pipeline).eq(&sorted), "pipelines are listed in order");
    let prefix = format!("{unique}-d-");
    let mine: Vec<_> = listed.iter().filter(|overview| overview.pipeline.name.as_str().starts_with(&prefix)).collect();
    assert_eq!(mine.len(), 30, "every pipeline is listed once");
    for (index, overview) in mine.iter().enumerate() {
        let status = if index % 2 == 0 { Status::Succeeded } else { Status::Failed };
        assert_eq!(overview.latest.status, status, "the list says how a pipeline stands");
    }
}

async fn what_is_forgotten_leaves_the_list(ledger: &impl Ledger, pipeline: &PipelineId) {
    let rule = DeploymentRule::EVERY_RUN;
    let tell = async |told: Run| record(ledger, &NoArchive, &rule, told).await.unwrap();
    tell(told(pipeline, "e-1", "SUCCEEDED", "2026-11-20T10:00:00Z")).await;
    let is_listed = async || ledger.pipelines().await.unwrap().iter().any(|overview| overview.pipeline == *pipeline);
    assert!(is_listed().await, "a pipeline is listed");
    let at: Timestamp = "2026-11-20T11:00:00Z".parse().unwrap();
    assert!(forget(ledger, pipeline, at).await.unwrap(), "it was known");
    assert!(!is_listed().await, "what is forgotten is not listed");
    assert!(!forget(ledger, pipeline, at).await.unwrap(), "it is forgotten once");
    tell(told(pipeline, "e-1", "SUCCEEDED", "2026-11-20T10:00:00Z")).await;
    assert!(!is_listed().await, "a late event does not bring it back");
    tell(told(pipeline, "e-2", "STARTED", "2026-11-20T12:00:00Z")).await;
    assert!(is_listed().await, "a new pipeline of the same name is one");
    assert_eq!(ledger.history(pipeline).await.unwrap().unwrap().runs().len(), 1, "and has no old runs");
}

async fn a_claim_is_granted_once(ledger: &impl Ledger, pipeline: &PipelineId) {
    let key = effect(pipeline);
    assert_eq!(ledger.claim(&key, &lease("one", 0)).await.unwrap(), Claim::Granted);
    assert_eq!(ledger.claim(&key, &lease("two", 30)).await.unwrap(), Claim::Held { until: at(60) });
    assert_eq!(ledger.claim(&key, &lease("one", 30)).await.unwrap(), Claim::Granted, "an owner may claim again");
    let receipt = Receipt { place: Some("C024BE91L".to_owned()), id: Some("1732097100.000100".to_owned()), said: None };
    ledger.settle(&key, &lease("one", 31), &receipt).await.unwrap();
    for owner in ["one", "two"] {
        let claim = ledger.claim(&key, &lease(owner, 1_000_000)).await.unwrap();
        assert_eq!(claim, Claim::Settled(receipt.clone()), "what is settled stays so");
    }
    let other = ClaimKey { effect: "failed/e-1/2".to_owned(), ..key };
    assert_eq!(ledger.claim(&other, &lease("two", 0)).await.unwrap(), Claim::Granted, "claims do not mix");
}

async fn a_claim_is_free_again_when_its_lease_has_run_out(ledger: &impl Ledger, pipeline: &PipelineId) {
    let key = effect(pipeline);
    assert_eq!(ledger.claim(&key, &lease("dies", 0)).await.unwrap(), Claim::Granted);
    assert_eq!(ledger.claim(&key, &lease("next", 59)).await.unwrap(), Claim::Held { until: at(60) });
    assert_eq!(ledger.claim(&key, &lease("next", 60)).await.unwrap(), Claim::Granted);
    assert_eq!(ledger.claim(&key, &lease("third", 61)).await.unwrap(), Claim::Held { until: at(120) });
}

async fn a_claim_given_back_can_be_taken(ledger: &impl Ledger, pipeline: &PipelineId) {
    let key = effect(pipeline);
    assert_eq!(ledger.claim(&key, &lease("one", 0)).await.unwrap(), Claim::Granted);
    ledger.release(&key, &lease("two", 1)).await.unwrap();
    assert_eq!(ledger.claim(&key, &lease("two", 1)).await.unwrap(), Claim::Held { until: at(60) }, "not yours to give");
    ledger.release(&key, &lease("one", 2)).await.unwrap();
    assert_eq!(ledger.claim(&key, &lease("two", 2)).await.unwrap(), Claim::Granted);
    ledger.settle(&key, &lease("two", 3), &Receipt::default()).await.unwrap();
    ledger.release(&key, &lease("two", 4)).await.unwrap();
    let claim = ledger.claim(&key, &lease("three", 5)).await.unwrap();
    assert_eq!(claim, Claim::Settled(Receipt::default()), "what is settled cannot be given back");
}

async fn a_group_has_each_of_its_failures_once(ledger: &impl Ledger, unique: &str) {
    let failure = |name: &str, second: i64| GroupedFailure {
        at: at(second),
        pipeline: pipeline(unique, name),
        line: None,
        execution: ExecutionId::parse("e-1").unwrap(),
        attempt: Attempt::FIRST,
        place: "Build / Compile".to_owned(),
    };
    let (group, other) = (format!("{unique}-cause"), format!("{unique}-cause-2"));
    assert_eq!(ledger.group(&group).await.unwrap(), []);
    let (first, second, third) = (failure("z", 1), failure("a", 2), failure("b", 2));
    for told in [&third, &first, &second, &third, &first] {
        ledger.join(&group, told).await.unwrap();
    }
    ledger.join(&other, &failure("c", 0)).await.unwrap();
    let mut known = ledger.group(&group).await.unwrap();
    assert_eq!(known.first(), Some(&first), "the oldest comes first");
    known.sort();
    assert_eq!(known, [first, second, third]);
    assert_eq!(ledger.group(&other).await.unwrap().len(), 1);
}

async fn a_late_owner_cannot_settle(ledger: &impl Ledger, pipeline: &PipelineId) {
    let key = effect(pipeline);
    assert_eq!(ledger.claim(&key, &lease("late", 0)).await.unwrap(), Claim::Granted);
    assert_eq!(ledger.claim(&key, &lease("next", 100)).await.unwrap(), Claim::Granted);
    ledger.settle(&key, &lease("late", 0), &Receipt::default()).await.unwrap();
    assert_eq!(ledger.claim(&key, &lease("third", 101)).await.unwrap(), Claim::Held { until: at(160) });
}

async fn evidence_is_kept_once_and_in_order(ledger: &impl Ledger, unique: &str) {
    let external = ExternalId::parse(format!("project:{unique}/arn:aws:x#y z")).unwrap();
    let event = |seconds: i64, state: &str| EvidenceEvent {
        external: external.clone(),
        deployment: None,
        application: None,
        home: None,
        kind: EvidenceKind::Build,
        state: state.to_owned(),
        at: at(seconds),
        messages: vec!["BUILD: exit status 1".to_owned()],
        log: None,
    };
    assert_eq!(ledger.evidence(&external).await.unwrap(), [], "nothing was kept yet");
    for seconds in [5, 3, 5] {
        ledger.keep_evidence(&event(seconds, "FAILED")).await.unwrap();
    }
    assert_eq!(ledger.evidence(&external).await.unwrap(), [event(3, "FAILED"), event(5, "FAILED")]);
    for seconds in 10..40 {
        ledger.keep_evidence(&event(seconds, "IN_PROGRESS")).await.unwrap();
    }
    let kept = ledger.evidence(&external).await.unwrap();
    assert_eq!((kept.len(), kept.first().map(|event| event.at)), (super::MAX_EVIDENCE, Some(at(20))));
}

fn held(unique: &str, name: &str, until: i64) -> DeferredEvent {
    let effect = ClaimKey { effect: name.to_owned(), ..effect(&pipeline(unique, "held")) };
    DeferredEvent { until: at(until), effect, event: serde_json::json!({"detail": {"unique": unique, "until": until}}) }
}

/// What is free by then, of one run of the suite: others may hold events in the same store.
async fn free(ledger: &impl Ledger, unique: &str, now: i64) -> Vec<DeferredEvent> {
    let mine = pipeline(unique, "held");
    ledger.deferred_until(at(now)).await.unwrap().into_iter().filter(|held| held.effect.pipeline == mine).collect()
}

async fn a_held_event_is_free_when_its_time_has_come(ledger: &impl Ledger, unique: &str) {
    let (first, second) = (held(unique, "started/e-1@team", 100), held(unique, "succeeded/e-1@team", 100));
    for held in [&first, &second, &first] {
        ledger.defer(held).await.unwrap();
    }
    assert_eq!(free(ledger, unique, 99).await, [], "a held event waits for its time");
    let mut both = free(ledger, unique, 100).await;
    both.sort_by(|a, b| a.effect.cmp(&b.effect));
    assert_eq!(both, [first.clone(), second.clone()], "what is held twice is held once");
    ledger.delete_deferred(&first).await.unwrap();
    ledger.delete_deferred(&first).await.unwrap();
    assert_eq!(free(ledger, unique, 1_000).await, std::slice::from_ref(&second), "what was let go is gone");
    let later = DeferredEvent { until: at(200), ..second.clone() };
    ledger.defer(&later).await.unwrap();
    ledger.delete_deferred(&second).await.unwrap();
    assert_eq!(free(ledger, unique, 199).await, [], "a later time is another one");
    ledger.delete_deferred(&later).await.unwrap();
}

async fn held_events_come_in_the_order_of_their_times_and_not_all_at_once(ledger: &impl Ledger, unique: &str) {
    let count = i64::try_from(super::MAX_DEFERRED).unwrap() + 20;
    // Later than what the other test holds: where several suites share a store, these must not hide those.
    let until = |index: i64| 10_000 + index;
    for index in (0..count).rev() {
        ledger.defer(&held(unique, &format!("started/e-{index}@team"), until(index))).await.unwrap();
    }
    let mut seen = Vec::new();
    // A page can be full of what another suite holds, until that one lets go of it.
    for _ in 0..10_000 {
        let page = free(ledger, unique, until(count)).await;
        assert!(page.len() <= super::MAX_DEFERRED, "{}", page.len());
        for held in &page {
            seen.push(held.until);
            ledger.delete_deferred(held).await.unwrap();
        }
        if seen.len() >= usize::try_from(count).unwrap() {
            break;
        }
        if page.is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
    assert!(seen.is_sorted(), "what has waited for the longest comes first");
    assert_eq!(seen.len(), usize::try_from(count).unwrap(), "none is left behind");
}

async fn odd_names_are_kept_apart(ledger: &impl Ledger, unique: &str) {
    let names = ["x", "x#run", "x#history", "x/y", "🚀", "x'; DROP TABLE runs; --", "%", "_"];
    for name in names {
        let pipeline = pipeline(unique, name);
        for execution in ["e-1", "arn:aws:codepipeline:eu-west-1:111122223333:x", "e#1", "history"] {
            let told = told(&pipeline, execution, "SUCCEEDED", "2026-11-20T10:00:00Z");
            record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).await.unwrap();
            let known = ledger.load(&pipeline, &told.execution).await.unwrap();
            assert_eq!(known.run.as_deref(), Some(&told), "{name} {execution}");
        }
        let history = ledger.history(&pipeline).await.unwrap().unwrap();
        assert_eq!((history.pipeline.clone(), history.runs().len()), (pipeline, 4), "{name}");
    }
}
