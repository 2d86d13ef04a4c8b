//! Documents in rows, and evidence as such.

use andon::event::EvidenceEvent;
use andon::name::ExternalId;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::Failure;

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
