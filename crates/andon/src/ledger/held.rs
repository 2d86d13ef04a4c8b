//! Deferred events: an event is processed once more at a later time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ClaimKey;

/// The most events that are given back at once.
pub const MAX_DEFERRED: usize = 100;

/// An event that waits, because a side effect that it calls for must.
///
/// The event is stored, not the effect: what is due is decided again at that time, so what is obsolete by then is not
/// done, and everything that happened in between is included. Claims ensure that the rest happens once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeferredEvent {
    /// When it is free to go.
    pub until: Timestamp,
    /// The deferred effect. The same effect is deferred to the same time once, whichever events cause it.
    pub effect: ClaimKey,
    /// The event.
    pub event: Value,
}
