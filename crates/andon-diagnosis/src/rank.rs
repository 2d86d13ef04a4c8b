//! Which lines are the cause: every line that can be one gets its features, and the trained model ranks them.

use super::MOST_LINES;
use super::contest::Choice;
use super::features::Page;
use super::log::Log;
use super::model::Model;
use super::scan::RULES;
use super::structure::Structure;

/// Lines that can be the cause, the likeliest first.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    lines: Vec<Candidate>,
    /// Whether any of them sounds like an error.
    pub(super) complains: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) line: usize,
    /// The logarithm of the odds that it belongs to the cause.
    pub(super) score: f32,
    /// What it says without its numbers, as a hash.
    template: u64,
}

/// Where the first line is that much surer, a line adds nothing.
const SPAN: f32 = 4.0;

impl Ranking {
    pub(super) fn of(model: &Model<'_>, log: &Log, structure: &Structure, choice: Option<&Choice>) -> Self {
        let page = page(model, log, structure, choice);
        let mut row = Vec::new();
        let mut lines = Vec::new();
        for line in page.candidates() {
            row = page.row(line, row);
            lines.push(Candidate { line, score: model.score(&row), template: page.template(line) });
        }
        lines.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.line.cmp(&b.line)));
        Self { lines, complains: page.complains() }
    }

    /// The lines to quote, the most telling first; none twice.
    pub(super) fn quoted(&self, model: &Model<'_>) -> Vec<usize> {
        let mut told = Vec::new();
        let mut quoted = Vec::new();
        let first = self.lines.first().map_or(0.0, |first| first.score);
        let least = model.limits.quoted.max(first - SPAN);
        for candidate in &self.lines {
            let enough = quoted.len() >= MOST_LINES || candidate.score <= least;
            if enough && !quoted.is_empty() {
                break;
            }
            if !told.contains(&candidate.template) {
                told.push(candidate.template);
                quoted.push(candidate.line);
            }
        }
        quoted
    }

    /// The line that is ranked first.
    #[cfg(feature = "training")]
    pub(super) fn first(&self) -> Option<usize> {
        self.lines.first().map(|candidate| candidate.line)
    }

    /// The scores of the first and of the next that says something else; of a line alone, no lead.
    pub(super) fn lead(&self) -> Option<(f32, f32)> {
        let first = self.lines.first()?;
        let next = self.lines.iter().find(|candidate| candidate.template != first.template);
        Some((first.score, next.map_or(first.score, |next| next.score)))
    }
}

/// A log with the features of its lines.
pub(super) fn page<'a>(model: &Model<'_>, log: &Log, structure: &'a Structure, choice: Option<&Choice>) -> Page<'a> {
    Page::of(log, structure, &model.lexicon, |looked_at| RULES.known(log, choice, looked_at))
}
