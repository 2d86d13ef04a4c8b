//! `cargo xtask buildspec`: what CodeBuild would do, on this machine and without an account.
//!
//! The commands of `buildspec.yml` run as they are written, in one shell, in a clean clone of this commit; packages go to a
//! bucket in moto, and the template that comes out is deployed there. It takes as long as a first build takes.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;
use test_support::ask;
use test_support::emulator::Emulator;
use test_support::tools::python;

use crate::command::{output, run};
use crate::package::Arch;
use crate::test::tools;
use crate::workspace;

const BUCKET: &str = "andon-packages";
const SKILL_FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:andon-alexa";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leaves the tests out, where they have run already
    #[arg(long)]
    without_tests: bool,
}

/// As much of a buildspec as is needed to run it.
#[derive(Debug, Deserialize)]
struct Buildspec {
    phases: Phases,
}

#[derive(Debug, Deserialize)]
struct Phases {
    install: Phase,
    pre_build: Phase,
    build: Phase,
}

#[derive(Debug, Deserialize)]
struct Phase {
    commands: Vec<String>,
}

pub(crate) fn run_all(options: &Options) -> Result<()> {
    let place = workspace::target().join("buildspec");
    let clone = place.join("andon");
    let _ = fs::remove_dir_all(&clone);
    run(Command::new("git").args(["clone", "--quiet", "--local"]).arg(workspace::root()).arg(&clone))?;
    let text = fs::read_to_string(clone.join("buildspec.yml")).context("cannot read buildspec.yml")?;
    let Buildspec { phases } = serde_saphyr::from_str(&text).context("buildspec.yml is no buildspec")?;

    // A machine of CodeBuild has a Python of its own, and so has this.
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(place.join("python")))?;
    tools::prepare()?;
    let moto = Emulator::moto().context("there is no AWS without moto")?;
    ask::put(&format!("{}/{BUCKET}", moto.url()), "s3").context("cannot make a bucket")?;

    let skipped = |command: &&String| !(options.without_tests && command.starts_with("cargo xtask ci"));
    let phases = [&phases.install, &phases.pre_build, &phases.build];
    let commands = phases.into_iter().flat_map(|phase| &phase.commands).filter(skipped);
    run(&mut shell(&place, moto.url(), commands)?)?;
    accept(&clone.join("template-export.yml"), moto.url())
}

/// All commands in one shell that stops at the first failure and shows each of them.
fn shell<'a>(place: &Path, moto: &str, commands: impl Iterator<Item = &'a String>) -> Result<Command> {
    let script = place.join("commands.sh");
    let lines: Vec<&str> = commands.map(String::as_str).collect();
    fs::write(&script, format!("set -exo pipefail\n{}\n", lines.join("\n"))).context("cannot write the commands")?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("bash");
    shell.arg(script).current_dir(place.join("andon"));
    shell.env("PATH", format!("{}:{path}", place.join("python/bin").display()));
    shell.env("ANDON_ARCHITECTURE", Arch::of_this_machine()?.name());
    shell.env("ANDON_PACKAGES", BUCKET).env("ANDON_SKILL_FUNCTION", SKILL_FUNCTION).env("SAM_CLI_TELEMETRY", "0");
    for (name, value) in [
        ("AWS_ENDPOINT_URL", moto),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
    ] {
        shell.env(name, value);
    }
    Ok(shell)
}

/// Whether CloudFormation makes a stack of the template, packages included.
fn accept(template: &Path, moto: &str) -> Result<()> {
    let mut deploy = python("deploy.py");
    let stack: serde_json::Value =
        serde_json::from_str(&output(deploy.args([moto, "123456789012"]).arg(template).arg("andon"))?)?;
    println!("{} is deployed: {}", template.display(), stack.get("status").unwrap_or_default());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buildspec_is_read_and_a_package_is_made_only_after_the_checks() {
        let text = fs::read_to_string(workspace::root().join("buildspec.yml")).unwrap();
        let Buildspec { phases } = serde_saphyr::from_str(&text).unwrap();
        assert!(phases.install.commands.iter().any(|command| command.starts_with("rustup ")));
        let checks: Vec<&str> = phases.pre_build.commands.iter().map(String::as_str).collect();
        assert_eq!(
            checks,
            [
                "cargo xtask ci --report target/reports/tests.xml",
                "cargo run --locked --package andon-cli -- check andon.yml"
            ]
        );
        assert!(phases.build.commands.iter().any(|command| command.starts_with("cargo xtask package")));
        assert_eq!(text.matches("on-failure: ABORT").count(), 3, "each phase stops the build when it fails");
    }
}
