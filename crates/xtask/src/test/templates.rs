//! The templates: what CloudFormation and SAM think of them, and what there is to say of their security.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use andon_package::lex;
use anyhow::Result;
use test_support::tools::folder;

use super::tools;
use crate::command::run;
use crate::workspace;

const TEMPLATES: [&str; 7] = [
    "sam-template.yml",
    "spoke.yml",
    "pipeline.yml",
    "templates/environment.yml",
    "templates/service.yml",
    "templates/pipeline.yml",
    "templates/function.yml",
];

/// Regions that have the resources of Amazon Lex, to check its template for.
const BOT_REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1"];

pub(super) fn check() -> Result<()> {
    tools::prepare()?;
    tools::prepare_for_templates()?;
    let bot = write_bot()?;
    run(tool("python", "cfn-lint").args(TEMPLATES))?;
    run(tool("python", "cfn-lint").arg("--template").arg(&bot).arg("--regions").args(BOT_REGIONS))?;
    for template in [Path::new("sam-template.yml"), &bot] {
        run(tool("templates", "sam").args(["validate", "--lint", "--template"]).arg(template))?;
    }
    let mut checkov = tool("templates", "checkov");
    checkov.args(["--framework", "cloudformation", "--compact", "--quiet", "--skip-download"]);
    run(checkov.args(TEMPLATES.iter().flat_map(|template| ["--file", template])).arg("--file").arg(&bot))
}

/// Writes the template of the Lex bot, which is generated from the models of the skill.
fn write_bot() -> Result<PathBuf> {
    let template = lex::bot(&workspace::root().join("skill-package"), &lex::locales(), &[], "lex.zip")?.template;
    let path = workspace::target().join("lex").join("template.json");
    fs::create_dir_all(workspace::target().join("lex"))?;
    fs::write(&path, format!("{template:#}\n"))?;
    Ok(path)
}

/// A program of one of the environments, which asks nobody outside and has a region to think of.
fn tool(environment: &str, program: &str) -> Command {
    let mut command = Command::new(folder().join(environment).join("bin").join(program));
    command.current_dir(workspace::root());
    command.env("AWS_DEFAULT_REGION", "us-east-1").env("SAM_CLI_TELEMETRY", "0");
    command
}
