//! Histories and evidence, as documents in rows.

use andon::event::EvidenceEvent;
use andon::history::History;
use andon::ledger::{Saved, Versioned};
use andon::name::{ExternalId, PipelineId};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::Failure;

pub(super) fn read_history(
    transaction: &Transaction<'_>,
    pipeline: &PipelineId,
) -> Result<Option<Versioned<History>>, Failure> {
    let home = &pipeline.home;
    let row = transaction
        .prepare_cached("SELECT version, doc FROM histories WHERE account = ?1 AND region = ?2 AND name = ?3")?
        .query_row(params![home.account.as_str(), home.region.as_str(), pipeline.name.as_str()], version_and_document)
        .optional()?;
    versioned(row, || format!("the history of {pipeline}"))
}

pub(super) fn write_history(
    transaction: &Transaction<'_>,
    history: &Versioned<History>,
    expires: i64,
) -> Result<Saved, Failure> {
    let pipeline = &history.value.pipeline;
    let home = &pipeline.home;
    let what = || format!("the history of {pipeline}");
    let doc = json(&history.value, what)?;
    let slim = history.value.overview().map(|overview| json(&overview, what)).transpose()?;
    let statement = if history.version == 0 {
        "INSERT INTO histories (account, region, name, version, expires, slim, doc)
         VALUES (?1, ?2, ?3, ?4 + 1, ?5, ?6, ?7) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE histories SET version = version + 1, expires = ?5, slim = ?6, doc = ?7
         WHERE account = ?1 AND region = ?2 AND name = ?3 AND version = ?4"
    };
    let rows = transaction.prepare_cached(statement)?.execute(params![
        home.account.as_str(),
        home.region.as_str(),
        pipeline.name.as_str(),
        history.version.cast_signed(),
        expires,
        slim,
        doc
    ])?;
    Ok(saved(rows))
}

pub(super) fn read_evidence(
    transaction: &Transaction<'_>,
    external: &ExternalId,
) -> Result<Vec<EvidenceEvent>, Failure> {
    let doc: Option<String> = transaction
        .prepare_cached("SELECT doc FROM evidence WHERE external = ?1")?
        .query_row([external.as_str()], |row| row.get(0))
        .optional()?;
    doc.map_or(Ok(Vec::new()), |doc| from_json(&doc, || format!("the evidence for {external}")))
}

pub(super) fn write_evidence(
    transaction: &Transaction<'_>,
    external: &ExternalId,
    kept: &[EvidenceEvent],
    expires: i64,
) -> Result<(), Failure> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO evidence (external, expires, doc) VALUES (?1, ?2, ?3)")?
        .execute(params![external.as_str(), expires, json(&kept, || format!("the evidence for {external}"))?])?;
    Ok(())
}

pub(super) fn json<T: Serialize>(value: &T, what: impl Fn() -> String) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Document { what: what(), problem: error.to_string() })
}

pub(super) fn from_json<T: DeserializeOwned>(json: &str, what: impl Fn() -> String) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| Failure::Document { what: what(), problem: error.to_string() })
}

fn version_and_document(row: &Row<'_>) -> rusqlite::Result<(i64, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn versioned<T: DeserializeOwned>(
    row: Option<(i64, String)>,
    what: impl Fn() -> String,
) -> Result<Option<Versioned<T>>, Failure> {
    row.map(|(version, doc)| Ok(Versioned { value: from_json(&doc, what)?, version: version.cast_unsigned() }))
        .transpose()
}

fn saved(rows: usize) -> Saved {
    if rows == 1 { Saved::Written } else { Saved::Conflict }
}
