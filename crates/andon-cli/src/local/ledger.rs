//! The local ledger: in a state directory, or in memory.

use std::path::Path;

use andon::ledger::LedgerError;
use anyhow::bail;

use super::{Shared, SystemClock};
use crate::sqlite::{FILE_NAME, SqliteLedger};

/// The ledger of this machine. It goes by the machine's clock even where a recording is played into it, so that it is
/// kept for its time from today.
pub type LocalLedger = SqliteLedger<SystemClock>;

/// Opens the ledger in a directory of data, and makes both if they are not there.
pub fn open(directory: &Path) -> Result<Shared<LocalLedger>, LedgerError> {
    SqliteLedger::open(directory, SystemClock).map(Shared::new)
}

/// Opens the ledger in a directory of data, for those who have no use for an empty one.
pub fn open_existing(directory: &Path) -> anyhow::Result<Shared<LocalLedger>> {
    if !directory.join(FILE_NAME).exists() {
        bail!(
            "no data in {0}; use --data DIR, or create it with `andon serve --data {0}` \
             or `andon replay FILE --data {0}`",
            directory.display()
        );
    }
    Ok(open(directory)?)
}

/// A ledger in memory.
pub fn in_memory() -> Result<Shared<LocalLedger>, LedgerError> {
    SqliteLedger::in_memory(SystemClock).map(Shared::new)
}
