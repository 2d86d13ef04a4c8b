//! Partial batch responses: each record succeeds or fails alone, so that one bad record never affects the others.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::event::Malformed;
use crate::event::envelope::{Delivery, open};
use crate::name::Home;
use crate::run::WaitPolicy;

/// One call of a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Its id, different for every call: who owns the claims made in it.
    pub id: String,
    /// The account and region that the function runs in.
    pub home: Home,
    /// The ARN that the function was called by, alias included; empty where it is no Lambda function.
    pub function: String,
    /// When the call is cut off, done or not.
    pub until: Timestamp,
}

/// The events a function was called with, and what became of each.
#[derive(Debug)]
pub struct Batch {
    /// Of messages from a queue: their ids, and how often each was delivered.
    messages: Option<Vec<(String, u32)>>,
    /// The events, in order; `Err` for what holds none.
    pub events: Vec<Result<Value, Malformed>>,
    failed: BTreeSet<usize>,
    problems: Vec<String>,
}

/// Why a function that was called without a queue must be called again.
#[derive(Debug, thiserror::Error)]
#[error("{} of {count} events will be retried: {}", problems.len(), problems.join("; "))]
pub struct Unfinished {
    /// How many events there were.
    pub count: usize,
    /// What went wrong with each that failed.
    pub problems: Vec<String>,
}

impl Batch {
    /// Opens what a function was called with.
    pub fn open(payload: Value) -> Self {
        let (messages, events) = match open(payload) {
            Delivery::Batch(records) => {
                let parts = records.into_iter().map(|record| ((record.id, record.deliveries), record.event));
                let (messages, events) = parts.unzip();
                (Some(messages), events)
            }
            Delivery::Direct(events) => (None, events),
        };
        Self { messages, events, failed: BTreeSet::new(), problems: Vec::new() }
    }

    /// The event at a place, if there is one that could be read.
    pub fn event(&self, index: usize) -> Option<&Value> {
        self.events.get(index)?.as_ref().ok()
    }

    /// Notes that an event must be tried again, and why.
    pub fn fail(&mut self, index: usize, problem: impl Into<String>) {
        if self.failed.insert(index) {
            self.problems.push(problem.into());
        }
    }

    /// How often an event has been delivered, this time included: once, where no queue delivers it.
    pub fn deliveries(&self, index: usize) -> u32 {
        self.messages.as_ref().and_then(|messages| messages.get(index)).map_or(1, |(_, deliveries)| *deliveries)
    }

    /// Whether to wait for what explains an event: a queue brings it again, otherwise there is only the clock.
    pub fn wait_policy(&self, index: usize, now: Timestamp) -> WaitPolicy {
        match self.messages.as_ref().map(|messages| messages.get(index)) {
            Some(Some((_, 2..))) => WaitPolicy::GiveUp,
            Some(_) => WaitPolicy::Wait,
            None => WaitPolicy::ByClock(now),
        }
    }

    /// Whether an event has been noted as failed.
    pub fn has_failed(&self, index: usize) -> bool {
        self.failed.contains(&index)
    }

    /// The function's response: to a queue, the records to redeliver; to any other caller, an error if records failed.
    pub fn answer(self) -> Result<Value, Unfinished> {
        let Some(messages) = self.messages else {
            return if self.failed.is_empty() {
                Ok(Value::Null)
            } else {
                Err(Unfinished { count: self.events.len(), problems: self.problems })
            };
        };
        let failures: Vec<Value> = self
            .failed
            .iter()
            .filter_map(|index| messages.get(*index))
            .map(|(id, _)| json!({"itemIdentifier": id}))
            .collect();
        Ok(json!({"batchItemFailures": failures}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_hears_which_records_to_deliver_again() {
        let record = |id: &str| json!({"eventSource": "aws:sqs", "messageId": id, "body": "{}"});
        let mut batch = Batch::open(json!({"Records": [record("a"), record("b"), record("c")]}));
        batch.fail(1, "no luck");
        batch.fail(1, "no luck again");
        assert_eq!(batch.answer().unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "b"}]}));
    }

    #[test]
    fn anybody_else_hears_of_an_error() {
        let mut batch = Batch::open(json!([{"a": 1}, {"b": 2}]));
        batch.fail(0, "no luck");
        assert_eq!(batch.answer().unwrap_err().to_string(), "1 of 2 events will be retried: no luck");
        assert_eq!(Batch::open(json!({"a": 1})).answer().unwrap(), Value::Null);
    }
}
