//! `andon open`: a page of a pipeline in the browser.

use std::process::{Command, Stdio};

use andon::history::RunSummary;
use andon::links;
use andon::name::PipelineId;
use anyhow::anyhow;

use super::{Surroundings, Verdict, runtime};
use crate::system::{Which, find, run_of};
use crate::terminal::aside;

/// Open a page of a pipeline in the browser: its latest run, the log that failed, or the commit
#[derive(Debug, clap::Args)]
pub(super) struct Open {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: String,
    /// What to open
    #[arg(value_name = "WHAT", default_value = "run")]
    what: What,
    /// Run, by the beginning of its ID [default: the latest one]
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Print the address instead
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    which: Which,
}

/// A page.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The run in the AWS console
    Run,
    /// The log of what failed
    Log,
    /// The commit at its host
    Commit,
    /// The pipeline in the AWS console, where approvals are answered
    Pipeline,
}

impl Open {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let history = runtime()?.block_on(async { find(&self.which.open().await?.ledger, &self.pipeline).await })?;
        let run = run_of(&history, self.run.as_deref())?;
        let url = self.what.page(&history.pipeline, run)?;
        if self.print {
            around.terminal.line(url)?;
        } else if shown_in_browser(&url) {
            aside(&format!("Opened {url}"));
        } else {
            aside("No browser could be started; open this address:");
            around.terminal.line(url)?;
        }
        Ok(Verdict::Well)
    }
}

impl What {
    fn page(self, pipeline: &PipelineId, run: &RunSummary) -> anyhow::Result<String> {
        let short = run.execution.short();
        match self {
            Self::Run => Ok(links::execution(pipeline, &run.execution)),
            Self::Pipeline => Ok(links::pipeline(pipeline)),
            Self::Log => {
                let page = run.failure.as_ref().and_then(|failure| failure.page.as_deref()).and_then(links::checked);
                page.ok_or_else(|| {
                    anyhow!(
                        "run {short} of {} names no log of a failure; `andon why {}` tells what is known",
                        pipeline.name,
                        pipeline.name
                    )
                })
            }
            Self::Commit => {
                let page = run.change.as_ref().and_then(|change| change.url.clone());
                page.ok_or_else(|| anyhow!("run {short} of {} names no page of its commit", pipeline.name))
            }
        }
    }
}

/// Starts the first browser that can be. The address has passed [`links`], so it holds nothing that a shell would read.
pub(super) fn shown_in_browser(url: &str) -> bool {
    let chosen = std::env::var("BROWSER").ok().filter(|browser| !browser.is_empty());
    let usual: &[&[&str]] = if cfg!(target_os = "macos") {
        &[&["open"]]
    } else if cfg!(target_os = "windows") {
        &[&["rundll32", "url.dll,FileProtocolHandler"]]
    } else {
        &[&["xdg-open"], &["wslview"]]
    };
    let chosen = chosen.as_deref().map(|browser| vec![browser]);
    chosen.into_iter().chain(usual.iter().map(|words| words.to_vec())).any(|words| {
        let Some((program, arguments)) = words.split_first() else { return false };
        let mut command = Command::new(program);
        command.args(arguments).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}
