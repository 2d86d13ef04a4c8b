//! What the tests run with and the machine may lack: Python and npm packages, Node, Chromium, and programs for cargo.
//!
//! Everything is installed below `target/test-tools`, in pinned versions, once: an installation is noted when it is
//! complete and is left alone until what was asked for changes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result};
use test_support::tools::{folder, sources};

pub(crate) mod browser;
pub(crate) mod node;
pub(crate) mod programs;
pub(crate) mod python;

/// Installs the Python and npm packages that the tests need, Node included where the system has none.
pub(crate) fn prepare() -> Result<()> {
    python::install("Python packages", "python", &read("requirements.txt")?)?;
    // Its own environment: it needs other versions of some packages.
    python::install("the client of the Model Context Protocol", "mcp", &read("requirements-mcp.txt")?)?;
    node::install()
}

/// Installs SAM's own tools and Checkov, which need other versions of some packages than moto does.
pub(crate) fn prepare_for_templates() -> Result<()> {
    python::install("Python packages for templates", "templates", &read("requirements-templates.txt")?)
}

/// A file beside `test-support` that pins versions.
fn read(file: &str) -> Result<String> {
    let path = sources().join(file);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Installs into `target/test-tools/<name>` unless that was done before for the same `wanted`.
///
/// What was installed is noted last, so an installation that broke off starts again.
fn when_changed(what: &str, name: &str, wanted: &str, install: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    fs::create_dir_all(folder().join("bin")).context("cannot create target/test-tools")?;
    let (target, note) = (folder().join(name), folder().join(format!("{name}.installed")));
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) && target.is_dir() {
        return Ok(());
    }
    println!("installing {what} into target/test-tools/{name}");
    let _ = fs::remove_file(&note);
    install(&target).with_context(|| format!("cannot install {what}"))?;
    fs::write(&note, wanted).with_context(|| format!("cannot write {}", note.display()))
}

/// Puts a link to a program into `target/test-tools/bin`, where the tests look for what the system does not have.
fn link(name: &str, program: &Path) -> Result<()> {
    let link = folder().join("bin").join(name);
    let _ = fs::remove_file(&link);
    symlink(program, &link).with_context(|| format!("cannot create {}", link.display()))
}
