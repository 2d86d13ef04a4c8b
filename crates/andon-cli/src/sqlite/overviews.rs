//! The list of pipelines: each row is read once, and again when it has changed.

use std::collections::HashMap;
use std::sync::Arc;

use andon::history::Overview;
use rusqlite::Transaction;

use super::document::from_json;
use super::fault::Failure;
use crate::terminal::complain;

/// A state of a row: a row that was forgotten and begins anew has an old version, and expires later.
type State = (i64, i64);

/// The overviews as they were last read, by the row's number.
#[derive(Debug, Default)]
pub(super) struct Overviews(HashMap<i64, (State, Arc<Overview>)>);

impl Overviews {
    /// Every overview, in order; only those are made that are not known as they are now.
    pub(super) fn read(&mut self, transaction: &Transaction<'_>) -> Result<Vec<Arc<Overview>>, Failure> {
        let mut statement = transaction.prepare_cached(
            "SELECT rowid, version, expires, slim, account, region, name FROM histories
             WHERE slim IS NOT NULL ORDER BY account, region, name",
        )?;
        let mut rows = statement.query([])?;
        let (mut overviews, mut known) = (Vec::with_capacity(self.0.len()), HashMap::with_capacity(self.0.len()));
        while let Some(row) = rows.next()? {
            let (number, state): (i64, State) = (row.get(0)?, (row.get(1)?, row.get(2)?));
            let overview = match self.0.remove(&number) {
                Some((then, overview)) if then == state => overview,
                _ => {
                    let slim: String = row.get(3)?;
                    let (account, region, name): (String, String, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
                    match from_json(&slim, || format!("the row of {name} in {account}, {region}")) {
                        Ok(overview) => Arc::new(overview),
                        // One row that cannot be read is no reason to show none.
                        Err(failure) => {
                            complain(&format!("left out of the list of pipelines: {failure}"));
                            continue;
                        }
                    }
                }
            };
            overviews.push(Arc::clone(&overview));
            known.insert(number, (state, overview));
        }
        self.0 = known;
        Ok(overviews)
    }
}
