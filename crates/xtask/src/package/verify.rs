//! Whether two builds of one commit give the same bytes: in two clones, in two folders of different names.
//!
//! Optimised builds of everything, twice, take the better part of an hour on two processors. What has been built stays until
//! the verdict, so that a run that was broken off goes on where it was.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use andon_package::archive;

use super::{Arch, configuration, release, zipped};
use crate::command::{output, run};
use crate::workspace;

/// Names of different lengths, so that a path that is still in a binary also moves everything behind it.
const FOLDERS: [&str; 2] = ["a", "another-folder"];

/// What came of one function in one folder.
struct Package {
    hash: String,
    size: usize,
}

pub(super) fn two_builds_are_one(functions: &[String], arch: Arch) -> Result<()> {
    let place = workspace::target().join("verify");
    let commit = output(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(workspace::root()))?;
    let mut different = Vec::new();
    for folder in FOLDERS {
        check_out(&place.join(folder), commit.trim())?;
    }
    println!("commit {}", commit.trim());
    for function in functions {
        let [one, other] = FOLDERS.map(|folder| package(&place.join(folder), function, arch));
        let (one, other) = (one?, other?);
        let verdict = if one.hash == other.hash { "the same" } else { "DIFFERENT" };
        println!("{function:<12} {:>9} {:>9}  {} {}  {verdict}", one.size, other.size, one.hash, other.hash);
        if one.hash != other.hash {
            different.push(function.as_str());
        }
    }
    if !different.is_empty() {
        bail!("two builds of one commit differ: {} (both are left in {})", different.join(", "), place.display());
    }
    fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))
}

/// A clone at this commit, with what has been built there before.
fn check_out(clone: &Path, commit: &str) -> Result<()> {
    let git = || Command::new("git");
    if !clone.join(".git").is_dir() {
        run(git().args(["clone", "--quiet", "--local", "--no-checkout"]).arg(workspace::root()).arg(clone))?;
    }
    run(git().args(["fetch", "--quiet", "origin"]).current_dir(clone))?;
    run(git().args(["checkout", "--quiet", "--force", "--detach", commit]).current_dir(clone))
}

fn package(clone: &Path, function: &str, arch: Arch) -> Result<Package> {
    let binary = release::build_in(clone, &clone.join("target"), function, arch)?;
    let zip = zipped(&binary, Some(&configuration(clone)?))?;
    Ok(Package { hash: archive::sha256(&zip), size: zip.len() })
}
