//! Evidence: one item per event, so that storing one costs one write and no read, and doing it twice is harmless.

use andon::clock::Clock;
use andon::event::EvidenceEvent;
use andon::ledger::{LedgerError, MAX_EVIDENCE, keep};
use andon::name::ExternalId;
use jiff::{SignedDuration, Timestamp};

use super::item::{document, json, number, put_document, text};
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
        let mut kept = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(key::evidence(external)))
                .scan_index_forward(false)
                .consistent_read(true)
                .limit(i32::try_from(MAX_EVIDENCE).unwrap_or(i32::MAX))
                .set_exclusive_start_key(next)
                .send()
                .await
                .map_err(|error| self.fault("dynamodb:Query", format!("read the evidence for {external}"), &error))?;
            for item in page.items() {
                if kept.len() < MAX_EVIDENCE {
                    keep(&mut kept, document(item, &|| format!("the evidence for {external}"))?);
                }
            }
            next = page.last_evaluated_key.filter(|key| !key.is_empty());
            if next.is_none() || kept.len() >= MAX_EVIDENCE {
                return Ok(kept);
            }
        }
    }
}
