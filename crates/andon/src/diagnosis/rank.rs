//! Which finding is the cause: the weightiest within the command that failed, and of equals the first.
//!
//! A failure drags others behind it (a missing package, then a missing module, then a missing artifact), so among
//! lines that explain equally much the first one wins. What a passed command printed, what ran afterwards and what the
//! runner merely echoed loses against anything in the failing command's own output.

use std::cmp::Reverse;

use super::Category;
use super::log::Log;
use super::rule::{Rule, Weight};
use super::scan::{Finding, Rules};
use super::structure::{Region, Structure};

/// More lines than this are quoted only for the very first failure.
const ENOUGH_LINES: usize = 6;
/// Besides the first failure, so many of its kind are quoted.
const SIBLINGS: usize = 3;
/// So many are looked at to find them, so that a thousand equal failures cost no more than these.
const EXAMINED: usize = 60;

/// The chosen cause.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) finding: Finding,
    pub(super) rule: &'static Rule,
    pub(super) score: i32,
    /// Indices of the lines to quote, the most telling first.
    pub(super) lines: Vec<usize>,
}

/// The likeliest cause, if any rule found something that is not only a wrapper.
pub(super) fn choose(rules: &Rules, log: &Log, structure: &Structure, findings: &[Finding]) -> Option<Choice> {
    let (finding, rule, score) = findings
        .iter()
        .filter_map(|finding| rules.rule(finding.rule).map(|rule| (*finding, rule, score(rule, *finding, structure))))
        .max_by_key(|(finding, _, score)| (*score, earlier_wins(finding.line, log), Reverse(finding.rule)))?;
    if rule.weight == Weight::Envelope || score <= 0 {
        return None;
    }
    let mut lines = rules.block(log, finding);
    for sibling in siblings(rules, log, structure, findings, finding, rule, score) {
        let block = rules.block(log, sibling);
        if lines.len() + block.len().min(2) > ENOUGH_LINES.max(lines.len()) {
            break;
        }
        for line in block {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    Some(Choice { finding, rule, score, lines })
}

fn earlier_wins(line: usize, log: &Log) -> Reverse<usize> {
    Reverse(if log.newest_first() { log.len().saturating_sub(line) } else { line })
}

fn score(rule: &Rule, finding: Finding, structure: &Structure) -> i32 {
    let region = match structure.region(finding.line) {
        Region::Failing => 15,
        Region::Plain => 0,
        Region::After => -30,
        Region::Passed => -50,
        Region::Noise => -60,
        Region::Echo => -90,
    };
    // 127 is the shell's word for "not found": such a line explains that status, and hardly any other.
    let status = match (rule.status, structure.status) {
        (Some(expected), Some(told)) if expected == told => 10,
        (Some(_), Some(_)) => -10,
        _ => 0,
    };
    // Tests run once everything compiles: what looks like a compile error before a failed test was printed by a test.
    let verdict = i32::from(rule.category == Category::Test && rule.weight == Weight::Cause) * 2;
    rule.weight as i32 + region + status + verdict
}

/// Further failures of the same kind: tests, compile errors and lint come in numbers, other causes do not.
fn siblings(
    rules: &Rules,
    log: &Log,
    structure: &Structure,
    findings: &[Finding],
    first: Finding,
    rule: &Rule,
    best: i32,
) -> Vec<Finding> {
    if !matches!(rule.category, Category::Test | Category::Compile | Category::Lint) || rule.weight < Weight::Tool {
        return Vec::new();
    }
    let told = |finding: Finding| -> Vec<String> {
        rules.block(log, finding).iter().map(|line| log.line(*line).trim().to_owned()).collect()
    };
    let mut known = vec![told(first)];
    let (mut found, mut examined) = (Vec::new(), 0);
    for finding in findings.iter().filter(|finding| finding.line > first.line) {
        let same = rules.rule(finding.rule).is_some_and(|other| {
            other.tool == rule.tool && other.category == rule.category && score(other, *finding, structure) == best
        });
        if !same {
            continue;
        }
        examined += 1;
        if found.len() == SIBLINGS || examined > EXAMINED {
            break;
        }
        let text = told(*finding);
        // Not again what was told already: runners repeat failures in their summaries.
        if known.iter().any(|other| other.first() == text.first()) {
            continue;
        }
        known.push(text);
        found.push(*finding);
    }
    found
}
