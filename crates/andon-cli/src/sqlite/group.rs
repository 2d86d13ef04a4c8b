//! Groups of failures, ordered by time.

use andon::ledger::{GroupedFailure, MAX_GROUP};
use rusqlite::{Row, Transaction, params};

use super::document::{from_json, json};
use super::fault::Failure;
use crate::terminal::complain;

pub(super) fn add(
    transaction: &Transaction<'_>,
    group: &str,
    failure: &GroupedFailure,
    expires: i64,
) -> Result<(), Failure> {
    let doc = json(failure, || format!("a failure of the group {group}"))?;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO groups (name, at, expires, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![group, failure.at.as_microsecond(), expires, doc])?;
    Ok(())
}

pub(super) fn read(transaction: &Transaction<'_>, group: &str) -> Result<Vec<GroupedFailure>, Failure> {
    let mut statement =
        transaction.prepare_cached("SELECT doc FROM groups WHERE name = ?1 ORDER BY at, doc LIMIT ?2")?;
    let most = i64::try_from(MAX_GROUP).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![group, most], |row: &Row<'_>| row.get::<_, String>(0))?;
    let mut failures = Vec::new();
    for row in rows {
        match from_json(&row?, || format!("a failure of the group {group}")) {
            Ok(failure) => failures.push(failure),
            // It does not hold up the others.
            Err(failure) => complain(&format!("left out: {failure}")),
        }
    }
    Ok(failures)
}
