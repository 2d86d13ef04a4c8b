//! How runs stand, as a row each, written over any that knows less.

use andon::history::Standing;
use andon::name::PipelineId;
use rusqlite::{Transaction, params};

use super::document::{from_json, json};
use super::fault::Failure;
use crate::terminal::complain;

/// Reads how the runs of a pipeline stand.
pub(super) fn read(transaction: &Transaction<'_>, pipeline: &PipelineId) -> Result<Vec<Standing>, Failure> {
    let home = &pipeline.home;
    let mut statement = transaction.prepare_cached(
        "SELECT doc, execution FROM standings WHERE account = ?1 AND region = ?2 AND name = ?3 ORDER BY execution",
    )?;
    let rows = statement.query(params![home.account.as_str(), home.region.as_str(), pipeline.name.as_str()])?;
    readable(rows)
}

/// Reads how the runs of all pipelines stand.
pub(super) fn read_all(transaction: &Transaction<'_>) -> Result<Vec<Standing>, Failure> {
    let mut statement = transaction.prepare_cached("SELECT doc, execution FROM standings")?;
    readable(statement.query([])?)
}

fn readable(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Standing>, Failure> {
    let mut standings = Vec::new();
    while let Some(row) = rows.next()? {
        let doc = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let execution: String = row.get(1)?;
        match from_json(doc, || format!("how run {execution} stands")) {
            Ok(standing) => standings.push(standing),
            // One that cannot be read is no reason to know nothing of the others.
            Err(failure) => complain(&format!("left out: {failure}")),
        }
    }
    Ok(standings)
}

/// Writes how a run stands, unless as much is known of it.
pub(super) fn write(transaction: &Transaction<'_>, standing: &Standing, expires: i64) -> Result<(), Failure> {
    let Standing { pipeline, summary, .. } = standing;
    let home = &pipeline.home;
    transaction
        .prepare_cached(
            "INSERT INTO standings (account, region, name, execution, weight, expires, doc)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET weight = ?5, expires = ?6, doc = ?7 WHERE weight < ?5",
        )?
        .execute(params![
            home.account.as_str(),
            home.region.as_str(),
            pipeline.name.as_str(),
            summary.execution.as_str(),
            summary.weight.cast_signed(),
            expires,
            json(standing, || format!("how run {} of {pipeline} stands", summary.execution))?,
        ])?;
    Ok(())
}

/// Deletes how a run stood, unless more has become known of it.
pub(super) fn delete(transaction: &Transaction<'_>, standing: &Standing) -> Result<(), Failure> {
    let Standing { pipeline, summary, .. } = standing;
    let home = &pipeline.home;
    transaction
        .prepare_cached(
            "DELETE FROM standings
             WHERE account = ?1 AND region = ?2 AND name = ?3 AND execution = ?4 AND weight <= ?5",
        )?
        .execute(params![
            home.account.as_str(),
            home.region.as_str(),
            pipeline.name.as_str(),
            summary.execution.as_str(),
            summary.weight.cast_signed(),
        ])?;
    Ok(())
}
