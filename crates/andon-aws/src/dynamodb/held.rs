//! Deferred events: one partition, ordered by due time, so that finding those that are due reads nothing else.

use andon::clock::Clock;
use andon::ledger::{DeferredEvent, LedgerError, MAX_DEFERRED, kept_until};
use jiff::Timestamp;

use super::item::{document, number, put_document, text};
use super::{DynamoLedger, key};

impl<C: Clock> DynamoLedger<C> {
    pub(super) async fn write_held(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        let doing = || format!("defer {}", held.effect);
        let mut item = key::deferred(held).attributes();
        put_document(&mut item, held, &doing)?;
        item.insert("expires".to_owned(), number(kept_until(held.until).as_second()));
        match self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:PutItem", doing(), &error)),
        }
    }

    pub(super) async fn read_held(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        let mut held = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND sk < :end")
                .expression_attribute_values(":pk", text(key::HELD))
                .expression_attribute_values(":end", text(key::held_until(now)))
                .consistent_read(true)
                .limit(i32::try_from(MAX_DEFERRED).unwrap_or(i32::MAX))
                .set_exclusive_start_key(next)
                .send()
                .await
                .map_err(|error| self.fault("dynamodb:Query", "read deferred events".to_owned(), &error))?;
            for item in page.items() {
                if held.len() < MAX_DEFERRED {
                    held.push(document(item, &|| "a deferred event".to_owned())?);
                }
            }
            next = page.last_evaluated_key.filter(|key| !key.is_empty());
            if next.is_none() || held.len() >= MAX_DEFERRED {
                return Ok(held);
            }
        }
    }

    pub(super) async fn delete_held(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        let request = self.client.delete_item().table_name(&self.table);
        match request.set_key(Some(key::deferred(held).attributes())).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(self.fault("dynamodb:DeleteItem", format!("delete the deferred {}", held.effect), &error))
            }
        }
    }
}
