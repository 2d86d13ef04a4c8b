//! `andon explain`: the cause of a failure in a build log.

use std::io::Read as _;
use std::path::PathBuf;

use andon_diagnosis::{Category, Diagnosis, Evidence, Log, diagnose};
use andon_redaction::redact;
use anyhow::Context as _;

use super::{Surroundings, Verdict, configuration};
use crate::terminal::{ATTENTION, BAD, BOLD, DIM, Terminal, clean, paint};

/// How many lines are shown around each line of the cause.
const AROUND: usize = 2;
/// What is read of a log: CodeBuild's own stop far below it.
const MAX_LEN: u64 = 256 * 1024 * 1024;

/// Find the cause of a failure in a build log
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Log file; use `-` or leave it out to read standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Configuration file with runbooks
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON: the lines of the cause with their numbers, the category and the hint
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = configuration(self.config.as_deref())?;
        let mut bytes = Vec::new();
        match self.file.as_deref().filter(|file| file.as_os_str() != "-") {
            Some(file) => {
                let log =
                    std::fs::File::open(file).with_context(|| format!("cannot open the log {}", file.display()))?;
                log.take(MAX_LEN)
                    .read_to_end(&mut bytes)
                    .with_context(|| format!("cannot read the log {}", file.display()))?;
            }
            None => {
                std::io::stdin().lock().take(MAX_LEN).read_to_end(&mut bytes).context("cannot read standard input")?;
            }
        }
        let evidence = Evidence::from_log(Log::from_bytes(&bytes));
        let diagnosis = diagnose(&evidence, &config.runbooks);
        if self.json {
            around.terminal.json_line(&serde_json::to_value(&diagnosis)?)?;
        } else {
            show(around.terminal, &evidence.log, &diagnosis)?;
        }
        Ok(Verdict::Well)
    }
}

/// The cause in its context, the lines that tell it in colour and with their numbers.
fn show(terminal: Terminal, log: &Log, diagnosis: &Diagnosis) -> anyhow::Result<()> {
    let title = match diagnosis.category {
        Category::Unknown => "Cause unknown.".to_owned(),
        category => format!("{} failure", category.as_str()),
    };
    terminal.line(paint(BOLD, &title))?;
    let telling: Vec<usize> = diagnosis.cause.iter().map(|line| line.line).filter(|line| *line > 0).collect();
    let mut shown: Vec<usize> = telling
        .iter()
        .flat_map(|line| line.saturating_sub(AROUND).max(1)..=line.saturating_add(AROUND).min(log.len()))
        .collect();
    shown.sort_unstable();
    shown.dedup();
    let digits = shown.last().map_or(1, |line| line.to_string().len());
    let mut before = None;
    for number in shown {
        if before.is_some_and(|before| number > before + 1) {
            terminal.line(paint(DIM, &format!("{:>digits$} ⋮", "")))?;
        }
        before = Some(number);
        let text = clean(&redact(log.line(number - 1)));
        let line = match telling.iter().position(|telling| *telling == number) {
            Some(0) => paint(BAD, &format!("{number:>digits$} ▶ {text}")),
            Some(_) => paint(ATTENTION, &format!("{number:>digits$} ▷ {text}")),
            None => paint(DIM, &format!("{number:>digits$} │ {text}")),
        };
        terminal.line(line)?;
    }
    let context = diagnosis.context.as_ref().filter(|_| telling.is_empty());
    if let Some(command) = context.and_then(|context| context.command.as_ref()) {
        terminal.line(format!("Failing command: {}", clean(&command.text)))?;
    }
    for line in context.map(|context| context.lines.as_slice()).unwrap_or_default() {
        terminal.line(paint(DIM, &format!("{:>5} │ {}", line.line, clean(&line.text))))?;
    }
    match (&diagnosis.runbook, &diagnosis.hint) {
        (Some(runbook), _) => {
            let link = runbook.link.as_deref().map(|link| format!(" {link}")).unwrap_or_default();
            terminal.line(format!("{} {}{}", paint(BOLD, "Runbook:"), clean(&runbook.sentence), clean(&link)))?;
        }
        (None, Some(hint)) => terminal.line(format!("{} {}", paint(BOLD, "What to do:"), clean(hint)))?,
        (None, None) => {}
    }
    Ok(())
}
