//! The routes of the Runtime API, and what is known of the function behind them.

use std::collections::HashMap;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hyper::Method;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Failure, FunctionError};
use crate::http::{Reply, Request};
use crate::{lock, unique};

/// The largest answer that Lambda takes.
const ANSWER_LIMIT: usize = 6 * 1024 * 1024;

/// How an invocation ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Answered(Bytes),
    Failed(Bytes),
    TimedOut(Duration),
    /// The process has ended.
    Gone,
}

#[derive(Debug)]
struct Invocation {
    id: String,
    payload: Bytes,
    deadline: SystemTime,
    outcome: oneshot::Sender<Outcome>,
}

#[derive(Debug)]
pub(super) struct Host {
    name: String,
    submit: mpsc::UnboundedSender<Invocation>,
    /// The function's side of the queue; the lock is held by the one poll that waits.
    queue: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
    life: watch::Sender<Life>,
    kill: watch::Sender<bool>,
    facts: Mutex<Facts>,
}

/// Where the process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Starting,
    Polled,
    Ended,
}

#[derive(Debug)]
struct Facts {
    timeout: Duration,
    log: String,
    process_id: Option<u32>,
    spawned: Option<Instant>,
    first_poll: Option<Instant>,
    init_error: Option<Failure>,
    status: Option<ExitStatus>,
    not_run: Option<(String, Arc<std::io::Error>)>,
}

impl Host {
    pub(super) fn new(name: String) -> Self {
        let (submit, queue) = mpsc::unbounded_channel();
        let facts = Facts {
            timeout: Duration::from_secs(30),
            log: String::new(),
            process_id: None,
            spawned: None,
            first_poll: None,
            init_error: None,
            status: None,
            not_run: None,
        };
        Self {
            name,
            submit,
            queue: tokio::sync::Mutex::new(queue),
            running: Mutex::default(),
            life: watch::Sender::new(Life::Starting),
            kill: watch::Sender::new(false),
            facts: Mutex::new(facts),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn set_timeout(&self, timeout: Duration) {
        lock(&self.facts).timeout = timeout;
    }

    pub(super) fn log(&self) -> String {
        lock(&self.facts).log.clone()
    }

    pub(super) fn process_id(&self) -> Option<u32> {
        lock(&self.facts).process_id
    }

    pub(super) fn cold_start(&self) -> Option<Duration> {
        let facts = lock(&self.facts);
        Some(facts.first_poll?.duration_since(facts.spawned?))
    }

    /// Whether the process has polled; false when it ended before.
    pub(super) async fn polled_or_stopped(&self) -> bool {
        let mut life = self.life.subscribe();
        let state = life.wait_for(|life| *life != Life::Starting).await.map(|life| *life);
        matches!(state, Ok(Life::Polled)) || lock(&self.facts).first_poll.is_some()
    }

    /// Why nothing can be expected of the process any more.
    pub(super) fn stopped(&self) -> FunctionError {
        let facts = lock(&self.facts);
        match &facts.not_run {
            Some((binary, source)) => FunctionError::NotRun { binary: binary.clone(), source: Arc::clone(source) },
            None => FunctionError::Stopped {
                name: self.name.clone(),
                status: facts.status,
                init_error: facts.init_error.clone(),
                log: facts.log.clone(),
            },
        }
    }

    pub(super) async fn kill(&self) {
        self.kill.send_replace(true);
        self.ended().await;
    }

    pub(super) async fn ended(&self) {
        let _ = self.life.subscribe().wait_for(|life| *life == Life::Ended).await;
    }

    pub(super) async fn told_to_end(&self) {
        let _ = self.kill.subscribe().wait_for(|kill| *kill).await;
    }

    pub(super) fn note_spawn(&self, at: Instant, process_id: Option<u32>) {
        let mut facts = lock(&self.facts);
        facts.spawned = Some(at);
        facts.process_id = process_id;
    }

    pub(super) fn note_line(&self, line: &str) {
        let mut facts = lock(&self.facts);
        facts.log.push_str(line);
        facts.log.push('\n');
    }

    pub(super) fn note_not_run(&self, binary: String, source: std::io::Error) {
        lock(&self.facts).not_run = Some((binary, Arc::new(source)));
        self.end();
    }

    pub(super) fn note_exit(&self, status: Option<ExitStatus>) {
        {
            let mut facts = lock(&self.facts);
            facts.status = status;
            facts.process_id = None;
        }
        self.end();
    }

    fn end(&self) {
        self.life.send_replace(Life::Ended);
        lock(&self.running).clear();
    }

    /// Queues an event for the function, and waits for what becomes of it.
    pub(super) async fn invoke(&self, payload: Bytes) -> Outcome {
        let timeout = lock(&self.facts).timeout;
        let (outcome, answered) = oneshot::channel();
        let id = request_id();
        let deadline = SystemTime::now() + timeout;
        if self.submit.send(Invocation { id, payload, deadline, outcome }).is_err() {
            return Outcome::Gone;
        }
        tokio::select! {
            biased;
            answered = answered => answered.unwrap_or(Outcome::Gone),
            () = self.ended() => Outcome::Gone,
            () = tokio::time::sleep(timeout) => {
                self.kill().await;
                Outcome::TimedOut(timeout)
            }
        }
    }

    pub(super) async fn answer(self: Arc<Self>, request: Request) -> Reply {
        let path = request.uri.path().to_owned();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match (&request.method, parts.as_slice()) {
            (&Method::GET, ["2018-06-01", "runtime", "invocation", "next"]) => self.next(&request).await,
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "response"]) => {
                if request.body.len() > ANSWER_LIMIT {
                    let too_large = r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#;
                    self.settle(id, Outcome::Failed(Bytes::from_static(too_large.as_bytes())));
                    return refused(413, "RequestEntityTooLarge");
                }
                self.accept(id, Outcome::Answered(request.body))
            }
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "error"]) => {
                self.accept(id, Outcome::Failed(request.body))
            }
            (&Method::POST, ["2018-06-01", "runtime", "init", "error"]) => {
                lock(&self.facts).init_error = Some(Failure::read(&request.body));
                accepted()
            }
            (&Method::POST, ["2015-03-31", "functions", _, "invocations"]) => self.invoked(request).await,
            _ => refused(404, "ResourceNotFound"),
        }
    }

    async fn next(&self, request: &Request) -> Reply {
        lock(&self.facts).first_poll.get_or_insert(request.received);
        self.life.send_if_modified(|life| {
            let starting = *life == Life::Starting;
            if starting {
                *life = Life::Polled;
            }
            starting
        });
        let Some(invocation) = self.queue.lock().await.recv().await else { return Reply::Close };
        let deadline = invocation.deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
        let reply = Reply::new(200, "application/json", invocation.payload)
            .with_header("lambda-runtime-aws-request-id", &invocation.id)
            .with_header("lambda-runtime-deadline-ms", &deadline)
            .with_header(
                "lambda-runtime-invoked-function-arn",
                &format!("arn:aws:lambda:us-east-1:123456789012:function:{}", self.name),
            )
            .with_header(
                "lambda-runtime-trace-id",
                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
            );
        lock(&self.running).insert(invocation.id, invocation.outcome);
        reply
    }

    fn accept(&self, id: &str, outcome: Outcome) -> Reply {
        if self.settle(id, outcome) { accepted() } else { refused(400, "InvalidRequestID") }
    }

    /// Whether an invocation of that id was running.
    fn settle(&self, id: &str, outcome: Outcome) -> bool {
        lock(&self.running).remove(id).map(|sender| sender.send(outcome)).is_some()
    }

    /// Lambda's own `Invoke`, for clients that speak it.
    async fn invoked(&self, request: Request) -> Reply {
        if serde_json::from_slice::<serde_json::Value>(&request.body).is_err() {
            return Reply::new(
                400,
                "application/json",
                r#"{"Type":"User","Message":"Could not parse request body into json"}"#,
            )
            .with_header("x-amzn-errortype", "InvalidRequestContentException");
        }
        match self.invoke(request.body).await {
            Outcome::Answered(body) => Reply::new(200, "application/json", body),
            Outcome::Failed(body) => unhandled(body),
            Outcome::TimedOut(after) => unhandled(failure_body(
                "Sandbox.Timedout",
                &format!("Task timed out after {:.2} seconds", after.as_secs_f64()),
            )),
            Outcome::Gone => unhandled(failure_body("Runtime.ExitError", &self.stopped().to_string())),
        }
        .with_header("x-amz-executed-version", "$LATEST")
    }
}

fn unhandled(body: impl Into<Bytes>) -> Reply {
    Reply::new(200, "application/json", body).with_header("x-amz-function-error", "Unhandled")
}

fn failure_body(kind: &str, message: &str) -> String {
    serde_json::json!({"errorType": kind, "errorMessage": message}).to_string()
}

fn accepted() -> Reply {
    Reply::new(202, "application/json", r#"{"status":"OK"}"#)
}

fn refused(status: u16, kind: &str) -> Reply {
    Reply::new(status, "application/json", failure_body(kind, kind))
}

/// A request id in the form of Lambda's, which are UUIDs.
fn request_id() -> String {
    let digits: String = unique("").chars().filter(char::is_ascii_hexdigit).collect();
    let digits = format!("{digits:0>32}");
    let part =
        |from: usize, to: usize| digits.get(digits.len() - 32 + from..digits.len() - 32 + to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
