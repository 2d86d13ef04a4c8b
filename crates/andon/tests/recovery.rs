//! What a recovery names as the failure that it ends.

use andon::alert::{News, due};
use andon::config::Deployment;
use andon::event::Attempt;
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, record};
use andon::run::Patience;
use andon::testing::{events, told};

#[tokio::test]
async fn a_retry_that_recovers_ends_its_own_failure_and_not_that_of_days_ago() {
    let ledger = MemoryLedger::new();
    let mut last = None;
    // The history has the same pipeline fail in Build three days before; the retried attempt failed in Deploy.
    for event in ["codepipeline-run-history", "codepipeline-run-retry-succeeded"].into_iter().flat_map(events) {
        if let Some(run) = told(&event) {
            last = Some(record(&ledger, &NoArchive, &Deployment::EVERY_RUN, run).await.unwrap());
        }
    }
    let recorded = last.unwrap();
    let alerts = due(&recorded.run, &recorded.history, Attempt::new(2), Patience::GiveUp).alerts;
    let broken_by = alerts.into_iter().find_map(|alert| match alert.news {
        News::Recovered(recovered) => recovered.broken_by,
        _ => None,
    });
    assert_eq!(broken_by.unwrap().action.unwrap().as_str(), "DeployLedger");
}
