//! Runs, as rows of facts that are only ever added: what has been read of a run is kept, and read on from where that ended.

use std::collections::HashMap;
use std::sync::Arc;

use andon::name::{ExecutionId, PipelineId};
use andon::run::{Run, RunPart};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::document::{from_json, json};
use super::fault::Failure;
use crate::terminal::complain;

/// The most facts that are kept in memory, of all runs together.
const MAX_FACTS: usize = 20_000;

/// The runs as they were last read.
#[derive(Debug, Default)]
pub(super) struct Runs {
    known: HashMap<(PipelineId, ExecutionId), KnownRun>,
    facts: usize,
}

#[derive(Debug, Clone, Default)]
struct KnownRun {
    /// The last fact that was read.
    number: i64,
    /// The version of the row that an earlier version of Andon kept the run in.
    whole: i64,
    run: Option<Arc<Run>>,
}

impl Runs {
    /// Forgets what was read: it may not be what is there.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Reads a run.
    pub(super) fn read(
        &mut self,
        transaction: &Transaction<'_>,
        pipeline: &PipelineId,
        execution: &ExecutionId,
    ) -> Result<Option<Arc<Run>>, Failure> {
        Ok(self.renewed(transaction, pipeline, execution)?.run.clone())
    }

    /// Writes what is new of what is told of a run.
    pub(super) fn add(&mut self, transaction: &Transaction<'_>, told: &Run, expires: i64) -> Result<(), Failure> {
        let Run { pipeline, execution, .. } = told;
        let home = &pipeline.home;
        let known = self.renewed(transaction, pipeline, execution)?;
        let mut added = 0;
        for part in told.clone().into_parts() {
            if !join(&mut known.run, pipeline, execution, part.clone()) {
                continue;
            }
            transaction
                .prepare_cached(
                    "INSERT INTO facts (account, region, name, execution, expires, doc)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    home.account.as_str(),
                    home.region.as_str(),
                    pipeline.name.as_str(),
                    execution.as_str(),
                    expires,
                    json(&part, || format!("a fact of run {execution} of {pipeline}"))?,
                ])?;
            known.number = transaction.last_insert_rowid();
            added += 1;
        }
        self.facts += added;
        Ok(())
    }

    fn renewed(
        &mut self,
        transaction: &Transaction<'_>,
        pipeline: &PipelineId,
        execution: &ExecutionId,
    ) -> Result<&mut KnownRun, Failure> {
        if self.facts > MAX_FACTS {
            self.clear();
        }
        let home = &pipeline.home;
        let what = || format!("run {execution} of {pipeline}");
        let known = self.known.entry((pipeline.clone(), execution.clone())).or_default();
        let mut statement = transaction.prepare_cached(
            "SELECT number, doc FROM facts
             WHERE account = ?1 AND region = ?2 AND name = ?3 AND execution = ?4 AND number > ?5 ORDER BY number",
        )?;
        let (account, region, name) = (home.account.as_str(), home.region.as_str(), pipeline.name.as_str());
        let mut rows = statement.query(params![account, region, name, execution.as_str(), known.number])?;
        while let Some(row) = rows.next()? {
            known.number = row.get(0)?;
            let fact = || format!("fact {} of {}", known.number, what());
            match from_json::<RunPart>(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?, fact) {
                Ok(part) => {
                    join(&mut known.run, pipeline, execution, part);
                }
                // One that cannot be read is no reason to know nothing of the others.
                Err(failure) => complain(&format!("left out: {failure}")),
            }
            self.facts += 1;
        }
        let whole: Option<(i64, String)> = transaction
            .prepare_cached(
                "SELECT version, doc FROM runs
                 WHERE account = ?1 AND region = ?2 AND name = ?3 AND execution = ?4 AND version > ?5",
            )?
            .query_row(params![account, region, name, execution.as_str(), known.whole], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((version, whole)) = whole {
            let whole: Run = from_json(&whole, what)?;
            match &mut known.run {
                Some(run) => {
                    Arc::make_mut(run).merge(whole);
                }
                run => *run = Some(Arc::new(whole)),
            }
            known.whole = version;
        }
        Ok(known)
    }
}

/// Takes in a fact; returns whether it was new. Nobody holds on to a run that was read, so it is seldom copied.
fn join(run: &mut Option<Arc<Run>>, pipeline: &PipelineId, execution: &ExecutionId, part: RunPart) -> bool {
    if let Some(run) = run {
        return Arc::make_mut(run).merge_part(part);
    }
    *run = Run::of_parts(pipeline, execution, [part]).map(Arc::new);
    true
}
