//! `cargo xtask test`: everything that must pass before a change lands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use test_support::chromium;
use test_support::emulator::{self, Emulator, Forks};

use self::parts::{Part, Selection, summary};
use crate::command::{cargo, run};
use crate::workspace;

mod deny;
mod docs;
mod parts;
mod prerequisites;
mod structure;
mod templates;
pub(crate) mod tools;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    selection: Selection,
    /// Writes what became of each test into this file, in the form of JUnit
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Passed on to `cargo nextest run`, such as the name of a test
    #[arg(last = true)]
    test_arguments: Vec<String>,
}

/// What all of cargo's steps have in common.
///
/// Clippy and the documentation need the dependencies checked, the build and the tests need them compiled: cargo has to
/// do both once, whatever one says. Everything else is shared, and only because the four select the same packages with
/// the same features: cargo unites the features of what is selected, so that leaving out `--workspace`,
/// `--all-features` or what only tests need in one of them would compile the AWS SDK once more. For the same reason
/// there are no flags in `RUSTFLAGS`; clippy and rustdoc get theirs in their own way.
const EVERYTHING: [&str; 3] = ["--workspace", "--all-features", "--locked"];

/// The test binaries that need Chromium, as a filter of nextest.
const WITH_BROWSER: &str = "binary(browser)";

/// The tests of the deployed stack, in one process: they share one deployment and its day of events, and
/// `.config/nextest.toml` leaves them out of nextest's run unless they are named.
const DEPLOYMENT: [&str; 2] = ["--test", "deployment"];

/// Where nextest writes its report, below the folder that cargo builds into: `.config/nextest.toml` says so.
const NEXTEST_REPORT: &str = "nextest/default/junit.xml";

pub(crate) fn run_all(options: &Options, ci: bool) -> Result<()> {
    prerequisites::check(&options.selection)?;
    let mut durations = Vec::new();
    for part in options.selection.parts() {
        // They run with the other tests, unless those are left out.
        if part == Part::Browser && options.selection.has(Part::Tests) {
            continue;
        }
        println!("\n== {}", part.name());
        let started = Instant::now();
        let done = perform(part, options, ci);
        durations.push((part, started.elapsed()));
        if let Err(error) = done {
            println!("\n{}", summary(&durations, Some(part), &options.selection));
            return Err(error.context(format!("the part `{}` failed", part.name())));
        }
    }
    println!("\n{}", summary(&durations, None, &options.selection));
    Ok(())
}

fn perform(part: Part, options: &Options, ci: bool) -> Result<()> {
    match part {
        Part::Tools => install(&options.selection),
        Part::Format => run(&mut cargo(["fmt", "--all", "--check"])),
        Part::Spelling => run(&mut tools::programs::TYPOS.command()?),
        Part::Structure => structure::check(),
        Part::Unused => run(tools::programs::SHEAR.command()?.args(["--locked", "--deny-warnings"])),
        Part::Deny => deny::check(),
        Part::Templates => templates::check(),
        Part::Clippy => {
            let lint = ["--all-targets", "--", "--deny", "warnings"];
            run(&mut cargo(["clippy"].into_iter().chain(EVERYTHING).chain(lint)))
        }
        Part::Docs => docs::write(&EVERYTHING),
        Part::Build => run(&mut cargo(["build"].into_iter().chain(EVERYTHING).chain(["--all-targets"]))),
        Part::Tests | Part::Browser => test(options, ci),
        Part::Doctests => run(&mut cargo(["test"].into_iter().chain(EVERYTHING).chain(["--doc"]))),
    }
}

/// Installs what the selected parts need, so that one that cannot be installed is known before anything is built.
fn install(selection: &Selection) -> Result<()> {
    use tools::programs::{DENY, INSTA, NEXTEST, SHEAR, TYPOS};
    let programs = [
        (Part::Spelling, TYPOS),
        (Part::Unused, SHEAR),
        (Part::Deny, DENY),
        (Part::Tests, NEXTEST),
        (Part::Tests, INSTA),
    ];
    for (part, program) in programs {
        if needs(selection, part) {
            program.install()?;
        }
    }
    if needs(selection, Part::Templates) {
        tools::prepare_for_templates()?;
    }
    if needs(selection, Part::Tests) || needs(selection, Part::Browser) {
        tools::prepare()?;
        tools::prepare_for_templates()?;
    }
    if needs(selection, Part::Browser) {
        tools::browser::install()?;
    }
    Ok(())
}

/// Whether something is installed for a part: if it runs, or if installing is all that was asked for.
fn needs(selection: &Selection, part: Part) -> bool {
    selection.has(part) || selection.parts() == [Part::Tools]
}

/// One moto and one dynalite serve all tests, which keep apart by the names of their tables and topics. Tests that need an
/// account of their own get a fork.
fn test(options: &Options, ci: bool) -> Result<()> {
    install(&options.selection)?;
    let moto = Emulator::moto().context("the tests need moto")?;
    let dynalite = Emulator::dynalite().context("the tests need dynalite")?;
    let forks = Forks::start().context("the tests need moto")?;
    println!("moto answers at {}, dynalite at {}", moto.url(), dynalite.url());
    let mut tests = runner(options, ci)?;
    let emulators = [
        (emulator::MOTO, moto.url().to_owned()),
        (emulator::DYNALITE, dynalite.url().to_owned()),
        (emulator::MOTO_FORKS, forks.address()),
    ];
    tests.envs(emulators.clone());
    if let Some(browser) = chromium::find() {
        tests.env(chromium::VARIABLE, browser);
    }
    let written = workspace::target().join(NEXTEST_REPORT);
    let _ = fs::remove_file(&written);
    let done = run(&mut tests);
    if let Some(report) = &options.report {
        copy_report(&written, report)?;
    }
    // A failure of one kind of test does not hide those of the other.
    let deployed = if options.selection.has(Part::Tests) && options.test_arguments.is_empty() {
        run(cargo(["test"].into_iter().chain(EVERYTHING).chain(DEPLOYMENT)).envs(emulators))
    } else {
        Ok(())
    };
    done.and(deployed)
}

/// What runs the tests: all of them by cargo-insta, which has nextest run them and then knows the snapshots that no test
/// refers to; some of them by nextest. Named tests may be tests of the deployed stack.
fn runner(options: &Options, ci: bool) -> Result<Command> {
    let selection = &options.selection;
    let filter = match (selection.has(Part::Tests), selection.has(Part::Browser)) {
        (true, true) => None,
        (true, false) => Some(format!("not {WITH_BROWSER}")),
        (false, _) => Some(WITH_BROWSER.to_owned()),
    };
    let filter: Vec<String> = filter.into_iter().flat_map(|filter| ["--filterset".to_owned(), filter]).collect();
    let mut tests = if filter.is_empty() && options.test_arguments.is_empty() {
        let mut insta = tools::programs::INSTA.command()?;
        insta.args(["test", "--test-runner", "nextest", "--disable-nextest-doctest", "--no-quiet", "--check"]);
        insta.args(["--unreferenced", if ci { "reject" } else { "warn" }, "--workspace", "--all-features"]);
        insta.env("PATH", tools::programs::NEXTEST.before_path()?);
        insta
    } else {
        let mut nextest = tools::programs::NEXTEST.command()?;
        nextest.args(["nextest", "run"]).args(EVERYTHING).args(filter).args(&options.test_arguments);
        if !options.test_arguments.is_empty() {
            nextest.arg("--ignore-default-filter");
        }
        nextest
    };
    if ci {
        tests.env("INSTA_UPDATE", "no").env_remove("INSTA_FORCE_PASS");
    }
    Ok(tests)
}

fn copy_report(written: &Path, report: &Path) -> Result<()> {
    let report = workspace::root().join(report);
    if let Some(folder) = report.parent() {
        fs::create_dir_all(folder)?;
    }
    if !written.is_file() {
        bail!("nextest wrote no report: no test ran");
    }
    fs::copy(written, &report).with_context(|| format!("cannot write {}", report.display()))?;
    println!("the report is in {}", report.display());
    Ok(())
}
