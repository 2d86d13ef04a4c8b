//! The Python and npm packages of the tests, in the versions that are pinned beside `test-support`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use test_support::tools::{chromium, folder, sources};

use crate::command::{exists, run};

/// Installs what is not there yet, or not in the pinned versions.
pub(crate) fn prepare() -> Result<()> {
    fs::create_dir_all(folder()).context("cannot create target/test-tools")?;
    python("Python packages", "requirements.txt", "python")?;
    if chromium().is_none() {
        bail!("chromium is not there: the tests look at pages with it; `.ci/run` installs it on Debian");
    }
    when_changed("npm packages", &["package.json", "package-lock.json"], "node", |target| {
        needs("npm", "node 18 or later with npm")?;
        fs::create_dir_all(target)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources().join(file), target.join(file)).with_context(|| format!("cannot copy {file}"))?;
        }
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]).current_dir(target))
    })
}

/// Installs SAM's own tools and Checkov, which need other versions of some packages than moto does.
pub(crate) fn prepare_for_templates() -> Result<()> {
    fs::create_dir_all(folder()).context("cannot create target/test-tools")?;
    python("Python packages for templates", "requirements-templates.txt", "templates")
}

fn python(what: &str, requirements: &str, name: &str) -> Result<()> {
    when_changed(what, &[requirements], name, |target| {
        needs("python3", "python3 and its venv module")?;
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(target))?;
        run(Command::new(target.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--requirement"])
            .arg(sources().join(requirements)))
    })
}

/// Installs into `target/test-tools/<name>` unless that was done before with the same contents of these files.
///
/// What was installed is noted last, so that an installation that broke off is begun anew.
fn when_changed(what: &str, files: &[&str], name: &str, install: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut wanted = String::new();
    for file in files {
        let path = sources().join(file);
        wanted += &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    let (target, note) = (folder().join(name), folder().join(format!("{name}.installed")));
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) && target.is_dir() {
        println!("the {what} are there and unchanged");
        return Ok(());
    }
    println!("installing the {what} into target/test-tools/{name}");
    let _ = fs::remove_file(&note);
    install(&target)?;
    fs::write(&note, wanted).with_context(|| format!("cannot write {}", note.display()))
}

fn needs(program: &str, wanted: &str) -> Result<()> {
    if !exists(program) {
        bail!("{program} is not there: the tests need {wanted}; `.ci/run` installs it on Debian");
    }
    Ok(())
}
