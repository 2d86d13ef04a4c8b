//! The ledger in one DynamoDB table.
//!
//! | item | `pk` | `sk` | beside them |
//! |---|---|---|---|
//! | history | `pipeline#account#region#name` | `history` | `version`, `doc`, and `list`, `name`, `slim` for the index |
//! | how a run stands | the same | `open#<execution>` | `format`, `weight`, and `list`, `name`, `slim` for the index |
//! | fact of a run | the same | `run#<execution>#<fingerprint>` | `format`, `doc` |
//! | run of an earlier version | the same | `run#<execution>` | `version`, `doc` |
//! | claim | the same | `claim#<effect>` | `owner`, `until`, and `receipt` once it is settled |
//! | evidence | `evidence#<external id>` | `event#<time>#<fingerprint>` | `doc` |
//! | failure of a group | `group#<name>` | `failure#<time>#<fingerprint>` | `doc` |
//! | held event | `held` | `until#<time>#<fingerprint>` | `doc` |
//!
//! Every item has `expires`, after which DynamoDB deletes it at some time; no rule here relies on that, leases are compared
//! with the time of claiming. `doc` and `slim` are JSON, deflated when it is long: DynamoDB counts capacity by the kilobyte.
//! (The `slim` of a history never is, as earlier versions read it.) The sparse index `list` has a partition of the histories
//! and one of how runs stand that go on, with nothing but what a list of all pipelines needs.
//!
//! Recording the events of a call costs a `BatchWriteItem` for every 25 facts, all at once; then for each run two `Query`s
//! at once; then, if there is something to be seen of it, a `PutItem` of how it stands, which is refused where as much is
//! known, or, if it has ended, one of the history: three round trips. There are no transactions: facts, standings and a
//! history are joins, any of which may be written without the others.
//!
//! A version of Andon from before facts were items of their own kept each run in one item, under a version. Such an item is
//! read together with the facts, and never written again: both versions can work on a table at the same time. One that knows
//! no standings writes each history with every event; then the standings of its runs are older, and say nothing.

use andon::clock::Clock;
use andon::event::EvidenceEvent;
use andon::history::{History, Overview, Standing, up_to_date};
use andon::ledger::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, Receipt, Saved, Versioned,
    kept_until,
};
use andon::name::{ExecutionId, ExternalId, PipelineId};
use andon::run::Run;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

mod claim;
mod evidence;
mod facts;
mod fault;
mod group;
mod held;
mod item;
mod key;
mod query;
mod standing;
mod table;

use fault::{is_conflict, unavailable};
use item::{Item, number, text};
use key::Key;

/// How often DynamoDB is asked for what it left unprocessed.
const ROUNDS: u32 = 5;

/// How long the start of a function waits for a connection.
const MAX_WARM: Duration = Duration::from_secs(1);

/// A ledger that all functions share.
#[derive(Debug, Clone)]
pub struct DynamoLedger<C> {
    client: Client,
    table: String,
    clock: C,
}

impl<C: Clock> DynamoLedger<C> {
    /// A ledger in this table, by the account, region and credentials of a configuration. Nothing is called yet.
    pub fn connect(config: &aws_config::SdkConfig, table: impl Into<String>, clock: C) -> Self {
        Self::open(Client::new(config), table, clock)
    }

    /// Takes a table for a ledger. Costs nothing: whether the table is fit for it shows at its first use, or by
    /// [`DynamoLedger::check_table`].
    ///
    /// The clock decides when items may be deleted, and nothing else.
    pub fn open(client: Client, table: impl Into<String>, clock: C) -> Self {
        Self { client, table: table.into(), clock }
    }

    /// Opens a connection to DynamoDB, so that the first event does not wait for it.
    ///
    /// Nothing depends on whether that works: what is wrong shows at the first use.
    pub async fn warm(&self) {
        let nothing = Key { partition: "warm".to_owned(), sort: "warm".to_owned() };
        let read = self.read(&nothing, &|| "open a connection".to_owned());
        if let Ok(Err(error)) = tokio::time::timeout(MAX_WARM, read).await {
            tracing::debug!("not connected yet: {error}");
        }
    }

    /// When an item that is written now may be deleted.
    fn expiry(&self) -> Timestamp {
        kept_until(self.clock.now())
    }

    /// Reads an item with strong consistency.
    async fn read(&self, key: &Key, doing: &impl Fn() -> String) -> Result<Option<Item>, LedgerError> {
        let keys = KeysAndAttributes::builder()
            .keys(key.attributes())
            .consistent_read(true)
            .build()
            .map_err(|error| unavailable(doing(), error.to_string()))?;
        let mut wanted = [(self.table.clone(), keys)].into();
        for round in 0..ROUNDS {
            let mut answer = self
                .client
                .batch_get_item()
                .set_request_items(Some(wanted))
                .send()
                .await
                .map_err(|error| self.fault("dynamodb:BatchGetItem", doing(), &error))?;
            let found = answer.responses.as_mut().and_then(|found| found.remove(&self.table)?.pop());
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if found.is_some() || wanted.is_empty() {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(25 << round)).await;
        }
        Err(unavailable(doing(), format!("table {:?} has no capacity left", self.table)))
    }

    /// Writes an item over the version that was read. Whoever comes too late waits for a moment, so that those who do not
    /// give way to each other do not meet again.
    async fn write(&self, item: Item, over: u64, doing: &impl Fn() -> String) -> Result<Saved, LedgerError> {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let request = if over == 0 {
            request.condition_expression("attribute_not_exists(pk)")
        } else {
            request
                .condition_expression("#version = :read")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", number(over))
        };
        match request.send().await {
            Ok(_) => Ok(Saved::Written),
            Err(error) if is_conflict(error.code()) => {
                tokio::time::sleep(pause()).await;
                Ok(Saved::Conflict)
            }
            Err(error) => Err(self.fault("dynamodb:PutItem", doing(), &error)),
        }
    }

    async fn write_history(&self, history: &Versioned<History>) -> Result<Saved, LedgerError> {
        let pipeline = &history.value.pipeline;
        let doing = || format!("write the history of {pipeline}");
        let mut item = key::history(pipeline).attributes();
        item::put_document(&mut item, &history.value, &doing)?;
        item.insert("version".to_owned(), number(history.version.saturating_add(1)));
        item.insert("expires".to_owned(), number(self.expiry().as_second()));
        if let Some(overview) = history.value.overview() {
            item.insert("slim".to_owned(), text(item::json(&overview, &doing)?));
            item.insert("list".to_owned(), text(key::LIST));
            item.insert("name".to_owned(), text(key::name(pipeline)));
        }
        self.write(item, history.version, &doing).await
    }
}

/// Up to 50 ms, different for each that asks.
fn pause() -> Duration {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(u64::from(now.subsec_micros()) % 50)
}

impl<C: Clock> Ledger for DynamoLedger<C> {
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        self.write_facts(told).await
    }

    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError> {
        let (run, history) =
            tokio::join!(Box::pin(self.read_run(pipeline, execution)), Box::pin(self.read_history(pipeline)));
        let (written, standings) = history?;
        Ok(Known { run: run?.map(Arc::new), written, standings })
    }

    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError> {
        let (saved, deleted) =
            tokio::join!(Box::pin(self.write_history(history)), Box::pin(self.delete_standings(outlived)));
        deleted.and(saved)
    }

    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        self.write_standings(standings).await
    }

    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        self.take_claim(key, lease).await
    }

    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError> {
        self.settle_claim(key, lease, receipt).await
    }

    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        self.release_claim(key, lease).await
    }

    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        self.write_evidence(event).await
    }

    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        self.read_evidence(external).await
    }

    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.write_held(held).await
    }

    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        self.read_held(now).await
    }

    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.delete_held(held).await
    }

    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        self.write_grouped(group, failure).await
    }

    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        self.read_group(group).await
    }

    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError> {
        let (history, standings) = Box::pin(self.read_history(pipeline)).await?;
        Ok(history.map(|Versioned { value: mut history, .. }| {
            history.take_in(&standings);
            history
        }))
    }

    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        let (overviews, standings) = tokio::join!(Box::pin(self.list_overviews()), Box::pin(self.list_standings()));
        let mut overviews = overviews?;
        up_to_date(&mut overviews, standings?);
        Ok(overviews)
    }
}
