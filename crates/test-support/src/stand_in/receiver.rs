//! The services that take alerts over HTTP: each keeps what it accepts, and answers in its own shapes.
//!
//! What is the same for all of them is here: faults, the log of calls, what was taken. A service is a function from a
//! request to its answer.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::aws::note;
use crate::call::{Call, CallLog};
use crate::fault::Faults;
use crate::http::{Reply, Request, Server};
use crate::lock;

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpFault {
    /// HTTP 429 with `Retry-After` in seconds.
    RateLimited(u64),
    /// This HTTP status with this text.
    Status(u16, String),
    /// It is answered rightly, but late.
    Delay(Duration),
    /// It is never answered, and nothing is taken.
    Hang,
    /// The connection is closed, and nothing is taken.
    Close,
    /// It is taken, and the connection is closed before the answer.
    LostReply,
}

/// A request that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The path and query of the request.
    pub path: String,
    /// The headers whose values are text, by their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as JSON.
    pub body: Value,
}

/// What a service does with a request: its answer, which is an acceptance if its status is below 300.
pub(super) type Answer = fn(&Request, &Value) -> Reply;

/// One service on a loopback port.
#[derive(Debug)]
pub struct Receiver {
    server: Server,
    path: &'static str,
    taken: Arc<Mutex<Vec<Taken>>>,
    calls: CallLog,
    faults: Faults<HttpFault>,
}

/// The operation of every call, for faults and the log.
const OPERATION: &str = "post";

impl Receiver {
    /// Starts a service under a name for the log of calls; `path` is where it takes alerts.
    pub(super) fn start(service: &'static str, path: &'static str, answer: Answer) -> io::Result<Self> {
        let (taken, calls, faults) = (Arc::<Mutex<Vec<Taken>>>::default(), CallLog::default(), Faults::default());
        let server = {
            let (taken, calls, faults) = (Arc::clone(&taken), calls.clone(), faults.clone());
            Server::start(move |request| {
                handle(service, answer, Arc::clone(&taken), calls.clone(), faults.clone(), request)
            })?
        };
        Ok(Self { server, path, taken, calls, faults })
    }

    /// The address that alerts go to.
    pub fn url(&self) -> String {
        format!("{}{}", self.server.url(), self.path)
    }

    /// What was accepted, in the order in which it came.
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.taken).clone()
    }

    /// The next requests go as these say, one after the other: `None` goes well.
    pub fn inject_sequence(&self, faults: impl IntoIterator<Item = Option<HttpFault>>) {
        self.faults.sequence(OPERATION, faults);
    }

    /// Every request fails this way from now on.
    pub fn inject_always(&self, fault: HttpFault) {
        self.faults.standing(OPERATION, fault);
    }

    /// Nothing fails any more.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// All requests so far, failed ones too.
    pub fn requests(&self) -> Vec<Call> {
        self.calls.all()
    }
}

async fn handle(
    service: &'static str,
    answer: Answer,
    taken: Arc<Mutex<Vec<Taken>>>,
    calls: CallLog,
    faults: Faults<HttpFault>,
    request: Request,
) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let number = calls.begin(service, "", OPERATION, body.clone(), request.received);
    let answer = || {
        let reply = answer(&request, &body);
        if matches!(&reply, Reply::Answer(response) if response.status().as_u16() < 300) {
            lock(&taken).push(keep(&request, body.clone()));
        }
        reply
    };
    let reply = match faults.next(OPERATION) {
        None => answer(),
        Some(HttpFault::RateLimited(seconds)) => {
            Reply::new(429, "application/json", "{}").with_header("retry-after", &seconds.to_string())
        }
        Some(HttpFault::Status(status, text)) => Reply::new(status, "application/json", text),
        Some(HttpFault::Delay(delay)) => {
            let reply = answer();
            tokio::time::sleep(delay).await;
            reply
        }
        Some(HttpFault::Hang) => std::future::pending().await,
        Some(HttpFault::Close) => Reply::Close,
        Some(HttpFault::LostReply) => {
            answer();
            Reply::Close
        }
    };
    note(&calls, number, &reply).await;
    reply
}

fn keep(request: &Request, body: Value) -> Taken {
    let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    Taken {
        path: request.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: request.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        bytes: request.body.to_vec(),
        body,
    }
}
