//! The ledger in one SQLite file.
//!
//! Facts of runs are rows that nothing ever changes, histories are documents with a version, how a run stands is a row that
//! gives way to one that knows more, claims are rows, and every conditional write is one transaction that takes the write
//! lock first. So any number of processes can share a file: SQLite lets one write at a time, and the others wait. Commits are
//! synced to disk before they are acknowledged.
//!
//! Calls block the thread for as long as SQLite takes: well under a millisecond, except for the sync to disk. A local ledger
//! needs no thread pool in front of it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use andon::clock::Clock;
use andon::event::EvidenceEvent;
use andon::history::{History, Overview, Standing, up_to_date};
use andon::ledger::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, Receipt, Saved, Versioned, keep,
    kept_until,
};
use andon::name::{ExecutionId, ExternalId, PipelineId};
use andon::run::Run;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

mod claim;
mod document;
mod fault;
mod group;
mod held;
mod histories;
mod overviews;
mod runs;
mod schema;
mod standings;
mod sync;

use fault::Failure;
use histories::Histories;
use overviews::Overviews;
use runs::Runs;

/// The file's name in a directory of data.
pub const FILE_NAME: &str = "andon.db";

/// A ledger that the processes of one machine share.
#[derive(Debug)]
pub struct SqliteLedger<C> {
    connection: Mutex<Connection>,
    overviews: Mutex<Overviews>,
    runs: Mutex<Runs>,
    histories: Mutex<Histories>,
    clock: C,
}

impl<C: Clock> SqliteLedger<C> {
    /// Opens the ledger in a directory of data, and makes both if they are not there.
    pub fn open(directory: &Path, clock: C) -> Result<Self, LedgerError> {
        std::fs::create_dir_all(directory).map_err(|error| {
            LedgerError::Unusable(format!("cannot create the directory {}: {error}", directory.display()))
        })?;
        Self::open_file(&directory.join(FILE_NAME), clock)
    }

    /// Opens the ledger in a file, makes it if it is not there, and brings its schema up to date.
    ///
    /// A file of another program is refused and left as it is, and so is that of a newer Andon.
    pub fn open_file(file: &Path, clock: C) -> Result<Self, LedgerError> {
        Self::of(schema::open(file)?, clock)
    }

    /// A ledger in memory.
    pub fn in_memory(clock: C) -> Result<Self, LedgerError> {
        Self::of(schema::open_in_memory()?, clock)
    }

    fn of(connection: Connection, clock: C) -> Result<Self, LedgerError> {
        let ledger = Self {
            connection: Mutex::new(connection),
            overviews: Mutex::default(),
            runs: Mutex::default(),
            histories: Mutex::default(),
            clock,
        };
        ledger.forget_expired()?;
        Ok(ledger)
    }

    /// Deletes what has been kept long enough. Opening does it too; a process that runs for months should, once a day.
    pub fn forget_expired(&self) -> Result<(), LedgerError> {
        let now = self.clock.now().as_second();
        self.runs().clear();
        self.histories().clear();
        self.write("delete expired items".to_owned(), |transaction| {
            for table in ["runs", "facts", "histories", "standings", "claims", "evidence", "held", "groups"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE expires < ?1"), [now])?;
            }
            Ok(())
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction whose thread died was rolled back: the connection is as good as before.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn histories(&self) -> MutexGuard<'_, Histories> {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn expiry(&self) -> i64 {
        kept_until(self.clock.now()).as_second()
    }

    /// Reads in one transaction, so that all of it is of one moment.
    fn read<T>(
        &self,
        doing: String,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, LedgerError> {
        self.transact(TransactionBehavior::Deferred, doing, act)
    }

    /// Reads and writes in one transaction that holds the write lock.
    fn write<T>(
        &self,
        doing: String,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, LedgerError> {
        self.transact(TransactionBehavior::Immediate, doing, act)
    }

    fn transact<T>(
        &self,
        behavior: TransactionBehavior,
        doing: String,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, LedgerError> {
        let mut connection = self.connection();
        let attempt = || -> Result<T, Failure> {
            let transaction = connection.transaction_with_behavior(behavior)?;
            let value = act(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        attempt().map_err(|failure| failure.in_the_ledger(doing))
    }
}

impl<C: Clock> Ledger for SqliteLedger<C> {
    async fn add(&self, told: &[Run]) -> Vec<Result<(), LedgerError>> {
        let expires = self.expiry();
        let mut runs = self.runs();
        let added = self.write("add facts".to_owned(), |transaction| {
            told.iter().try_for_each(|told| runs.add(transaction, told, expires))
        });
        if added.is_err() {
            runs.clear();
        }
        told.iter().map(|_| added.clone()).collect()
    }

    async fn load(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Known, LedgerError> {
        let (mut runs, mut histories) = (self.runs(), self.histories());
        self.read(format!("read run {execution} of {pipeline}"), |transaction| {
            Ok(Known {
                run: runs.read(transaction, pipeline, execution)?,
                written: histories.read(transaction, pipeline)?,
                standings: standings::read(transaction, pipeline)?,
            })
        })
    }

    async fn save(&self, history: &Versioned<History>, outlived: &[Standing]) -> Result<Saved, LedgerError> {
        let expires = self.expiry();
        let mut histories = self.histories();
        let saved = self.write(format!("write the history of {}", history.value.pipeline), |transaction| {
            let saved = histories.write(transaction, history, expires)?;
            if saved == Saved::Written {
                outlived.iter().try_for_each(|standing| standings::delete(transaction, standing))?;
            }
            Ok(saved)
        });
        if saved.is_err() {
            histories.clear();
        }
        saved
    }

    async fn stand(&self, standings: &[Standing]) -> Result<(), LedgerError> {
        let expires = self.expiry();
        self.write("write how runs stand".to_owned(), |transaction| {
            standings.iter().try_for_each(|standing| standings::write(transaction, standing, expires))
        })
    }

    async fn claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        self.write(format!("claim {key}"), |transaction| claim::take(transaction, key, lease))
    }

    async fn settle(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), LedgerError> {
        self.write(format!("settle {key}"), |transaction| claim::settle(transaction, key, lease, receipt))
    }

    async fn release(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        self.write(format!("release {key}"), |transaction| claim::release(transaction, key, lease))
    }

    async fn keep_evidence(&self, event: &EvidenceEvent) -> Result<(), LedgerError> {
        let expires = self.expiry();
        self.write(format!("store the evidence for {}", event.external), |transaction| {
            let mut kept = document::read_evidence(transaction, &event.external)?;
            keep(&mut kept, event.clone());
            document::write_evidence(transaction, &event.external, &kept, expires)
        })
    }

    async fn evidence(&self, external: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        self.read(format!("read the evidence for {external}"), |transaction| {
            document::read_evidence(transaction, external)
        })
    }

    async fn defer(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.write(format!("defer {}", held.effect), |transaction| held::hold(transaction, held))
    }

    async fn deferred_until(&self, now: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        self.read("read deferred events".to_owned(), |transaction| held::free(transaction, now))
    }

    async fn delete_deferred(&self, held: &DeferredEvent) -> Result<(), LedgerError> {
        self.write(format!("delete the deferred {}", held.effect), |transaction| {
            held::delete_deferred(transaction, held)
        })
    }

    async fn join(&self, group: &str, failure: &GroupedFailure) -> Result<(), LedgerError> {
        let expires = self.expiry();
        self.write(format!("add to the group {group}"), |transaction| group::add(transaction, group, failure, expires))
    }

    async fn group(&self, group: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        self.read(format!("read the group {group}"), |transaction| group::read(transaction, group))
    }

    async fn history(&self, pipeline: &PipelineId) -> Result<Option<History>, LedgerError> {
        let mut histories = self.histories();
        self.read(format!("read the history of {pipeline}"), |transaction| {
            let Some(Versioned { value: mut history, .. }) = histories.read(transaction, pipeline)? else {
                return Ok(None);
            };
            history.take_in(&standings::read(transaction, pipeline)?);
            Ok(Some(history))
        })
    }

    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        let mut known = self.overviews.lock().unwrap_or_else(PoisonError::into_inner);
        self.read("list the pipelines".to_owned(), |transaction| {
            let mut overviews = known.read(transaction)?;
            up_to_date(&mut overviews, standings::read_all(transaction)?);
            Ok(overviews)
        })
    }
}
