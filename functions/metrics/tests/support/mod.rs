//! What the tests over HTTP share: recorded events of today, and clients.

#![allow(dead_code, reason = "each test uses its part")]

use andon::testing::{events, time};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// moto, in a region.
/// A run of a pipeline of this account, an hour ago, under a name of its own.
pub(crate) fn recorded(file: &str, pipeline: &str) -> Vec<Value> {
    moved(events(file), pipeline)
}

/// Events as those of a pipeline of this account, the last of which came an hour ago.
pub(crate) fn moved(events: Vec<Value>, pipeline: &str) -> Vec<Value> {
    let last = events.iter().map(time).max().unwrap();
    let moved = Timestamp::now().checked_sub(SignedDuration::from_hours(1)).unwrap().duration_since(last);
    let shift = |value: &mut Value| {
        if let Some(time) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
            *value = json!(time.checked_add(SignedDuration::from_secs(moved.as_secs())).unwrap().to_string());
        }
    };
    events
        .into_iter()
        .map(|mut event| {
            event["account"] = json!("123456789012");
            event["detail"]["pipeline"] = json!(pipeline);
            shift(&mut event["time"]);
            for member in ["start-time", "last-retry-attempt-time", "stage-last-retry-attempt-time"] {
                if event["detail"].get(member).is_some() {
                    shift(&mut event["detail"][member]);
                }
            }
            event
        })
        .collect()
}
