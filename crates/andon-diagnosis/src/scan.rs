//! Which rules match which lines: one pass over the whole log for all markers, then each rule's pattern on the few lines left.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::{Captures, Regex, RegexBuilder};

use super::log::Log;
use super::rule::{Quote, Rule, Weight};
use super::tools;

/// A rule that matches a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) line: usize,
    /// The rule's place in the table: earlier ones win ties.
    pub(super) rule: usize,
}

/// Takes findings, and says which of them it could use, so that no rule is tried in vain.
pub(super) trait Sieve {
    /// Whether a finding could be of use.
    fn is_open(&self, finding: Finding, rule: &Rule) -> bool;

    /// Takes a finding, in the order of the lines.
    fn enter(&mut self, finding: Finding, rule: &'static Rule);
}

/// How a tool rule knows a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// The weight of the best rule that matches it; 0 for none.
    pub(super) weight: u8,
    /// The best weight of a rule that would quote it, and its place in that quotation (0: the matched line).
    pub(super) quoted_by: u8,
    pub(super) place: u8,
    /// Whether it is the cause that rules alone would name, and whether it is quoted with that.
    pub(super) chosen: bool,
    pub(super) beside_chosen: bool,
}

/// A pattern that is compiled when it is first needed: a failing build needs a handful out of hundreds.
#[derive(Debug)]
struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(self.source)).as_ref()
    }

    fn quotes(&self, line: &str) -> bool {
        self.matches(line) && !is_foreign_frame(line)
    }

    fn matches(&self, line: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(line.as_bytes()))
    }
}

/// Whether a line is a stack frame in a library or the runtime: the own code's frame says more.
pub(super) fn is_foreign_frame(line: &str) -> bool {
    const FOREIGN: [&str; 12] = [
        "node_modules",
        "node:",
        "(internal/",
        "site-packages",
        "/lib/python",
        "<frozen",
        "/src/runtime/",
        "/src/testing/",
        "/usr/lib/",
        "/usr/local/go/",
        "/gems/",
        "/rustc/",
    ];
    let frame =
        ["at ", "File \"", "\u{276f} ", "/", "from ", "# /"].iter().any(|start| line.trim_start().starts_with(start));
    frame && FOREIGN.iter().any(|part| line.contains(part))
}

/// `None` for the empty pattern, which matches nothing. That every pattern compiles is a test, not a hope.
fn compile(source: &str) -> Option<Regex> {
    (!source.is_empty()).then(|| RegexBuilder::new(source).unicode(false).build().ok()).flatten()
}

struct Compiled {
    rule: &'static Rule,
    pattern: Pattern,
    unless: Pattern,
    until: Pattern,
    follows: Pattern,
    quotes: Vec<Pattern>,
}

impl Compiled {
    fn holds(&self, log: &Log, line: usize) -> bool {
        let text = log.line(line);
        self.pattern.matches(text) && !self.unless.matches(text) && self.is_followed(log, line)
    }

    fn is_followed(&self, log: &Log, line: usize) -> bool {
        self.rule
            .follows
            .is_none_or(|(_, within)| (line + 1..=line + within).any(|at| self.follows.matches(log.line(at))))
    }
}

/// All rules, ready to be matched.
pub(super) struct Rules {
    table: Vec<Compiled>,
    markers: Option<AhoCorasick>,
    /// For each marker, the rules that it calls.
    called: Vec<Vec<usize>>,
}

/// The one set of rules.
pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(tools::ALL));

impl Rules {
    fn of(tables: &[&'static [Rule]]) -> Self {
        let mut rules = Vec::new();
        let (mut markers, mut called): (Vec<&'static str>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for rule in tables.iter().copied().flatten() {
            for marker in rule.markers {
                let at = markers.iter().position(|known| known == marker).unwrap_or_else(|| {
                    markers.push(marker);
                    called.push(Vec::new());
                    markers.len() - 1
                });
                if let Some(slot) = called.get_mut(at) {
                    slot.push(rules.len());
                }
            }
            let quotes = rule.quotes.iter().map(|quote| Pattern::new(quote.pattern())).collect();
            rules.push(Compiled {
                rule,
                pattern: Pattern::new(rule.pattern),
                unless: Pattern::new(rule.unless),
                until: Pattern::new(rule.until),
                follows: Pattern::new(rule.follows.map_or("", |(pattern, _)| pattern)),
                quotes,
            });
        }
        let markers = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&markers)
            .ok();
        Self { table: rules, markers, called }
    }

    /// Passes on what rules find, in the order of the lines.
    pub(super) fn scan(&self, log: &Log, sieve: &mut impl Sieve) {
        let Some(markers) = &self.markers else {
            return;
        };
        // For each rule, the last line it was tried on: a line may hold a marker many times.
        let mut tried = vec![usize::MAX; self.table.len()];
        let mut line = 0;
        for found in markers.find_overlapping_iter(log.text()) {
            while log.end_of(line).is_some_and(|end| end < found.end()) {
                line += 1;
            }
            for &at in self.called.get(found.pattern().as_usize()).into_iter().flatten() {
                let (Some(compiled), Some(last)) = (self.table.get(at), tried.get_mut(at)) else {
                    continue;
                };
                if *last == line {
                    continue;
                }
                *last = line;
                let finding = Finding { line, rule: at };
                if sieve.is_open(finding, compiled.rule) && compiled.holds(log, line) {
                    sieve.enter(finding, compiled.rule);
                }
            }
        }
    }

    /// The best rule that matches a line: the weightiest, and of equals the first.
    pub(super) fn best(&self, log: &Log, line: usize) -> Option<Finding> {
        self.all(log, line).find(|finding| self.rule(*finding).is_some_and(|rule| rule.weight > Weight::Advice))
    }

    /// The rules that match a line: the weightiest first, and of equals in the order of the tables.
    pub(super) fn all<'a>(&'a self, log: &'a Log, line: usize) -> impl Iterator<Item = Finding> + 'a {
        let markers = self.markers.iter();
        let mut called: Vec<usize> = markers
            .flat_map(|markers| markers.find_overlapping_iter(log.line(line)))
            .filter_map(|found| self.called.get(found.pattern().as_usize()))
            .flatten()
            .copied()
            .collect();
        let order =
            |rule: &usize| (std::cmp::Reverse(self.table.get(*rule).map(|compiled| compiled.rule.weight)), *rule);
        called.sort_unstable_by_key(order);
        called.dedup();
        let holds = move |rule: &usize| self.table.get(*rule).is_some_and(|compiled| compiled.holds(log, line));
        called.into_iter().filter(holds).map(move |rule| Finding { line, rule })
    }

    /// The rule of a finding.
    pub(super) fn rule(&self, finding: Finding) -> Option<&'static Rule> {
        self.table.get(finding.rule).map(|compiled| compiled.rule)
    }

    /// How the rules know each line that is looked at: the best rule that matches it, and the best that would quote it.
    /// `chosen` are the lines that rules alone would quote.
    pub(super) fn known(&self, log: &Log, chosen: &[usize], looked_at: &[bool]) -> Vec<Known> {
        let mut known = vec![Known::default(); log.len()];
        let best: Vec<Option<usize>> = (0..log.len())
            .map(|line| looked_at.get(line).is_some_and(|looked_at| *looked_at).then(|| self.best(log, line)).flatten())
            .map(|finding| finding.map(|finding| finding.rule))
            .collect();
        for (line, rule) in best.iter().enumerate() {
            let Some(rule) = *rule else { continue };
            let weight = self.table.get(rule).map_or(0, |compiled| compiled.rule.weight as u8);
            if let Some(slot) = known.get_mut(line) {
                slot.weight = weight;
            }
            for (place, at) in self.block(log, Finding { line, rule }).into_iter().enumerate() {
                if let Some(slot) = known.get_mut(at)
                    && slot.quoted_by < weight
                {
                    slot.quoted_by = weight;
                    slot.place = u8::try_from(place).unwrap_or(u8::MAX);
                }
            }
        }
        for (place, at) in chosen.iter().enumerate() {
            if let Some(slot) = known.get_mut(*at) {
                slot.chosen = place == 0;
                slot.beside_chosen = true;
            }
        }
        known
    }

    /// The lines that belong to a finding, the most telling first, the matched one among them.
    pub(super) fn block(&self, log: &Log, finding: Finding) -> Vec<usize> {
        let mut lines = vec![finding.line];
        let Some(compiled) = self.table.get(finding.rule) else {
            return lines;
        };
        let reach = compiled.rule.quotes.iter().map(Quote::within).max().unwrap_or(0);
        let end = (finding.line + 1..log.len().min(finding.line + 1 + reach))
            .find(|at| compiled.until.matches(log.line(*at)))
            .unwrap_or(finding.line + 1 + reach);
        for (quote, pattern) in compiled.rule.quotes.iter().zip(&compiled.quotes) {
            match *quote {
                Quote::After { within, take, .. } => {
                    let last = end.min(finding.line + 1 + within).min(log.len());
                    let found = (finding.line + 1..last).filter(|at| pattern.quotes(log.line(*at))).take(take);
                    for at in found.collect::<Vec<_>>() {
                        if !lines.contains(&at) {
                            lines.push(at);
                        }
                    }
                }
                Quote::Lead { within, .. } => {
                    let last = end.min(finding.line + 1 + within).min(log.len());
                    if let Some(at) = (finding.line + 1..last).find(|at| pattern.quotes(log.line(*at)))
                        && !lines.contains(&at)
                    {
                        lines.insert(0, at);
                    }
                }
                Quote::Before { within, .. } => {
                    let first = finding.line.saturating_sub(within);
                    if let Some(at) = (first..finding.line).rev().find(|at| pattern.quotes(log.line(*at)))
                        && !lines.contains(&at)
                    {
                        lines.push(at);
                    }
                }
            }
        }
        lines
    }

    /// What the finding's pattern captured, by number or name.
    pub(super) fn capture(&self, log: &Log, finding: Finding, name: &str) -> Option<String> {
        let regex = self.table.get(finding.rule)?.pattern.regex()?;
        let captures: Captures<'_> = regex.captures(log.line(finding.line).as_bytes())?;
        let group = match name.parse::<usize>() {
            Ok(number) => captures.get(number),
            Err(_) => captures.name(name),
        }?;
        let text = String::from_utf8_lossy(group.as_bytes()).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_every_rule_compiles_and_is_called_by_a_marker() {
        for rule in tools::ALL.iter().copied().flatten() {
            assert!(!rule.markers.is_empty() && rule.markers.iter().all(|marker| marker.len() >= 2), "{rule:?}");
            for source in [rule.pattern, rule.unless, rule.until, rule.follows.map_or("", |(pattern, _)| pattern)]
                .into_iter()
                .chain(rule.quotes.iter().map(Quote::pattern))
            {
                if !source.is_empty() {
                    RegexBuilder::new(source)
                        .unicode(false)
                        .build()
                        .unwrap_or_else(|error| panic!("{}: {source}: {error}", rule.tool));
                }
            }
        }
    }
}
