//! What a line has to do with the most telling one: whether it stands in the same block, and how much of it was said
//! before.
#![allow(clippy::cast_precision_loss, reason = "counts of lines and words are small")]

use super::listed::Candidate;
use super::log::Log;
use super::words;

/// Lines further apart than this are in no common block.
const REACH: usize = 60;
/// Within a block no more than so many lines stand between two that score well.
const GAP: usize = 2;
/// Those that score well score no more than so much less than the most telling line.
const LESS: [f32; 3] = [2.0, 3.5, 5.0];
/// So many lines that rank higher are compared with a line.
const MAX_COMPARED: usize = 12;
/// What an unranked line between two others scores, and what stands for one that is too far away to look.
const SILENT: f32 = -8.0;
const FAR: f32 = 99.0;

/// The lines that rank highest, in the order of their scores, beside the most telling one.
pub(super) struct Blocks<'a> {
    log: &'a Log,
    first: Line<'a>,
    lines: Vec<Line<'a>>,
    /// For each of [`LESS`], the lines of the block, and how many of them on lead to the line; negative upwards.
    chains: [Vec<(usize, f32)>; LESS.len()],
}

struct Line<'a> {
    candidate: Candidate,
    text: &'a str,
    indent: usize,
    /// Its words, in order.
    names: Vec<u32>,
}

impl<'a> Line<'a> {
    fn of(log: &'a Log, candidate: Candidate) -> Self {
        let whole = log.line(candidate.line);
        let text = whole.trim();
        let mut names = Vec::new();
        words::names(text, &mut names);
        names.sort_unstable();
        Self { candidate, text, indent: whole.len() - whole.trim_start().len(), names }
    }

    /// How many words it shares with another line.
    fn shared(&self, other: &Self) -> usize {
        self.names.iter().filter(|name| other.names.binary_search(name).is_ok()).count()
    }
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// The lines between two others; nothing when these are far apart.
fn between(a: usize, b: usize) -> Option<std::ops::Range<usize>> {
    let (from, to) = (a.min(b), a.max(b));
    (to - from <= REACH).then_some(from + 1..to)
}

impl<'a> Blocks<'a> {
    pub(super) fn of(log: &'a Log, ranked: &[Candidate], first: Candidate) -> Self {
        let lines: Vec<Line<'_>> = ranked.iter().map(|candidate| Line::of(log, *candidate)).collect();
        let mut blocks = Self { log, first: Line::of(log, first), lines, chains: LESS.map(|_| Vec::new()) };
        let mut by_place = ranked.to_vec();
        by_place.sort_by_key(|candidate| candidate.line);
        blocks.chains = LESS.map(|less| blocks.block(&by_place, less));
        blocks
    }

    /// The lines that hang together with the most telling one.
    fn block(&self, by_place: &[Candidate], less: f32) -> Vec<(usize, f32)> {
        let first = self.first.candidate;
        let close = |candidate: &&Candidate| candidate.score > first.score - less;
        let above = by_place.iter().rev().filter(|other| other.line < first.line).filter(close);
        let below = by_place.iter().filter(|other| other.line > first.line).filter(close);
        let mut found = self.chained(above, -1.0);
        found.extend(self.chained(below, 1.0));
        found
    }

    fn chained<'b>(&self, lines: impl Iterator<Item = &'b Candidate>, step: f32) -> Vec<(usize, f32)> {
        let (mut last, mut steps, mut found) = (self.first.candidate.line, 0.0, Vec::new());
        for Candidate { line, .. } in lines {
            if between(last, *line).is_none_or(|between| between.filter(|at| self.says(*at)).count() > GAP) {
                break;
            }
            (last, steps) = (*line, steps + step);
            found.push((*line, steps));
        }
        found
    }

    fn says(&self, at: usize) -> bool {
        !self.log.line(at).trim().is_empty()
    }

    /// The lowest score between two lines, how many lines that are not empty stand between them, and how many are.
    fn gap(&self, line: usize) -> [f32; 3] {
        let Some(between) = between(line, self.first.candidate.line) else { return [SILENT - 1.0, FAR, FAR] };
        let (mut lowest, mut said, mut empty) = (0.0_f32, 0.0, 0.0);
        for at in between {
            if self.says(at) {
                let known = self.lines.iter().find(|other| other.candidate.line == at);
                lowest = lowest.min(known.map_or(SILENT, |other| other.candidate.score));
                said += 1.0;
            } else {
                empty += 1.0;
            }
        }
        [lowest, said, empty]
    }

    /// What the line of this rank has to do with the most telling one.
    pub(super) fn row(&self, rank: usize) -> Vec<f32> {
        let Some(own) = self.lines.get(rank) else { return Vec::new() };
        let (first, better) = (&self.first, self.lines.get(..rank).unwrap_or_default());
        let yes = |holds: bool| f32::from(u8::from(holds));
        let mut row = vec![
            own.candidate.line as f32 - first.candidate.line as f32,
            own.candidate.score - first.candidate.score,
            own.indent as f32 - first.indent as f32,
            own.indent as f32,
        ];
        row.extend(self.gap(own.candidate.line));
        let shared = own.shared(first);
        row.extend([
            share(shared, own.names.len() + first.names.len() - shared),
            share(shared, own.names.len()),
            share(shared, first.names.len()),
            (own.names.len() - shared) as f32,
            better.iter().take(MAX_COMPARED).map(|other| share(own.shared(other), own.names.len())).fold(0.0, f32::max),
            yes(better.iter().any(|other| other.candidate.template == own.candidate.template)),
            yes(own.candidate.template == first.candidate.template),
        ]);
        let alike = own.text.bytes().zip(first.text.bytes()).take_while(|(a, b)| a == b).count();
        row.extend([
            alike as f32,
            share(alike, first.text.len()),
            own.text.len() as f32,
            first.text.len() as f32,
            yes(own.candidate.line == first.candidate.line),
        ]);
        let steps = |block: &Vec<(usize, f32)>| {
            block.iter().find(|(line, _)| *line == own.candidate.line).map_or(0.0, |(_, steps)| *steps)
        };
        row.extend(self.chains.iter().map(steps));
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_where_its_lines_no_longer_hang_together() {
        let log = Log::from_bytes(
            b"E  assert 1 == 2\nE  where 1 = len(a)\n\na\nb\nc\nE  assert 3 == 4\nd\nat tests/test_a.py:12\n",
        );
        let line = |line, score| Candidate { line, score, template: line as u64, look: 0 };
        let ranked = [line(0, 2.0), line(1, 1.5), line(6, 1.0), line(8, -3.5)];
        let blocks = Blocks::of(&log, &ranked, ranked[0]);
        let ends = |rank: usize| blocks.row(rank)[19..].to_vec();
        assert_eq!(ends(0), [0.0, 0.0, 0.0]);
        assert_eq!(ends(1), [1.0, 1.0, 1.0]);
        // Three lines that say something lie between.
        assert_eq!(ends(2), [0.0, 0.0, 0.0]);
        let from_third = Blocks::of(&log, &ranked, ranked[2]);
        assert_eq!(from_third.row(3)[19..], [0.0, 0.0, 1.0]);
        assert_eq!(from_third.row(1)[4..7], [-8.0, 3.0, 1.0]);
    }
}
