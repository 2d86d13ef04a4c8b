//! Where it stood when it failed: the last command and its last meaningful lines.

use serde::Serialize;

use super::log::Log;
use super::structure::{Region, Structure};
use super::{CauseLine, hint, quote};

/// So many of the last lines are shown.
const LAST_LINES: usize = 3;
/// So far back they are looked for.
const REACH: usize = 400;

/// The last command and the last lines that say something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Context {
    /// The command that failed, or else the last that was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CauseLine>,
    /// Its exit status, when the runner tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// The last lines that say something, in the log's order.
    pub lines: Vec<CauseLine>,
}

impl Context {
    pub(super) fn of(log: &Log, structure: &Structure) -> Self {
        let end = structure.end_of_failure().min(log.len());
        let command_line = structure.command.as_ref().map(|command| command.line);
        let begin = structure.command.as_ref().filter(|_| structure.failed.is_some()).map_or(0, |command| command.line);
        let mut last: Vec<usize> = (begin.max(end.saturating_sub(REACH))..end)
            .rev()
            .filter(|at| {
                Some(*at) != command_line
                    && !matches!(structure.region(*at), Region::Noise | Region::Echo)
                    && says_something(log.line(*at))
            })
            .take(LAST_LINES)
            .collect();
        last.reverse();
        let command = structure.command.as_ref().map(|command| CauseLine {
            line: command.line + 1,
            text: andon_redaction::redact(&super::shortened(&command.text)).into_owned(),
        });
        Self { command, status: structure.status, lines: quote(log, &last) }
    }

    /// Says that the cause is unknown, and what is known instead.
    /// Of a linter that says no more than a name, the name.
    pub(super) fn objection(&self) -> Option<String> {
        let (command, first) = (self.command.as_ref()?, self.lines.first()?);
        hint::sentence(&format!("The check `{}` does not pass: {}", super::shortened(&command.text), first.text.trim()))
    }

    pub(super) fn sentence(&self, truncated: bool) -> Option<String> {
        let command = self.command.as_ref()?;
        let status = self.status.map_or_else(|| "failed".to_owned(), |status| format!("exited with status {status}"));
        let part = if truncated { "the end of the output, which is all that was read," } else { "the output" };
        let command = super::shortened(&command.text);
        hint::sentence(&format!(
            "Nothing in {part} is recognised as the cause; the last command was `{command}`, which {status}."
        ))
    }
}

/// Not blank, not a ruler, not a progress bar, not the runner's own end.
fn says_something(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let runner = [
        "Phase complete",
        "Phase context",
        "Command did not exit",
        "Process completed",
        "travis_",
        "Entering phase",
        "npm ERR!",
        "npm error",
        "Done. Your build",
    ];
    letters >= 3
        && letters * 4 >= line.trim().chars().count()
        && !runner.iter().any(|start| line.starts_with(start))
        && !(line.contains('%') && line.contains("[="))
}
