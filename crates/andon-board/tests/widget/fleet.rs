//! Pipelines to look at.

use andon::history::{History, RunSummary};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger as _, NoArchive, Versioned, record};
use andon::name::{ExecutionId, PipelineId, PipelineName};
use andon::run::{DeploymentRule, Outcome, Run, Status};
use andon::testing::{events, home, told};
use futures_util::FutureExt as _;
use jiff::SignedDuration;

use super::now;

/// The recorded runs that the demonstration shows.
pub(crate) const RECORDED: [&str; 9] = [
    "codepipeline-run-history",
    "codepipeline-run-build-failed",
    "codepipeline-run-build-failed-again",
    "codepipeline-run-retry-succeeded",
    "codepipeline-run-cross-region-failed",
    "codepipeline-run-approval-rejected",
    "codepipeline-run-running",
    "codepipeline-run-in-progress",
    "codepipeline-run-stopped",
];

/// A ledger in which these events have been taken in.
pub(crate) fn recorded(runs: impl IntoIterator<Item = Run>) -> MemoryLedger {
    let ledger = MemoryLedger::new();
    for run in runs {
        record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, run).now_or_never().unwrap().unwrap();
    }
    ledger
}

/// The recorded day.
pub(crate) fn day() -> MemoryLedger {
    recorded(RECORDED.iter().flat_map(|file| events(file)).filter_map(|event| told(&event)))
}

/// As many pipelines, each with 25 runs, every fifth of which failed; every seventh pipeline is red.
pub(crate) fn of(count: usize) -> MemoryLedger {
    let failed = summary("codepipeline-run-build-failed");
    let succeeded = summary("codepipeline-run-build-fixed");
    let ledger = MemoryLedger::new();
    for number in 0..count {
        let name = format!("team-{:02}-service-{number:04}-production", number % 20);
        let pipeline = PipelineId { home: home(), name: PipelineName::parse(name).unwrap() };
        let mut history = History::new(pipeline);
        for run in 0..25 {
            let is_failure = if run == 24 { number % 7 == 0 } else { (run + number) % 5 == 0 };
            let like = if is_failure { &failed } else { &succeeded };
            let age = i64::try_from(number % 500 + (24 - run) * 60).unwrap();
            history.learn(moved(like, &format!("{number:08}-{run}"), age));
        }
        ledger.save(&Versioned { value: history, version: 0 }, &[]).now_or_never().unwrap().unwrap();
    }
    ledger
}

fn summary(file: &str) -> RunSummary {
    let runs: Vec<Run> = events(file).iter().filter_map(told).collect();
    let mut runs = runs.into_iter();
    let mut whole = runs.next().unwrap();
    for run in runs {
        whole.merge(run);
    }
    RunSummary::of(&whole, &DeploymentRule::EVERY_RUN)
}

/// The same as another run that ended so many minutes ago.
fn moved(like: &RunSummary, execution: &str, minutes_ago: i64) -> RunSummary {
    let ended = now().checked_sub(SignedDuration::from_mins(minutes_ago)).unwrap();
    let started = ended.checked_sub(SignedDuration::from_mins(7)).unwrap();
    let outcome = |status: Status| Outcome { status, started, ended, ..like.outcomes[0].clone() };
    RunSummary {
        execution: ExecutionId::parse(execution).unwrap(),
        first_seen: started,
        started: Some(started),
        ended: Some(ended),
        moving_since: started,
        outcomes: vec![outcome(like.status)],
        ..like.clone()
    }
}
