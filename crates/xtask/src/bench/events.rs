//! Recorded pipeline runs, made over so that a ledger takes each for a new run of one pipeline.

use std::fs;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::workspace;

/// The kinds of run that functions are fed, in turn: a failure, and the success that mends it.
const RUNS: [&str; 2] = ["codepipeline-run-build-failed.json", "codepipeline-run-build-fixed.json"];

/// The recorded runs, as they are in the files.
pub(super) fn recorded() -> Result<Vec<Vec<Value>>> {
    RUNS.iter()
        .map(|file| {
            let path = workspace::root().join("events").join(file);
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            serde_json::from_str(&text).with_context(|| format!("{} is no list of events", path.display()))
        })
        .collect()
}

/// The same events as those of another run, the `number`th, of the pipeline of that name, from `start` on.
pub(super) fn another(run: &[Value], pipeline: &str, number: usize, start: Timestamp) -> Vec<Value> {
    let mut text = Value::from(run.to_vec()).to_string();
    let recorded = |pointer: &str| run.iter().find_map(|event| event.pointer(pointer)?.as_str());
    if let Some(name) = recorded("/detail/pipeline") {
        text = text.replace(name, pipeline);
    }
    if let Some(id) = recorded("/detail/execution-id") {
        text = text.replace(id, &numbered(id, number));
    }
    let first = recorded("/time").and_then(|time| time.parse::<Timestamp>().ok()).unwrap_or(start);
    let mut events: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
    for event in &mut events {
        if let Some(Value::String(id)) = event.get_mut("id") {
            *id = numbered(id, number);
        }
        shift(event, start.duration_since(first));
    }
    events
}

/// An id whose first eight digits are a number.
fn numbered(id: &str, number: usize) -> String {
    format!("{number:08x}{}", id.get(8..).unwrap_or_default())
}

/// Moves all times of an event: of old ones no statistics are kept, and of two runs at one time neither is the last.
fn shift(value: &mut Value, by: SignedDuration) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| shift(member, by)),
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::String(text) => {
            if let Ok(time) = text.parse::<Timestamp>() {
                *text = (time + by).to_string();
            }
        }
        _ => {}
    }
}

/// What an event is, in few words: `action failed`.
pub(super) fn kind(event: &Value) -> String {
    let kind = event.get("detail-type").and_then(Value::as_str).unwrap_or_default();
    let source = event.get("source").and_then(Value::as_str).unwrap_or_default();
    let what = match kind.split(' ').collect::<Vec<_>>().as_slice() {
        ["CodePipeline", level, ..] => level.to_lowercase(),
        _ => source.trim_start_matches("aws.").to_owned(),
    };
    let state = event.pointer("/detail/state").or_else(|| event.pointer("/detail/build-status"));
    format!("{what} {}", state.and_then(Value::as_str).unwrap_or("event").to_lowercase())
}

/// A batch of one, as SQS hands it to a function for the `delivery`th time.
pub(super) fn batch(event: &Value, id: &str, delivery: u32) -> Value {
    json!({ "Records": [{
        "messageId": id,
        "receiptHandle": "handle",
        "body": event.to_string(),
        "attributes": { "ApproximateReceiveCount": delivery.to_string(), "SentTimestamp": "1767225600000" },
        "messageAttributes": {},
        "md5OfBody": "00000000000000000000000000000000",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:andon",
        "awsRegion": "us-east-1",
    }] })
}
