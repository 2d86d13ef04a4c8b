//! Unreachable routes: the routes before them take everything.

use std::collections::BTreeSet;

use andon::alert::AlertKind;
use andon_notify::Route;

use super::finding::Finding;
use super::reader::Reader;
use super::routes::Sound;

/// Reports each route that the ones before it leave nothing for.
pub(super) fn note_unreachable(routes: &[Route], sound: &Sound, reader: &mut Reader<'_>) {
    for (position, (index, span)) in sound.iter().enumerate() {
        let Some(route) = routes.get(*index) else {
            continue;
        };
        let mut left: BTreeSet<AlertKind> = route.kinds.iter().copied().filter(|kind| route.takes(*kind)).collect();
        let mut taker = None;
        for (earlier, earlier_span) in sound.iter().take(position) {
            let Some(earlier) = routes.get(*earlier) else {
                continue;
            };
            if !earlier.continues && earlier.matches.covers(&route.matches) {
                let before = left.len();
                left.retain(|kind| !earlier.takes(*kind));
                if left.len() < before {
                    taker = Some(earlier_span);
                }
            }
        }
        if let (true, Some(taker)) = (left.is_empty(), taker) {
            reader.note(
                Finding::error(span.clone(), "unreachable route")
                    .with_label("never reached")
                    .with_related(taker.clone(), "this route takes all its alerts")
                    .with_help("move it before the earlier route, or set `continue: true` on the earlier route"),
            );
        }
    }
}
