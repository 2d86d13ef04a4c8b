//! Deferred events, ordered by due time.

use andon::ledger::{DeferredEvent, MAX_DEFERRED, kept_until};
use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use super::document::{from_json, json};
use super::fault::Failure;
use crate::terminal::complain;

pub(super) fn hold(transaction: &Transaction<'_>, held: &DeferredEvent) -> Result<(), Failure> {
    let pipeline = &held.effect.pipeline;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO held (until, account, region, name, effect, expires, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            held.until.as_microsecond(),
            pipeline.home.account.as_str(),
            pipeline.home.region.as_str(),
            pipeline.name.as_str(),
            held.effect.effect,
            kept_until(held.until).as_second(),
            json(held, || format!("the deferred event of {}", held.effect))?,
        ])?;
    Ok(())
}

pub(super) fn free(transaction: &Transaction<'_>, now: Timestamp) -> Result<Vec<DeferredEvent>, Failure> {
    let mut statement =
        transaction.prepare_cached("SELECT effect, doc FROM held WHERE until <= ?1 ORDER BY until LIMIT ?2")?;
    let most = i64::try_from(MAX_DEFERRED).unwrap_or(i64::MAX);
    let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let rows = statement.query_map(params![now.as_microsecond(), most], read)?;
    let mut free = Vec::new();
    for row in rows {
        let (effect, doc) = row?;
        match from_json(&doc, || format!("the deferred event of {effect}")) {
            Ok(held) => free.push(held),
            // It does not hold up the others.
            Err(failure) => complain(&format!("left out: {failure}")),
        }
    }
    Ok(free)
}

pub(super) fn delete_deferred(transaction: &Transaction<'_>, held: &DeferredEvent) -> Result<(), Failure> {
    let pipeline = &held.effect.pipeline;
    transaction
        .prepare_cached(
            "DELETE FROM held WHERE until = ?1 AND account = ?2 AND region = ?3 AND name = ?4 AND effect = ?5",
        )?
        .execute(params![
            held.until.as_microsecond(),
            pipeline.home.account.as_str(),
            pipeline.home.region.as_str(),
            pipeline.name.as_str(),
            held.effect.effect
        ])?;
    Ok(())
}
