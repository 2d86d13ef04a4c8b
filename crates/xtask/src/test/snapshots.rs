//! Snapshots that no test asks for any more: they look like a promise and are none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Has the tests note each snapshot that they ask for.
pub(super) fn note_what_is_asked_for(tests: &mut Command) -> Result<()> {
    forget()?;
    tests.env("INSTA_SNAPSHOT_REFERENCES_FILE", notes());
    Ok(())
}

/// Forgets what earlier tests have noted, as when only some of them run next.
pub(super) fn forget() -> Result<()> {
    match fs::remove_file(notes()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", notes().display()))
        }
        _ => Ok(()),
    }
}

/// Compares what the tests have noted with what is there; an error only where it has to be one.
pub(super) fn all_are_asked_for(strict: bool) -> Result<()> {
    let Ok(notes) = fs::read_to_string(notes()) else {
        println!("SKIPPED: all tests have to run before it is known which snapshots they ask for");
        return Ok(());
    };
    let asked_for: BTreeSet<PathBuf> = notes.lines().filter_map(|line| fs::canonicalize(line).ok()).collect();
    let mut there = BTreeSet::new();
    for folder in ["crates", "functions"] {
        collect(&workspace::root().join(folder), &mut there)?;
    }
    let forgotten: Vec<String> = there.difference(&asked_for).map(|path| path.display().to_string()).collect();
    println!("{} snapshots, {} of them asked for by no test", there.len(), forgotten.len());
    if forgotten.is_empty() {
        return Ok(());
    }
    let list = forgotten.join("\n  ");
    if strict {
        bail!("no test asks for these snapshots; remove them:\n  {list}");
    }
    println!("no test asks for these snapshots:\n  {list}");
    Ok(())
}

fn notes() -> PathBuf {
    workspace::target().join("snapshots-asked-for")
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            found.insert(fs::canonicalize(&path)?);
        }
    }
    Ok(())
}
