//! The Slack app as Lambda runs it, with Slack's own library as the other side.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod answers;
mod mutes;
mod presses;
mod strangers;
mod world;
