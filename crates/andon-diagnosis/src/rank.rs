//! Which lines are the cause: every line that can be one gets its features, and the trained model ranks them; those that
//! rank highest are judged once more as a list, which tells which of them to quote.

use super::MOST_LINES;
use super::block::Blocks;
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
/// So much more it is worth that no line is missing that must be seen than that the quoted lines are those of the cause.
const WHOLE: f32 = 3.0;

/// Nothing is more certain.
const SURELY: f32 = 0.97;

/// A line that may be quoted, as the trees over lists judge it.
#[derive(Clone, Copy, Debug)]
struct Judged {
    line: usize,
    /// The logarithm of the odds by which lines are ordered.
    score: f32,
    /// How likely it belongs to the cause,
    cause: f32,
    /// and how likely something would be missing without it.
    needed: f32,
}

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
        let first = ranking.chosen(log);
        ranking.first = first.map(|first| first.line);
        let blocks =
            first.zip(ranking.lines.get(..ranking.listed.len())).map(|(first, best)| Blocks::of(log, best, first));
        for (rank, (line, row)) in ranking.listed.iter_mut().enumerate() {
            row.extend(blocks.iter().flat_map(|blocks| blocks.row(rank)));
            row.extend(page.row(*line));
        }
        ranking
    }

    /// The lines to quote, the most telling first; none twice.
    pub(super) fn quoted(&self, model: &Model<'_>) -> Vec<usize> {
        let Some(first) = self.first() else { return Vec::new() };
        let odds = |score: f32| 1.0 / (1.0 + (-score).exp());
        let claimed = self.listed.iter().filter(|(line, _)| !self.disclaimed.contains(line));
        let (lines, rows): (Vec<usize>, Vec<&[f32]>) = claimed.map(|(line, row)| (*line, row.as_slice())).unzip();
        let scores = model.lists.scores(&rows).into_iter().zip(model.needs.scores(&rows));
        let mut judged: Vec<Judged> = lines
            .into_iter()
            .zip(scores)
            .map(|(line, (score, need))| {
                let score = score + model.limits.quoted;
                Judged { line, score, cause: odds(score), needed: odds(need).min(SURELY) }
            })
            .collect();
        judged.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.line.cmp(&b.line)));
        judged.sort_by_key(|judged| judged.line != first);
        let template =
            |line: usize| self.lines.iter().find(|other| other.line == line).map_or(0, |other| other.template);
        let mut told = Vec::new();
        judged.retain(|judged| {
            let is_new = !told.contains(&template(judged.line));
            told.push(template(judged.line));
            is_new
        });
        if judged.first().is_none_or(|judged| judged.line != first) {
            return vec![first];
        }
        chosen_of(judged)
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
    fn chosen(&self, log: &Log) -> Option<Candidate> {
        let best = self.claimed().next()?;
        let alike = self.claimed().filter(|other| other.look == best.look && other.score >= best.score - ALIKE);
        let first = if best.look == 0 { best } else { alike.min_by_key(|other| other.line)? };
        if !is_headline(log.line(first.line)) {
            return Some(*first);
        }
        let below = first.line + 1..=first.line + DETAIL;
        let detail = self.claimed().find(|other| below.contains(&other.line) && other.score >= first.score - LESS);
        Some(*detail.unwrap_or(first))
    }

    /// The scores of the first and of the next that says something else; of a line alone, no lead.
    pub(super) fn lead(&self) -> Option<(f32, f32)> {
        let first = self.claimed().next()?;
        let next = self.claimed().find(|candidate| candidate.template != first.template);
        Some((first.score, next.map_or(first.score, |next| next.score)))
    }
}

/// The first line, and those that make the quoted ones most like the cause, with the least likely to be missing.
fn chosen_of(mut judged: Vec<Judged>) -> Vec<usize> {
    let all: f32 = judged.iter().map(|judged| judged.cause).sum();
    let whole: f32 = judged.iter().map(|judged| (1.0 - judged.needed).ln()).sum();
    let worth = |taken: f32, found: f32, missing: f32| 2.0 * found / (taken + all.max(found)) + WHOLE * missing.exp();
    let (mut found, mut missing, mut best, mut count) = (0.0, whole, f32::MIN, 1);
    for (at, taken) in (0..judged.len().min(MOST_LINES)).zip(1_u8..) {
        let with = |judged: &Judged| worth(taken.into(), found + judged.cause, missing - (1.0 - judged.needed).ln());
        // Of equal ones the first; the most telling line goes before all others.
        let rest = judged.iter().enumerate().skip(at).take(if at == 0 { 1 } else { usize::MAX });
        let Some((place, next)) = rest.max_by(|(a, one), (b, other)| with(one).total_cmp(&with(other)).then(b.cmp(a)))
        else {
            break;
        };
        let (next, value) = (*next, with(next));
        (found, missing) = (found + next.cause, missing - (1.0 - next.needed).ln());
        judged.get_mut(at..=place).unwrap_or_default().rotate_right(1);
        if value > best {
            (best, count) = (value, usize::from(taken));
        }
    }
    judged.iter().take(count).map(|judged| judged.line).collect()
}

/// A log with the features of its lines.
pub(super) fn page<'a>(model: &Model<'_>, log: &Log, structure: &'a Structure, choice: Option<&Choice>) -> Page<'a> {
    Page::of(log, structure, &model.lexicon, |looked_at| {
        RULES.known(log, choice.map_or(&[], |choice| &choice.lines), looked_at)
    })
}
