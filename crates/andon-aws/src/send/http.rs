//! The HTTP client of destinations outside AWS, and the outcome of a call.
//!
//! An address can be a secret, and so can a token: neither is in any error, and errors of the client are stripped of
//! their address.

use std::cell::OnceCell;
use std::time::Duration;

use andon_notify::SendError;
use jiff::SignedDuration;
use reqwest::{Client, RequestBuilder, Response, StatusCode};

/// The time limit of one call: longer than such services usually take, shorter than a function may run.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The most bytes of a response that are read.
const MAX_RESPONSE: usize = 64 * 1024;

/// Makes calls.
#[derive(Debug, Default)]
pub(super) struct Http {
    client: OnceCell<Client>,
}

/// A response that was not a request to slow down.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

/// Why a call did not go through.
#[derive(Debug)]
pub(super) enum Fault {
    /// It may go through later, perhaps after the time that the service asks for.
    Retryable { problem: String, after: Option<SignedDuration> },
    /// It may have gone through: the request was sent, and no answer came in time.
    Unanswered { problem: String },
    /// It will not go through.
    Permanent { problem: String },
}

impl Fault {
    pub(super) fn retryable(problem: impl Into<String>) -> Self {
        Self::Retryable { problem: problem.into(), after: None }
    }

    pub(super) fn permanent(problem: impl Into<String>) -> Self {
        Self::Permanent { problem: problem.into() }
    }

    /// The same for a call that may be repeated at will: what may have gone through is tried again.
    pub(super) fn repeatable(self) -> Self {
        match self {
            Self::Unanswered { problem } => Self::retryable(problem),
            fault => fault,
        }
    }

    pub(super) fn of(self, destination: &str) -> SendError {
        let destination = destination.to_owned();
        match self {
            Self::Retryable { problem, after } => SendError::Retryable { destination, problem, after },
            Self::Unanswered { problem } => SendError::Unanswered { destination, problem },
            Self::Permanent { problem } => SendError::Permanent { destination, problem },
        }
    }
}

impl Http {
    /// Makes a call to `service`, which errors name. A server's error and a request to slow down are retryable.
    pub(super) async fn call(
        &self,
        service: &str,
        request: impl FnOnce(&Client) -> RequestBuilder,
    ) -> Result<Reply, Fault> {
        let response = request(self.client()?).send().await.map_err(|error| unreachable(service, error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let problem = format!("{service} throttles requests (429)");
            return Err(Fault::Retryable { problem, after: retry_after(&response) });
        }
        let text = read(response).await.map_err(|error| unreachable(service, error))?;
        if status.is_server_error() {
            return Err(Fault::retryable(format!("{status}: {text}")));
        }
        Ok(Reply { status, text })
    }

    /// The client keeps no connection: one that was idle while the function was frozen is dead when it thaws, and a post
    /// must not be lost to finding that out.
    fn client(&self) -> Result<&Client, Fault> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Fault::retryable(format!("cannot set up the HTTP client: {}", error.without_url())))?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// A connection that breaks off is taken for one that did not get through; only a service that has the request and keeps
/// silent may have acted on it.
fn unreachable(service: &str, error: reqwest::Error) -> Fault {
    let is_silent = error.is_timeout() && !error.is_connect();
    let what = if error.is_timeout() {
        format!("{service} did not answer in time")
    } else {
        format!("cannot reach {service}")
    };
    let problem = format!("{what}: {}", error.without_url());
    if is_silent { Fault::Unanswered { problem } } else { Fault::retryable(problem) }
}

/// The seconds of `Retry-After`; a date there is ignored.
fn retry_after(response: &Response) -> Option<SignedDuration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.trim().parse::<u32>().ok()?;
    Some(SignedDuration::from_secs(i64::from(seconds)))
}

async fn read(mut response: Response) -> Result<String, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_RESPONSE {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
