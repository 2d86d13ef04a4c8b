//! How runs stand: an item each, written over any that knows less. The index has them for as long as they are there.

use andon::clock::Clock;
use andon::history::{History, Overview, Standing};
use andon::ledger::{LedgerError, Versioned};
use andon::name::PipelineId;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use std::sync::Arc;

use super::fault::is_conflict;
use super::item::{self, Item, number, put, text};
use super::query::{Order, Range};
use super::{DynamoLedger, key};

/// The number of the layout of these items; what another number stands on is left to the version that wrote it.
const FORMAT: u16 = 1;
/// The longest standing that is stored uncompressed: with its keys, it fits into one write unit.
const MAX_PLAIN_LEN: usize = 600;

/// What an item beside a history holds.
enum Found {
    History(Box<Versioned<History>>),
    Standing(Box<Standing>),
}

impl<C: Clock> DynamoLedger<C> {
    /// Reads a history and how its runs stand.
    pub(super) async fn read_history(
        &self,
        pipeline: &PipelineId,
    ) -> Result<(Option<Versioned<History>>, Vec<Standing>), LedgerError> {
        let what = || format!("the history of {pipeline}");
        let key::Key { partition, sort } = key::history(pipeline);
        let last = key::last_standing();
        let range =
            Range { partition, between: Some((sort.clone(), last)), order: Order::FirstToLast, limit: usize::MAX };
        let take = |item: Item| match item.get("sk") {
            Some(AttributeValue::S(found)) if *found == sort => {
                Some(item::versioned(&item, what).map(|history| Found::History(Box::new(history))))
            }
            _ => readable(&item).map(|standing| Ok(Found::Standing(Box::new(standing)))),
        };
        let (mut history, mut standings) = (None, Vec::new());
        for found in self.read_range(&range, &|| format!("read {}", what()), take).await? {
            match found? {
                Found::History(found) => history = Some(*found),
                Found::Standing(standing) => standings.push(*standing),
            }
        }
        Ok((history, standings))
    }

    pub(super) async fn write_standings(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        join_all(standings.iter().map(|standing| self.write_standing(standing))).await.into_iter().collect()
    }

    async fn write_standing(&self, standing: &Standing) -> Result<(), LedgerError> {
        let doing = || format!("write how run {} of {} stands", standing.summary.execution, standing.pipeline);
        let mut item = key::standing(standing).attributes();
        put(&mut item, "slim", standing, MAX_PLAIN_LEN, &doing)?;
        item.insert("weight".to_owned(), number(standing.summary.weight));
        item.insert("list".to_owned(), text(key::STANDINGS));
        item.insert("name".to_owned(), text(key::name(&standing.pipeline)));
        item.insert("format".to_owned(), number(FORMAT));
        item.insert("expires".to_owned(), number(self.expiry().as_second()));
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let request = request
            .condition_expression("attribute_not_exists(pk) OR #weight < :weight")
            .expression_attribute_names("#weight", "weight")
            .expression_attribute_values(":weight", number(standing.summary.weight));
        match request.send().await {
            Ok(_) => Ok(()),
            // Who was there before knew as much.
            Err(error) if is_conflict(error.code()) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:PutItem", doing(), &error)),
        }
    }

    /// Deletes standings, unless more has become known of their runs.
    pub(super) async fn delete_standings(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        join_all(standings.iter().map(|standing| self.delete_standing(standing))).await.into_iter().collect()
    }

    async fn delete_standing(&self, standing: &Standing) -> Result<(), LedgerError> {
        let request = self.client.delete_item().table_name(&self.table);
        let request = request
            .set_key(Some(key::standing(standing).attributes()))
            .condition_expression("attribute_not_exists(pk) OR #weight <= :weight")
            .expression_attribute_names("#weight", "weight")
            .expression_attribute_values(":weight", number(standing.summary.weight));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_conflict(error.code()) => Ok(()),
            Err(error) => {
                let doing = format!("delete how run {} of {} stood", standing.summary.execution, standing.pipeline);
                Err(self.fault("dynamodb:DeleteItem", doing, &error))
            }
        }
    }

    /// Lists how every pipeline stood when its history was written.
    pub(super) async fn list_overviews(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        let mut overviews: Vec<Arc<Overview>> =
            self.list(key::LIST, |item, what| item::read_text(item, "slim", &what).map(Arc::new)).await?;
        overviews.sort_by(|a, b| a.pipeline.cmp(&b.pipeline));
        Ok(overviews)
    }

    /// Lists how the runs of all pipelines stand.
    pub(super) async fn list_standings(&self) -> Result<Vec<Standing>, LedgerError> {
        self.list(key::STANDINGS, |item, what| item::packed(item, "slim", &what)).await
    }

    /// Reads a partition of the index. One row that cannot be read is no reason to show none.
    async fn list<T>(
        &self,
        list: &str,
        read: impl Fn(&Item, &dyn Fn() -> String) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut rows = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(key::INDEX)
                .key_condition_expression("#list = :list")
                .expression_attribute_names("#list", "list")
                .expression_attribute_names("#name", "name")
                .expression_attribute_values(":list", text(list))
                .projection_expression("slim, #name")
                .set_exclusive_start_key(next)
                .send()
                .await
                .map_err(|error| self.fault("dynamodb:Query", "list the pipelines".to_owned(), &error))?;
            next = page.last_evaluated_key.filter(|key| !key.is_empty());
            // Each item goes as its row comes: a page of a large fleet is a megabyte.
            for item in page.items.unwrap_or_default() {
                let name = || item.get("name").and_then(|name| name.as_s().ok()).cloned().unwrap_or_default();
                match read(&item, &|| format!("the row of {}", name())) {
                    Ok(row) => rows.push(row),
                    Err(error) => tracing::error!("left out of the list of pipelines: {error}"),
                }
            }
            if next.is_none() {
                return Ok(rows);
            }
        }
    }
}

/// A standing that this version can read.
fn readable(item: &Item) -> Option<Standing> {
    let sort = item.get("sk").and_then(|sort| sort.as_s().ok());
    if item.get("format") != Some(&number(FORMAT)) {
        tracing::warn!(item.sort = sort, "left out how a run stands, as another version of Andon wrote it");
        return None;
    }
    match item::packed(item, "slim", &|| "how a run stands".to_owned()) {
        Ok(standing) => Some(standing),
        Err(error) => {
            tracing::error!(ledger.unreadable = 1, item.sort = sort, "left out: {error}");
            None
        }
    }
}
