//! `andon check`: validation of a configuration.

use std::path::PathBuf;

use andon::statistics::cost::{MonthlyCost, metrics_of_a_pipeline, monthly};
use andon::words::counted;
use andon_config::{Config, SCHEMA, Severity, Style, Surroundings as Known, render};
use andon_package::parameters::{self, Parameters};
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, routed};

/// Validate andon.yml and report every error and warning
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Configuration file
    #[arg(default_value = "andon.yml", value_name = "FILE")]
    file: PathBuf,
    /// Region Andon runs in; used to flag SNS topics in other regions
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// A parameter of the stack, as NAME=VALUE, to find what andon.yml uses and the stack does not allow
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// All parameters of the stack, in a file that CodePipeline reads: {"Parameters": {"NAME": "VALUE"}}
    #[arg(long = "parameters", value_name = "FILE", conflicts_with = "parameters")]
    parameters_file: Option<PathBuf>,
    /// The number of your pipelines, to estimate what their metrics cost a month
    #[arg(long, value_name = "NUMBER")]
    pipelines: Option<u32>,
    /// Show where the alerts of recorded events would go, and what each route does with them
    #[arg(long, value_name = "EVENT.json", conflicts_with_all = ["parameters", "parameters_file", "pipelines"])]
    route: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print the JSON Schema of andon.yml, for your editor
    #[arg(long, conflicts_with_all = ["file", "region", "parameters", "parameters_file", "pipelines", "route", "json"])]
    schema: bool,
}

impl Check {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let terminal = around.terminal;
        if self.schema {
            terminal.line(SCHEMA.trim_end())?;
            return Ok(Verdict::Well);
        }
        let name = self.file.display().to_string();
        let text = std::fs::read_to_string(&self.file)
            .with_context(|| format!("cannot read {name}; to check another file, use `andon check FILE`"))?;
        let checked = Config::check(&text, &name, Known { region: self.region.as_deref() });
        let findings = checked.findings;
        let conflicts = self.conflicts(&text)?;
        if let (Some(events), Some(config)) = (&self.route, &checked.config) {
            routed::print(config, events, self.json, terminal)?;
            return Ok(Verdict::Well);
        }
        let detail = checked.config.as_ref().map(|config| config.statistics.detail);
        let cost =
            self.pipelines.zip(detail).map(|(pipelines, detail)| (pipelines, detail, monthly(pipelines, detail)));
        if self.json {
            let list: Vec<Value> = findings
                .iter()
                .map(|finding| {
                    let (line, column) = findings.position(finding);
                    json!({
                        "severity": match finding.severity() { Severity::Error => "error", Severity::Warning => "warning" },
                        "line": line,
                        "column": column,
                        "message": finding.message(),
                        "help": finding.help(),
                    })
                })
                .collect();
            terminal.json(&json!({
                "file": name, "valid": checked.config.is_some(), "findings": list, "conflicts": conflicts,
                "metrics": cost.map(|(pipelines, detail, cost)| json!({
                    "pipelines": pipelines, "detail": <&str>::from(detail),
                    "metrics": pipelines.saturating_mul(metrics_of_a_pipeline(detail)),
                    "monthly": {"calm": cost.calm.round(), "busy": cost.busy.round(), "most": cost.most.round()},
                })),
            }))?;
        } else {
            // Colours are taken away again where they would not be seen.
            let style = if terminal.width().is_some() { Style::Colour } else { Style::Plain };
            terminal.line(render(&findings, style, terminal.width().unwrap_or(100)).trim_end())?;
            for conflict in &conflicts {
                terminal.line(format!("error: {conflict}"))?;
            }
            if let Some((pipelines, detail, MonthlyCost { calm, busy, most })) = cost {
                terminal.line(format!(
                    "Metrics of {} at `detail: {}` (five stages of one action each): about ${calm:.0} a month if each \
                     runs 5 times a working day, ${busy:.0} at 20 runs a day, and at most ${most:.0}.",
                    counted(u64::from(pipelines), "pipeline"),
                    <&str>::from(detail),
                ))?;
            }
        }
        Ok(if checked.config.is_some() && conflicts.is_empty() { Verdict::Well } else { Verdict::NotWell })
    }

    /// What the configuration uses and the parameters of the stack do not allow; nothing if no parameters are given.
    fn conflicts(&self, configuration: &str) -> anyhow::Result<Vec<String>> {
        let parameters: Parameters = match &self.parameters_file {
            None if self.parameters.is_empty() => return Ok(Vec::new()),
            None => self.parameters.iter().cloned().collect(),
            Some(file) => {
                let name = file.display();
                let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
                parameters::of_file(&text).with_context(|| format!("{name} does not hold parameters of a stack"))?
            }
        };
        Ok(parameters::conflicts(configuration, &parameters))
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    parameters::parse(text).ok_or_else(|| "write it as NAME=VALUE, such as SecretsPath=/andon".to_owned())
}
