//! What a line is among those that rank highest: how far it is from the best, what its neighbours score, which lines like
//! it come before and after. Alone it cannot be told whether a line is the first failure or a later one of its kind.
#![allow(clippy::cast_precision_loss, reason = "counts of lines are small")]

/// A line that can be the cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) line: usize,
    /// The logarithm of the odds that it belongs to the cause.
    pub(super) score: f32,
    /// What it says without its numbers, as a hash.
    pub(super) template: u64,
    /// How it looks: failures of one kind look alike; 0 for a line that looks like no failure of a kind.
    pub(super) look: u64,
}

/// So many of the highest-ranking lines are judged again.
const MAX_LISTED: usize = 60;
/// What a line that is not ranked scores.
const SILENT: f32 = -8.0;
/// Lines that score so little less than the best belong to its company.
const COMPANY: f32 = 2.5;
/// Without any such line above or below, it is so far away.
const FAR: f32 = 999.0;

/// Lines in the order of their scores, and the score of each line of the log.
struct List<'a> {
    ranked: &'a [Candidate],
    scores: Vec<f32>,
    best: Candidate,
    /// The score of the first line that says something else than the best.
    second: f32,
    company: Vec<usize>,
    /// How many lines belong to the cause, to judge by their scores.
    mass: f32,
    /// How many kinds of lines the best are.
    looks: f32,
}

/// The highest-ranking lines with their features; `ranked` is in the order of the scores, of a log of so many lines.
pub(super) fn rows(ranked: &[Candidate], lines: usize) -> Vec<(usize, Vec<f32>)> {
    let Some(best) = ranked.first().copied() else { return Vec::new() };
    let mut scores = vec![SILENT; lines];
    for candidate in ranked {
        if let Some(slot) = scores.get_mut(candidate.line) {
            *slot = candidate.score;
        }
    }
    let mut looks: Vec<u64> =
        ranked.iter().filter(|other| other.score > best.score - 2.0).map(|other| other.look).collect();
    looks.sort_unstable();
    looks.dedup();
    let list = List {
        ranked,
        scores,
        best,
        second: ranked.iter().find(|other| other.template != best.template).map_or(best.score, |other| other.score),
        company: ranked.iter().filter(|other| other.score > best.score - COMPANY).map(|other| other.line).collect(),
        mass: ranked.iter().map(|other| 1.0 / (1.0 + (-other.score).exp())).sum(),
        looks: looks.len() as f32,
    };
    ranked
        .iter()
        .take(MAX_LISTED)
        .enumerate()
        .map(|(rank, candidate)| (candidate.line, list.row(rank, *candidate)))
        .collect()
}

impl List<'_> {
    fn score(&self, line: usize, offset: isize) -> f32 {
        line.checked_add_signed(offset).and_then(|line| self.scores.get(line)).copied().unwrap_or(SILENT)
    }

    fn count(&self, holds: impl Fn(&Candidate) -> bool) -> f32 {
        self.ranked.iter().filter(|other| holds(other)).count() as f32
    }

    fn most(&self, holds: impl Fn(&Candidate) -> bool) -> f32 {
        self.ranked.iter().filter(|other| holds(other)).map(|other| other.score).fold(SILENT, f32::max)
    }

    /// How much the lines around a line score together.
    fn around(&self, line: usize, reach: isize) -> f32 {
        (-reach..=reach).map(|offset| self.score(line, offset).exp()).sum::<f32>().ln()
    }

    fn row(&self, rank: usize, candidate: Candidate) -> Vec<f32> {
        let Candidate { line, score, template, look } = candidate;
        let best = self.best.score;
        let (above, below) = (|other: &Candidate| other.line < line, |other: &Candidate| other.line > line);
        let (before, after) = (self.most(above), self.most(below));
        let near_above = self.company.iter().filter(|other| **other < line).map(|other| line - other).min();
        let near_below = self.company.iter().filter(|other| **other > line).map(|other| other - line).min();
        let first = self.company.iter().min().copied().unwrap_or(line);
        let last = self.company.iter().max().copied().unwrap_or(line);
        let from_best = line as f32 - self.best.line as f32;
        let mut row = vec![score, rank as f32, best - score, best, best - self.second, before, after];
        for least in [score - 1.0, best - 1.0, score] {
            row.push(self.count(|other| other.score > least && above(other)));
            row.push(self.count(|other| other.score > least && below(other)));
        }
        row.extend([
            self.count(|other| other.template == template),
            self.count(|other| other.template == template && above(other)),
            near_above.map_or(FAR, |lines| lines as f32),
            near_below.map_or(FAR, |lines| lines as f32),
            from_best,
            from_best.abs(),
            line as f32 - first as f32,
            last as f32 - line as f32,
            self.company.len() as f32,
            self.mass,
            self.around(line, 2),
            self.around(line, 5),
            self.around(line, 15),
            before - score,
            after - score,
            self.scores.len() as f32,
        ]);
        for reach in [1.0, 2.0] {
            let alike = |other: &Candidate| other.look == look && other.score > score - reach;
            row.push(self.count(|other| alike(other) && above(other)));
            row.push(self.count(|other| alike(other) && below(other)));
        }
        row.extend([
            self.most(|other| other.look == look && above(other)) - score,
            f32::from(u8::from(self.best.look == look)),
            self.looks,
        ]);
        row.extend([-4, -3, -2, -1, 1, 2, 3, 4].map(|offset| self.score(line, offset)));
        row.extend([-2, -1, 1, 2].map(|offset| self.score(line, offset) - score));
        row
    }
}
