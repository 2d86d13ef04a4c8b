//! Errors, and whether a retry can help.

use std::error::Error;
use std::fmt;

use andon::clock::Clock;
use andon::ledger::LedgerError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::DynamoLedger;
use super::key::{INDEX, LAYOUT};
use crate::fault::{FaultKind, said};

pub(super) fn is_conflict(code: Option<&str>) -> bool {
    code == Some("ConditionalCheckFailedException")
}

pub(super) fn unavailable(doing: String, problem: String) -> LedgerError {
    LedgerError::Unavailable { doing, problem }
}

impl<C: Clock> DynamoLedger<C> {
    /// What came of a call that needs the given permission.
    ///
    /// Requests are well-formed by construction. So what DynamoDB finds invalid in one is how it fits the table: the
    /// table's keys or its index are others than the ledger's. That is found out here, without asking for a description
    /// of the table at every cold start.
    pub(super) fn fault<E, R>(&self, permission: &str, doing: String, error: &SdkError<E, R>) -> LedgerError
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: fmt::Debug,
    {
        let reason = error.message().unwrap_or("no reason given");
        match (FaultKind::of(error), error.code()) {
            (FaultKind::Gone, _) => LedgerError::Unusable(format!(
                "table {:?} (or its index {:?}) does not exist in this account and region; it must have {}",
                self.table, INDEX, LAYOUT
            )),
            (_, Some("ValidationException")) => LedgerError::Unusable(format!(
                "table {:?} has the wrong key schema (DynamoDB says: {reason}); it must have {}",
                self.table, LAYOUT
            )),
            (FaultKind::Denied, _) => LedgerError::Unusable(format!(
                "the function's role lacks {permission} on table {:?} ({reason})",
                self.table
            )),
            (_, Some(code @ ("UnrecognizedClientException" | "InvalidSignatureException"))) => {
                LedgerError::Unusable(format!("AWS rejects the credentials: {code} ({reason})"))
            }
            _ => unavailable(doing, said(error)),
        }
    }
}
