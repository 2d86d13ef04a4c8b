//! How the stages and actions of a pipeline went in its recent runs: how long they take, and which are flaky.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::event::{Attempt, Provider};
use crate::history::Typical;
use crate::name::{ActionName, ExecutionId, StageName};
use crate::run::{Run, StageView, Status};

/// The fewest durations among which one can stand out.
const FEW: usize = 5;

/// How long a stage takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagePace {
    /// The stage.
    pub stage: StageName,
    /// How long it takes when it succeeds at once, without the time that its approvals wait.
    pub typical: Typical,
    /// The runs in which it took far longer than usual, the latest last.
    pub outliers: Vec<Outlier>,
}

/// A run in which a stage took far longer than usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlier {
    /// The run.
    pub execution: ExecutionId,
    /// When the stage ended.
    pub at: Timestamp,
    /// How long it took, in seconds.
    pub seconds: i64,
}

/// An action that failed and passed on the same change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlakyAction {
    /// The stage.
    pub stage: StageName,
    /// The action.
    pub action: ActionName,
    /// The number of changes on which it did both.
    pub changes: usize,
    /// The number of changes on which it ran.
    pub of: usize,
    /// When it last failed on one of them.
    pub last: Timestamp,
    /// The run in which it did.
    pub execution: ExecutionId,
}

/// How long each stage takes, in the order of the latest run that has been through most of them.
///
/// A stage that neither the latest successful run nor a later one has been through is no stage of the pipeline any more.
pub fn stage_paces<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Vec<StagePace> {
    let mut order: Vec<StageName> = Vec::new();
    let mut durations: BTreeMap<StageName, Vec<Outlier>> = BTreeMap::new();
    let mut runs: Vec<(&Run, Vec<StageView>)> = runs.into_iter().map(|run| (run, run.stages())).collect();
    runs.sort_by_key(|(run, _)| run.first_seen());
    let is_whole = |run: &Run| run.status() == Status::Succeeded && run.rollback().is_none();
    let as_it_is = runs.iter().rposition(|(run, _)| is_whole(run)).unwrap_or_default();
    let mut there: BTreeSet<StageName> = BTreeSet::new();
    for (index, (run, stages)) in runs.iter().enumerate() {
        if index >= as_it_is {
            there.extend(stages.iter().map(|stage| stage.name.clone()));
            if stages.len() >= order.len() {
                order = stages.iter().map(|stage| stage.name.clone()).collect();
            }
        }
        for stage in stages {
            let Some((at, seconds)) = took(stage) else { continue };
            let measured = Outlier { execution: run.execution.clone(), at, seconds };
            durations.entry(stage.name.clone()).or_default().push(measured);
        }
    }
    let durations = durations.into_iter().filter(|(stage, _)| there.contains(stage));
    let mut paces: Vec<StagePace> = durations.filter_map(|(stage, measured)| pace(stage, measured)).collect();
    paces.sort_by_key(|pace| order.iter().position(|name| *name == pace.stage).unwrap_or(usize::MAX));
    paces
}

/// When a stage ended that succeeded at once, and how long it worked.
fn took(stage: &StageView) -> Option<(Timestamp, i64)> {
    let at_once = stage.actions.iter().all(|action| action.attempt == Attempt::FIRST);
    let ended = stage.ended.filter(|_| stage.status == Status::Succeeded && at_once)?;
    let waits = stage.actions.iter().filter(|action| action.provider.as_ref().is_some_and(Provider::is_approval));
    let waited: i64 = waits.filter_map(|action| Some(action.ended?.duration_since(action.started).as_secs())).sum();
    let seconds = ended.duration_since(stage.started).as_secs() - waited;
    (seconds >= 0).then_some((ended, seconds))
}

fn pace(stage: StageName, mut measured: Vec<Outlier>) -> Option<StagePace> {
    let mut sorted: Vec<i64> = measured.iter().map(|outlier| outlier.seconds).collect();
    sorted.sort_unstable();
    let rank = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    let typical = Typical { median: rank(50)?, p95: rank(95)?, runs: sorted.len() };
    let (lower, upper) = (rank(25)?, rank(75)?);
    // Tukey's far-out fence, and at least half as long again as usual: what differs by seconds is of no interest.
    let fence = (upper + 3 * (upper - lower)).max(typical.median + typical.median / 2);
    measured.retain(|outlier| sorted.len() >= FEW && outlier.seconds > fence);
    Some(StagePace { stage, typical, outliers: measured })
}

/// What is known of an action on one change.
#[derive(Debug, Default)]
struct OnChange {
    failed: Option<(Timestamp, ExecutionId)>,
    passed: bool,
}

/// The actions that failed and passed on the same change: in two attempts of a run, or in two runs. The flakiest first.
///
/// An approval is a person's decision, and a rollback deploys another change than the one that failed.
pub fn flaky_actions<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Vec<FlakyAction> {
    let mut seen: BTreeMap<(StageName, ActionName), BTreeMap<String, OnChange>> = BTreeMap::new();
    for run in runs {
        if run.rollback().is_some() {
            continue;
        }
        let change = change(run);
        for stage in run.stages() {
            for action in stage.actions {
                let is_approval = action.provider.as_ref().is_some_and(Provider::is_approval);
                if !is_approval && matches!(action.status, Status::Succeeded | Status::Failed) {
                    let known = seen.entry((stage.name.clone(), action.name)).or_default();
                    known.entry(change.clone()).or_default().passed |= action.status == Status::Succeeded;
                }
            }
        }
        for failure in run.attempts().into_iter().flat_map(|attempt| run.failures(attempt)) {
            let (Some(stage), Some(action)) = (failure.stage, failure.action) else { continue };
            let known = seen.get_mut(&(stage, action)).and_then(|known| known.get_mut(&change));
            if let Some(known) = known.filter(|_| !failure.is_contradicted) {
                known.failed = known.failed.take().max(Some((failure.at, run.execution.clone())));
            }
        }
    }
    let mut flaky: Vec<FlakyAction> = seen
        .into_iter()
        .filter_map(|((stage, action), changes)| {
            let of = changes.len();
            let both: BTreeSet<(Timestamp, ExecutionId)> =
                changes.into_values().filter(|known| known.passed).filter_map(|known| known.failed).collect();
            let (last, execution) = both.last().cloned()?;
            Some(FlakyAction { stage, action, changes: both.len(), of, last, execution })
        })
        .collect();
    flaky.sort_by_key(|flaky| std::cmp::Reverse((flaky.changes, flaky.last)));
    flaky
}

/// What tells the change of a run from others: all of its revisions, or the run itself where none is known.
fn change(run: &Run) -> String {
    let ids: Vec<String> = run.revisions().into_iter().filter_map(|revision| revision.commit.id).collect();
    let of_trigger = || run.commit().and_then(|commit| commit.id);
    let ids = if ids.is_empty() { of_trigger().into_iter().collect() } else { ids };
    if ids.is_empty() { format!("run {}", run.execution) } else { ids.join(" ") }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testing;

    fn run_of(events: &[Value]) -> Run {
        let mut told = events.iter().filter_map(testing::told);
        let mut run = told.next().unwrap();
        for part in told {
            run.merge(part);
        }
        run
    }

    fn changed(file: &str, replaced: &[(&str, &str)]) -> Run {
        let text = Value::from(testing::events(file)).to_string();
        let text = replaced.iter().fold(text, |text, (from, to)| text.replace(from, to));
        run_of(&serde_json::from_str::<Vec<Value>>(&text).unwrap())
    }

    #[test]
    fn what_failed_and_passed_on_one_change_is_flaky() {
        let retried = changed("codepipeline-run-retry-succeeded", &[]);
        let flaky = flaky_actions([&retried]);
        assert_eq!(flaky.len(), 1, "{flaky:?}");
        let failed = retried.failures(Attempt::FIRST);
        assert_eq!(Some(&flaky[0].action), failed[0].action.as_ref());
        assert_eq!((flaky[0].changes, flaky[0].of, flaky[0].last), (1, 1, failed[0].at));
        // A failure that another change mended is none.
        let failed = changed("codepipeline-run-build-failed", &[]);
        let fixed = changed("codepipeline-run-build-fixed", &[]);
        assert_eq!(flaky_actions([&failed, &fixed]), []);
    }

    #[test]
    fn the_same_change_in_another_run_counts() {
        let failed = changed("codepipeline-run-deploy-failed-parallel", &[]);
        let passed = changed(
            "codepipeline-run-deploy-failed-parallel",
            &[("\"FAILED\"", "\"SUCCEEDED\""), ("1a6bd80e-", "2b7ce91f-")],
        );
        let flaky = flaky_actions([&failed, &passed]);
        let names: BTreeSet<_> = failed.failures(Attempt::FIRST).into_iter().filter_map(|it| it.action).collect();
        assert_eq!(flaky.iter().map(|it| it.action.clone()).collect::<BTreeSet<_>>(), names);
    }

    #[test]
    fn a_stage_that_was_removed_from_the_pipeline_is_not_expected() {
        let events = |number: u32, is_left: fn(&Value) -> bool| {
            let left: Vec<Value> =
                testing::events("codepipeline-run-build-fixed").into_iter().filter(is_left).collect();
            let text = Value::from(left).to_string();
            let moved = text.replace("2026-11-20T", &format!("2026-11-2{number}T"));
            let id = testing::events("codepipeline-run-build-fixed")[0]["detail"]["execution-id"].to_string();
            let renamed = moved.replace(id.trim_matches('"'), &format!("e-{number}"));
            run_of(&serde_json::from_str::<Vec<Value>>(&renamed).unwrap())
        };
        let old = events(1, |_| true);
        let new = events(2, |event| event["detail"]["stage"] != "Build");
        let under_way = events(3, |event| event["detail"]["stage"] == "Source");
        let names = |runs: &[&Run]| -> Vec<String> {
            stage_paces(runs.iter().copied()).iter().map(|pace| pace.stage.to_string()).collect()
        };
        assert_eq!(names(&[&old, &under_way]), ["Source", "Build", "Production"]);
        assert_eq!(names(&[&old, &new, &under_way]), ["Source", "Production"]);
        let cut = events(4, |event| event["detail"]["stage"] == "Source");
        assert_eq!(
            names(&[&old, &cut]),
            ["Source", "Build", "Production"],
            "a run that is not through removes nothing"
        );
    }

    #[test]
    fn a_stage_has_its_usual_time_and_runs_that_stand_out() {
        let runs: Vec<Run> = (0..6)
            .map(|number| {
                let id = format!("{number}b7ce91f-");
                changed(
                    "codepipeline-run-deploy-failed-parallel",
                    &[
                        ("\"FAILED\"", "\"SUCCEEDED\""),
                        ("1a6bd80e-", &id),
                        ("2026-11-20T", &format!("2026-11-1{number}T")),
                    ],
                )
            })
            .collect();
        let paces = stage_paces(&runs);
        let names: Vec<&str> = paces.iter().map(|pace| pace.stage.as_str()).collect();
        let stages = runs[0].stages();
        assert_eq!(names, stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>());
        assert!(paces.iter().all(|pace| pace.typical.runs == 6 && pace.outliers.is_empty()), "{paces:?}");
        let mut measured: Vec<Outlier> = [60, 61, 62, 63, 64, 400]
            .map(|seconds| Outlier { execution: runs[0].execution.clone(), at: Timestamp::UNIX_EPOCH, seconds })
            .to_vec();
        let slow = pace(paces[0].stage.clone(), measured.clone()).unwrap();
        assert_eq!(slow.outliers, [measured[5].clone()]);
        measured.truncate(4);
        measured[3].seconds = 400;
        assert_eq!(pace(paces[0].stage.clone(), measured).unwrap().outliers, [], "too few to tell");
    }
}
