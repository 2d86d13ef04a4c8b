//! Held events: an event comes once more when what it called for may be done.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ClaimKey;

/// The most events that are given back at once.
pub const MAX_DEFERRED: usize = 100;

/// An event that waits, because a side effect that it calls for must.
///
/// The event is kept, not the effect: what is due is decided anew when it is free to go, so what is over by then is not
/// done, and whatever happened meanwhile is part of it. Claims see to it that the rest happens once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeferredEvent {
    /// When it is free to go.
    pub until: Timestamp,
    /// What has to wait until then. An effect that waits for the same time waits once, whichever events call for it.
    pub effect: ClaimKey,
    /// The event.
    pub event: Value,
}
