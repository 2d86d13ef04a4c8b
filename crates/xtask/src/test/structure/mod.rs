//! The structure of the workspace: which crate may depend on which, how large a crate may be, and that modules form no
//! circle.
//!
//! What is checked:
//! - a crate depends on crates of lower layers only ([`layers`]), and no crates form a circle, not even through what
//!   their tests depend on;
//! - no crate has more than [`MAX_SHARE`] per cent of the workspace's lines;
//! - modules side by side in one folder form no circle, each counted with everything below it ([`circles`]).
//!
//! What is allowed: a module and the modules below it may use each other. A reader starts with the parent, which is the
//! table of contents of its folder, so such a pair keeps its order. Tests (`#[cfg(test)]`, `tests/`, `benches/`) may
//! use everything.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::command::{cargo, output};

mod circles;
mod layers;
mod modules;
mod paths;

/// The largest share of the workspace's lines that one crate may have, in per cent.
const MAX_SHARE: usize = 25;

/// Crates whose circles are printed and are not errors yet: their modules are being rearranged.
const UNDER_CONSTRUCTION: &[&str] = &["andon-diagnosis"];

/// As much of `cargo metadata` as the checks need.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or nothing for what the crate itself needs.
    kind: Option<String>,
    /// The folder of a crate of this workspace.
    path: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
    src_path: String,
}

pub(super) fn check() -> Result<()> {
    let metadata = output(&mut cargo(["metadata", "--locked", "--no-deps", "--format-version", "1"]))?;
    let Metadata { packages } = serde_json::from_str(&metadata).context("`cargo metadata` printed no metadata")?;
    let mut faults = layers::faults(&packages);
    let mut lines = BTreeMap::new();
    for package in &packages {
        for root in package.roots() {
            let crate_modules = modules::read(Path::new(root))?;
            let circles = circles::faults(&package.name, &crate_modules);
            if UNDER_CONSTRUCTION.contains(&package.name.as_str()) {
                for circle in &circles {
                    println!("not an error yet: {circle}");
                }
            } else {
                faults.extend(circles);
            }
            *lines.entry(package.name.as_str()).or_default() += count_lines(&crate_modules)?;
        }
    }
    faults.extend(too_large(&lines));
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n\n"))
}

impl Package {
    /// The files that the crate's library and programs start with.
    fn roots(&self) -> impl Iterator<Item = &str> {
        let of_product =
            |target: &&Target| target.kind.iter().any(|kind| ["lib", "bin", "proc-macro"].contains(&kind.as_str()));
        self.targets.iter().filter(of_product).map(|target| target.src_path.as_str())
    }
}

/// How many lines the files of some modules have.
fn count_lines(modules: &modules::Modules) -> Result<usize> {
    let mut lines = 0;
    for file in modules.files() {
        lines += fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?.lines().count();
    }
    Ok(lines)
}

/// Prints the size of each crate, largest first, and names those that are too large.
fn too_large(lines: &BTreeMap<&str, usize>) -> Vec<String> {
    let all: usize = lines.values().sum();
    let mut by_size: Vec<(&str, usize)> = lines.iter().map(|(name, lines)| (*name, *lines)).collect();
    by_size.sort_by_key(|(name, lines)| (std::cmp::Reverse(*lines), *name));
    let mut faults = Vec::new();
    for (name, lines) in by_size {
        let share = lines * 100 / all.max(1);
        println!("{name:<20} {lines:>6} lines {share:>3} %");
        if lines * 100 > all * MAX_SHARE {
            faults.push(format!("`{name}` has {share} % of the workspace's lines, more than {MAX_SHARE} %: split it"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_with_more_than_its_share_of_the_lines_is_named() {
        assert!(too_large(&[("a", 25), ("b", 25), ("c", 25), ("d", 25)].into()).is_empty());
        let faults = too_large(&[("a", 26), ("b", 25), ("c", 25), ("d", 24)].into());
        assert_eq!(faults, ["`a` has 26 % of the workspace's lines, more than 25 %: split it"]);
    }
}
