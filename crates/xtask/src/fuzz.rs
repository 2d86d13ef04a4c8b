//! `cargo xtask fuzz`: looks for bytes for which a check of `fuzz/` does not hold.

use std::fs;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::command::{cargo, run};
use crate::test::tools::programs::FUZZ;
use crate::workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What is fuzzed
    target: Target,
    /// How long, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// The diagnosis of a log
    Diagnose,
    /// Events and their envelopes
    Events,
    /// `andon.yml`
    Configuration,
}

/// The profile of the fuzz targets: that of the functions is made for size, and takes minutes to link.
const PROFILE: [(&str, &str); 5] =
    [("OPT_LEVEL", "3"), ("LTO", "off"), ("CODEGEN_UNITS", "16"), ("STRIP", "none"), ("DEBUG", "line-tables-only")];

/// Runs a fuzz target, from the recorded files and from what earlier runs have found to be of interest.
pub(crate) fn run_one(options: &Options) -> Result<()> {
    let target = options.target;
    let name = target.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let seeds = workspace::target().join("fuzz-seeds").join(&name);
    run(cargo(["run", "--quiet", "--locked", "--package", "andon-fuzz", "--bin", &name, "--", "--seeds"]).arg(&seeds))?;
    let corpus = workspace::target().join("fuzz-corpus").join(&name);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
    let mut fuzz = FUZZ.command()?;
    fuzz.args(["run", "--fuzz-dir", "fuzz", "--target-dir", "target/fuzz", &name]).arg(corpus).arg(seeds);
    fuzz.args(["--", &format!("-max_total_time={}", options.seconds)]);
    // A fuzzer instruments what it compiles, by flags of a nightly compiler.
    fuzz.env_remove("CARGO").env_remove("RUSTC").env("RUSTUP_TOOLCHAIN", "nightly");
    for (setting, value) in PROFILE {
        fuzz.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    run(&mut fuzz)
}
