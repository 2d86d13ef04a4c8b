//! Groups of failures: one item for each failure, so that adding one costs one write and conflicts with nothing.

use andon::clock::Clock;
use andon::ledger::{GroupedFailure, LedgerError, MAX_GROUP};
use jiff::{SignedDuration, Timestamp};

use super::item::{json, number, put_document};
use super::query::{Order, Range, readable};
use super::{DynamoLedger, key};

/// How long a group is kept: for as long as its message may be brought up to date.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl<C: Clock> DynamoLedger<C> {
    pub(super) async fn write_grouped(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        let doing = || format!("add to the group {group}");
        let mut item = key::grouped(group, failure, &json(failure, &doing)?).attributes();
        put_document(&mut item, failure, &doing)?;
        let expires = self.clock.now().checked_add(KEPT).unwrap_or(Timestamp::MAX);
        item.insert("expires".to_owned(), number(expires.as_second()));
        match self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:PutItem", doing(), &error)),
        }
    }

    pub(super) async fn read_group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        let range = Range { partition: key::group(group), between: None, order: Order::FirstToLast, limit: MAX_GROUP };
        let what = || format!("the group {group}");
        self.read_range(&range, &|| format!("read {}", what()), |item| readable(&item, &what)).await
    }
}
