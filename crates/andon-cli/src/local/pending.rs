//! Events to retry, stored in a file so that a crash does not lose them.
//!
//! On one machine this replaces a queue's redelivery. It has its own file next to the ledger, so that only the process that
//! receives events ever touches it.

use std::cell::Cell;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use serde_json::Value;

/// The file's name in a directory of data.
const FILE_NAME: &str = "pending.db";
/// After how many seconds an event is tried again, each time; then every minute.
const PAUSES: [i64; 3] = [5, 20, 25];
const LAST_PAUSE: i64 = 60;
/// For how long an event is tried again.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// The events that are not done with.
#[derive(Debug)]
pub struct Pending {
    connection: Connection,
    next: Cell<Option<Timestamp>>,
}

/// An event that is due to be tried again.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) event: Value,
    tries: usize,
    since: Timestamp,
}

/// Why pending events could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot store the events to retry: {0}")]
pub struct PendingError(String);

impl From<rusqlite::Error> for PendingError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl Pending {
    /// Opens those kept in a directory of data.
    pub fn open(directory: &Path) -> Result<Self, PendingError> {
        std::fs::create_dir_all(directory)
            .map_err(|error| PendingError(format!("cannot create the directory {}: {error}", directory.display())))?;
        Self::of(Connection::open(directory.join(FILE_NAME))?)
    }

    /// None, and gone with the process.
    pub fn in_memory() -> Result<Self, PendingError> {
        Self::of(Connection::open_in_memory()?)
    }

    fn of(connection: Connection) -> Result<Self, PendingError> {
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS pending (
                id INTEGER PRIMARY KEY,
                event TEXT NOT NULL UNIQUE,
                problem TEXT NOT NULL,
                tries INTEGER NOT NULL,
                since INTEGER NOT NULL, -- milliseconds
                due INTEGER NOT NULL    -- milliseconds
            ) STRICT;
            CREATE INDEX IF NOT EXISTS pending_due ON pending (due);",
        )?;
        let pending = Self { connection, next: Cell::new(None) };
        pending.look_ahead()?;
        Ok(pending)
    }

    /// When the next event is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.next.get()
    }

    /// How many events wait, and what the one that is next waits for.
    pub fn waiting(&self) -> Result<Vec<String>, PendingError> {
        let mut statement = self.connection.prepare("SELECT problem FROM pending ORDER BY due, id")?;
        let problems = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(problems)
    }

    /// Stores an event to retry. One that is already stored keeps its due time.
    pub(crate) fn keep(&self, event: &Value, problem: &str, now: Timestamp) -> Result<(), PendingError> {
        self.connection
            .prepare(
                "INSERT INTO pending (event, problem, tries, since, due) VALUES (?1, ?2, 0, ?3, ?4)
                ON CONFLICT (event) DO NOTHING",
            )?
            .execute(params![event.to_string(), problem, now.as_millisecond(), later(now, 0).as_millisecond()])?;
        self.look_ahead()
    }

    /// The events that are due.
    pub(crate) fn due(&self, now: Timestamp) -> Result<Vec<Waiting>, PendingError> {
        if self.next().is_none_or(|next| next > now) {
            return Ok(Vec::new());
        }
        let mut statement = self
            .connection
            .prepare("SELECT id, event, tries, since FROM pending WHERE due <= ?1 ORDER BY due, id LIMIT 100")?;
        let rows = statement.query_map([now.as_millisecond()], |row| {
            let event: String = row.get(1)?;
            let since: i64 = row.get(3)?;
            Ok(Waiting {
                id: row.get(0)?,
                event: serde_json::from_str(&event).unwrap_or(Value::Null),
                tries: usize::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
                since: Timestamp::from_millisecond(since).unwrap_or(now),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An event is done with.
    pub(crate) fn done(&self, waiting: &Waiting) -> Result<(), PendingError> {
        self.connection.prepare("DELETE FROM pending WHERE id = ?1")?.execute([waiting.id])?;
        self.look_ahead()
    }

    /// An event is still not done with. `false` if it has been tried for long enough: then it is gone.
    pub(crate) fn again(&self, waiting: &Waiting, problem: &str, now: Timestamp) -> Result<bool, PendingError> {
        if now.duration_since(waiting.since) > MAX_WAIT {
            self.done(waiting)?;
            return Ok(false);
        }
        let tries = waiting.tries + 1;
        self.connection.prepare("UPDATE pending SET tries = ?2, problem = ?3, due = ?4 WHERE id = ?1")?.execute(
            params![waiting.id, i64::try_from(tries).unwrap_or(i64::MAX), problem, later(now, tries).as_millisecond()],
        )?;
        self.look_ahead()?;
        Ok(true)
    }

    fn look_ahead(&self) -> Result<(), PendingError> {
        let due: Option<i64> =
            self.connection.prepare("SELECT min(due) FROM pending")?.query_row([], |row| row.get(0))?;
        self.next.set(due.and_then(|due| Timestamp::from_millisecond(due).ok()));
        Ok(())
    }
}

fn later(now: Timestamp, tries: usize) -> Timestamp {
    let pause = PAUSES.get(tries).copied().unwrap_or(LAST_PAUSE);
    now.checked_add(SignedDuration::from_secs(pause)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_event_is_tried_again_after_5_20_and_25_seconds_and_then_every_minute() {
        let pending = Pending::in_memory().unwrap();
        pending.keep(&json!({"a": 1}), "no luck", at(0)).unwrap();
        let mut tried = Vec::new();
        for second in 0..200 {
            for waiting in pending.due(at(second)).unwrap() {
                tried.push(second);
                assert!(pending.again(&waiting, "still none", at(second)).unwrap());
            }
        }
        assert_eq!(tried, [5, 25, 50, 110, 170]);
        assert_eq!(pending.waiting().unwrap(), ["still none"]);
    }

    #[test]
    fn an_event_that_comes_again_waits_once() {
        let pending = Pending::in_memory().unwrap();
        pending.keep(&json!({"a": 1}), "no luck", at(0)).unwrap();
        pending.keep(&json!({"a": 1}), "no luck", at(3)).unwrap();
        let due = pending.due(at(5)).unwrap();
        assert_eq!(due.len(), 1);
        pending.done(&due[0]).unwrap();
        assert_eq!(pending.next(), None);
    }

    #[test]
    fn events_outlive_the_process_and_are_given_up_after_a_day() {
        let directory = tempfile::tempdir().unwrap();
        Pending::open(directory.path()).unwrap().keep(&json!({"a": 1}), "no luck", at(0)).unwrap();
        let pending = Pending::open(directory.path()).unwrap();
        assert_eq!(pending.next(), Some(at(5)));
        let due = pending.due(at(90_000)).unwrap();
        assert_eq!(due[0].event, json!({"a": 1}));
        assert!(!pending.again(&due[0], "no luck", at(90_000)).unwrap());
        assert!(pending.waiting().unwrap().is_empty());
    }
}
