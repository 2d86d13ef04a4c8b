//! Facts of runs: an item each, under a key that is made of what it says.
//!
//! So adding a fact is one write without a condition, which any repetition repeats and nothing is in conflict with, and a
//! run is whatever one query finds. Facts that an earlier version kept together, in one item of their run, are found by the
//! same query.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use andon::clock::Clock;
use andon::ledger::LedgerError;
use andon::name::{ExecutionId, PipelineId};
use andon::run::{Run, RunPart};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures_util::future::join_all;

use super::fault::unavailable;
use super::item::{Item, document, json, number, put_document};
use super::key::Key;
use super::query::{Order, Range, readable};
use super::{DynamoLedger, ROUNDS, key};

/// The number of the layout of these items; what another number stands on is left to the version that wrote it.
const FORMAT: u16 = 1;
/// The most items that DynamoDB takes in one call.
const MAX_WRITES: usize = 25;

/// An item, and the runs (by their place) that are told it.
struct Write {
    item: Item,
    told: Vec<usize>,
}

/// What an item of a run holds.
enum Found {
    /// All that an earlier version knew of it.
    Whole(Box<Run>),
    /// One fact.
    Part(Box<RunPart>),
}

impl<C: Clock> DynamoLedger<C> {
    /// Writes the facts of runs, all calls side by side; gives back what became of each run's.
    pub(super) async fn write_facts(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        let mut written: Vec<Result<(), LedgerError>> = Vec::with_capacity(told.len());
        // DynamoDB refuses a call that names a key twice.
        let mut writes: BTreeMap<Key, Write> = BTreeMap::new();
        for (index, told) in told.iter().enumerate() {
            let facts = self.items_of(told);
            written.push(facts.as_ref().map(|_| ()).map_err(Clone::clone));
            for (key, item) in facts.unwrap_or_default() {
                writes.entry(key).or_insert_with(|| Write { item, told: Vec::new() }).told.push(index);
            }
        }
        let writes: Vec<(Key, Write)> = writes.into_iter().collect();
        let calls = writes.chunks(MAX_WRITES).map(|writes| async move {
            let left = self.write_batch(writes.iter().map(|(_, write)| write.item.clone()).collect()).await;
            left.into_iter().flat_map(move |(key, error)| {
                let of_key = writes.iter().find(move |(known, _)| *known == key);
                let told = of_key.map(|(_, write)| write.told.as_slice()).unwrap_or_default();
                told.iter().map(move |told| (*told, error.clone()))
            })
        });
        for (told, error) in join_all(calls).await.into_iter().flatten() {
            if let Some(place) = written.get_mut(told) {
                *place = Err(error);
            }
        }
        written
    }

    fn items_of(&self, told: &Run) -> Result<Vec<(Key, Item)>, LedgerError> {
        let Run { pipeline, execution, .. } = told;
        let doing = || format!("add to run {execution} of {pipeline}");
        let expires = self.expiry().as_second();
        told.clone()
            .into_parts()
            .into_iter()
            .map(|part| {
                let key = key::fact(pipeline, execution, &json(&part, &doing)?);
                let mut item = key.attributes();
                put_document(&mut item, &part, &doing)?;
                item.insert("format".to_owned(), number(FORMAT));
                item.insert("expires".to_owned(), number(expires));
                Ok((key, item))
            })
            .collect()
    }

    /// Writes up to 25 items in one call, and again what DynamoDB leaves undone; gives back the keys of what is not written.
    async fn write_batch(&self, items: Vec<Item>) -> Vec<(Key, LedgerError)> {
        let doing = || "add facts".to_owned();
        let not_written = |items: Vec<Item>, error: &LedgerError| {
            items.iter().filter_map(key_of).map(|key| (key, error.clone())).collect::<Vec<_>>()
        };
        let mut left = items;
        for round in 0..ROUNDS {
            let requests: Result<Vec<WriteRequest>, _> = left
                .iter()
                .map(|item| {
                    let put = PutRequest::builder().set_item(Some(item.clone())).build()?;
                    Ok::<_, aws_sdk_dynamodb::error::BuildError>(WriteRequest::builder().put_request(put).build())
                })
                .collect();
            let requests = match requests {
                Ok(requests) => HashMap::from([(self.table.clone(), requests)]),
                Err(error) => return not_written(left, &unavailable(doing(), error.to_string())),
            };
            let answer = match self.client.batch_write_item().set_request_items(Some(requests)).send().await {
                Ok(answer) => answer,
                Err(error) => return not_written(left, &self.fault("dynamodb:BatchWriteItem", doing(), &error)),
            };
            let unprocessed = answer.unprocessed_items.and_then(|mut left| left.remove(&self.table));
            left = unprocessed.into_iter().flatten().filter_map(|left| Some(left.put_request?.item)).collect();
            if left.is_empty() {
                return Vec::new();
            }
            tokio::time::sleep(Duration::from_millis(25 << round)).await;
        }
        not_written(left, &unavailable(doing(), format!("table {:?} has no capacity left", self.table)))
    }

    /// Reads all that is known of a run.
    pub(super) async fn read_run(
        &self,
        pipeline: &PipelineId,
        execution: &ExecutionId,
    ) -> Result<Option<Run>, LedgerError> {
        let what = || format!("run {execution} of {pipeline}");
        let first = key::run(pipeline, execution);
        let range = Range {
            partition: first.partition.clone(),
            between: Some((first.sort.clone(), key::last_fact(&first))),
            order: Order::FirstToLast,
            limit: usize::MAX,
        };
        let take = |item: Item| match item.get("sk") {
            // Without it, what earlier versions knew would be missing: nothing is decided then.
            Some(AttributeValue::S(sort)) if *sort == first.sort => {
                Some(document(&item, &what).map(|run| Found::Whole(Box::new(run))))
            }
            Some(AttributeValue::S(sort)) if !key::is_fact(&first, sort) => None,
            _ if item.get("format") != Some(&number(FORMAT)) => {
                tracing::warn!("left out a fact of {} that another version of Andon wrote", what());
                None
            }
            _ => readable(&item, &what).map(|part| Ok(Found::Part(Box::new(part)))),
        };
        let mut parts: Vec<RunPart> = Vec::new();
        let mut whole: Option<Run> = None;
        for found in self.read_range(&range, &|| format!("read {}", what()), take).await? {
            match found? {
                Found::Whole(run) => whole = Some(*run),
                Found::Part(part) => parts.push(*part),
            }
        }
        let run = Run::of_parts(pipeline, execution, parts);
        Ok(match (whole, run) {
            (Some(mut whole), Some(run)) => {
                whole.merge(run);
                Some(whole)
            }
            (whole, run) => whole.or(run),
        })
    }
}

fn key_of(item: &Item) -> Option<Key> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(Key { partition: text("pk")?, sort: text("sk")? })
}
