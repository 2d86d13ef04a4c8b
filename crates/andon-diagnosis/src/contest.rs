//! Which finding is the cause: the weightiest within the command that failed, and of equals the first.
//!
//! A failure drags others behind it (a missing package, then a missing module, then a missing artifact), so among
//! lines that explain equally much the first one wins. What a passed command printed, what ran afterwards and what the
//! runner merely echoed loses against anything in the failing command's own output.

use super::Category;
use super::log::Log;
use super::rule::{Rule, Weight};
use super::scan::{Finding, Rules, Sieve};
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
pub(super) fn choose(rules: &Rules, log: &Log, structure: &Structure) -> Option<Choice> {
    let mut contest = Contest { log, structure, leader: None, alike: Vec::new() };
    rules.scan(log, &mut contest);
    let Leader { finding, rule, score } = contest.leader?;
    if rule.weight == Weight::Envelope || score <= 0 {
        return None;
    }
    let mut lines = rules.block(log, finding);
    for sibling in siblings(rules, log, finding, &contest.alike) {
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

/// Who leads while the lines are read. A rule that could change nothing any more is not even tried, so a log that
/// shouts in every line costs little more than one that whispers.
struct Contest<'a> {
    log: &'a Log,
    structure: &'a Structure,
    leader: Option<Leader>,
    /// Later findings that explain as much and are of the leader's kind.
    alike: Vec<Finding>,
}

#[derive(Clone, Copy)]
struct Leader {
    finding: Finding,
    rule: &'static Rule,
    score: i32,
}

impl Sieve for Contest<'_> {
    /// Whether a finding could still lead, or be quoted beside the leader.
    fn is_open(&self, finding: Finding, rule: &Rule) -> bool {
        rule.weight > Weight::Advice
            && self.leader.is_none_or(|leader| {
                let score = score(rule, finding, self.structure);
                score > leader.score
                    || score == leader.score && (self.precedes(finding, leader) || self.is_alike(finding, rule, leader))
            })
    }

    fn enter(&mut self, finding: Finding, rule: &'static Rule) {
        let score = score(rule, finding, self.structure);
        match self.leader {
            Some(leader) if score < leader.score || score == leader.score && !self.precedes(finding, leader) => {
                if score == leader.score && self.is_alike(finding, rule, leader) {
                    self.alike.push(finding);
                }
            }
            _ => {
                self.leader = Some(Leader { finding, rule, score });
                self.alike.clear();
            }
        }
    }
}

impl Contest<'_> {
    /// Of equals the first wins, and on one line the rule that stands first in the tables.
    fn precedes(&self, finding: Finding, leader: Leader) -> bool {
        if finding.line == leader.finding.line { finding.rule < leader.finding.rule } else { self.log.newest_first() }
    }

    /// Tests, compile errors and lint come in numbers, other causes do not.
    fn is_alike(&self, finding: Finding, rule: &Rule, leader: Leader) -> bool {
        matches!(leader.rule.category, Category::Test | Category::Compile | Category::Lint)
            && leader.rule.weight >= Weight::Tool
            && rule.tool == leader.rule.tool
            && rule.category == leader.rule.category
            && finding.line > leader.finding.line
            && self.alike.len() < EXAMINED
    }
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

/// Further failures of the same kind that say something new.
fn siblings(rules: &Rules, log: &Log, first: Finding, alike: &[Finding]) -> Vec<Finding> {
    let told = |finding: Finding| rules.block(log, finding).first().map(|line| log.line(*line).trim());
    // Not again what was told already: runners repeat failures in their summaries.
    let mut known = vec![told(first)];
    let mut found = Vec::new();
    for &finding in alike {
        let text = told(finding);
        if !known.contains(&text) {
            known.push(text);
            found.push(finding);
        }
        if found.len() == SIBLINGS {
            break;
        }
    }
    found
}
