//! Deferred events: one partition, ordered by due time, so that finding those that are due reads nothing else.

use andon::clock::Clock;
use andon::ledger::{DeferredEvent, LedgerError, MAX_DEFERRED, kept_until};
use jiff::Timestamp;

use super::item::{number, put_document};
use super::query::{Order, Range, readable};
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
        let range = Range {
            partition: key::HELD.to_owned(),
            between: Some(key::held_between(now)),
            order: Order::FirstToLast,
            limit: MAX_DEFERRED,
        };
        let what = || "a deferred event".to_owned();
        self.read_range(&range, &|| "read deferred events".to_owned(), |item| readable(&item, &what)).await
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
