//! How well lines and a category answer a labelled log, and the naive ways to find a cause that any diagnosis has to beat.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::cases::Label;

/// At most so many quoted lines count.
const MAX_LINES: usize = 12;

/// Sums over cases; [`Score::share`] makes shares of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Score {
    pub(super) cases: f64,
    /// The quoted lines hold all that must be seen.
    pub(super) hit: f64,
    /// The first quoted line belongs to the cause.
    pub(super) first: f64,
    /// Precision and recall of the quoted lines in one.
    pub(super) f1: f64,
    /// The category is the labelled one, or another that can be defended.
    pub(super) category: f64,
    pub(super) lenient: f64,
    /// How many lines are quoted.
    pub(super) lines: f64,
}

impl Score {
    pub(super) fn of(label: &Label, picked: &[usize], category: &str) -> Self {
        let picked = picked.get(..MAX_LINES).unwrap_or(picked);
        let truth = label.truth();
        let is_true = |line: &usize| truth.iter().any(|set| set.contains(line));
        let chosen: BTreeSet<usize> = picked.iter().copied().collect();
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let precision = share(picked.iter().filter(|line| is_true(line)).count(), picked.len());
        let recall = share(truth.iter().filter(|set| !set.is_disjoint(&chosen)).count(), truth.len());
        let quoted: Vec<&str> = picked.iter().filter_map(|line| label.log.get(*line)).map(String::as_str).collect();
        let quoted = quoted.join("\n");
        let yes = |holds: bool| f64::from(u8::from(holds));
        Self {
            cases: 1.0,
            hit: yes(label.must.iter().all(|must| quoted.contains(must))),
            first: yes(picked.first().is_some_and(is_true)),
            f1: if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 },
            category: yes(category == label.category),
            lenient: yes(category == label.category || label.category_ok.iter().any(|other| other == category)),
            lines: picked.len() as f64,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.hit += other.hit;
        self.first += other.first;
        self.f1 += other.f1;
        self.category += other.category;
        self.lenient += other.lenient;
        self.lines += other.lines;
    }

    /// Shares of the cases, to three places; the number of cases stays.
    pub(super) fn share(self) -> Self {
        let share = |sum: f64| (sum / self.cases.max(1.0) * 1000.0).round() / 1000.0;
        Self {
            cases: self.cases,
            hit: share(self.hit),
            first: share(self.first),
            f1: share(self.f1),
            category: share(self.category),
            lenient: share(self.lenient),
            lines: share(self.lines),
        }
    }
}

/// The naive ways.
pub(super) const BASELINES: [&str; 3] = ["last lines", "first matching lines", "last matching lines"];

/// The lines that a naive way quotes.
pub(super) fn baseline(label: &Label, way: &str) -> Vec<usize> {
    let words = ["error", "fail", "exception", "fatal", "denied", "not found", "cannot"];
    let mut picked: Vec<usize> = (0..label.log.len())
        .filter(|at| {
            let line = label.log.get(*at).map_or("", String::as_str);
            if way == "last lines" {
                !line.trim().is_empty()
            } else {
                let line = line.to_lowercase();
                words.iter().any(|word| line.contains(word))
            }
        })
        .collect();
    let start = if way == "first matching lines" { 0 } else { picked.len().saturating_sub(MAX_LINES) };
    picked.drain(..start);
    picked.truncate(MAX_LINES);
    picked
}
