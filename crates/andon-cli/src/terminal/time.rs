//! Times in words.

use andon::words::span;
use jiff::{SignedDuration, Timestamp};

/// How long ago something was: `12 min 4 s ago`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(at);
    if age < SignedDuration::from_secs(1) { "just now".to_owned() } else { format!("{} ago", span(age)) }
}

/// How long something has been going on.
pub fn for_long(since: Timestamp, now: Timestamp) -> String {
    span(now.duration_since(since))
}

/// A moment, with its day: `20 Nov 08:17:44`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%e %b %H:%M:%S").to_string().trim().to_owned()
}
