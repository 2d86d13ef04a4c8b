//! What fuzzing starts with: the recorded files of this repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The diagnosis of a log.
    Diagnose,
    /// Events and their envelopes.
    Events,
    /// `andon.yml`.
    Configuration,
    /// Redaction of any text.
    Redaction,
}

/// The recorded files for a target, good and bad ones, each with a name.
///
/// # Errors
///
/// A file that cannot be read, or a log that is not in the form of `benchmark/`.
pub fn of(target: Target) -> io::Result<Vec<(OsString, Vec<u8>)>> {
    let (folders, extension): (&[&str], _) = match target {
        Target::Diagnose => (&["benchmark"], "json"),
        Target::Events => (&["events", "events/bad"], "json"),
        Target::Configuration => (&[".", "crates/andon-config/tests/files"], "yml"),
        Target::Redaction => (&["crates/andon-redaction/tests/corpus"], "txt"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(root.join(folder))? {
            paths.push(entry?.path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    let mut seeds = Vec::new();
    for path in paths {
        let bytes = fs::read(&path)?;
        let bytes = if target == Target::Diagnose { log(&bytes)? } else { bytes };
        seeds.push((path.file_name().unwrap_or_default().to_owned(), bytes));
    }
    Ok(seeds)
}

/// The log in a file of `benchmark/`.
fn log(file: &[u8]) -> io::Result<Vec<u8>> {
    let case: Value = serde_json::from_slice(file)?;
    let lines = case.get("log").and_then(Value::as_array).ok_or_else(|| io::Error::other("no `log`"))?;
    let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    Ok(lines.join("\n").into_bytes())
}

/// Writes the recorded files for a target into a folder.
///
/// # Errors
///
/// As of [`of`], and a file that cannot be written.
pub fn plant(target: Target, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in of(target)? {
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
