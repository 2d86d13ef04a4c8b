//! A queue for tests: it redelivers failed events, on a clock that the test advances.

use std::cell::Cell;

use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{invocation, time};
use crate::batch::Invocation;
use crate::clock::{Clock, Timer};
use crate::ledger::Lease;

/// How often an event is delivered before a test fails.
const MAX: usize = 20;

/// A clock that the test moves.
#[derive(Debug)]
pub struct Now(Cell<Timestamp>);

impl Now {
    /// It is as late as the latest of these events.
    pub fn after(events: &[Value]) -> Self {
        Self(Cell::new(events.iter().map(time).max().unwrap()))
    }

    /// Time passes.
    pub fn pass(&self, span: SignedDuration) {
        self.0.set(self.0.get().checked_add(span).unwrap());
    }
}

impl Clock for &Now {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

impl Timer for &Now {
    async fn wait(&self, span: SignedDuration) {
        self.pass(span);
    }
}

/// Delivers each event to a function; those with which it failed or died come again when its claims have run out, until
/// all are done with.
pub fn deliver<T, E>(events: &[Value], now: &Now, handle: &impl AsyncFn(Value, &Invocation) -> Result<T, E>) {
    let mut waiting: Vec<&Value> = events.iter().collect();
    for round in 0..MAX {
        let is_done = |index: usize, event: &Value| {
            let call = invocation(&format!("call-{round}-{index}"));
            matches!(handle(event.clone(), &call).now_or_never(), Some(Ok(_)))
        };
        let left = waiting.iter().enumerate().filter(|(index, event)| !is_done(*index, event));
        waiting = left.map(|(_, event)| *event).collect();
        if waiting.is_empty() {
            return;
        }
        now.pass(Lease::LENGTH + SignedDuration::from_secs(1));
    }
    panic!("never done with: {waiting:?}");
}

/// The events as one batch.
pub fn batch(events: &[Value]) -> Value {
    let record = |(index, event): (usize, &Value)| json!({"eventSource": "aws:sqs", "messageId": index.to_string(), "body": event.to_string()});
    json!({"Records": events.iter().enumerate().map(record).collect::<Vec<_>>()})
}
