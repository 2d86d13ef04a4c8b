//! Why did it fail? From evidence (a log, phase contexts, messages of services) to cause lines, a category and a hint.
//!
//! Pure and linear in the evidence's length. A log is cleaned (`clean`), its `structure` read, every line tried against
//! the tables of how tools fail (`tools`, `scan`), and the likeliest cause chosen (`rank`).

mod category;
mod clean;
mod context;
mod count;
mod evidence;
mod hint;
mod log;
mod rank;
mod rule;
mod runbook;
mod scan;
mod structure;
mod tools;

pub use category::Category;
pub use context::Context;
pub use count::failed_tests;
pub use evidence::{Evidence, Message, MessageSource, PhaseContext};
pub use log::Log;
pub use runbook::{BadPattern, Pattern, Runbook, RunbookMatch};

use serde::Serialize;

use andon_redaction::redact_lines;
use rank::Choice;
use rule::Weight;
use scan::RULES;
use structure::Structure;

/// At most so many lines are quoted as the cause.
pub const MOST_LINES: usize = 12;

/// A quoted line is cut after so many bytes.
const LONGEST_QUOTE: usize = 600;

/// Why something failed, as far as the evidence says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The lines that say it, the most telling first; at most [`MOST_LINES`].
    pub cause: Vec<CauseLine>,
    /// What kind of failure it is.
    pub category: Category,
    /// The likeliest next step, in one sentence.
    pub hint: Option<String>,
    /// What the team itself says about such a failure; told before the hint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runbook: Option<RunbookMatch>,
    /// Where it stood when it failed, when the cause is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
}

impl Diagnosis {
    /// Whether the evidence holds the cause itself; otherwise more of the log may be worth reading.
    pub fn is_conclusive(&self) -> bool {
        !self.cause.is_empty() && self.context.is_none()
    }
}

/// One quoted line, cleaned and redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CauseLine {
    /// Its number in the log, from 1; 0 when it is a service's message and not in the log.
    pub line: usize,
    /// What it says.
    pub text: String,
}

/// The likeliest reason for the failure that this is the evidence of.
pub fn diagnose(evidence: &Evidence, runbooks: &[Runbook]) -> Diagnosis {
    let told = evidence.told();
    let (from_log, from_told) = (Reading::of(&evidence.log), Reading::of(&told));
    let score = |reading: &Reading<'_>| reading.choice.as_ref().map_or(i32::MIN, |choice| choice.score);
    let in_log = score(&from_log) >= score(&from_told);
    let reading = if in_log { &from_log } else { &from_told };
    let mut diagnosis = match &reading.choice {
        Some(choice) => reading.explained(choice),
        None => from_log.unexplained(evidence, &told),
    };
    if !in_log || evidence.log.is_empty() {
        for line in &mut diagnosis.cause {
            line.line = 0;
        }
    }
    diagnosis.runbook =
        runbooks.iter().find(|runbook| applies(runbook, &diagnosis, &evidence.log, &told)).map(RunbookMatch::of);
    diagnosis
}

/// A runbook applies to the cause first; when the cause is unknown, to any line.
fn applies(runbook: &Runbook, diagnosis: &Diagnosis, log: &Log, told: &Log) -> bool {
    let quoted = diagnosis.cause.iter().any(|line| runbook.pattern.is_in(&line.text));
    quoted
        || diagnosis.category == Category::Unknown
            && [log, told].iter().any(|log| (0..log.len()).any(|at| runbook.pattern.is_in(log.line(at))))
}

/// A log with what was found in it.
struct Reading<'a> {
    log: &'a Log,
    structure: Structure,
    choice: Option<Choice>,
}

impl<'a> Reading<'a> {
    fn of(log: &'a Log) -> Self {
        let structure = Structure::of(log);
        let choice = rank::choose(&RULES, log, &structure);
        Self { log, structure, choice }
    }

    fn explained(&self, choice: &Choice) -> Diagnosis {
        let cause = quote(self.log, &choice.lines);
        let command = self.structure.command.as_ref().map(|command| command.text.as_str());
        let category = match choice.rule.category {
            Category::Unknown => {
                let said: String = cause.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
                category::suggested(&said, command)
            }
            known => category::refined(known, self.log.line(choice.finding.line), command),
        };
        let unclear = choice.rule.weight <= Weight::Summary;
        Diagnosis {
            cause,
            category,
            hint: hint::of(&RULES, self.log, choice).map(|hint| redacted(&hint)),
            runbook: None,
            context: unclear.then(|| Context::of(self.log, &self.structure)),
        }
    }

    /// Nothing is recognised: says so, and shows where it stood.
    fn unexplained(&self, evidence: &Evidence, told: &Log) -> Diagnosis {
        let context = Context::of(self.log, &self.structure);
        let command = self.structure.command.as_ref().filter(|_| self.structure.failed.is_some());
        let category = match evidence.category() {
            // A linter that fails has found something, in whatever words.
            Category::Unknown if command.is_some_and(|command| category::lints(&command.text)) => Category::Lint,
            known => known,
        };
        if !told.is_empty() && self.log.is_empty() {
            let lines: Vec<usize> = (0..told.len()).filter(|at| !told.line(*at).trim().is_empty()).take(3).collect();
            return Diagnosis { cause: quote(told, &lines), category, context: None, ..Diagnosis::default() };
        }
        // The last words of a command that failed are the best that can be quoted.
        let said = |failed| {
            if context.lines.is_empty() {
                quote(self.log, &[failed])
            } else {
                context.lines.iter().rev().cloned().collect()
            }
        };
        let cause = self.structure.failed.map_or_else(Vec::new, said);
        Diagnosis {
            cause,
            category,
            hint: match category {
                Category::Lint => context.objection(),
                _ => context.sentence(evidence.truncated_at_start),
            },
            context: Some(context),
            ..Diagnosis::default()
        }
    }
}

fn quote(log: &Log, lines: &[usize]) -> Vec<CauseLine> {
    let taken: Vec<usize> = lines.iter().copied().take(MOST_LINES).collect();
    let texts = redact_lines(taken.iter().map(|at| log.line(*at)));
    taken.into_iter().zip(texts).map(|(at, text)| CauseLine { line: at + 1, text: shortened(&text) }).collect()
}

fn redacted(text: &str) -> String {
    andon_redaction::redact(text).into_owned()
}

fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_QUOTE {
        return text.to_owned();
    }
    let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_QUOTE).last().unwrap_or(0);
    format!("{}…", text.get(..cut).unwrap_or(""))
}
