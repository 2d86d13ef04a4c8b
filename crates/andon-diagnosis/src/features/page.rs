//! All that is known of a log's lines, before they are ranked.

use std::collections::HashMap;

use super::super::log::Log;
use super::super::scan::Known;
use super::super::structure::{Region, Structure};
use super::super::words::{self, Lexicon, Rarity};
use super::facts::{Facts, Shape, is_error};
use super::groups;

/// All that is known of a log's lines, before they are ranked.
pub(in super::super) struct Page<'a> {
    pub(super) facts: Vec<Facts>,
    pub(super) known: Vec<Known>,
    pub(super) structure: &'a Structure,
    /// How much the words of each line speak for a cause.
    pub(super) spoken: Vec<f32>,
    /// Whether a line can be the cause at all.
    pub(super) eligible: Vec<bool>,
    /// The lines that are looked at closely.
    pub(super) looked_at: Vec<bool>,
    /// For each line, its place when the eligible ones are ordered by their words; and the best before and after it.
    pub(super) order: Vec<f32>,
    pub(super) best_before: Vec<f32>,
    pub(super) best_after: Vec<f32>,
    pub(super) best: f32,
    pub(super) rarity: Vec<Rarity>,
    /// In how many lines the commonest of a line's rare words stands.
    pub(super) shared: Vec<f32>,
    /// The lines that are not blank, and for each line its place among them.
    pub(super) solid: Vec<usize>,
    pub(super) places: Vec<usize>,
    pub(super) repeats: HashMap<u64, (u32, u32)>,
    /// How often each line's message was said before.
    pub(super) said_before: Vec<u32>,
    /// How many lines that name a cause of what stands above them come before each line.
    pub(super) causes_before: Vec<u32>,
    /// For each line, how many lines before it look like errors.
    pub(super) errors_before: Vec<u32>,
    /// First and last line of the paragraph (between blank lines) that each line is in.
    pub(super) paragraphs: Vec<(u32, u32)>,
    pub(super) first_error: usize,
    pub(super) last_error: usize,
    pub(super) last_line: usize,
}

/// With no more lines than this, all are looked at closely.
const MAX_ALL: usize = 1200;
/// Of more, so many whose words speak most for a cause, with so many neighbours on each side,
const MAX_BEST: usize = 250;
const NEIGHBOURS: usize = 3;
/// and so many before the end of what failed.
const MAX_LAST: usize = 80;
/// What a line that is not there says.
pub(super) const SILENT: f32 = -12.0;

impl<'a> Page<'a> {
    /// Reads a log; `known` tells how the rules know the lines that are looked at.
    pub(in super::super) fn of(
        log: &Log,
        structure: &'a Structure,
        lexicon: &Lexicon<'_>,
        known: impl FnOnce(&[bool]) -> Vec<Known>,
    ) -> Self {
        let mut found = Vec::new();
        let count = log.len();
        let blank: Vec<bool> = (0..count).map(|at| log.line(at).trim().is_empty()).collect();
        let blank = |at: usize| blank.get(at).is_none_or(|blank| *blank);
        let spoken: Vec<f32> = (0..count)
            .map(|at| {
                if blank(at) {
                    return SILENT;
                }
                words::words(log.line(at), &mut found);
                lexicon.score(&found)
            })
            .collect();
        let may = |at: usize| matches!(structure.region(at), Region::Plain | Region::Failing);
        let mut eligible: Vec<bool> = (0..count).map(|at| !blank(at) && may(at)).collect();
        if !eligible.contains(&true) {
            eligible = (0..count).map(|at| !blank(at)).collect();
        }
        let of = |values: &[f32], at: usize| values.get(at).copied().unwrap_or(SILENT);
        let is = |flags: &[bool], at: usize| flags.get(at).copied().unwrap_or(false);
        let all: Vec<usize> = (0..count).filter(|at| !blank(*at)).collect();
        let mut ordered = all.clone();
        ordered.sort_by(|a, b| {
            let value = |at: usize| if is(&eligible, at) { of(&spoken, at) } else { SILENT };
            value(*b).total_cmp(&value(*a)).then(a.cmp(b))
        });
        let mut order = vec![0.0; count];
        for (place, at) in ordered.iter().enumerate() {
            if let Some(slot) = order.get_mut(*at) {
                *slot = place as f32;
            }
        }
        let best = ordered.first().map_or(SILENT, |at| if is(&eligible, *at) { of(&spoken, *at) } else { SILENT });
        let running = |lines: &mut dyn Iterator<Item = usize>| {
            let (mut out, mut best) = (vec![SILENT; count], SILENT);
            for at in lines {
                if let Some(slot) = out.get_mut(at) {
                    *slot = best;
                }
                if is(&eligible, at) {
                    best = best.max(of(&spoken, at));
                }
            }
            out
        };
        let best_before = running(&mut all.iter().copied());
        let best_after = running(&mut all.iter().rev().copied());
        // Of a long log only the lines that matter are looked at; to the rest of this they are all that there is.
        let looked_at: Vec<bool> = if all.len() <= MAX_ALL {
            (0..count).map(|at| !blank(at)).collect()
        } else {
            let mut chosen = vec![false; count];
            let mut choose = |at: usize| {
                if let Some(slot) = chosen.get_mut(at) {
                    *slot = !blank(at);
                }
            };
            for at in ordered.iter().take(MAX_BEST) {
                (at.saturating_sub(NEIGHBOURS)..=at + NEIGHBOURS).for_each(&mut choose);
            }
            let end = structure.end_of_failure();
            all.iter().rev().filter(|at| **at < end).take(MAX_LAST).for_each(|at| choose(*at));
            chosen
        };
        let mut facts: Vec<Facts> = (0..count)
            .map(|at| {
                if is(&looked_at, at) {
                    Facts::of(log.line(at), log.mark(at), log.is_red(at))
                } else {
                    Facts { shape: 1, ..Facts::default() }
                }
            })
            .collect();
        for (at, facts) in facts.iter_mut().enumerate().filter(|(at, _)| is(&looked_at, *at)) {
            facts.groups = groups::said(log.line(at));
        }
        let mut repeats: HashMap<u64, (u32, u32)> = HashMap::new();
        let (mut said_before, mut causes_before, mut causes) = (Vec::new(), Vec::new(), 0);
        let (mut solid, mut places) = (Vec::new(), Vec::new());
        for (at, facts) in (0_u32..).zip(&facts) {
            let entry = repeats.entry(facts.template).or_insert((0, at));
            said_before.push(entry.0);
            entry.0 += 1;
            causes_before.push(causes);
            causes += u32::from(facts.is(Shape::CausedBy));
            places.push(solid.len());
            if !facts.is(Shape::Blank) {
                solid.push(at as usize);
            }
        }
        let mut errors_before = Vec::with_capacity(facts.len());
        let mut seen = 0;
        for facts in &facts {
            errors_before.push(seen);
            seen += u32::from(is_error(facts));
        }
        let first_error = facts.iter().position(is_error).unwrap_or(facts.len());
        let last_error = facts.iter().rposition(is_error).unwrap_or(facts.len());
        let last_line = facts.iter().rposition(|facts| !facts.is(Shape::Blank)).unwrap_or(0);
        let mut paragraphs = vec![(0, 0); facts.len()];
        let mut start = 0;
        for at in 0..=facts.len() {
            if facts.get(at).is_none_or(|facts| facts.is(Shape::Blank)) {
                for slot in paragraphs.get_mut(start..at).into_iter().flatten() {
                    *slot = (start as u32, at as u32);
                }
                start = at + 1;
            }
        }
        let mut held: HashMap<u32, u32> = HashMap::new();
        let names: Vec<Vec<u32>> = (0..count)
            .map(|at| {
                if !is(&looked_at, at) {
                    return Vec::new();
                }
                words::names(log.line(at), &mut found);
                for name in &found {
                    *held.entry(*name).or_default() += 1;
                }
                found.clone()
            })
            .collect();
        let rarity = names.iter().map(|names| lexicon.rarity(names)).collect();
        let shared = names
            .iter()
            .map(|names| {
                let rare = names.iter().filter(|name| lexicon.is_rare(**name));
                rare.filter_map(|name| held.get(name)).max().map_or(0.0, |count| *count as f32)
            })
            .collect();
        let known = known(&looked_at);
        #[allow(clippy::inconsistent_struct_constructor, reason = "in the order in which they are found")]
        Self {
            facts,
            known,
            structure,
            spoken,
            eligible,
            looked_at,
            order,
            best_before,
            best_after,
            best,
            rarity,
            shared,
            solid,
            places,
            said_before,
            causes_before,
            repeats,
            errors_before,
            paragraphs,
            first_error,
            last_error,
            last_line,
        }
    }

    /// The lines that are ranked.
    pub(in super::super) fn candidates(&self) -> impl Iterator<Item = usize> {
        let both = self.eligible.iter().zip(&self.looked_at);
        both.enumerate().filter(|(_, (eligible, looked_at))| **eligible && **looked_at).map(|(at, _)| at)
    }

    /// Whether any line that is ranked sounds like an error, before the runner says that something failed.
    pub(in super::super) fn complains(&self) -> bool {
        let told = self.structure.failed;
        self.candidates().any(|at| told.is_none_or(|told| at < told) && self.facts.get(at).is_some_and(is_error))
    }

    /// What a line says without its numbers, as a hash.
    pub(in super::super) fn template(&self, at: usize) -> u64 {
        self.facts.get(at).map_or(0, |facts| facts.template)
    }

    /// How a message of its kind looks: lines that tell of several failures of one kind have the same; 0 for none. Lines
    /// that name a cause of what stands above them are no failures of their own.
    pub(in super::super) fn look(&self, at: usize) -> u64 {
        const TELLING: &[Shape] = &[
            Shape::LevelError,
            Shape::LevelWarn,
            Shape::Frame,
            Shape::Place,
            Shape::Caret,
            Shape::CodeLine,
            Shape::FailMark,
            Shape::PytestError,
            Shape::PytestSource,
            Shape::Header,
            Shape::ErrorClass,
            Shape::ErrorColon,
            Shape::RunnerError,
            Shape::Numbered,
            Shape::AssertLine,
            Shape::ExpectedLine,
        ];
        let mask = TELLING.iter().fold(0_u64, |mask, shape| mask | 1 << (*shape as u64));
        self.facts.get(at).filter(|facts| !facts.is(Shape::CausedBy)).map_or(0, |facts| facts.shape & mask)
    }
}
