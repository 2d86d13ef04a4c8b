//! A test alert reaches every destination and reports each, and leaves nothing behind.

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger, NoArchive, Receipt};
use andon::testing::invocation;
use andon_config::Config;
use andon_notify::destination::sns;
use andon_notify::testing::RecordingSender;
use andon_notify::{Destination, NoDeadLetters, NoEvidenceSource, Outgoing, SendError, Sender};
use futures_util::FutureExt;
use jiff::Timestamp;
use notifier::Notifier;
use serde_json::json;

const CONFIGURATION: &str = "\
version: 1
slack-token: ssm:/andon/token
destinations:
  team: { slack: deployments }
  audit: { sns: \"arn:aws:sns:eu-west-1:111122223333:audit\" }
routes:
  - to: [team, audit]
    quiet: { from: \"00:00\", to: \"23:59\", except: [started] }
    mention: here
";

/// One destination of which is broken.
#[derive(Default)]
struct Broken(RecordingSender);

impl Sender for Broken {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        if to.name.as_str() == "team" {
            let problem = "Slack does not know the channel".to_owned();
            return Err(SendError::Permanent { destination: "team".to_owned(), problem });
        }
        assert!(outgoing.mention.is_empty(), "a test wakes nobody");
        self.0.send(to, outgoing).await
    }

    fn can_update(&self, to: &Destination) -> bool {
        self.0.can_update(to)
    }
}

#[test]
fn every_destination_is_tried_and_reported() {
    let notifier: Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, Broken, NoDeadLetters, Timestamp)> = Notifier {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: Broken::default(),
        dead_letters: NoDeadLetters,
        clock: "2026-11-20T12:00:00Z".parse().unwrap(),
        config: Config::parse(CONFIGURATION, "andon.yml").unwrap(),
    };
    let call = invocation("2026-11-20T12:00:00Z");
    let report = notifier.handle(json!({ "andon": "test-alert" }), &call);
    assert_eq!(
        report.now_or_never().unwrap().unwrap(),
        json!({ "destinations": [
            { "destination": "audit", "delivered": true },
            { "destination": "default", "delivered": true },
            { "destination": "team", "delivered": false, "problem": "cannot send to team: Slack does not know the channel" },
        ] })
    );
    let sent = notifier.sender.0.sent.borrow();
    let (_, _, message) = sent.first().unwrap();
    let mail = sns::body(message);
    assert!(mail.contains("Test alert from Andon: nothing has failed"), "{mail}");
    assert!(notifier.ledger.pipelines().now_or_never().unwrap().unwrap().is_empty(), "a test alert is no pipeline");
}
