//! `cargo xtask buildspec`: what CodeBuild would do, on this machine and without an account.
//!
//! The commands of `buildspec.yml` run as they are written, in one shell, in what CodePipeline hands to CodeBuild: this
//! commit from a zip, without the modes of its files and without `.git`. Packages go to a bucket in moto, and the template
//! that comes out is deployed there. It takes as long as a first build takes.

use std::fs;
use std::io::{Cursor, Read};
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
    /// What a push runs, like the parameter Tests of pipeline.yml
    #[arg(long, default_value = "package", value_parser = ["package", "full"])]
    tests: String,
}

/// Parameters as pipeline.yml hands them on, empty ones included.
const PARAMETERS: &str = r#"{"Parameters":{"Email":"","SecretsPath":"/andon","MoreTopics":"","VoiceActions":"off"}}"#;

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
    let source = place.join("andon");
    let _ = fs::remove_dir_all(&source);
    unpack(&source)?;
    let text = fs::read_to_string(source.join("buildspec.yml")).context("cannot read buildspec.yml")?;
    let Buildspec { phases } = serde_saphyr::from_str(&text).context("buildspec.yml is no buildspec")?;
    tools::prepare()?;
    let moto = Emulator::moto().context("there is no AWS without moto")?;
    ask::put(&format!("{}/{BUCKET}", moto.url()), "s3").context("cannot make a bucket")?;

    let phases = [&phases.install, &phases.pre_build, &phases.build];
    let commands = phases.into_iter().flat_map(|phase| &phase.commands);
    run(&mut shell(&place, moto.url(), &options.tests, commands)?)?;
    accept(&source.join("template-export.yml"), moto.url())
}

/// Unpacks this commit from a zip as the source actions of CodePipeline make it: no file is executable.
fn unpack(target: &Path) -> Result<()> {
    let zip = Command::new("git")
        .args(["archive", "--format", "zip", "HEAD"])
        .current_dir(workspace::root())
        .output()
        .context("cannot run git")?;
    let mut archive = zip::ZipArchive::new(Cursor::new(zip.stdout)).context("git made no zip of this commit")?;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let Some(name) = file.enclosed_name() else { continue };
        let path = target.join(name);
        if file.is_dir() {
            fs::create_dir_all(&path)?;
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// All commands in one shell that stops at the first failure and shows each of them.
fn shell<'a>(place: &Path, moto: &str, tests: &str, commands: impl Iterator<Item = &'a String>) -> Result<Command> {
    let script = place.join("commands.sh");
    let lines: Vec<&str> = commands.map(String::as_str).collect();
    fs::write(&script, format!("set -exo pipefail\n{}\n", lines.join("\n"))).context("cannot write the commands")?;
    let mut shell = Command::new("bash");
    shell.arg(script).current_dir(place.join("andon"));
    shell.env("ANDON_ARCHITECTURE", Arch::of_this_machine()?.name()).env("ANDON_TESTS", tests);
    shell.env("ANDON_PACKAGES", BUCKET).env("ANDON_SKILL_FUNCTION", SKILL_FUNCTION).env("ANDON_PARAMETERS", PARAMETERS);
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
    fn a_package_is_made_only_after_the_checks() {
        let text = fs::read_to_string(workspace::root().join("buildspec.yml")).unwrap();
        let Buildspec { phases } = serde_saphyr::from_str(&text).unwrap();
        let position = |part: &str| phases.build.commands.iter().position(|command| command.contains(part)).unwrap();
        assert!(phases.pre_build.commands[0].contains("cargo xtask ci"));
        assert!(position("cargo xtask release") < position("check andon.yml"));
        assert!(position("check andon.yml") < position("cloudformation package"));
        assert_eq!(text.matches("on-failure: ABORT").count(), 3, "each phase stops the build when it fails");
    }

    #[test]
    fn a_source_archive_has_no_modes_and_no_history() {
        let folder = tempfile::tempdir().unwrap();
        unpack(folder.path()).unwrap();
        assert!(folder.path().join("Cargo.toml").is_file());
        assert!(!folder.path().join(".git").exists());
    }
}
