//! Claims: decided within one write transaction.

use andon::ledger::{Claim, ClaimKey, Lease, Receipt, kept_until};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::document::{from_json, json};
use super::fault::Failure;

pub(super) fn take(transaction: &Transaction<'_>, key: &ClaimKey, lease: &Lease) -> Result<Claim, Failure> {
    let home = &key.pipeline.home;
    let found: Option<(String, String, Option<String>)> = transaction
        .prepare_cached(
            "SELECT owner, until, receipt FROM claims
             WHERE account = ?1 AND region = ?2 AND name = ?3 AND effect = ?4",
        )?
        .query_row(
            params![home.account.as_str(), home.region.as_str(), key.pipeline.name.as_str(), key.effect],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let what = || format!("the claim on {key}");
    match found {
        Some((_, _, Some(receipt))) => return Ok(Claim::Settled(from_json(&receipt, what)?)),
        Some((owner, until, None)) => {
            let until: Timestamp = until
                .parse()
                .map_err(|error: jiff::Error| Failure::Document { what: what(), problem: error.to_string() })?;
            if owner != lease.owner && until > lease.now {
                return Ok(Claim::Held { until });
            }
        }
        None => {}
    }
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO claims (account, region, name, effect, owner, until, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            home.account.as_str(),
            home.region.as_str(),
            key.pipeline.name.as_str(),
            key.effect,
            lease.owner,
            lease.until.to_string(),
            // As long as the run itself: what has been told must not be told again when an old run is retried.
            kept_until(lease.now).as_second(),
        ])?;
    Ok(Claim::Granted)
}

pub(super) fn settle(
    transaction: &Transaction<'_>,
    key: &ClaimKey,
    lease: &Lease,
    receipt: &Receipt,
) -> Result<(), Failure> {
    let home = &key.pipeline.home;
    let receipt = json(receipt, || format!("the receipt of {key}"))?;
    transaction
        .prepare_cached(
            "UPDATE claims SET receipt = ?6 WHERE account = ?1 AND region = ?2 AND name = ?3 AND effect = ?4
             AND owner = ?5 AND receipt IS NULL",
        )?
        .execute(params![
            home.account.as_str(),
            home.region.as_str(),
            key.pipeline.name.as_str(),
            key.effect,
            lease.owner,
            receipt
        ])?;
    Ok(())
}

pub(super) fn release(transaction: &Transaction<'_>, key: &ClaimKey, lease: &Lease) -> Result<(), Failure> {
    let home = &key.pipeline.home;
    transaction
        .prepare_cached(
            "DELETE FROM claims WHERE account = ?1 AND region = ?2 AND name = ?3 AND effect = ?4
             AND owner = ?5 AND receipt IS NULL",
        )?
        .execute(params![
            home.account.as_str(),
            home.region.as_str(),
            key.pipeline.name.as_str(),
            key.effect,
            lease.owner
        ])?;
    Ok(())
}
