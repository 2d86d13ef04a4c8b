//! Evidence: one item per event, so that storing one costs one write and no read, and doing it twice is harmless.

use andon::clock::Clock;
use andon::event::EvidenceEvent;
use andon::ledger::{LedgerError, MAX_EVIDENCE, keep};
use andon::name::ExternalId;
use jiff::{SignedDuration, Timestamp};

use super::item::{json, number, put_document};
use super::query::{Order, Range, readable};
use super::{DynamoLedger, key};

/// How long evidence waits for its run: longer than any build, deployment or approval takes.
const MAX_RUNS: SignedDuration = SignedDuration::from_hours(30 * 24);

impl<C: Clock> DynamoLedger<C> {
    pub(super) async fn write_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        let doing = || format!("store the evidence for {}", event.external);
        let mut item = key::evidence_event(event, &json(event, &doing)?).attributes();
        put_document(&mut item, event, &doing)?;
        let expires = self.clock.now().checked_add(MAX_RUNS).unwrap_or(Timestamp::MAX);
        item.insert("expires".to_owned(), number(expires.as_second()));
        match self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:PutItem", doing(), &error)),
        }
    }

    /// The latest events, however many have been kept under an id that is used again and again, such as a stack's.
    pub(super) async fn read_evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        let range =
            Range { partition: key::evidence(external), between: None, order: Order::LastToFirst, limit: MAX_EVIDENCE };
        let what = || format!("the evidence for {external}");
        let events = self.read_range(&range, &|| format!("read {}", what()), |item| readable(&item, &what)).await?;
        let mut kept = Vec::new();
        for event in events {
            keep(&mut kept, event);
        }
        Ok(kept)
    }
}
