//! Whether two builds of one commit give the same bytes: in two clones, in two folders of different names.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Arch, archive, release};
use crate::command::run;
use crate::workspace;

pub(super) fn two_builds_are_one(functions: &[String], arch: Arch) -> Result<()> {
    let place = workspace::target().join("verify");
    let _ = fs::remove_dir_all(&place);
    let mut hashes = Vec::new();
    // Names of different lengths, so that a path that is still in a binary also moves everything behind it.
    for folder in ["a", "another-folder"] {
        let clone = place.join(folder);
        run(Command::new("git").args(["clone", "--quiet", "--local"]).arg(workspace::root()).arg(&clone))?;
        for function in functions {
            let binary = release::build_in(&clone, &clone.join("target"), function, arch)?;
            hashes.push((function, archive::sha256(&super::zipped(&binary)?)));
        }
    }
    let (first, second) = hashes.split_at(functions.len());
    let mut different = Vec::new();
    for ((function, one), (_, other)) in first.iter().zip(second) {
        let verdict = if one == other { "the same" } else { "DIFFERENT" };
        println!("{function:<12} {one} {other} {verdict}");
        if one != other {
            different.push(function.as_str());
        }
    }
    if !different.is_empty() {
        bail!("two builds of one commit differ: {} (both are left in {})", different.join(", "), place.display());
    }
    fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))
}
