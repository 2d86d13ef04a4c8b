//! What people read, for every kind of alert, in each rendering.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use andon::alert::{Alert, AlertKind, Settle, StillRed, due, overdue, service_failed, still_red};
use andon::event::{Event, Received, parse};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger, NoArchive, Recorded, record};
use andon::name::{PipelineId, PipelineName};
use andon::run::{DeploymentRule, WaitPolicy};
use andon::testing::{events, home, told};
use andon_config::Config;
use andon_notify::Mention;
use andon_notify::destination::{opsgenie, pagerduty, slack, sns, teams, webhook};
use andon_notify::message::{Context, Message, compose, compose_digest};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};

/// Everything that is due at any time while these files are read one after the other, and in a sweep at last.
fn alerts(ledger: &MemoryLedger, files: &[&str]) -> Vec<(Alert, Timestamp)> {
    let mut alerts: Vec<(Alert, Timestamp)> = Vec::new();
    for event in files.iter().flat_map(|file| events(file)) {
        let now = andon::testing::time(&event).checked_add(SignedDuration::from_secs(1)).unwrap();
        let Some(told) = told(&event) else { continue };
        let attempt = told.attempt();
        let Recorded { run, history, .. } =
            record(ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told).now_or_never().unwrap().unwrap();
        for alert in due(&run, &history, attempt, WaitPolicy::ByClock(now), Settle::OFF).alerts {
            match alerts.iter_mut().find(|(known, _)| known.dedup_key() == alert.dedup_key()) {
                Some(known) => *known = (alert, now),
                None => alerts.push((alert, now)),
            }
        }
    }
    alerts
}

/// What is due at a time without any event, once these files have been read.
fn overdue_at(time: &str, files: &[&str]) -> Vec<(Alert, Timestamp)> {
    let ledger = MemoryLedger::new();
    alerts(&ledger, files);
    let now = time.parse().unwrap();
    let overviews = ledger.pipelines().now_or_never().unwrap().unwrap();
    overviews
        .iter()
        .flat_map(|overview| overdue(overview, &config().limits("any"), now))
        .map(|alert| (alert, now))
        .collect()
}

fn config() -> Config {
    let text = r#"
version: 1
limits:
  - { stuck-after: 2h, no-success-after: 3d }
accounts:
  "111122223333": Retail production
  "444455556666": { name: Finance, customer: Northwind }
"#;
    Config::parse(text, "andon.yml").unwrap()
}

fn message(kind: AlertKind, alerts: Vec<(Alert, Timestamp)>) -> Message {
    let (alert, now) =
        alerts.into_iter().rfind(|(alert, _)| alert.kind() == kind).unwrap_or_else(|| panic!("no {kind}"));
    let config = config();
    compose(&alert, &Context { accounts: config.accounts(), zone: &config.zone, now })
}

fn reads_well(name: &str, message: &Message) {
    let mail = sns::render(message);
    insta::assert_snapshot!(format!("{name} email"), format!("Subject: {}\n\n{}", mail.subject, mail.body));
    // Whether JSON keeps the order of its members depends on what else is built.
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(format!("{name} slack"), slack::render(message, &[Mention::Here]));
        insta::assert_json_snapshot!(format!("{name} teams"), teams::render(message));
        insta::assert_json_snapshot!(format!("{name} webhook"), webhook::render(message, "id"));
        let events = pagerduty::render(message);
        if !events.is_empty() {
            insta::assert_json_snapshot!(format!("{name} pagerduty"), events);
            let requests: Vec<_> =
                opsgenie::render(message).into_iter().map(|request| (request.close, request.body)).collect();
            insta::assert_json_snapshot!(format!("{name} opsgenie"), requests);
        }
    });
}

#[test]
fn what_an_event_makes_due_reads_well() {
    for (name, kind, files) in [
        ("failed", AlertKind::Failed, vec!["codepipeline-run-build-failed"]),
        (
            "failed again",
            AlertKind::Failed,
            vec!["codepipeline-run-build-failed", "codepipeline-run-build-failed-again"],
        ),
        ("failed in parallel", AlertKind::Failed, vec!["codepipeline-run-deploy-failed-parallel"]),
        ("failed across regions", AlertKind::Failed, vec!["codepipeline-run-cross-region-failed"]),
        ("failed in a command", AlertKind::Failed, vec!["codepipeline-run-commands-failed"]),
        ("failed without a start", AlertKind::Failed, vec!["codepipeline-run-lost-start"]),
        (
            "recovered",
            AlertKind::Recovered,
            vec![
                "codepipeline-run-build-failed",
                "codepipeline-run-build-failed-again",
                "codepipeline-run-build-fixed",
            ],
        ),
        ("recovered by a retry", AlertKind::Recovered, vec!["codepipeline-run-retry-succeeded"]),
        ("approval needed", AlertKind::ApprovalNeeded, vec!["codepipeline-run-running"]),
        ("rejected", AlertKind::Rejected, vec!["codepipeline-run-approval-rejected"]),
        ("started", AlertKind::Started, vec!["codepipeline-run-succeeded"]),
        ("succeeded", AlertKind::Succeeded, vec!["codepipeline-run-succeeded"]),
        ("stopped", AlertKind::Stopped, vec!["codepipeline-run-stopped"]),
        ("superseded", AlertKind::Superseded, vec!["codepipeline-run-superseded"]),
        ("rolled back", AlertKind::RolledBack, vec!["codepipeline-run-rolled-back"]),
        ("approved", AlertKind::Approved, vec!["codepipeline-run-succeeded"]),
    ] {
        reads_well(name, &message(kind, alerts(&MemoryLedger::new(), &files)));
    }
}

#[test]
fn what_the_clock_makes_due_reads_well() {
    for (name, kind, time, files) in [
        ("approval overdue", AlertKind::ApprovalOverdue, "2026-11-21T11:00:00Z", &["codepipeline-run-running"]),
        ("stuck", AlertKind::Stuck, "2026-11-20T23:00:00Z", &["codepipeline-run-in-progress"]),
        ("canceled", AlertKind::Canceled, "2026-11-20T13:00:00Z", &["codepipeline-run-canceled"]),
        ("no success", AlertKind::NoSuccess, "2026-11-24T08:00:00Z", &["codepipeline-run-succeeded"]),
        ("no success ever", AlertKind::NoSuccess, "2026-11-24T08:00:00Z", &["codepipeline-run-build-failed"]),
    ] {
        reads_well(name, &message(kind, overdue_at(time, files)));
    }
}

#[test]
fn a_deployment_that_no_run_made_reads_well() {
    let event = events("ecs-deployment-failed").remove(0);
    let Ok(Event::Evidence(event)) = parse(&event, &Received { home: home(), at: Timestamp::UNIX_EPOCH }) else {
        panic!("no evidence")
    };
    let alert = service_failed(&event, Vec::new()).unwrap();
    let now = event.at;
    reads_well("service failed", &message(AlertKind::ServiceFailed, vec![(alert, now)]));
}

#[test]
fn a_digest_reads_well() {
    let ledger = MemoryLedger::new();
    alerts(
        &ledger,
        &["codepipeline-run-build-failed", "codepipeline-run-build-failed-again", "codepipeline-run-commands-failed"],
    );
    let overviews = ledger.pipelines().now_or_never().unwrap().unwrap();
    let config = config();
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let red: Vec<StillRed<'_>> = overviews.iter().flat_map(|overview| still_red(overview, now)).collect();
    let context = Context { accounts: config.accounts(), zone: &config.zone, now };
    let about = red.first().unwrap().pipeline.clone();
    let about = PipelineId { name: PipelineName::parse("andon-digest").unwrap(), ..about };
    reads_well("digest", &compose_digest(&red, about.clone(), &context));
    reads_well("digest of one", &compose_digest(&red[..1], about, &context));
}
