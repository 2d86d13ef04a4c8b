//! `andon logs`: the log of an action, followed while the run goes on.

use std::collections::BTreeSet;
use std::time::Duration;

use andon::links;
use andon::name::{ExecutionId, PipelineId};
use andon_diagnosis::{Evidence, Log, diagnose};
use andon_redaction::redact_lines;
use anyhow::bail;
use aws_sdk_codepipeline::types::ActionExecutionStatus;

use super::{Surroundings, Verdict, runtime};
use crate::aws::logs::{Action, Reader, actions, stream};
use crate::aws::{Reach, Session};
use crate::system::{Which, find, run_of};
use crate::terminal::{Terminal, aside, coloured};

/// How many lines are shown around a cause.
const AROUND: usize = 10;

/// Print the log of an action: by itself the one that runs, or failed last
///
/// With -f, follows it and the actions after it until the run ends. Reads with your own AWS credentials. Secrets are removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon logs payments-api                  the log of what runs, or of what failed last
  andon logs -f payments-api               follow the run until it ends
  andon logs payments-api --failed         the lines around the cause
  andon logs payments-api --run 4f2a91c0 --action UnitTests")]
pub(super) struct Logs {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: String,
    /// Run, by the beginning of its ID [default: the latest one]
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Action: NAME, or STAGE/NAME
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Only the lines around the cause of the failure
    #[arg(long, conflicts_with = "follow")]
    failed: bool,
    /// Follow until the run ends
    #[arg(long, short)]
    follow: bool,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    reach: Reach,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 1000)]
    pace: u64,
}

/// A run whose logs are read.
struct Run<'r> {
    session: &'r Session,
    pipeline: &'r PipelineId,
    execution: &'r ExecutionId,
    terminal: Terminal,
    pace: Duration,
}

impl Logs {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let history = find(&self.which.open().await?.ledger, &self.pipeline).await?;
            let execution = run_of(&history, self.run.as_deref())?.execution.clone();
            let pipeline = &history.pipeline;
            let session = self.reach.session(self.which.aws(), pipeline).await?;
            let run = Run {
                session: &session,
                pipeline,
                execution: &execution,
                terminal: around.terminal,
                pace: Duration::from_millis(self.pace),
            };
            if self.follow {
                return run.follow(self.action.as_deref()).await;
            }
            let all = actions(&session, pipeline, &execution).await?;
            let action = run.chosen(&all, self.action.as_deref(), self.failed)?;
            let text = run.whole(action).await?;
            if self.failed {
                run.print(&around_cause(&text))?;
            } else {
                run.print(&text)?;
            }
            Ok(Verdict::Well)
        })
    }
}

impl Run<'_> {
    /// The named action or, of those that write a log, the one that runs, else the one that failed last, else the last one.
    fn chosen<'a>(&self, all: &'a [Action], named: Option<&str>, failed: bool) -> anyhow::Result<&'a Action> {
        let run = self.execution.short();
        if let Some(name) = named {
            let Some(action) = all.iter().rev().find(|action| is_named(action, name)) else {
                let known: BTreeSet<String> =
                    all.iter().map(|action| format!("{}/{}", action.stage, action.name)).collect();
                let known: Vec<String> = known.into_iter().collect();
                bail!("run {run} has no action {name}; it has: {}", known.join(", "));
            };
            if !action.writes_log() {
                bail!(
                    "{} is an action of {}, which writes no log that can be read here; see {}",
                    action.place(),
                    action.provider,
                    links::execution(self.pipeline, self.execution)
                );
            }
            return Ok(action);
        }
        let with_log = || all.iter().rev().filter(|action| action.writes_log());
        let has_failed = |action: &&Action| action.status == ActionExecutionStatus::Failed;
        let chosen = if failed {
            with_log().find(has_failed)
        } else {
            let running = with_log().find(|action| action.is_going_on());
            running.or_else(|| with_log().find(has_failed)).or_else(|| with_log().next())
        };
        let Some(action) = chosen else {
            let kind = if failed { "failed action" } else { "action" };
            bail!("run {run} has no {kind} with a log; see {}", links::execution(self.pipeline, self.execution));
        };
        Ok(action)
    }

    /// The log of an action, as far as it goes now.
    async fn whole(&self, action: &Action) -> anyhow::Result<Vec<String>> {
        aside(&format!("Log of {}, run {}", action.place(), self.execution.short()));
        let Some(stream) = stream(self.session, action).await? else {
            bail!("{} has not begun to write a log; follow it with -f", action.place());
        };
        let mut reader = Reader::new(self.session, stream, self.pace);
        let mut lines = Vec::new();
        loop {
            let more = reader.next().await?;
            if more.is_empty() {
                return Ok(lines);
            }
            lines.extend(more);
        }
    }

    /// Prints one log after the other until the run ends, or the one that is named.
    async fn follow(&self, named: Option<&str>) -> anyhow::Result<Verdict> {
        let mut shown: BTreeSet<String> = BTreeSet::new();
        let mut said = String::new();
        loop {
            let all = actions(self.session, self.pipeline, self.execution).await?;
            let next = match named {
                Some(_) => Some(self.chosen(&all, named, false)?).filter(|action| !shown.contains(&action.id)),
                None => all.iter().find(|action| action.writes_log() && !shown.contains(&action.id)),
            };
            if let Some(action) = next {
                shown.insert(action.id.clone());
                self.follow_one(action).await?;
                continue;
            }
            if named.is_some() || self.has_ended().await? {
                return Ok(Verdict::Well);
            }
            let going_on: Vec<String> = all.iter().filter(|it| it.is_going_on()).map(Action::place).collect();
            let waits = format!(
                "Waiting for {}",
                if going_on.is_empty() { "the next action".to_owned() } else { going_on.join(", ") }
            );
            if waits != said {
                aside(&waits);
                said = waits;
            }
            tokio::time::sleep(self.pace * 2).await;
        }
    }

    /// Prints a log until its action has ended. The last lines come late: it goes on until nothing came twice.
    async fn follow_one(&self, action: &Action) -> anyhow::Result<()> {
        aside(&format!("Log of {}, run {}", action.place(), self.execution.short()));
        let mut action = action.clone();
        let mut reader = loop {
            if let Some(stream) = stream(self.session, &action).await? {
                break Reader::new(self.session, stream, self.pace);
            }
            if !action.is_going_on() {
                aside("It ended without a log.");
                return Ok(());
            }
            tokio::time::sleep(self.pace).await;
            action = self.again(action).await?;
        };
        let mut quiet = 0;
        loop {
            let lines = match reader.next().await {
                Ok(lines) => lines,
                // A stream is there once its first line is.
                Err(_) if action.is_going_on() => Vec::new(),
                Err(error) => return Err(error),
            };
            if !lines.is_empty() {
                quiet = 0;
                self.print(&lines)?;
                continue;
            }
            if !action.is_going_on() && quiet >= 2 {
                return Ok(());
            }
            quiet += 1;
            tokio::time::sleep(if quiet > 5 { self.pace * 2 } else { self.pace }).await;
            if action.is_going_on() {
                action = self.again(action).await?;
            }
        }
    }

    /// The action as it is now.
    async fn again(&self, action: Action) -> anyhow::Result<Action> {
        let all = actions(self.session, self.pipeline, self.execution).await?;
        Ok(all.into_iter().find(|now| now.id == action.id).unwrap_or(action))
    }

    async fn has_ended(&self) -> anyhow::Result<bool> {
        let client = aws_sdk_codepipeline::Client::new(&self.session.config);
        let request = client.get_pipeline_execution().pipeline_name(self.pipeline.name.as_str());
        let answer = request.pipeline_execution_id(self.execution.as_str()).send().await;
        let doing = format!("read run {} of {}", self.execution.short(), self.pipeline.name);
        let answer = answer.map_err(|error| self.session.plain(&doing, &error))?;
        let status = answer.pipeline_execution().and_then(|run| run.status()).map(|status| status.as_str().to_owned());
        Ok(!matches!(status.as_deref(), Some("InProgress" | "Stopping")))
    }

    /// Prints lines without secrets, and without whatever would steer the terminal.
    fn print(&self, lines: &[String]) -> std::io::Result<()> {
        let lines: Vec<&str> =
            lines.iter().flat_map(|message| message.trim_end_matches(['\r', '\n']).split('\n')).collect();
        let clean: Vec<String> = redact_lines(lines).iter().map(|line| coloured(line)).collect();
        if clean.is_empty() { Ok(()) } else { self.terminal.line(clean.join("\n")) }
    }
}

fn is_named(action: &Action, name: &str) -> bool {
    action.name == name || format!("{}/{}", action.stage, action.name) == name
}

/// The lines around those that tell the cause; the last ones where no cause is found.
fn around_cause(messages: &[String]) -> Vec<String> {
    let whole: Vec<&str> = messages.iter().map(|message| message.trim_end_matches(['\r', '\n'])).collect();
    let text = whole.join("\n");
    let lines: Vec<&str> = text.lines().collect();
    let diagnosis = diagnose(&Evidence::from_log(Log::from_bytes(text.as_bytes())), &[]);
    let telling: Vec<usize> = diagnosis.cause.iter().map(|line| line.line).collect();
    let last = lines.len();
    let (from, to) = match (telling.iter().min(), telling.iter().max()) {
        (Some(first), Some(end)) => (first.saturating_sub(AROUND + 1), (end + AROUND).min(last)),
        _ => (last.saturating_sub(2 * AROUND), last),
    };
    lines.get(from..to).unwrap_or_default().iter().map(|line| (*line).to_owned()).collect()
}
