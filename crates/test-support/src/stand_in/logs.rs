//! `CloudWatch` Logs: the events of a stream, in pages that are turned forward and back.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::codepipeline::text;
use super::protocol::Refusal;

/// What Logs adds to a message's own bytes when it fills a page.
const EVENT_OVERHEAD: usize = 26;

/// The most bytes and events in a page.
const PAGE_BYTES: usize = 1024 * 1024;
const PAGE_EVENTS: u64 = 10_000;

#[derive(Debug, Default)]
pub(super) struct Logs {
    streams: HashMap<(String, String), Vec<(i64, String)>>,
}

impl Logs {
    pub(super) fn append(&mut self, group: &str, stream: &str, events: impl IntoIterator<Item = (i64, String)>) {
        self.streams.entry((group.to_owned(), stream.to_owned())).or_default().extend(events);
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetLogEvents" => self.events(input),
            "FilterLogEvents" => self.filtered(input),
            _ => Err(Refusal::new("UnknownOperationException", format!("Logs stands in without {operation}"))),
        }
    }

    /// The first page of a group's events in their order, without a filter.
    fn filtered(&self, input: &Value) -> Result<Value, Refusal> {
        let group = text(input, "logGroupName");
        let mut events = Vec::new();
        for ((_, stream), of_stream) in self.streams.iter().filter(|((known, _), _)| known == group) {
            events.extend(of_stream.iter().filter(|(at, _)| is_within(input, *at)).map(|event| (stream, event)));
        }
        if !self.streams.keys().any(|(known, _)| known == group) {
            return Err(Refusal::new("ResourceNotFoundException", "The specified log group does not exist."));
        }
        events.sort_by_key(|(_, (at, _))| *at);
        let fitting = fitting(events.iter().map(|(_, event)| event), limit(input)?);
        let page: Vec<Value> = events
            .iter()
            .take(fitting)
            .enumerate()
            .map(|(id, (stream, (at, message)))| {
                json!({ "eventId": id.to_string(), "logStreamName": stream, "timestamp": at, "ingestionTime": at, "message": message })
            })
            .collect();
        Ok(json!({ "events": page, "searchedLogStreams": [] }))
    }

    fn events(&self, input: &Value) -> Result<Value, Refusal> {
        let group = input.get("logGroupName").and_then(Value::as_str).unwrap_or_else(|| {
            let identifier = text(input, "logGroupIdentifier");
            identifier.rsplit_once(":log-group:").map_or(identifier, |(_, name)| name)
        });
        let stream = text(input, "logStreamName");
        let all = self.streams.get(&(group.to_owned(), stream.to_owned())).ok_or_else(|| {
            let missing = if self.streams.keys().any(|(known, _)| known == group) { "stream" } else { "group" };
            Refusal::new("ResourceNotFoundException", format!("The specified log {missing} does not exist."))
        })?;
        let events: Vec<&(i64, String)> = all.iter().filter(|(at, _)| is_within(input, *at)).collect();
        let (start, end) = window(input, &events, limit(input)?)?;
        let page = events.get(start..end).unwrap_or_default().iter();
        let page: Vec<Value> =
            page.map(|(at, message)| json!({ "timestamp": at, "ingestionTime": at, "message": message })).collect();
        Ok(json!({
            "events": page,
            "nextForwardToken": token('f', end),
            "nextBackwardToken": token('b', start),
        }))
    }
}

fn is_within(input: &Value, at: i64) -> bool {
    let time = |name: &str| input.get(name).and_then(Value::as_i64);
    at >= time("startTime").unwrap_or(i64::MIN) && at < time("endTime").unwrap_or(i64::MAX)
}

fn limit(input: &Value) -> Result<usize, Refusal> {
    let limit = match input.get("limit").map(Value::as_u64) {
        None => PAGE_EVENTS,
        Some(Some(limit @ 1..=PAGE_EVENTS)) => limit,
        Some(_) => return Err(Refusal::new("InvalidParameterException", "limit must be 1 to 10000")),
    };
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Which events a page holds. At the end of the stream the page is empty and its token the one that asked for it: that
/// is how a reader learns that there is no more.
fn window(input: &Value, events: &[&(i64, String)], limit: usize) -> Result<(usize, usize), Refusal> {
    let asked = text(input, "nextToken");
    if asked.is_empty() {
        let from_head = input.get("startFromHead").and_then(Value::as_bool).unwrap_or(false);
        return Ok(if from_head {
            (0, forward(events, 0, limit))
        } else {
            (back(events, events.len(), limit), events.len())
        });
    }
    let invalid = || Refusal::new("InvalidParameterException", "The specified nextToken is invalid.");
    let (direction, at) = asked.split_once('/').ok_or_else(invalid)?;
    let at = at.parse::<usize>().ok().filter(|at| *at <= events.len()).ok_or_else(invalid)?;
    match direction {
        "f" => Ok((at, forward(events, at, limit))),
        "b" => Ok((back(events, at, limit), at)),
        _ => Err(invalid()),
    }
}

fn forward(events: &[&(i64, String)], from: usize, limit: usize) -> usize {
    from + fitting(events.iter().skip(from), limit)
}

fn back(events: &[&(i64, String)], to: usize, limit: usize) -> usize {
    to - fitting(events.iter().take(to).rev(), limit)
}

fn fitting<'a>(events: impl Iterator<Item = &'a &'a (i64, String)>, limit: usize) -> usize {
    let mut bytes = 0;
    events
        .take(limit)
        .take_while(|(_, message)| {
            bytes += message.len() + EVENT_OVERHEAD;
            bytes <= PAGE_BYTES
        })
        .count()
}

/// Real tokens are long, opaque and start with their direction.
fn token(direction: char, at: usize) -> String {
    format!("{direction}/{at:056}")
}
