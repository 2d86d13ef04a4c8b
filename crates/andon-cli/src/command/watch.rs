//! `andon watch`: one run until it ends.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::{Duration, Instant};

use andon::board::StatusColor;
use andon::history::History;
use andon::ledger::Ledger as _;
use andon::name::ExecutionId;
use andon::run::{Run, Status};
use anstream::adapter::strip_str;
use anyhow::bail;
use jiff::Timestamp;

use super::detail::Detail;
use super::{Surroundings, Verdict, runtime};
use crate::system::{Since, System, Which, find, run_of};
use crate::terminal::{Terminal, clean, of_status, one_line, paint, width_of};

/// Watch a run until it ends, stage by stage
///
/// Exits with 1 if the run did not succeed. In a pipe, prints a line for each action that ends.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon watch payments-api
  andon watch payments-api --timeout 30m && ./announce.sh")]
pub(super) struct Watch {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: String,
    /// Run, by the beginning of its ID [default: the latest one]
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Exit with 3 if the run has not ended by then, such as 30m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    #[command(flatten)]
    which: Which,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 2000)]
    pace: u64,
}

/// A length of time on the command line.
fn duration(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(Since::Ago(length)) => Duration::try_from(length).map_err(|error| error.to_string()),
        _ => Err("write a length of time, such as 30m or 2h".to_owned()),
    }
}

impl Watch {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let history = find(&system.ledger, &self.pipeline).await?;
            let execution = run_of(&history, self.run.as_deref())?.execution.clone();
            self.follow(&system, history, &execution, around).await
        })
    }

    async fn follow(
        &self,
        system: &System,
        mut history: History,
        execution: &ExecutionId,
        around: Surroundings,
    ) -> anyhow::Result<Verdict> {
        let began = Instant::now();
        let mut picture = Picture::new(around.terminal);
        loop {
            let Some(run) = system.ledger.load(&history.pipeline, execution).await?.run else {
                bail!("the stages of run {} of {} are not recorded", execution.short(), history.pipeline.name);
            };
            picture.show(&history, &run, system, around.now())?;
            if run.status().is_final() {
                return Ok(if run.status() == Status::Succeeded { Verdict::Well } else { Verdict::NotWell });
            }
            if self.timeout.is_some_and(|timeout| began.elapsed() >= timeout) {
                return Ok(Verdict::TimedOut);
            }
            tokio::time::sleep(Duration::from_millis(self.pace)).await;
            if let Some(newer) = system.ledger.history(&history.pipeline).await? {
                history = newer;
            }
        }
    }
}

/// What is shown of the run: on a screen one picture that is drawn anew, in a pipe a line for each change.
struct Picture {
    terminal: Terminal,
    lines: usize,
    said: BTreeMap<String, Status>,
}

impl Picture {
    fn new(terminal: Terminal) -> Self {
        Self { terminal, lines: 0, said: BTreeMap::new() }
    }

    fn show(&mut self, history: &History, run: &Run, system: &System, now: Timestamp) -> anyhow::Result<()> {
        if self.terminal.width().is_none() {
            return self.tell(run);
        }
        let width = self.terminal.width().unwrap_or(usize::MAX).max(1);
        let lines = Detail::of(history, Some(run), system.config.accounts()).lines(self.terminal, now)?;
        let mut out = anstream::stdout().lock();
        if self.lines > 0 {
            write!(out, "\u{1b}[{}A\u{1b}[J", self.lines)?;
        }
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        // A line that is too long goes on in the next row.
        let rows = |line: &String| width_of(&strip_str(line).to_string()).div_ceil(width).max(1);
        self.lines = lines.iter().map(rows).sum();
        Ok(())
    }

    /// Says what has changed since it last did.
    fn tell(&mut self, run: &Run) -> anyhow::Result<()> {
        for stage in run.stages() {
            for action in stage.actions {
                let place = format!("{} / {}", one_line(stage.name.as_str()), one_line(action.name.as_str()));
                let status = action.status;
                if status != Status::InProgress && self.said.insert(place.clone(), status) != Some(status) {
                    self.say(status, &place)?;
                }
            }
        }
        let status = run.status();
        if status.is_final() {
            self.say(status, &format!("run {}", clean(run.execution.as_str())))?;
        }
        Ok(())
    }

    fn say(&self, status: Status, what: &str) -> std::io::Result<()> {
        let sign = StatusColor::of(status).sign().to_string();
        self.terminal.line(format!("{}\t{what}\t{}", paint(of_status(status), &sign), status.word()))
    }
}
