//! `cargo xtask test`: everything that must pass before a change lands.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use test_support::emulator::{self, Emulator};

use crate::command::{cargo, run};
use crate::workspace;

mod deny;
mod docs;
mod report;
mod snapshots;
mod templates;
pub(crate) mod tools;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Runs this step alone
    #[arg(long, value_name = "STEP")]
    only: Option<Step>,
    /// Writes what became of each test into this file, in the form of JUnit
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Passed on to `cargo test`, such as the name of a test
    #[arg(last = true)]
    test_arguments: Vec<String>,
}

/// The steps, those that fail soonest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Installs the Python and npm packages of the tests under `target/`, where they are not there yet
    Tools,
    /// Formatting
    Format,
    /// Licences, bans and sources of the dependencies, and advisories where their database can be reached
    Deny,
    /// The templates of CloudFormation: cfn-lint, `sam validate` and Checkov
    Templates,
    /// Lints
    Clippy,
    /// The documentation of every item, private ones too
    Docs,
    /// Builds everything, the functions' binaries included
    Build,
    /// Unit, property, snapshot, conformance, end-to-end and documentation tests
    Tests,
    /// Snapshots that no test asks for
    Snapshots,
}

/// What all of cargo's steps have in common.
///
/// Clippy and the documentation need the dependencies checked, the build and the tests need them compiled: cargo has to
/// do both once, whatever one says. Everything else is shared, and only because the four select the same packages with
/// the same features: cargo unites the features of what is selected, so that leaving out `--workspace`,
/// `--all-features` or what only tests need in one of them would compile the AWS SDK once more. For the same reason
/// there are no flags in `RUSTFLAGS`; clippy and rustdoc get theirs in their own way.
const EVERYTHING: [&str; 3] = ["--workspace", "--all-features", "--locked"];

pub(crate) fn run_all(options: &Options, ci: bool) -> Result<()> {
    let steps = options.only.map_or_else(|| Step::value_variants().to_vec(), |only| vec![only]);
    let mut durations = Vec::new();
    for step in steps {
        println!("\n== {}", name(step));
        let started = Instant::now();
        let done = perform(step, options, ci);
        durations.push((step, started.elapsed()));
        if let Err(error) = done {
            summarise(&durations, Some(step));
            return Err(error.context(format!("the step `{}` failed", name(step))));
        }
    }
    summarise(&durations, None);
    Ok(())
}

fn perform(step: Step, options: &Options, ci: bool) -> Result<()> {
    match step {
        Step::Tools => tools::prepare().and_then(|()| tools::prepare_for_templates()),
        Step::Format => run(&mut cargo(["fmt", "--all", "--check"])),
        Step::Deny => deny::check(),
        Step::Templates => templates::check(),
        Step::Clippy => {
            let lint = ["--all-targets", "--", "--deny", "warnings"];
            run(&mut cargo(["clippy"].into_iter().chain(EVERYTHING).chain(lint)))
        }
        Step::Docs => docs::write(&EVERYTHING),
        Step::Build => run(&mut cargo(["build"].into_iter().chain(EVERYTHING).chain(["--all-targets"]))),
        Step::Tests => test(options, ci),
        Step::Snapshots => snapshots::all_are_asked_for(ci),
    }
}

/// One moto and one dynalite serve all tests, which keep apart by the names of their tables and topics.
fn test(options: &Options, ci: bool) -> Result<()> {
    let arguments = &options.test_arguments;
    tools::prepare()?;
    tools::prepare_for_templates()?;
    let moto = Emulator::moto().context("the tests need moto")?;
    let dynalite = Emulator::dynalite().context("the tests need dynalite")?;
    println!("moto answers at {}, dynalite at {}", moto.url(), dynalite.url());
    let mut tests = cargo(["test"].into_iter().chain(EVERYTHING).chain(arguments.iter().map(String::as_str)));
    tests.env(emulator::MOTO, moto.url()).env(emulator::DYNALITE, dynalite.url());
    if arguments.is_empty() {
        snapshots::note_what_is_asked_for(&mut tests)?;
    } else {
        snapshots::forget()?;
    }
    if ci {
        tests.env("INSTA_UPDATE", "no").env_remove("INSTA_FORCE_PASS");
    }
    match &options.report {
        None => run(&mut tests),
        Some(report) => report::run(&mut tests, report),
    }
}

fn name(step: Step) -> String {
    step.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn summarise(durations: &[(Step, Duration)], failed: Option<Step>) {
    println!("\n{:<10} {:>8}", "step", "seconds");
    for (step, duration) in durations {
        let mark = if failed == Some(*step) { "  FAILED" } else { "" };
        println!("{:<10} {:>8.1}{mark}", name(*step), duration.as_secs_f64());
    }
    let total: Duration = durations.iter().map(|(_, duration)| *duration).sum();
    println!("{:<10} {:>8.1}", "all", total.as_secs_f64());
    println!("in {}", workspace::root().display());
}
