//! The schema and its migrations.

use std::path::Path;
use std::time::Duration;

use andon::ledger::LedgerError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::fault::Failure;

/// The application id in every ledger file: `Andn`.
const APPLICATION: i32 = 0x416e_646e;

/// Each step takes a file from the version of its place to the next; a step that was released is never changed.
///
/// `expires` stands before the documents, so that looking for what is old need not read past them.
const STEPS: &[&str] = &[
    "
    CREATE TABLE runs (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, execution TEXT NOT NULL,
        version INTEGER NOT NULL, expires INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (account, region, name, execution)
    ) STRICT;
    CREATE TABLE histories (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
        version INTEGER NOT NULL, expires INTEGER NOT NULL, slim TEXT, doc TEXT NOT NULL,
        PRIMARY KEY (account, region, name)
    ) STRICT;
    CREATE TABLE claims (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, effect TEXT NOT NULL,
        owner TEXT NOT NULL, until TEXT NOT NULL, receipt TEXT, expires INTEGER NOT NULL,
        PRIMARY KEY (account, region, name, effect)
    ) STRICT;
    CREATE TABLE evidence (
        external TEXT NOT NULL PRIMARY KEY, expires INTEGER NOT NULL, doc TEXT NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE held (
        until INTEGER NOT NULL, -- microseconds
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, effect TEXT NOT NULL,
        expires INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (until, account, region, name, effect)
    ) STRICT;
",
    // A run that an earlier version wrote stays in `runs`: it is read together with the facts that were added since.
    "
    CREATE TABLE facts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, execution TEXT NOT NULL,
        expires INTEGER NOT NULL, doc TEXT NOT NULL
    ) STRICT;
    CREATE INDEX facts_of_runs ON facts (account, region, name, execution);
",
    "
    CREATE TABLE groups (
        name TEXT NOT NULL, at INTEGER NOT NULL, -- microseconds
        expires INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (name, at, doc)
    ) STRICT;
",
    "
    CREATE TABLE standings (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, execution TEXT NOT NULL,
        weight INTEGER NOT NULL, expires INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (account, region, name, execution)
    ) STRICT;
",
];

/// The most statements that are kept prepared; there are fewer.
const MAX_STATEMENTS: usize = 64;

/// The size of the cache of a ledger in memory, in kibibytes: SQLite takes sizes in bytes as negative numbers.
const MAX_CACHE: i64 = -32 * 1024;

/// How long a write waits for those of other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a write pauses before it tries again.
const BUSY_PAUSE: Duration = Duration::from_millis(4);

pub(super) fn open(file: &Path) -> Result<Connection, LedgerError> {
    let place = format!("the file {}", file.display());
    let connection =
        Connection::open(file).map_err(|error| LedgerError::Unusable(format!("cannot open {place}: {error}")))?;
    prepare(connection, &place, STEPS)
}

pub(super) fn open_in_memory() -> Result<Connection, LedgerError> {
    let place = "memory";
    let faulty = |error| LedgerError::Unusable(format!("cannot open the data in {place}: {error}"));
    // A file that SQLite makes when its cache is full, and that is gone with the connection: a long recording may need more
    // than the memory.
    let connection = prepare(Connection::open("").map_err(faulty)?, place, STEPS)?;
    connection.pragma_update(None, "journal_mode", "MEMORY").map_err(faulty)?;
    connection.pragma_update(None, "cache_size", MAX_CACHE).map_err(faulty)?;
    Ok(connection)
}

fn prepare(mut connection: Connection, place: &str, steps: &[&str]) -> Result<Connection, LedgerError> {
    let faulty = |error: rusqlite::Error| Failure::from(error).in_the_ledger(format!("open {place}"));
    connection.busy_handler(Some(wait_for_others)).map_err(faulty)?;
    // Every statement is prepared once: none is displaced by another, and none anew for the values that it is given.
    connection.set_prepared_statement_cache_capacity(MAX_STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(faulty)?;
    match origin(&connection).map_err(faulty)? {
        Origin::Andon { version } if version > steps.len() => {
            return Err(LedgerError::Unusable(format!(
                "{place} was written by a newer Andon (schema version {version}; this program supports up to {}): \
                 update this program, or use another directory",
                steps.len()
            )));
        }
        Origin::Elsewhere => {
            return Err(LedgerError::Unusable(format!(
                "{place} is a database of another program: use another directory"
            )));
        }
        Origin::Andon { .. } | Origin::Nowhere => {}
    }
    // Readers and a writer do not wait for each other.
    patiently(|| connection.pragma_update(None, "journal_mode", "WAL")).map_err(faulty)?;
    // What was acknowledged survives a power cut, not only the end of the process.
    connection.pragma_update(None, "synchronous", "FULL").map_err(faulty)?;
    migrate(&mut connection, steps).map_err(faulty)?;
    Ok(connection)
}

enum Origin {
    /// An empty file.
    Nowhere,
    Andon {
        version: usize,
    },
    Elsewhere,
}

fn origin(connection: &Connection) -> rusqlite::Result<Origin> {
    // Within a transaction: another process may be making the ledger at this very moment.
    let moment = connection.unchecked_transaction()?;
    let number = |query: &str| moment.query_row(query, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    if application == i64::from(APPLICATION) {
        return Ok(Origin::Andon { version: version(&moment)? });
    }
    let things = number("SELECT count(*) FROM sqlite_master")?;
    Ok(if application == 0 && things == 0 && version(&moment)? == 0 { Origin::Nowhere } else { Origin::Elsewhere })
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Takes the steps that are missing, all or none, one process at a time.
fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    if version(connection)? >= steps.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Somebody else may have taken them while this process waited.
    for step in steps.iter().skip(version(&transaction)?) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    transaction.commit()
}

/// Waits for another process, and says whether to try again.
///
/// The pause stays short. SQLite's own handler waits longer each time, up to 100 ms, and a process that writes without a
/// pause then keeps the others out.
fn wait_for_others(tries: i32) -> bool {
    let waited = BUSY_PAUSE.saturating_mul(tries.unsigned_abs());
    if waited < BUSY_TIMEOUT {
        std::thread::sleep(BUSY_PAUSE);
    }
    waited < BUSY_TIMEOUT
}

/// Changing a new file's journal is the one thing that does not wait by itself for another process doing the same.
fn patiently(mut act: impl FnMut() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    let pause = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    loop {
        match act() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && waited < BUSY_TIMEOUT => {
                std::thread::sleep(pause);
                waited += pause;
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(file: &Path, steps: &[&str]) -> Result<Connection, LedgerError> {
        prepare(Connection::open(file).unwrap(), "the file", steps)
    }

    #[test]
    fn a_file_is_brought_up_to_date_step_by_step_and_only_once() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("andon.db");
        let first = "CREATE TABLE runs (doc TEXT) STRICT; INSERT INTO runs VALUES ('one');";
        let second = "ALTER TABLE runs ADD COLUMN stars INTEGER NOT NULL DEFAULT 3;";
        in_file(&file, &[first]).unwrap();
        for _ in 0..2 {
            let connection = in_file(&file, &[first, second]).unwrap();
            let rows: Vec<(String, i64)> = connection
                .prepare("SELECT doc, stars FROM runs")
                .unwrap()
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert_eq!(rows, [("one".to_owned(), 3)]);
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("andon.db");
        let first = "CREATE TABLE runs (doc TEXT) STRICT;";
        in_file(&file, &[first]).unwrap();
        let broken = "CREATE TABLE more (doc TEXT) STRICT; CREATE TABLE runs (doc TEXT) STRICT;";
        in_file(&file, &[first, broken]).unwrap_err();
        let connection = in_file(&file, &[first]).unwrap();
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }

    #[test]
    fn a_file_of_a_newer_andon_is_refused_with_both_versions() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("andon.db");
        let step = "CREATE TABLE runs (doc TEXT) STRICT;";
        in_file(&file, &[step, "", ""]).unwrap();
        let error = in_file(&file, &[step]).unwrap_err().to_string();
        assert_eq!(
            error,
            "the ledger cannot be used: the file was written by a newer Andon (schema version 3; this program supports \
             up to 1): update this program, or use another directory"
        );
    }
}
