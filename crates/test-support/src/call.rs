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
