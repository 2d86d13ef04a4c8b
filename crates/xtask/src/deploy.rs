//! `cargo xtask deploy`: packages and stack in one go, for whoever wants no pipeline.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::command::{exists, run};
use crate::package::{self, Arch};
use crate::workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The address that alerts go to
    #[arg(long)]
    email: Option<String>,
    /// The processor of the functions
    #[arg(long, default_value = "arm64")]
    arch: Arch,
    /// Another parameter of sam-template.yml, as NAME=VALUE; those of a former deployment stay as they are
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Passed on to `sam deploy`, such as `--config-env`, `--region` or `--profile`
    #[arg(last = true)]
    sam: Vec<String>,
}

pub(crate) fn run_all(options: &Options) -> Result<()> {
    if !exists("sam") {
        bail!("sam is not there: `pip install aws-sam-cli` installs it");
    }
    package::run(&package::Options::of_all(options.arch))?;
    run(sam(options).current_dir(workspace::root()))
}

fn sam(options: &Options) -> Command {
    let mut sam = Command::new("sam");
    sam.arg("deploy").args(&options.sam).arg("--parameter-overrides");
    sam.arg(format!("Architecture={}", options.arch.name()));
    sam.args(options.email.iter().map(|email| format!("Email={email}"))).args(&options.parameters);
    sam
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sam_is_told_what_was_asked_for() {
        let options = Options {
            email: Some("team@example.com".to_owned()),
            arch: Arch::Arm64,
            parameters: vec!["SecretsPath=/andon".to_owned()],
            sam: vec!["--region".to_owned(), "eu-west-1".to_owned()],
        };
        let sam = sam(&options);
        let words: Vec<_> = sam.get_args().map(|word| word.to_string_lossy()).collect();
        assert_eq!(
            words.join(" "),
            "deploy --region eu-west-1 --parameter-overrides Architecture=arm64 Email=team@example.com SecretsPath=/andon"
        );
    }
}
