//! Test support: recorded events, adapters that record their calls, and faults.

#![expect(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc, reason = "compiled for tests only")]

use std::cell::RefCell;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::batch::Invocation;
use crate::event::{Event, Received, parse};
use crate::name::{AccountId, Home, Region};
use crate::run::Run;
use crate::statistics::{Datum, MetricSink, SinkError};

pub mod faults;
pub mod queue;

/// The folder of the sample events.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"))
}

/// The events of one file of the sample events, in the order in which they were delivered.
pub fn events(file: &str) -> Vec<Value> {
    let path = folder().join(format!("{file}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    match serde_json::from_str(&text).unwrap() {
        Value::Array(events) => events,
        event => vec![event],
    }
}

/// The same, moved in time so that the last of them happened then: what is older than a day alerts nobody.
pub fn events_until(file: &str, end: Timestamp) -> Vec<Value> {
    let mut events = events(file);
    let by = end.duration_since(events.iter().map(time).max().unwrap());
    for event in &mut events {
        shift(event, SignedDuration::from_secs(by.as_secs()));
    }
    events
}

/// Moves every time in a value.
fn shift(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            if let Ok(time) = text.parse::<Timestamp>() {
                *text = time.checked_add(by).unwrap().to_string();
            }
        }
        Value::Array(values) => {
            for value in values {
                shift(value, by);
            }
        }
        Value::Object(members) => {
            for value in members.values_mut() {
                shift(value, by);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The run that the first so many events of a file tell of, as one of another pipeline and account; the last of these
/// events was so long ago.
pub fn run_until_lately(file: &str, count: usize, pipeline: &str, ago: SignedDuration, account: &str) -> Run {
    let mut events: Vec<Value> = events(file).into_iter().take(count).collect();
    let by = Timestamp::now().duration_since(events.iter().map(time).max().unwrap()) - ago;
    let name = events.first().and_then(|event| event.pointer("/detail/pipeline")?.as_str()).unwrap().to_owned();
    for event in &mut events {
        *event = serde_json::from_str(&event.to_string().replace(&name, pipeline)).unwrap();
        shift(event, by);
    }
    let mut told = events.iter().filter_map(told);
    let mut run = told.next().unwrap();
    for more in told {
        run.merge(more);
    }
    run.pipeline.home.account = AccountId::parse(account).unwrap();
    run
}

/// Where most of the sample events happened.
pub fn home() -> Home {
    Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse("eu-west-1").unwrap() }
}

/// A call of a function at home.
pub fn invocation(id: &str) -> Invocation {
    Invocation { id: id.to_owned(), home: home(), function: String::new(), until: Timestamp::MAX }
}

/// The time that an event carries.
pub fn time(event: &Value) -> Timestamp {
    event.get("time").and_then(Value::as_str).and_then(|time| time.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The facts of a pipeline's event about its run; `None` for other events.
pub fn told(event: &Value) -> Option<Run> {
    match parse(event, &Received { home: home(), at: time(event) }).unwrap() {
        Event::Pipeline(event) => Some(Run::of(&event)),
        _ => None,
    }
}

/// Keeps the data it is given.
#[derive(Debug, Default)]
pub struct RecordingSink {
    /// The data.
    pub data: RefCell<Vec<Datum>>,
}

impl MetricSink for RecordingSink {
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError> {
        self.data.borrow_mut().extend_from_slice(data);
        Ok(())
    }
}
