//! Which lines are the cause: every line that can be one gets its features, and the trained model ranks them; those that
//! rank highest are judged once more as a list, which tells how many of them to quote.

use super::MOST_LINES;
use super::contest::Choice;
use super::disclaimed::is_disclaimed;
use super::features::Page;
use super::headline::is_headline;
use super::listed::{self, Candidate};
use super::log::Log;
use super::model::Model;
use super::scan::RULES;
use super::structure::Structure;

/// Lines that can be the cause, the likeliest first.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    lines: Vec<Candidate>,
    /// Those that rank highest, with the features by which they are judged again.
    listed: Vec<(usize, Vec<f32>)>,
    /// Those of them of which the log says that they tell of no failure, if others do not.
    disclaimed: Vec<usize>,
    /// The most telling line.
    first: Option<usize>,
    /// Whether any of them sounds like an error.
    pub(super) complains: bool,
}

/// Of lines that look alike and score so little less than the best, the first is the failure that the others repeat.
const ALIKE: f32 = 1.0;
/// A headline goes after the best of so many next lines, unless that scores so much less.
const DETAIL: usize = 6;
const LESS: f32 = 3.0;
/// So many lines are judged together: their features fit into a processor's cache beside a tree.
const TOGETHER: usize = 24;
/// So much more a line is worth that belongs to the cause than one that does not costs.
const RECALL: f32 = 2.0;

impl Ranking {
    pub(super) fn of(model: &Model<'_>, log: &Log, structure: &Structure, choice: Option<&Choice>) -> Self {
        let page = page(model, log, structure, choice);
        let (candidates, mut lines): (Vec<usize>, Vec<Candidate>) = (page.candidates().collect(), Vec::new());
        for together in candidates.chunks(TOGETHER) {
            let rows: Vec<Vec<f32>> = together.iter().map(|line| page.row(*line)).collect();
            let scores = model.lines.scores(&rows);
            lines.extend(together.iter().zip(scores).map(|(line, score)| {
                let (template, look) = (page.template(*line), page.look(*line));
                Candidate { line: *line, score, template, look }
            }));
        }
        lines.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.line.cmp(&b.line)));
        let listed = listed::rows(&lines, log.len());
        let mut disclaimed: Vec<usize> =
            listed.iter().map(|(line, _)| *line).filter(|line| is_disclaimed(log, *line)).collect();
        if disclaimed.len() == listed.len() {
            disclaimed.clear();
        }
        let mut ranking = Self { lines, listed, disclaimed, first: None, complains: page.complains() };
        ranking.first = ranking.chosen(log);
        ranking
    }

    /// The lines to quote, the most telling first; none twice.
    pub(super) fn quoted(&self, model: &Model<'_>) -> Vec<usize> {
        let Some(first) = self.first() else { return Vec::new() };
        let claimed = self.listed.iter().filter(|(line, _)| !self.disclaimed.contains(line));
        let mut listed: Vec<(usize, f32)> =
            claimed.map(|(line, row)| (*line, model.lists.score(row) + model.limits.quoted)).collect();
        listed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let template =
            |line: usize| self.lines.iter().find(|other| other.line == line).map_or(0, |other| other.template);
        let mut told = Vec::new();
        listed.retain(|(line, _)| {
            let is_new = !told.contains(&template(*line));
            told.push(template(*line));
            is_new
        });
        // As many as can be expected to find most of the cause with the least beside it.
        let odds = |score: f32| 1.0 / (1.0 + (-score).exp());
        let all: f32 = listed.iter().map(|(_, score)| odds(*score)).sum();
        let (mut found, mut best, mut count) = (0.0, 0.0, 1);
        for (taken, (_, score)) in (1_u8..).zip(listed.iter().take(MOST_LINES)) {
            found += odds(*score);
            let worth = found / (f32::from(taken) + RECALL * RECALL * all.max(found));
            if worth > best {
                (best, count) = (worth, usize::from(taken));
            }
        }
        let others = listed.into_iter().take(count).map(|(line, _)| line).filter(|line| *line != first);
        std::iter::once(first).chain(others).take(MOST_LINES).collect()
    }

    /// The highest-ranking lines, with what they are among the ranked ones.
    #[cfg(feature = "training")]
    pub(super) fn into_listed(self) -> Vec<(usize, Vec<f32>)> {
        self.listed
    }

    fn claimed(&self) -> impl Iterator<Item = &Candidate> {
        self.lines.iter().filter(|candidate| !self.disclaimed.contains(&candidate.line))
    }

    /// The most telling line.
    pub(super) fn first(&self) -> Option<usize> {
        self.first
    }

    /// The best line, or the first that looks like it; of a headline, the line that says it.
    fn chosen(&self, log: &Log) -> Option<usize> {
        let best = self.claimed().next()?;
        let alike = self.claimed().filter(|other| other.look == best.look && other.score >= best.score - ALIKE);
        let first = if best.look == 0 { best } else { alike.min_by_key(|other| other.line)? };
        if !is_headline(log.line(first.line)) {
            return Some(first.line);
        }
        let below = first.line + 1..=first.line + DETAIL;
        let detail = self.claimed().find(|other| below.contains(&other.line) && other.score >= first.score - LESS);
        Some(detail.unwrap_or(first).line)
    }

    /// The scores of the first and of the next that says something else; of a line alone, no lead.
    pub(super) fn lead(&self) -> Option<(f32, f32)> {
        let first = self.claimed().next()?;
        let next = self.claimed().find(|candidate| candidate.template != first.template);
        Some((first.score, next.map_or(first.score, |next| next.score)))
    }
}

/// A log with the features of its lines.
pub(super) fn page<'a>(model: &Model<'_>, log: &Log, structure: &'a Structure, choice: Option<&Choice>) -> Page<'a> {
    Page::of(log, structure, &model.lexicon, |looked_at| {
        RULES.known(log, choice.map_or(&[], |choice| &choice.lines), looked_at)
    })
}
