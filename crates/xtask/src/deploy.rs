//! `cargo xtask deploy`: packages and stack in one go, for whoever wants no pipeline.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{exists, run};
use crate::package::{self, Arch};
use crate::workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The environment of samconfig.toml
    #[arg(long, value_name = "NAME", default_value = "default")]
    config_env: String,
    /// The address that alerts go to
    #[arg(long)]
    email: Option<String>,
    /// The processor of the functions
    #[arg(long, default_value = "arm64")]
    arch: Arch,
    /// Another parameter of sam-template.yml, as NAME=VALUE; those of a former deployment stay as they are
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Passed on to `sam deploy`, such as `--region` or `--profile`
    #[arg(last = true)]
    sam: Vec<String>,
}

pub(crate) fn run_all(options: &Options) -> Result<()> {
    if !exists("sam") {
        bail!("sam is not there: `pip install aws-sam-cli` installs it");
    }
    let sam = &mut sam(options, &environments()?)?;
    package::run(&package::Options::of_all(options.arch))?;
    run(sam.current_dir(workspace::root()))
}

fn environments() -> Result<toml::Table> {
    let path = workspace::root().join("samconfig.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse().with_context(|| format!("cannot read {}", path.display()))
}

/// The parameters of sam-template.yml that an environment sets.
fn parameters_of(environments: &toml::Table, name: &str) -> Result<Vec<String>> {
    let Some(deploy) = environments.get(name).and_then(|environment| environment.get("deploy")) else {
        bail!("samconfig.toml has no environment `{name}` with a `deploy`");
    };
    let overrides = deploy.get("parameters").and_then(|parameters| parameters.get("parameter_overrides"));
    overrides.map_or(Ok(Vec::new()), |overrides| {
        overrides.clone().try_into().with_context(|| format!("parameter_overrides of `{name}` is no list of texts"))
    })
}

/// `sam deploy` with every parameter on its command line: what stands there replaces the whole list of samconfig.toml, so
/// the environment's own are repeated.
fn sam(options: &Options, environments: &toml::Table) -> Result<Command> {
    if options.sam.iter().any(|word| word.starts_with("--config-env") || word.starts_with("--parameter-overrides")) {
        bail!("--config-env and --parameter stand before the `--`, so that one does not undo the other");
    }
    let mut parameters = BTreeMap::new();
    let email = options.email.iter().map(|email| format!("Email={email}"));
    let given = [format!("Architecture={}", options.arch.name())].into_iter().chain(email);
    let of_environment = parameters_of(environments, &options.config_env)?;
    for parameter in of_environment.into_iter().chain(given).chain(options.parameters.iter().cloned()) {
        let Some((name, value)) = parameter.split_once('=') else {
            bail!("`{parameter}` is no parameter: write it like SecretsPath=/andon");
        };
        parameters.insert(name.to_owned(), value.to_owned());
    }
    let mut sam = Command::new("sam");
    sam.args(["deploy", "--config-env", &options.config_env]).args(&options.sam).arg("--parameter-overrides");
    sam.args(parameters.iter().map(|(name, value)| format!("{name}={}", quoted(value))));
    Ok(sam)
}

/// A value as SAM reads it: without quotes it would be cut at its first space, and refused if it is empty.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Options {
        Options {
            config_env: "default".to_owned(),
            email: Some("team@example.com".to_owned()),
            arch: Arch::Arm64,
            parameters: vec!["SecretsPath=/andon".to_owned()],
            sam: vec!["--region".to_owned(), "eu-west-1".to_owned()],
        }
    }

    fn told(options: &Options) -> Result<String> {
        let sam = sam(options, &environments()?)?;
        let words: Vec<_> = sam.get_args().map(|word| word.to_string_lossy()).collect();
        Ok(words.join(" "))
    }

    #[test]
    fn sam_is_told_what_was_asked_for() {
        assert_eq!(
            told(&asked()).unwrap(),
            "deploy --config-env default --region eu-west-1 --parameter-overrides Architecture=\"arm64\" \
             Email=\"team@example.com\" SecretsPath=\"/andon\""
        );
    }

    #[test]
    fn what_an_environment_sets_is_not_lost_and_what_is_given_wins() {
        let mut options = asked();
        options.config_env = "try".to_owned();
        options.parameters = vec!["LogRetentionDays=14".to_owned()];
        assert_eq!(
            told(&options).unwrap(),
            "deploy --config-env try --region eu-west-1 --parameter-overrides Architecture=\"arm64\" \
             Email=\"team@example.com\" LogRetentionDays=\"14\" Rollout=\"AllAtOnce\""
        );
    }

    #[test]
    fn sam_reads_every_value_as_it_was_given() {
        let mut options = asked();
        let values = ["", "111122223333, 444455556666", "say \"hi\" \\ there", "a=b"];
        options.parameters = values.iter().enumerate().map(|(at, value)| format!("Value{at}={value}")).collect();
        let sam = sam(&options, &environments().unwrap()).unwrap();
        let words = sam.get_args().map(|word| word.to_string_lossy().into_owned());
        let words: Vec<String> = words.skip_while(|word| word != "--parameter-overrides").skip(1).collect();
        let python = test_support::tools::folder().join("templates/bin/python");
        let program = "import json, sys\nfrom samcli.cli.types import CfnParameterOverridesType\n\
                       print(json.dumps(CfnParameterOverridesType().convert(tuple(sys.argv[1:]), None, None)))";
        let output = Command::new(python).args(["-c", program]).args(words).output().unwrap();
        let read: BTreeMap<String, String> = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        for (at, value) in values.iter().enumerate() {
            assert_eq!(read[&format!("Value{at}")], *value);
        }
    }

    #[test]
    fn a_wrong_order_is_refused_before_anything_is_built() {
        let mut unknown = asked();
        unknown.config_env = "production".to_owned();
        assert_eq!(
            told(&unknown).unwrap_err().to_string(),
            "samconfig.toml has no environment `production` with a `deploy`"
        );
        let mut behind = asked();
        behind.sam.push("--config-env=try".to_owned());
        assert!(told(&behind).unwrap_err().to_string().starts_with("--config-env and --parameter stand before"));
        let mut unequal = asked();
        unequal.parameters.push("/andon".to_owned());
        assert!(told(&unequal).unwrap_err().to_string().starts_with("`/andon` is no parameter"));
    }
}
