//! Trees over what a line is among those that rank highest, learned from rankings by models that had not seen the log.

use andon_diagnosis::training::{Candidate, Draft};
use anyhow::Result;

use super::cases::Case;
use super::trees::{self, Growth};

/// The growth that did best on held-out logs.
const GROWTH: Growth =
    Growth { trees: 160, leaves: 6, depth: 8, rate: 0.04, l2: 20.0, least: 3.0, columns: 0.5, seed: 3 };

/// A log with the lines that a model ranked highest which had not seen it.
pub(super) type Listed<'a> = (&'a Case, Vec<Candidate>);

/// The same model, which judges lists as well.
pub(super) fn learn<'a>(draft: Draft, listed: impl Iterator<Item = &'a Listed<'a>>) -> Result<Draft> {
    let (mut rows, mut truths, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (case, candidates) in listed {
        for candidate in candidates {
            let is_cause = case.is_cause.get(candidate.line).copied().unwrap_or(false);
            truths.push(f64::from(u8::from(is_cause)));
            weights.push(if is_cause { case.weight() } else { 1.0 });
            rows.push(candidate.row.clone());
        }
    }
    let (base, trees) = trees::grown(&rows, &truths, &weights, GROWTH)?;
    Ok(draft.with_lists(base, &trees))
}
