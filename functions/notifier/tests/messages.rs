//! What people read, for every kind of alert, in both renderings.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use andon::alert::{Alert, due};
use andon::config::{Config, Deployment, Kind, Mention};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, Recorded, record};
use andon::message::{Context, Message, compose, email, slack};
use andon::run::Patience;
use andon::testing::{events, told};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};

/// Everything that is due at any time while these files are read one after the other.
fn alerts(files: &[&str]) -> Vec<(Alert, Timestamp)> {
    let ledger = MemoryLedger::new();
    let mut alerts: Vec<(Alert, Timestamp)> = Vec::new();
    for event in files.iter().flat_map(|file| events(file)) {
        let now = andon::testing::time(&event).checked_add(SignedDuration::from_secs(1)).unwrap();
        let Some(told) = told(&event) else { continue };
        let attempt = told.attempt();
        let Recorded { run, history, .. } =
            record(&ledger, &NoArchive, &Deployment::EVERY_RUN, told).now_or_never().unwrap().unwrap();
        for alert in due(&run, &history, attempt, Patience::ByClock(now)).alerts {
            match alerts.iter_mut().find(|(known, _)| known.effect() == alert.effect()) {
                Some(known) => *known = (alert, now),
                None => alerts.push((alert, now)),
            }
        }
    }
    alerts
}

fn config() -> Config {
    let text = r#"
version: 1
accounts:
  "111122223333": Retail production
  "444455556666": { name: Finance, customer: Northwind }
"#;
    Config::parse(text, "andon.yml").unwrap()
}

fn message(kind: Kind, files: &[&str]) -> Message {
    let (alert, now) = alerts(files)
        .into_iter()
        .rfind(|(alert, _)| alert.kind() == kind)
        .unwrap_or_else(|| panic!("no {kind} in {files:?}"));
    compose(&alert, &Context { config: &config(), now })
}

#[test]
fn every_kind_reads_well() {
    for (name, kind, files) in [
        ("failed", Kind::Failed, vec!["codepipeline-run-build-failed"]),
        ("failed again", Kind::Failed, vec!["codepipeline-run-build-failed", "codepipeline-run-build-failed-again"]),
        ("failed in parallel", Kind::Failed, vec!["codepipeline-run-deploy-failed-parallel"]),
        ("failed across regions", Kind::Failed, vec!["codepipeline-run-cross-region-failed"]),
        ("failed in a command", Kind::Failed, vec!["codepipeline-run-commands-failed"]),
        ("failed without a start", Kind::Failed, vec!["codepipeline-run-lost-start"]),
        (
            "recovered",
            Kind::Recovered,
            vec![
                "codepipeline-run-build-failed",
                "codepipeline-run-build-failed-again",
                "codepipeline-run-build-fixed",
            ],
        ),
        ("recovered by a retry", Kind::Recovered, vec!["codepipeline-run-retry-succeeded"]),
        ("approval needed", Kind::ApprovalNeeded, vec!["codepipeline-run-running"]),
        ("rejected", Kind::Rejected, vec!["codepipeline-run-approval-rejected"]),
        ("started", Kind::Started, vec!["codepipeline-run-succeeded"]),
        ("succeeded", Kind::Succeeded, vec!["codepipeline-run-succeeded"]),
        ("stopped", Kind::Stopped, vec!["codepipeline-run-stopped"]),
        ("superseded", Kind::Superseded, vec!["codepipeline-run-superseded"]),
    ] {
        let message = message(kind, &files);
        let mail = email::render(&message);
        insta::assert_snapshot!(format!("{name} email"), format!("Subject: {}\n\n{}", mail.subject, mail.body));
        // Whether JSON keeps the order of its members depends on what else is built.
        insta::with_settings!({sort_maps => true}, {
            insta::assert_json_snapshot!(format!("{name} slack"), slack::render(&message, &[Mention::Here]));
        });
    }
}
