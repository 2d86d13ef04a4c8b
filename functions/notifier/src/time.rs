//! What there is time for in a call.

use andon::clock::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::{Notifier, Ports};

/// What sending a message, and remembering it, takes at most.
pub(crate) const MAX_SEND: SignedDuration = SignedDuration::from_secs(7);

impl<P: Ports> Notifier<P> {
    /// Whether something that takes so long is over before the call is cut off.
    pub(crate) fn has_time(&self, takes: SignedDuration, until: Timestamp) -> bool {
        self.clock.now().checked_add(takes).is_ok_and(|done| done <= until)
    }
}
