//! What only the owner of a machine can install, checked before anything else runs and named all at once.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use test_support::chromium;

use super::parts::{Part, Selection};
use super::tools::{browser, python};
use crate::command::cargo;

/// Something that the tests need and cannot install themselves.
#[derive(Debug, Clone, Copy)]
struct Prerequisite {
    /// What it is.
    what: &'static str,
    /// The parts that need it.
    parts: &'static [Part],
    /// Systems, and the command that installs it there.
    commands: &'static [(&'static str, &'static str)],
}

const PYTHON: Prerequisite = Prerequisite {
    what: "Python 3.11 or later with its venv module",
    parts: &[Part::Templates, Part::Tests, Part::Browser],
    commands: &[
        ("Debian, Ubuntu, WSL", "sudo apt-get install python3 python3-venv"),
        ("Ubuntu 22.04", "sudo apt-get install python3.11 python3.11-venv"),
        ("macOS", "brew install python"),
    ],
};

/// Needed only where no package of npm ships it.
const CHROMIUM: Prerequisite = Prerequisite {
    what: "Chromium or Chrome, other than the snap",
    parts: &[Part::Browser],
    commands: &[
        ("Debian", "sudo apt-get install chromium"),
        ("Ubuntu, WSL", "npx playwright install --with-deps chromium"),
        ("macOS", "brew install --cask google-chrome"),
        ("in another place", "CHROME=/path/to/chrome cargo xtask test"),
    ],
};

const RUSTFMT: Prerequisite = Prerequisite {
    what: "rustfmt",
    parts: &[Part::Format],
    commands: &[("all systems", "rustup component add rustfmt")],
};

const CLIPPY: Prerequisite = Prerequisite {
    what: "Clippy",
    parts: &[Part::Clippy],
    commands: &[("all systems", "rustup component add clippy")],
};

/// An error that names everything the selected parts lack, with the commands that install it.
pub(super) fn check(selection: &Selection) -> Result<()> {
    if let Some(given) = chromium::given()
        && selection.has(Part::Browser)
        && !browser::is_there()
    {
        bail!("{} names {}, which does not start", chromium::VARIABLE, given.display());
    }
    let all: [(Prerequisite, fn() -> bool); 4] = [
        (RUSTFMT, || has_component("fmt")),
        (CLIPPY, || has_component("clippy")),
        (PYTHON, || python::find().is_some()),
        (CHROMIUM, || browser::CAN_INSTALL || browser::is_there()),
    ];
    let needed = all.into_iter().filter(|(one, _)| one.parts.iter().any(|part| selection.has(*part)));
    let lacking: Vec<Prerequisite> = needed.filter(|(_, is_there)| !is_there()).map(|(one, _)| one).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    bail!("{}", advice(&lacking, selection))
}

fn has_component(subcommand: &str) -> bool {
    cargo([subcommand, "--version"]).output().is_ok_and(|output| output.status.success())
}

fn advice(lacking: &[Prerequisite], selection: &Selection) -> String {
    let mut text = "this machine lacks what the tests need and cannot install themselves:\n".to_owned();
    let mut parts: Vec<Part> = Vec::new();
    for one in lacking {
        let needing: Vec<Part> = one.parts.iter().copied().filter(|part| selection.has(*part)).collect();
        let _ = write!(text, "\n  {}, for: {}", one.what, names(&needing).join(", "));
        for (system, command) in one.commands {
            let _ = write!(text, "\n    {:<20} {command}", format!("{system}:"));
        }
        parts.extend(needing);
    }
    parts.sort_unstable();
    parts.dedup();
    let _ = write!(text, "\n\nOr leave parts out: cargo xtask test --without {}", names(&parts).join(","));
    text
}

fn names(parts: &[Part]) -> Vec<String> {
    parts.iter().map(|part| part.name()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_lacking_is_named_at_once_with_its_commands() {
        insta::assert_snapshot!(advice(&[RUSTFMT, PYTHON, CHROMIUM], &Selection::default()));
    }

    #[test]
    fn the_oldest_python_is_the_one_that_is_looked_for() {
        let (major, minor) = python::OLDEST;
        assert!(PYTHON.what.contains(&format!("Python {major}.{minor} ")), "{}", PYTHON.what);
    }
}
