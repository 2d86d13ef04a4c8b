//! Why did it fail? From evidence (a log, phase contexts, messages of services) to cause lines, a category and a hint.
//!
//! Pure and linear in the evidence's length. A log is cleaned (`clean`) and its `structure` read: what passed, came
//! after or tidied up cannot be the cause. Of what remains every line gets features (`features`): its words, its shape,
//! where it stands, and how the tables of how tools fail (`tools`, `scan`, `contest`) know it. A model that was trained on
//! labelled logs (`model`) ranks the lines (`rank`).

mod block;
mod category;
mod clean;
mod confidence;
mod contest;
mod context;
mod count;
mod disclaimed;
mod evidence;
mod features;
mod headline;
mod hint;
mod listed;
mod log;
mod model;
mod rank;
mod rule;
mod runbook;
mod scan;
mod sentences;
mod stack_events;
mod structure;
mod tools;
#[cfg(feature = "training")]
pub mod training;
mod words;

pub use category::Category;
pub use confidence::Confidence;
pub use context::Context;
pub use count::failed_tests;
pub use evidence::{Evidence, Message, MessageSource, PhaseContext};
pub use log::Log;
pub use runbook::{BadPattern, Pattern, Runbook, RunbookMatch};

use serde::Serialize;

use andon_redaction::redact_lines;
use category::Quoted;
use contest::Choice;
use model::{MODEL, Model, Told};
use rank::Ranking;
use rule::{Rule, Weight};
use scan::RULES;
use structure::Structure;

/// At most so many lines are quoted as the cause.
pub const MOST_LINES: usize = 12;

/// So many last lines of what failed tell of its kind,
const ENDING: usize = 40;
/// so many lines on each side of those that are quoted first,
const AROUND: usize = 8;
/// and so many last lines of the log.
const MAX_HEARD: usize = 1000;

/// So few lines leave nothing to learn from but themselves.
const MAX_SHORT: usize = 4;

/// So many of the quoted lines are asked for a hint.
const MAX_ADVISED: usize = 4;

/// A quoted line is cut after so many bytes.
const LONGEST_QUOTE: usize = 600;

/// Why something failed, as far as the evidence says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The lines that say it, the most telling first; at most [`MOST_LINES`].
    pub cause: Vec<CauseLine>,
    /// What kind of failure it is.
    pub category: Category,
    /// How likely it is that the first line belongs to the cause.
    pub confidence: Confidence,
    /// The likeliest next step, in one sentence; nothing when it would only repeat the lines.
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

/// What is no longer than this is no log, but what a service says of itself.
const MAX_SENTENCES: usize = 2;

/// The likeliest reason for the failure that this is the evidence of.
pub fn diagnose(evidence: &Evidence, runbooks: &[Runbook]) -> Diagnosis {
    diagnose_with(&MODEL, evidence, runbooks)
}

fn diagnose_with(model: &Model<'_>, evidence: &Evidence, runbooks: &[Runbook]) -> Diagnosis {
    let told = evidence.told();
    let (from_log, from_told) = (Reading::of(model, &evidence.log), Reading::of(model, &told).whole());
    let in_log = from_log.weight() >= from_told.weight();
    let reading = if in_log { &from_log } else { &from_told };
    let mut diagnosis =
        reading.explained(model, evidence.truncated_at_start).unwrap_or_else(|| from_log.unexplained(evidence, &told));
    if !in_log || evidence.log.is_empty() {
        for line in &mut diagnosis.cause {
            line.line = 0;
        }
    }
    if evidence.log.len() <= MAX_SENTENCES && diagnosis.hint.is_none() {
        said_itself(&mut diagnosis, &evidence.log, &told);
    }
    diagnosis.runbook =
        runbooks.iter().find(|runbook| applies(runbook, &diagnosis, &evidence.log, &told)).map(RunbookMatch::of);
    diagnosis
}

/// Takes the kind of failure and the hint from a sentence of a service's own, where there is no more than sentences and
/// no tool's rule knows better.
fn said_itself(diagnosis: &mut Diagnosis, log: &Log, told: &Log) {
    let quoted = diagnosis.cause.first().map(|line| (line.line, line.text.clone()));
    let lines = (0..log.len()).map(|at| (at + 1, log.line(at).to_owned()));
    let messages = (0..told.len()).map(|at| (0, told.line(at).to_owned()));
    let known = quoted.into_iter().chain(lines).chain(messages);
    let Some((line, text, known)) =
        known.into_iter().find_map(|(line, text)| Some((line, text.clone(), sentences::of(&text)?)))
    else {
        return;
    };
    diagnosis.category = known.category;
    diagnosis.hint = Some(known.hint);
    if diagnosis.cause.is_empty() {
        diagnosis.cause.push(CauseLine { line, text: redacted(&text) });
        diagnosis.context = None;
    }
    diagnosis.confidence = diagnosis.confidence.max(Confidence::PROBABLE);
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
    quoted: Vec<usize>,
    confidence: Confidence,
}

impl<'a> Reading<'a> {
    fn of(model: &Model<'_>, log: &'a Log) -> Self {
        let structure = Structure::of(log);
        let choice = contest::choose(&RULES, log, &structure);
        let ranking = Ranking::of(model, log, &structure, choice.as_ref());
        let confidence =
            ranking.lead().map_or(Confidence::NONE, |(first, second)| Confidence::of(model.confidence(first, second)));
        // What neither a rule nor the model takes for a cause is none.
        let best = ranking.quoted(model);
        let known = |line: &usize| RULES.best(log, *line).and_then(|finding| RULES.rule(finding));
        let is_known = best.iter().filter_map(known).any(|rule| rule.weight > Weight::Summary);
        let nothing = !is_known && (confidence < Confidence::LEAST || !ranking.complains);
        let confidence = if nothing { Confidence::NONE } else { confidence };
        let quoted = if nothing { Vec::new() } else { best };
        Self { log, structure, choice, quoted, confidence }
    }

    /// Of a few messages each is quoted: services sent them because something failed.
    fn whole(mut self) -> Self {
        if !self.quoted.is_empty() && self.log.len() <= MAX_SHORT {
            for at in 0..self.log.len() {
                let text = self.log.line(at).trim();
                if !text.is_empty() && self.quoted.iter().all(|told| self.log.line(*told).trim() != text) {
                    self.quoted.push(at);
                }
            }
        }
        self
    }

    /// A log of which these lines are quoted.
    #[cfg(feature = "training")]
    fn quoting(log: &'a Log, lines: &[usize]) -> Self {
        let structure = Structure::of(log);
        let choice = contest::choose(&RULES, log, &structure);
        Self { log, structure, choice, quoted: lines.to_vec(), confidence: Confidence::NONE }
    }

    /// How much it explains, to compare what the log says with what services say.
    fn weight(&self) -> i32 {
        if self.quoted.is_empty() {
            return i32::MIN;
        }
        let sure = if self.confidence >= Confidence::PROBABLE { Weight::Cause as i32 } else { 0 };
        self.choice.as_ref().map_or(0, |choice| choice.score).max(sure)
    }

    /// The rule that knows the quoted lines: the first line's, or else that of the cause that rules alone would name.
    fn rule(&self) -> Option<Choice> {
        let own = |line: &usize| RULES.best(self.log, *line);
        let chosen =
            self.choice.as_ref().map(|choice| choice.finding).filter(|finding| self.quoted.contains(&finding.line));
        let first = self.quoted.first().and_then(own);
        let telling = |finding: &scan::Finding| RULES.rule(*finding).is_some_and(|rule| rule.weight >= Weight::Tool);
        let finding =
            first.filter(telling).or(chosen).or_else(|| self.quoted.iter().filter_map(own).find(telling)).or(first)?;
        let rule = RULES.rule(finding)?;
        Some(Choice { finding, rule, score: 0, lines: self.quoted.clone() })
    }

    /// What tells of the kind of failure, and the kind that the rule tells, or else single words.
    fn kind_signs(&self, model: &Model<'_>, known: Option<&Choice>) -> (Vec<(usize, f32)>, Category) {
        let lines: Vec<&str> = self.quoted.iter().map(|at| self.log.line(*at)).collect();
        let rule = known.map(|choice| (choice.rule.tool, choice.rule.category, choice.rule.weight >= Weight::Tool));
        let command = self.structure.command.as_ref().map(|command| command.text.as_str());
        let end = self.structure.end_of_failure();
        let ending = (end.saturating_sub(ENDING)..end).map(|at| self.log.line(at)).collect::<Vec<_>>().join("\n");
        let told = match known.map(|choice| (choice.rule.category, choice.finding.line)) {
            None | Some((Category::Unknown, _)) => category::suggested(&lines.join("\n"), command),
            Some((known, line)) => category::refined(known, self.log.line(line), command),
        };
        let mut signs = Quoted { rule, lines: &lines, command, ending: &ending.to_lowercase(), told }.signs();
        let around = |at: &usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(self.log.len());
        let near: Vec<usize> = self.quoted.iter().take(2).flat_map(around).collect();
        let ending: Vec<usize> = (end.saturating_sub(ENDING)..end).collect();
        let whole: Vec<usize> = (self.log.len().saturating_sub(MAX_HEARD)..self.log.len()).collect();
        for part in [near, ending, whole] {
            signs.extend(category::heard(&model.lexicon, part.into_iter().map(|at| self.log.line(at))));
        }
        (signs, told)
    }

    fn explained(&self, model: &Model<'_>, truncated: bool) -> Option<Diagnosis> {
        if self.quoted.is_empty() {
            return None;
        }
        let cause = quote(self.log, &self.quoted);
        let rule = self.rule();
        let said: String = cause.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        let is_sure = rule.as_ref().is_some_and(|choice| choice.rule.weight >= Weight::Tool);
        let (signs, kind) = self.kind_signs(model, rule.as_ref());
        let is_short = self.log.len() <= MAX_SHORT;
        let category = model.category(&signs, Told { kind, is_sure, is_short });
        let hint = self.hint(rule.as_ref(), &said);
        // A line that only wraps another failure explains nothing, however surely it is the best that there is.
        let wraps = rule.as_ref().is_some_and(|choice| choice.rule.weight <= Weight::Summary);
        let context = (wraps || self.confidence < Confidence::PROBABLE).then(|| Context::of(self.log, &self.structure));
        let hint = hint.or_else(|| context.as_ref().filter(|_| truncated)?.sentence(truncated));
        Some(Diagnosis { cause, category, confidence: self.confidence, hint, runbook: None, context })
    }

    /// What the rule that knows the lines advises, else what any other does that knows one of them; not what they say.
    fn hint(&self, rule: Option<&Choice>, said: &str) -> Option<String> {
        rule.and_then(|choice| self.advised(choice, said)).or_else(|| self.advice(&self.quoted, said))
    }

    fn advised(&self, choice: &Choice, said: &str) -> Option<String> {
        let hint = redacted(&hint::of(&RULES, self.log, choice)?);
        hint::adds(&hint, said).then_some(hint)
    }

    /// What any rule advises that knows the first of some lines, or a table of advice for one of the next.
    fn advice(&self, lines: &[usize], said: &str) -> Option<String> {
        lines.iter().take(MAX_ADVISED).enumerate().find_map(|(place, line)| {
            // Beside the first line, what ranks lines tells of other failures.
            let of_use = |rule: &&Rule| place == 0 || rule.weight == Weight::Advice;
            RULES.all(self.log, *line).find_map(|finding| {
                let rule = RULES.rule(finding).filter(of_use)?;
                self.advised(&Choice { finding, rule, score: 0, lines: vec![*line] }, said)
            })
        })
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
        let shown: Vec<usize> = context.lines.iter().rev().map(|line| line.line.saturating_sub(1)).collect();
        Diagnosis {
            cause,
            category,
            hint: match category {
                Category::Lint => context.objection(),
                _ => self.advice(&shown, "").or_else(|| context.sentence(evidence.truncated_at_start)),
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
