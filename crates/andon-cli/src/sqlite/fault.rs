//! Errors, and whether a retry can help.

use std::fmt;

use andon::ledger::LedgerError;
use rusqlite::ErrorCode;

/// What can end a transaction.
pub(super) enum Failure {
    /// SQLite refused or broke.
    Sqlite(rusqlite::Error),
    /// A document cannot be read or written.
    Document {
        /// Which one.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Failure {
    /// The same in the words of the ledger's port.
    pub(super) fn in_the_ledger(self, doing: String) -> LedgerError {
        let error = match self {
            Self::Document { what, problem } => return LedgerError::Corrupt { what, problem },
            Self::Sqlite(error) => error,
        };
        match error.sqlite_error_code() {
            Some(
                ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::TooBig,
            ) => LedgerError::Unusable(format!("cannot {doing}: {error}")),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Contended(doing),
            _ => LedgerError::Unavailable { doing, problem: error.to_string() },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(f),
            Self::Document { what, problem } => write!(f, "cannot read {what}: {problem}"),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}
