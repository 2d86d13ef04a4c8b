//! `andon init`: the settings and the acceptance test of a service, written into its repository.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Surroundings, Verdict, question};
use crate::service::detect::{self, ACCEPTANCE_TEST, Findings, Given};
use crate::service::settings::{FILE, Settings};
use crate::service::templates::Template;
use crate::terminal::Terminal;

/// The acceptance test to begin with.
const TEST: &str = "\
# The acceptance test: CodeBuild runs it after each deployment to acceptance. $URL is where the service answers.
# If a command fails, the release stops before production.
version: 0.2
phases:
  build:
    commands:
      - curl --fail --silent --show-error --retry 10 --retry-delay 6 --retry-all-errors \"$URLHEALTH\"
      # With Newman: - npx --yes newman run tests/acceptance.json --env-var \"url=$URL\"
";

/// Write the settings of a service, andon-service.yml, and an acceptance test
///
/// Nothing is deployed, and files that exist stay as they are.
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    #[command(flatten)]
    given: Given,
    /// Also write the CloudFormation templates into this folder, to change them
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = "deploy")]
    templates: Option<String>,
    /// The folder of the service
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Init {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let mut found = detect::look_into(&self.folder);
        let mut given = self.given;
        ask_for_the_rest(&found, &mut given)?;
        let has_settings = self.folder.join(FILE).exists();
        if !has_settings {
            // It is about to be there.
            found.acceptance_test = Some(ACCEPTANCE_TEST.to_owned());
        }
        let mut settings = match Settings::read(&self.folder.join(FILE))? {
            Some(settings) => settings,
            None => detect::settings(found, given).map_err(|problems| cannot(&problems))?,
        };
        let mut files: Vec<(String, String)> = Vec::new();
        if let Some(folder) = &self.templates {
            if has_settings && settings.templates.as_ref() != Some(folder) {
                bail!("{FILE} is there already: add `templates: {folder}` to it, then run this again");
            }
            settings.templates = Some(folder.clone());
            let mut wanted = vec![Template::Environment, Template::of_pipeline(&settings)];
            wanted.extend(settings.container.is_some().then_some(Template::Service));
            files.extend(
                wanted
                    .into_iter()
                    .map(|template| (format!("{folder}/{}", template.file()), template.text().to_owned())),
            );
        }
        let has_test = settings.acceptance.test.is_some();
        if !has_test || settings.acceptance.test.as_deref() == Some(ACCEPTANCE_TEST) {
            files.push((ACCEPTANCE_TEST.to_owned(), test_of(&settings)));
        }
        files.push((FILE.to_owned(), settings.to_yaml()));
        let mut written = Vec::new();
        let mut kept = Vec::new();
        for (name, text) in files {
            if write_new(&self.folder.join(&name), &text)? { written.push(name) } else { kept.push(name) }
        }
        report(around.terminal, self.json, &settings, &written, &kept)?;
        if !has_test && !self.json {
            around.terminal.line(format!("\nName the test in {FILE}:\n  acceptance:\n    test: {ACCEPTANCE_TEST}"))?;
        }
        Ok(Verdict::Well)
    }
}

/// What cannot be found out is asked for at a terminal; elsewhere the error names the option.
fn ask_for_the_rest(found: &Findings, given: &mut Given) -> anyhow::Result<()> {
    let asks = question::is_possible();
    let unknown_port = found.dockerfile.as_ref().is_some_and(|dockerfile| dockerfile.port.is_none());
    if asks && unknown_port && given.port.is_none() {
        let port = question::ask("Which port does the container listen on?", "--port")?;
        given.port = Some(port.parse().with_context(|| format!("{port:?} is not a port"))?);
    }
    Ok(())
}

fn test_of(settings: &Settings) -> String {
    let health = settings.container.as_ref().map_or("/", |container| container.health.as_str());
    TEST.replace("HEALTH", health)
}

/// Everything that is missing.
pub(super) fn cannot(problems: &[String]) -> anyhow::Error {
    anyhow::anyhow!("cannot write {FILE}:\n  {}", problems.join("\n  "))
}

/// Writes a file, unless there is one.
pub(super) fn write_new(path: &Path, text: &str) -> anyhow::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        file => {
            let write = |mut file: std::fs::File| std::io::Write::write_all(&mut file, text.as_bytes());
            file.and_then(write).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(true)
        }
    }
}

fn report(
    terminal: Terminal,
    as_json: bool,
    settings: &Settings,
    written: &[String],
    kept: &[String],
) -> anyhow::Result<()> {
    if as_json {
        terminal.json(&json!({"service": settings.name, "written": written, "kept": kept}))?;
        return Ok(());
    }
    for file in kept {
        terminal.line(format!("  · {file} (there already)"))?;
    }
    for file in written {
        terminal.line(format!("  ✓ {file}"))?;
    }
    if written.is_empty() {
        return Ok(());
    }
    let Settings { source, .. } = settings;
    terminal.line(format!(
        "\nThe service {} from {} on {}, branch {}. Next:",
        settings.name, source.repository, source.provider, source.branch
    ))?;
    terminal.line(format!("  git add {} && git commit -m \"Deploy with Andon\" && git push", written.join(" ")))?;
    terminal.line("  andon up")?;
    Ok(())
}
