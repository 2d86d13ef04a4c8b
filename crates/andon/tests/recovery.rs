//! What a recovery names as the failure that it ends, and a failure as the change that the row of failures began with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "compiled for tests only")]

use andon::alert::{AlertBody, Failed, Settle, due};
use andon::event::Attempt;
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, record};
use andon::run::{DeploymentRule, WaitPolicy};
use andon::testing::{events, told};
use serde_json::Value;

#[tokio::test]
async fn a_retry_that_recovers_ends_its_own_failure_and_not_that_of_days_ago() {
    let ledger = MemoryLedger::new();
    let mut last = None;
    // The history has the same pipeline fail in Build three days before; the retried attempt failed in Deploy.
    for event in ["codepipeline-run-history", "codepipeline-run-retry-succeeded"].into_iter().flat_map(events) {
        if let Some(run) = told(&event) {
            last = Some(record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, run).await.unwrap());
        }
    }
    let recorded = last.unwrap();
    let alerts = due(&recorded.run, &recorded.history, Attempt::new(2), WaitPolicy::GiveUp, Settle::OFF).alerts;
    let broken_by = alerts.into_iter().find_map(|alert| match alert.body {
        AlertBody::Recovered(recovered) => recovered.broken_by,
        _ => None,
    });
    assert_eq!(broken_by.unwrap().action.unwrap().as_str(), "DeployLedger");
}

/// The failure that the last of these runs is, after the others.
async fn failure(runs: &[Vec<Value>]) -> Failed {
    let ledger = MemoryLedger::new();
    let mut last = None;
    for run in runs.iter().flatten().filter_map(told) {
        last = Some(record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, run).await.unwrap());
    }
    let recorded = last.unwrap();
    let alerts = due(&recorded.run, &recorded.history, Attempt::FIRST, WaitPolicy::GiveUp, Settle::OFF).alerts;
    let failed = alerts.into_iter().find_map(|alert| match alert.body {
        AlertBody::Failed(failed) => Some(failed),
        _ => None,
    });
    failed.unwrap()
}

/// A recorded run once more, an hour later.
fn again(file: &str) -> Vec<Value> {
    let text = serde_json::to_string(&events(file)).unwrap();
    let text = text.replace("7ffb5a65-", "00000000-").replace("2026-11-20T08:", "2026-11-20T09:");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_failure_after_another_names_the_change_that_the_row_began_with() {
    let (first, second) = (events("codepipeline-run-build-failed"), events("codepipeline-run-build-failed-again"));
    let title = |failed: Failed| failed.streak.broken_by.and_then(|change| change.title);
    let alone = failure(std::slice::from_ref(&first)).await;
    assert_eq!((alone.streak.count, title(alone)), (1, None));
    let after_another = failure(&[first.clone(), second.clone()]).await;
    assert_eq!(after_another.streak.count, 2);
    assert_eq!(title(after_another).unwrap(), "Round refunds half to even");
    // The same change once more: there is nothing to tell that the alert does not say itself.
    let of_the_same = failure(&[first, second, again("codepipeline-run-build-failed")]).await;
    assert_eq!((of_the_same.streak.count, title(of_the_same)), (3, None));
}
