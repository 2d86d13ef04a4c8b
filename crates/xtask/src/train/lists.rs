//! Trees over what a line is among those that rank highest, learned from rankings by models that had not seen the log:
//! whether it belongs to the cause, and whether something that must be seen would be missing without it.

use andon_diagnosis::training::{Candidate, Draft};
use anyhow::Result;

use super::cases::Case;
use super::trees::{self, Growth};

/// The growth that did best on held-out logs,
const CAUSES: Growth = Growth {
    trees: 300,
    leaves: 8,
    depth: 8,
    rate: 0.04,
    l2: 20.0,
    least: 5.0,
    columns: 0.2,
    best_first: true,
    seed: 3,
};
/// and that of the trees that learn what must be seen.
const NEEDS: Growth = Growth {
    trees: 160,
    leaves: 6,
    depth: 8,
    rate: 0.04,
    l2: 20.0,
    least: 3.0,
    columns: 0.2,
    best_first: true,
    seed: 3,
};

/// A log with the lines that a model ranked highest which had not seen it.
pub(super) type Listed<'a> = (&'a Case, Vec<Candidate>);

/// The same model, which judges lists as well.
pub(super) fn learn<'a>(draft: Draft, listed: impl Iterator<Item = &'a Listed<'a>>) -> Result<Draft> {
    let (mut rows, mut truths, mut weights, mut needs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (case, candidates) in listed {
        let needed = needed(case, candidates);
        for (candidate, is_needed) in candidates.iter().zip(needed) {
            let is_cause = case.is_cause.get(candidate.line).copied().unwrap_or(false);
            truths.push(f64::from(u8::from(is_cause)));
            weights.push(if is_cause { case.weight() } else { 1.0 });
            needs.push(f64::from(u8::from(is_needed)));
            rows.push(candidate.row.clone());
        }
    }
    let (base, trees) = trees::grown(&rows, &truths, &weights, CAUSES)?;
    let draft = draft.with_lists(base, &trees);
    let (base, trees) = trees::grown(&rows, &needs, &vec![1.0; rows.len()], NEEDS)?;
    Ok(draft.with_needs(base, &trees))
}

/// Which of the lines say first, in the order of their ranks, something that must be seen.
fn needed(case: &Case, candidates: &[Candidate]) -> Vec<bool> {
    let texts: Vec<&str> = case.text.split('\n').collect();
    let mut missing: Vec<&str> = case.label.must.iter().map(String::as_str).collect();
    let says = |candidate: &Candidate| {
        let text = texts.get(candidate.line).copied().unwrap_or("");
        let before = missing.len();
        missing.retain(|must| !text.contains(must));
        missing.len() < before
    };
    candidates.iter().map(says).collect()
}
