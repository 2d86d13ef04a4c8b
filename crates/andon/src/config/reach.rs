//! Which routes can never be reached, because the ones before them take everything.

use std::collections::BTreeSet;
use std::ops::Range;

use super::finding::Finding;
use super::glob::Globs;
use super::kind::Kind;
use super::reader::Reader;
use super::routes::{Match, Route};

/// Reports each route that the ones before it leave nothing for.
pub(super) fn note_unreachable(routes: &[Route], sound: &[(usize, Range<usize>)], reader: &mut Reader<'_>) {
    for (position, (index, span)) in sound.iter().enumerate() {
        let Some(route) = routes.get(*index) else {
            continue;
        };
        let mut left: BTreeSet<Kind> = route.kinds.iter().copied().collect();
        let mut taker = None;
        for (earlier, earlier_span) in sound.iter().take(position) {
            let Some(earlier) = routes.get(*earlier) else {
                continue;
            };
            if !earlier.goes_on && earlier.matches.covers(&route.matches) {
                let before = left.len();
                left.retain(|kind| !earlier.kinds.contains(kind));
                if left.len() < before {
                    taker = Some(earlier_span);
                }
            }
        }
        if let (true, Some(taker)) = (left.is_empty(), taker) {
            reader.note(
                Finding::error(span.clone(), "no alert ever reaches this route")
                    .with_label("never reached")
                    .with_related(taker.clone(), "this route takes them all")
                    .with_help("move it before the other one, or let the other one `continue: true`"),
            );
        }
    }
}

impl Match {
    /// Whether it takes everything that the other one takes.
    pub fn covers(&self, other: &Self) -> bool {
        let always = |globs: Option<&Globs>, others: Option<&Globs>| match (globs, others) {
            (None, _) => true,
            (Some(globs), None) => globs.are_everything(),
            (Some(globs), Some(others)) => globs.cover(others),
        };
        let if_any = |globs: Option<&Globs>, others: Option<&Globs>| match (globs, others) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(globs), Some(others)) => globs.cover(others),
        };
        always(self.pipeline.as_ref(), other.pipeline.as_ref())
            && always(self.account.as_ref(), other.account.as_ref())
            && always(self.region.as_ref(), other.region.as_ref())
            && if_any(self.customer.as_ref(), other.customer.as_ref())
            && if_any(self.stage.as_ref(), other.stage.as_ref())
            && if_any(self.action.as_ref(), other.action.as_ref())
            && if_any(self.category.as_ref(), other.category.as_ref())
    }
}
