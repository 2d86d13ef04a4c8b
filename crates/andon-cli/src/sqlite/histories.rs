//! Histories, as documents in rows: each is read once, and again when it has changed.

use std::collections::HashMap;

use andon::history::History;
use andon::ledger::{Saved, Versioned};
use andon::name::PipelineId;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::document::{from_json, json};
use super::fault::Failure;

/// The most histories that are kept in memory.
const MAX_KNOWN: usize = 256;

/// A state of a row: a row that was forgotten and begins anew has an old version, and expires later.
type State = (i64, i64);

/// The histories as they were last read or written.
#[derive(Debug, Default)]
pub(super) struct Histories(HashMap<PipelineId, (State, History)>);

impl Histories {
    /// Forgets what was read.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Reads a history.
    pub(super) fn read(
        &mut self,
        transaction: &Transaction<'_>,
        pipeline: &PipelineId,
    ) -> Result<Option<Versioned<History>>, Failure> {
        let home = &pipeline.home;
        let key = params![home.account.as_str(), home.region.as_str(), pipeline.name.as_str()];
        let state: Option<State> = transaction
            .prepare_cached("SELECT version, expires FROM histories WHERE account = ?1 AND region = ?2 AND name = ?3")?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some(state) = state else { return Ok(None) };
        let version = state.0.cast_unsigned();
        if let Some((then, history)) = self.0.get(pipeline)
            && *then == state
        {
            return Ok(Some(Versioned { value: history.clone(), version }));
        }
        let doc: String = transaction
            .prepare_cached("SELECT doc FROM histories WHERE account = ?1 AND region = ?2 AND name = ?3")?
            .query_row(key, |row| row.get(0))?;
        let history: History = from_json(&doc, || format!("the history of {pipeline}"))?;
        self.keep(history.clone(), state);
        Ok(Some(Versioned { value: history, version }))
    }

    /// Writes a history over the version that was read.
    pub(super) fn write(
        &mut self,
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
        if rows != 1 {
            return Ok(Saved::Conflict);
        }
        self.keep(history.value.clone(), (history.version.saturating_add(1).cast_signed(), expires));
        Ok(Saved::Written)
    }

    fn keep(&mut self, history: History, state: State) {
        if self.0.len() >= MAX_KNOWN && !self.0.contains_key(&history.pipeline) {
            self.clear();
        }
        self.0.insert(history.pipeline.clone(), (state, history));
    }
}
