//! The Lambda service as a function sees it: runs a function's binary as a process and hands it one event at a time.
//!
//! ```no_run
//! # async fn example() -> Result<(), test_support::runtime_api::FunctionError> {
//! use serde_json::json;
//! use test_support::runtime_api::Function;
//!
//! let function = Function::start("target/debug/notifier", [("ANDON_TABLE", "andon")]).await?;
//! let answer = function.invoke(&json!({"Records": []})).await?;
//! assert_eq!(answer.ok(), Some(&json!({"batchItemFailures": []})), "{}", function.log());
//! # Ok(())
//! # }
//! ```
//!
//! As in Lambda, the process starts with Lambda's variables and the given ones and nothing else; a function that does
//! not poll within ten seconds has failed to start; one that takes longer than its time-out is killed; an answer may
//! not be larger than six megabytes. Unlike Lambda, a function that has ended is not started again: that is up to the
//! test, which may want to see it dead.

use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use crate::http::Server;
use host::{Host, Outcome};

mod host;
mod process;

/// What Lambda allows a function until its first poll.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// A running function.
#[derive(Debug)]
pub struct Function {
    host: Arc<Host>,
    server: Server,
}

impl Function {
    /// Starts a function and waits until it asks for its first event.
    pub async fn start<K, V>(
        binary: impl AsRef<Path>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, FunctionError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let binary = binary.as_ref().to_owned();
        let name = binary.file_name().map_or_else(|| "function".into(), |name| name.to_string_lossy().into_owned());
        let environment: Vec<(String, String)> =
            environment.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let host = Arc::new(Host::new(name));
        let routes = {
            let host = Arc::clone(&host);
            move |request| Arc::clone(&host).answer(request)
        };
        let child = {
            let host = Arc::clone(&host);
            move |address| async move { process::run(&host, &binary, address, &environment).await }
        };
        let server = Server::start_beside(routes, child).map_err(FunctionError::NoPort)?;
        let function = Self { host, server };
        match tokio::time::timeout(INIT_LIMIT, function.host.polled_or_stopped()).await {
            Ok(true) => Ok(function),
            Ok(false) => Err(function.host.stopped()),
            Err(_) => {
                function.host.kill().await;
                Err(FunctionError::NeverPolled { log: function.log() })
            }
        }
    }

    /// Hands the function one event and waits for its answer.
    pub async fn invoke(&self, event: &Value) -> Result<Answer, FunctionError> {
        match self.host.invoke(event.to_string().into()).await {
            Outcome::Answered(body) => match serde_json::from_slice(&body) {
                Ok(value) => Ok(Answer::Ok(value)),
                Err(_) => Err(FunctionError::NotJson { answer: String::from_utf8_lossy(&body).into_owned() }),
            },
            Outcome::Failed(body) => Ok(Answer::Error(Failure::read(&body))),
            Outcome::TimedOut(after) => Err(FunctionError::TimedOut { after, log: self.log() }),
            Outcome::Gone => Err(self.host.stopped()),
        }
    }

    /// Gives the function less or more time per event than the usual 30 seconds.
    pub fn set_timeout(&self, timeout: Duration) {
        self.host.set_timeout(timeout);
    }

    /// What the function has written so far, to standard output and standard error, in the order of its lines.
    pub fn log(&self) -> String {
        self.host.log()
    }

    /// From the start of the process to its first poll.
    pub fn cold_start(&self) -> Option<Duration> {
        self.host.cold_start()
    }

    /// The most memory that the process has held at any time, in bytes; none once it has ended.
    pub fn peak_memory(&self) -> Option<u64> {
        process::peak_memory(self.host.process_id()?)
    }

    /// Where other clients can invoke the function, in the way of Lambda's own `Invoke`.
    pub fn invoke_url(&self) -> String {
        format!("{}/2015-03-31/functions/{}/invocations", self.server.url(), self.host.name())
    }

    /// Ends the process in the hard way, as a test of crashes does, and waits until it is gone.
    pub async fn kill(&self) {
        self.host.kill().await;
    }
}

/// What a function made of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Its result.
    Ok(Value),
    /// Its error, which makes Lambda try again or give up.
    Error(Failure),
}

impl Answer {
    /// The result, where there is one.
    pub fn ok(&self) -> Option<&Value> {
        match self {
            Self::Ok(value) => Some(value),
            Self::Error(_) => None,
        }
    }

    /// The error, where there is one.
    pub fn error(&self) -> Option<&Failure> {
        match self {
            Self::Ok(_) => None,
            Self::Error(failure) => Some(failure),
        }
    }
}

/// An error as a function reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The `errorType`.
    pub kind: String,
    /// The `errorMessage`.
    pub message: String,
}

impl Failure {
    fn read(body: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { kind: text("errorType"), message: text("errorMessage") }
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum FunctionError {
    /// No port could be opened for it.
    #[error("cannot open a loopback port for the Runtime API")]
    NoPort(#[source] std::io::Error),
    /// The binary could not be run.
    #[error("cannot run {binary}: {source}; build it first")]
    NotRun {
        /// The binary's path.
        binary: String,
        /// What the operating system said.
        source: Arc<std::io::Error>,
    },
    /// The process has ended.
    #[error("{name} ended with {}{}; it wrote:\n{log}", status.map_or("no status".into(), |status| status.to_string()),
        init_error.as_ref().map_or(String::new(), |error| format!(" after the init error {}: {}", error.kind, error.message)))]
    Stopped {
        /// The function.
        name: String,
        /// How it ended.
        status: Option<ExitStatus>,
        /// What it told the Runtime API before, if anything.
        init_error: Option<Failure>,
        /// What it wrote.
        log: String,
    },
    /// The process runs, but has not asked for an event in ten seconds.
    #[error("the function has not asked for an event within {} s; it wrote:\n{log}", INIT_LIMIT.as_secs())]
    NeverPolled {
        /// What it wrote.
        log: String,
    },
    /// The event has taken too long, and the process was killed.
    #[error("the function has not answered within {after:?} and was killed; it wrote:\n{log}")]
    TimedOut {
        /// The time it had.
        after: Duration,
        /// What it wrote.
        log: String,
    },
    /// The answer is no JSON.
    #[error("the function's answer is no JSON: {answer}")]
    NotJson {
        /// The answer.
        answer: String,
    },
}
