//! Python: the system's, and environments of it with the packages of the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use test_support::tools::folder;

use super::when_changed;
use crate::command::run;

/// The oldest Python that the pinned packages run on.
pub(crate) const OLDEST: (u32, u32) = (3, 11);

/// The installer of packages.
const UV: &str = "uv==0.13.9";

/// The names that a Python of the right version may have.
const NAMES: [&str; 6] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

/// A Python of the system that is new enough and can make environments; `None` if there is none.
pub(crate) fn find() -> Option<PathBuf> {
    let (major, minor) = OLDEST;
    // Debian ships `venv` without `ensurepip`, which it needs, unless its package is installed.
    let check = format!("import sys, venv, ensurepip; sys.exit(sys.version_info < ({major}, {minor}))");
    let fits = |name: &&&str| {
        let python = Command::new(name).args(["-c", &check]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        python.is_ok_and(|status| status.success())
    };
    NAMES.iter().find(fits).map(PathBuf::from)
}

/// Makes an environment with some packages, as `requirements.txt` names them, in `target/test-tools/<name>`.
pub(super) fn install(what: &str, name: &str, requirements: &str) -> Result<()> {
    when_changed(what, name, requirements, |target| create(target, requirements, &[]))
}

/// Makes an environment with some packages: by uv in seconds or, where that fails, by pip, which knows the mirrors that
/// its user has configured.
pub(super) fn create(target: &Path, requirements: &str, options: &[&str]) -> Result<()> {
    let (major, minor) = OLDEST;
    let python = find().with_context(|| format!("no Python {major}.{minor} or later with its venv module"))?;
    let list = target.with_extension("requirements.txt");
    fs::write(&list, requirements).with_context(|| format!("cannot write {}", list.display()))?;
    let by_uv = uv(&python).and_then(|uv| {
        run(Command::new(&python).args(["-m", "venv", "--clear", "--without-pip"]).arg(target))?;
        let install = ["pip", "install", "--quiet", "--no-progress", "--python"];
        run(Command::new(uv).args(install).arg(target.join("bin/python")).args(options).arg("--requirement").arg(&list))
    });
    let Err(error) = by_uv else { return Ok(()) };
    println!("{error:#}; trying pip");
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(target))?;
    run(pip(target).args(options).arg("--requirement").arg(list))
}

/// uv, which installs packages many times faster than pip does.
fn uv(python: &Path) -> Result<PathBuf> {
    when_changed("uv", "uv", UV, |target| {
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(target))?;
        run(pip(target).args(["--only-binary", ":all:", UV]))
    })?;
    Ok(folder().join("uv/bin/uv"))
}

/// `pip install` in an environment.
fn pip(environment: &Path) -> Command {
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-compile", "--disable-pip-version-check"]);
    pip
}
