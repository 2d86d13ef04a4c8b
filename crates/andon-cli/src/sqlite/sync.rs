//! One sync to disk for many commits.
//!
//! A commit that waits for the disk takes milliseconds, the rest of it microseconds. A caller that records many events and
//! acknowledges them together needs to wait only before the acknowledgement.

use andon::clock::Clock;
use andon::ledger::LedgerError;

use super::SqliteLedger;
use super::fault::Failure;

impl<C: Clock> SqliteLedger<C> {
    /// From now on commits no longer wait for the disk; [`Self::sync`] does.
    ///
    /// A crash of the process still loses nothing, and one of the machine nothing that has been synced.
    pub fn sync_on_demand(&self) -> Result<(), LedgerError> {
        let connection = self.connection();
        connection
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(|error| Failure::from(error).in_the_ledger("set the sync mode".to_owned()))
    }

    /// Waits until all that has been committed is on the disk.
    pub fn sync(&self) -> Result<(), LedgerError> {
        let connection = self.connection();
        // A commit that waits takes along all that were written to the log before it. This one changes nothing.
        let waiting_commit = || {
            connection.pragma_update(None, "synchronous", "FULL")?;
            let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            connection.pragma_update(None, "user_version", version)?;
            connection.pragma_update(None, "synchronous", "NORMAL")
        };
        waiting_commit().map_err(|error| Failure::from(error).in_the_ledger("sync the data".to_owned()))
    }
}
