//! Reading of many items of a partition, page by page. An item that cannot be read is logged by its key and harms no other.

use andon::clock::Clock;
use andon::ledger::LedgerError;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;

use super::DynamoLedger;
use super::item::{Item, document, text};

/// Items of one partition, in the order of their sort keys.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) partition: String,
    /// The first and the last sort key, or all of them.
    pub(super) between: Option<(String, String)>,
    pub(super) order: Order,
    /// How many items are wanted at most.
    pub(super) limit: usize,
}

/// In which order items come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    FirstToLast,
    LastToFirst,
}

impl<C: Clock> DynamoLedger<C> {
    /// Reads the items of a range with strong consistency; gives back what `take` makes of them, until there are as many
    /// as the range wants.
    pub(super) async fn read_range<T>(
        &self,
        range: &Range,
        doing: &impl Fn() -> String,
        take: impl Fn(Item) -> Option<T>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut taken = Vec::new();
        let mut next = None;
        loop {
            let query = self.client.query().table_name(&self.table).consistent_read(true);
            let query = match &range.between {
                None => query.key_condition_expression("pk = :pk"),
                Some((first, last)) => query
                    .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
                    .expression_attribute_values(":first", text(first))
                    .expression_attribute_values(":last", text(last)),
            };
            let page = query
                .expression_attribute_values(":pk", text(&range.partition))
                .set_scan_index_forward((range.order == Order::LastToFirst).then_some(false))
                .set_limit(i32::try_from(range.limit).ok())
                .set_exclusive_start_key(next)
                .send()
                .await
                .map_err(|error| self.fault("dynamodb:Query", doing(), &error))?;
            next = page.last_evaluated_key.filter(|key| !key.is_empty());
            let wanted = range.limit.saturating_sub(taken.len());
            taken.extend(page.items.unwrap_or_default().into_iter().filter_map(&take).take(wanted));
            if next.is_none() || taken.len() >= range.limit {
                return Ok(taken);
            }
        }
    }
}

/// An item's document, if it can be read.
pub(super) fn readable<T: DeserializeOwned>(item: &Item, what: &impl Fn() -> String) -> Option<T> {
    match document(item, what) {
        Ok(document) => Some(document),
        Err(error) => {
            let sort = item.get("sk").and_then(|sort: &AttributeValue| sort.as_s().ok());
            tracing::error!(ledger.unreadable = 1, item.sort = sort.map(String::as_str), "left out: {error}");
            None
        }
    }
}
