//! Slack: `chat.postMessage` and `chat.update` with a bot's token, and incoming webhooks.
//!
//! A webhook's address is a secret, and so is a token: neither is in any error, and errors of the HTTP client are shorn
//! of their address.

use std::cell::OnceCell;
use std::time::Duration;

use andon::config::WebhookUrl;
use andon::delivery::{Outgoing, SendError};
use andon::ledger::Receipt;
use jiff::SignedDuration;
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// Where Slack's methods are.
pub const SLACK_API: &str = "https://slack.com/api";
/// Longer than Slack takes on a bad day, shorter than a function may run.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// What is read of an answer.
const LONGEST_ANSWER: usize = 64 * 1024;
/// What is told of an answer.
const LONGEST_PROBLEM: usize = 200;

/// Slack.
#[derive(Debug)]
pub(super) struct Slack {
    api: String,
    client: OnceCell<Client>,
}

/// What keeps a call from having gone through.
enum Fault {
    /// It may go through later, perhaps after the time that Slack asks for.
    Later { problem: String, after: Option<SignedDuration> },
    /// It will not go through.
    Never { problem: String },
}

impl Fault {
    fn later(problem: impl Into<String>) -> Self {
        Self::Later { problem: problem.into(), after: None }
    }

    fn never(problem: impl Into<String>) -> Self {
        Self::Never { problem: problem.into() }
    }

    fn of(self, destination: &str) -> SendError {
        let destination = destination.to_owned();
        match self {
            Self::Later { problem, after } => SendError::Later { destination, problem, after },
            Self::Never { problem } => SendError::Never { destination, problem },
        }
    }
}

impl Slack {
    pub(super) fn new(api: &str) -> Self {
        Self { api: api.trim_end_matches('/').to_owned(), client: OnceCell::new() }
    }

    /// Posts to an incoming webhook; it leaves nothing behind by which the message could be found again.
    pub(super) async fn post_to_webhook(
        &self,
        destination: &str,
        address: &SecretString,
        body: &Value,
    ) -> Result<Receipt, SendError> {
        let address = WebhookUrl::parse(address.expose_secret())
            .map_err(|error| Fault::never(format!("the webhook's address cannot be used: {error}")).of(destination))?;
        let post = async {
            let response = self.client()?.post(address.expose()).json(body).send().await.map_err(unreachable)?;
            let response = accepted(response)?;
            let (status, text) = (response.status(), read(response).await?);
            match status {
                status if status.is_success() => Ok(()),
                status if status.is_server_error() => Err(Fault::later(format!("{status}: {text}"))),
                status => Err(Fault::never(format!(
                    "Slack refuses the webhook's message ({status}): {}",
                    advice(&text, None)
                ))),
            }
        };
        post.await.map_err(|fault: Fault| fault.of(destination))?;
        Ok(Receipt::default())
    }

    /// Posts a message, into the thread of its run if there is one; or brings one up to date.
    pub(super) async fn post(
        &self,
        destination: &str,
        channel: &str,
        token: &SecretString,
        mut body: Value,
        outgoing: Outgoing<'_>,
    ) -> Result<Receipt, SendError> {
        let update = outgoing.update.and_then(|receipt| Some((receipt.place.as_deref()?, receipt.id.as_deref()?)));
        if let Some((place, ts)) = update {
            set(&mut body, "channel", place);
            set(&mut body, "ts", ts);
            match self.call("chat.update", token, &body).await {
                // Somebody deleted it, or it is too old to be edited: then it is said anew.
                Err(Fault::Never { problem }) if is_gone(&problem) => {}
                outcome => return outcome.map_err(|fault| fault.of(destination)),
            }
            body.as_object_mut().map(|body| body.remove("ts"));
        }
        let thread = outgoing.thread.and_then(|receipt| Some((receipt.place.as_deref()?, receipt.id.as_deref()?)));
        match thread {
            Some((place, ts)) => {
                set(&mut body, "channel", place);
                set(&mut body, "thread_ts", ts);
                if let Some(body) = body.as_object_mut() {
                    body.insert("reply_broadcast".to_owned(), json!(true));
                }
            }
            None => set(&mut body, "channel", channel),
        }
        self.call("chat.postMessage", token, &body).await.map_err(|fault| fault.of(destination))
    }

    async fn call(&self, method: &str, token: &SecretString, body: &Value) -> Result<Receipt, Fault> {
        let request =
            self.client()?.post(format!("{}/{method}", self.api)).bearer_auth(token.expose_secret()).json(body);
        let response = accepted(request.send().await.map_err(unreachable)?)?;
        let status = response.status();
        let text = read(response).await?;
        if status.is_server_error() {
            return Err(Fault::later(format!("{status}: {text}")));
        }
        // Slack answers 200 to failures too: what counts is what it says.
        let answer: Value = serde_json::from_str(&text)
            .map_err(|_| Fault::later(format!("{method} answered {status} with something that is not JSON")))?;
        if answer.get("ok").and_then(Value::as_bool) == Some(true) {
            let member = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
            return Ok(Receipt { place: member("channel"), id: member("ts"), said: None });
        }
        let error = answer.get("error").and_then(Value::as_str).unwrap_or("no reason given");
        match error {
            "ratelimited"
            | "rate_limited"
            | "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout" => Err(Fault::later(format!("{method}: {error}"))),
            error => {
                let needed = answer.get("needed").and_then(Value::as_str);
                Err(Fault::never(format!("{method}: {}", advice(error, needed))))
            }
        }
    }

    /// The HTTP client. It keeps no connection: one that was idle while the function was frozen is dead when it thaws,
    /// and a post must not be lost to finding that out.
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
            .map_err(|error| Fault::later(format!("cannot set up the HTTP client: {}", error.without_url())))?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn set(body: &mut Value, member: &str, text: &str) {
    if let Some(body) = body.as_object_mut() {
        body.insert(member.to_owned(), json!(text));
    }
}

fn unreachable(error: reqwest::Error) -> Fault {
    let what = if error.is_timeout() { "Slack did not answer in time" } else { "cannot reach Slack" };
    Fault::later(format!("{what}: {}", error.without_url()))
}

/// Lets through whatever is not a plea to come back later.
fn accepted(response: Response) -> Result<Response, Fault> {
    if response.status() != StatusCode::TOO_MANY_REQUESTS {
        return Ok(response);
    }
    let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
    Err(Fault::Later {
        problem: "Slack asks to slow down (429)".to_owned(),
        after: after.map(|seconds| SignedDuration::from_secs(i64::from(seconds))),
    })
}

async fn read(mut response: Response) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_gone(problem: &str) -> bool {
    ["message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"]
        .iter()
        .any(|error| problem.contains(error))
}

/// An error of Slack's, with what to do about it.
fn advice(error: &str, needed: Option<&str>) -> String {
    let error: String = error.trim().chars().filter(|c| !c.is_control()).take(LONGEST_PROBLEM).collect();
    let what_to_do = match error.as_str() {
        "channel_not_found" | "not_in_channel" => "check the channel's name, and invite the bot to it",
        "is_archived" | "channel_is_archived" => "the channel is archived; route to another one",
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" | "invalid_token" => {
            "the token is not valid; store the app's current one under its reference"
        }
        "missing_scope" => {
            return format!(
                "missing_scope: give the app the scope {} and install it again",
                needed.unwrap_or("chat:write")
            );
        }
        "no_service" | "no_team" | "action_prohibited" => {
            "the webhook is gone or not allowed; make a new one and store its address"
        }
        "invalid_blocks" | "invalid_payload" | "msg_too_long" | "no_text" => {
            "this is a mistake in Andon; please report it"
        }
        _ => return error,
    };
    format!("{error}: {what_to_do}")
}
