//! Recorded pipeline runs, made over so that a ledger takes each for a new run of one pipeline.

use std::fs;

use anyhow::{Context, Result};
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

/// The same events of another run, the `number`th, of the pipeline of that name; each `number` an hour after the last.
pub(super) fn another(run: &[Value], pipeline: &str, number: usize) -> Vec<Value> {
    let mut text = Value::from(run.to_vec()).to_string();
    if let Some(recorded) = run.iter().find_map(|event| event.pointer("/detail/pipeline")?.as_str()) {
        text = text.replace(recorded, pipeline);
    }
    if let Some(recorded) = run.iter().find_map(|event| event.pointer("/detail/execution-id")?.as_str()) {
        let tail = recorded.get(8..).unwrap_or_default();
        text = text.replace(recorded, &format!("{number:08x}{tail}"));
    }
    let mut events: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
    for event in &mut events {
        let fresh = event
            .get("id")
            .and_then(Value::as_str)
            .map(|id| format!("{number:08x}{}", id.get(8..).unwrap_or_default()));
        if let (Some(fresh), Some(id)) = (fresh, event.get_mut("id")) {
            *id = fresh.into();
        }
    }
    events
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

/// A batch of one, as SQS hands it to a function.
pub(super) fn batch(event: &Value, id: &str) -> Value {
    json!({ "Records": [{
        "messageId": id,
        "receiptHandle": "handle",
        "body": event.to_string(),
        "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000" },
        "messageAttributes": {},
        "md5OfBody": "00000000000000000000000000000000",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:andon",
        "awsRegion": "us-east-1",
    }] })
}
