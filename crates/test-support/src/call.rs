//! What a stand-in was asked, and what it answered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::lock;

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service as AWS names its endpoint (`codepipeline`, `dynamodb`, `sns`, `monitoring`, ...), or `slack`.
    pub service: String,
    /// The region that the request was signed for; empty for Slack and where nothing was signed.
    pub region: String,
    /// The operation (`PutItem`), Slack's method (`chat.postMessage`), or `webhook`.
    pub operation: String,
    /// The request: JSON as it came, a form as an object of strings, anything else as null.
    pub body: Value,
    /// When the request had come.
    pub started: Instant,
    /// When the answer was given; none while it is being made, and for ever where the client went away first.
    pub finished: Option<Instant>,
    /// The answer's HTTP status; none where the connection was closed without one.
    pub status: Option<u16>,
    /// The answer's text.
    pub reply: String,
}

impl Call {
    /// How long the answer took, where there was one.
    pub fn duration(&self) -> Option<Duration> {
        self.finished.map(|finished| finished.duration_since(self.started))
    }
}

/// How many of these calls had to wait for one another: the longest chain in which each began after the one before had
/// been answered.
pub fn round_trips<'a>(calls: impl IntoIterator<Item = &'a Call>) -> usize {
    let mut calls: Vec<&Call> = calls.into_iter().collect();
    calls.sort_by_key(|call| call.started);
    let mut depths: Vec<(Option<Instant>, usize)> = Vec::new();
    for call in calls {
        let before = depths.iter().filter(|(finished, _)| finished.is_some_and(|at| at <= call.started));
        let depth = before.map(|(_, depth)| *depth).max().unwrap_or(0) + 1;
        depths.push((call.finished, depth));
    }
    depths.into_iter().map(|(_, depth)| depth).max().unwrap_or(0)
}

/// The calls so far, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallLog(Arc<Mutex<Vec<(u64, Call)>>>);

impl CallLog {
    /// Notes a request and gives its number.
    pub(crate) fn begin(&self, service: &str, region: &str, operation: &str, body: Value, started: Instant) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let call = Call {
            service: service.to_owned(),
            region: region.to_owned(),
            operation: operation.to_owned(),
            body,
            started,
            finished: None,
            status: None,
            reply: String::new(),
        };
        lock(&self.0).push((number, call));
        number
    }

    /// Notes the answer to a request; nothing when the log was emptied meanwhile.
    pub(crate) fn end(&self, number: u64, status: Option<u16>, reply: &[u8]) {
        if let Some((_, call)) = lock(&self.0).iter_mut().rfind(|(noted, _)| *noted == number) {
            call.finished = Some(Instant::now());
            call.status = status;
            call.reply = String::from_utf8_lossy(reply).into_owned();
        }
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        lock(&self.0).iter().map(|(_, call)| call.clone()).collect()
    }

    /// Forgets all calls and gives them.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *lock(&self.0)).into_iter().map(|(_, call)| call).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call from and to so many milliseconds after the first.
    fn call(start: Instant, from: u64, to: Option<u64>) -> Call {
        Call {
            region: "eu-west-1".to_owned(),
            service: "dynamodb".to_owned(),
            operation: "GetItem".to_owned(),
            body: Value::Null,
            started: start + Duration::from_millis(from),
            finished: to.map(|to| start + Duration::from_millis(to)),
            status: Some(200),
            reply: String::new(),
        }
    }

    #[test]
    fn calls_at_the_same_time_are_one_round_trip() {
        let start = Instant::now();
        let calls = [call(start, 0, Some(10)), call(start, 1, Some(9)), call(start, 2, Some(30))];
        assert_eq!(round_trips(&calls), 1);
    }

    #[test]
    fn the_longest_chain_counts() {
        let start = Instant::now();
        let calls = [
            call(start, 0, Some(10)),
            call(start, 0, Some(40)),
            call(start, 12, Some(20)),
            call(start, 22, Some(30)),
            call(start, 41, Some(50)),
        ];
        assert_eq!(round_trips(&calls), 4);
        assert_eq!(round_trips(calls.iter().take(4)), 3);
        assert_eq!(round_trips([]), 0);
    }

    #[test]
    fn nobody_waits_for_a_call_that_was_never_answered() {
        let start = Instant::now();
        assert_eq!(round_trips(&[call(start, 0, None), call(start, 10, Some(20))]), 1);
    }

    #[test]
    fn an_answer_after_the_log_was_emptied_is_nobodys() {
        let log = CallLog::default();
        let number = log.begin("sns", "eu-west-1", "Publish", Value::Null, Instant::now());
        assert_eq!(log.take().len(), 1);
        log.begin("sns", "eu-west-1", "Publish", Value::Null, Instant::now());
        log.end(number, Some(200), b"late");
        assert_eq!(log.all().first().map(|call| call.status), Some(None));
    }
}
