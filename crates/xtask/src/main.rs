//! The work of developing Andon, as `cargo xtask <command>`.
//!
//! Whatever a developer, the CI and the build in AWS have to do alike is a command here; what they run by hand is
//! printed before it is run.
#![expect(clippy::print_stdout, reason = "this is a program for the terminal")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod buildspec;
mod command;
mod deploy;
mod fuzz;
mod package;
mod release;
mod sbom;
mod test;
mod train;
mod workspace;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The work of developing Andon")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Runs everything that must pass before a change lands; stops at the first failure
    Test(test::Options),
    /// The same as CI runs it: nothing is updated, and snapshots that no test asks for are an error
    Ci(test::Options),
    /// Measures the functions against their budgets, beside a function that does nothing
    Bench(bench::Options),
    /// Looks for bytes that a check of `fuzz/` does not hold for; needs a nightly toolchain
    Fuzz(fuzz::Options),
    /// Builds the functions for Lambda and zips them, reproducibly, into `target/lambda/`
    Package(package::Options),
    /// Makes the files that a release publishes, as far as this system can
    Release(release::Options),
    /// Trains the model that ranks the lines of a log, and tells how good it is on logs that it has not seen
    Train(train::Options),
    /// Runs the commands of `buildspec.yml` in a clean clone, with moto for AWS
    Buildspec(buildspec::Options),
    /// Packages the functions and deploys the stack, by `sam deploy`
    Deploy(deploy::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(options) => test::run_all(&options, std::env::var_os("CI").is_some()),
        Task::Ci(options) => test::run_all(&options, true),
        Task::Bench(options) => bench::measure_all(&options),
        Task::Fuzz(options) => fuzz::run_one(&options),
        Task::Package(options) => package::run(&options),
        Task::Release(options) => release::run_all(&options),
        Task::Train(options) => train::run(&options),
        Task::Buildspec(options) => buildspec::run_all(&options),
        Task::Deploy(options) => deploy::run_all(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
