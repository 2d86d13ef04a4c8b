//! Slack's methods with a bot's token.

use std::time::Duration;

use andon::clock::Clock as _;
use andon::ledger::Receipt;
use andon::secret::SecretRef;
use andon_notify::mention::is_member;
use andon_notify::{Outgoing, SendError};
use aws_config::SdkConfig;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::http::{Fault, Http, Reply};
use crate::clock::SystemClock;
use crate::secret::Secrets;

/// The base address of Slack's methods.
pub const SLACK_API: &str = "https://slack.com/api";
/// What errors call it.
pub(super) const SERVICE: &str = "Slack";
/// The most characters of Slack's answer that an error repeats.
const MAX_PROBLEM: usize = 200;
/// How long a message waits for who its author is.
const MAX_LOOKUP: Duration = Duration::from_secs(1);

/// Slack's methods.
#[derive(Debug)]
pub(super) struct Slack {
    api: String,
}

impl Slack {
    pub(super) fn new(api: &str) -> Self {
        Self { api: api.trim_end_matches('/').to_owned() }
    }

    /// Posts a message, into the thread of its run if there is one; or updates one.
    pub(super) async fn post(
        &self,
        http: &Http,
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
            match self.place(http, "chat.update", token, &body).await {
                // It was deleted, or is too old to be edited: post it again.
                Err(Fault::Permanent { problem }) if is_gone(&problem) => {}
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
        self.place(http, "chat.postMessage", token, &body).await.map_err(|fault| fault.of(destination))
    }

    /// Calls a method that writes a message; the receipt says where it is.
    async fn place(&self, http: &Http, method: &str, token: &SecretString, body: &Value) -> Result<Receipt, Fault> {
        let answer = self.call(http, method, token, body).await?;
        let member = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        match member("ts") {
            Some(ts) => Ok(Receipt { place: member("channel"), id: Some(ts), said: None }),
            // Perhaps a proxy's answer, perhaps half of Slack's.
            None => Err(Fault::Unanswered { problem: format!("{method} answered ok without the message's ts") }),
        }
    }

    /// Calls a method with JSON; gives back Slack's answer.
    async fn call(&self, http: &Http, method: &str, token: &SecretString, body: &Value) -> Result<Value, Fault> {
        let address = format!("{}/{method}", self.api);
        let request = |client: &reqwest::Client| client.post(address).bearer_auth(token.expose_secret()).json(body);
        answer(method, &http.call(SERVICE, request).await?)
    }

    /// Calls a method that reads, some of which take no JSON; gives back Slack's answer.
    async fn read(
        &self,
        http: &Http,
        method: &str,
        token: &SecretString,
        (name, value): (&str, &str),
    ) -> Result<Value, Fault> {
        let address = format!("{}/{method}?{name}={}", self.api, andon::links::encode(value));
        let request = |client: &reqwest::Client| client.get(address).bearer_auth(token.expose_secret());
        answer(method, &http.call(SERVICE, request).await?)
    }
}

impl Slack {
    /// The id of the member with an email address; `None` if there is none, or no person.
    pub(super) async fn member(&self, http: &Http, token: &SecretString, email: &str) -> Result<Option<String>, Fault> {
        let method = "users.lookupByEmail";
        let address = format!("{}/{method}?email={}", self.api, andon::links::encode(email));
        let request =
            |client: &reqwest::Client| client.get(address).bearer_auth(token.expose_secret()).timeout(MAX_LOOKUP);
        match answer(method, &http.call(SERVICE, request).await?) {
            Ok(answer) => {
                let flag = |name: &str| answer.pointer(name).and_then(Value::as_bool).unwrap_or(false);
                let id = answer.pointer("/user/id").and_then(Value::as_str).filter(|id| is_member(id));
                let is_person = !flag("/user/deleted") && !flag("/user/is_bot");
                Ok(id.filter(|_| is_person).map(str::to_owned))
            }
            Err(Fault::Permanent { problem }) if problem.contains("users_not_found") => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// What Slack answered to a method.
fn answer(method: &str, reply: &Reply) -> Result<Value, Fault> {
    // Slack answers 200 to failures too: what counts is the body.
    let answer: Value = serde_json::from_str(&reply.text)
        .map_err(|_| Fault::retryable(format!("{method} answered {} without valid JSON", reply.status)))?;
    if answer.get("ok").and_then(Value::as_bool) == Some(true) {
        return Ok(answer);
    }
    let error = answer.get("error").and_then(Value::as_str).unwrap_or("no reason given");
    match error {
        "accesslimited"
        | "fatal_error"
        | "internal_error"
        | "message_limit_exceeded"
        | "org_login_required"
        | "rate_limited"
        | "ratelimited"
        | "request_timeout"
        | "service_unavailable"
        | "team_added_to_org" => Err(Fault::retryable(format!("{method}: {error}"))),
        error => {
            let needed = answer.get("needed").and_then(Value::as_str);
            Err(Fault::permanent(format!("{method}: {}", advice(error, needed))))
        }
    }
}

/// The Slack app: its methods, and the addresses that Slack gives it to answer at.
#[derive(Debug)]
pub struct SlackApp {
    http: Http,
    slack: Slack,
    secrets: Secrets,
    token: SecretRef,
}

impl SlackApp {
    /// The app with this token; clients are made when they are first needed.
    pub fn new(config: &SdkConfig, api: &str, token: SecretRef) -> Self {
        Self { http: Http::default(), slack: Slack::new(api), secrets: Secrets::new(config), token }
    }

    /// Calls a method with JSON; gives back Slack's answer.
    pub async fn call(&self, method: &str, body: &Value) -> Result<Value, SendError> {
        let token = self.secrets.get(&self.token, SystemClock.now()).await;
        let token = token.map_err(|error| super::secret(SERVICE, &error))?;
        let answer = self.slack.call(&self.http, method, &token, body).await;
        if let Err(Fault::Permanent { .. }) = &answer {
            self.secrets.forget(&self.token);
        }
        answer.map_err(|fault| fault.of(SERVICE))
    }

    /// Calls a method that reads, with one argument; gives back Slack's answer.
    pub async fn read(&self, method: &str, argument: (&str, &str)) -> Result<Value, SendError> {
        let token = self.secrets.get(&self.token, SystemClock.now()).await;
        let token = token.map_err(|error| super::secret(SERVICE, &error))?;
        self.slack.read(&self.http, method, &token, argument).await.map_err(|fault| fault.of(SERVICE))
    }

    /// Posts to an address that Slack gave for answers to a command or a press. Any other address is refused.
    pub async fn respond(&self, address: &str, body: &Value) -> Result<(), SendError> {
        if !self.is_slack(address) {
            return Err(Fault::permanent("the address for answers is not Slack's").of(SERVICE));
        }
        let reply = self.http.call(SERVICE, |client| client.post(address).json(body)).await;
        let reply = reply.map_err(|fault| fault.of(SERVICE))?;
        if reply.status.is_success() {
            return Ok(());
        }
        Err(Fault::permanent(format!("the answer is refused ({})", reply.status)).of(SERVICE))
    }

    /// Whether an address is one of Slack's, or of the server that stands in for it.
    fn is_slack(&self, address: &str) -> bool {
        let host = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
        let hosts = ["https://hooks.slack.com", "https://hooks.slack-gov.com"];
        hosts.contains(&host(address).as_str()) || host(address) == host(&self.slack.api)
    }
}

fn set(body: &mut Value, member: &str, text: &str) {
    if let Some(body) = body.as_object_mut() {
        body.insert(member.to_owned(), json!(text));
    }
}

fn is_gone(problem: &str) -> bool {
    ["message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"]
        .iter()
        .any(|error| problem.contains(error))
}

/// An error of Slack's, with what to do about it.
pub(super) fn advice(error: &str, needed: Option<&str>) -> String {
    let error: String = error.trim().chars().filter(|c| !c.is_control()).take(MAX_PROBLEM).collect();
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
            "the webhook is disabled or deleted; create a new one and store its URL"
        }
        "invalid_blocks" | "invalid_payload" | "msg_too_long" | "no_text" => {
            "this is a mistake in Andon; please report it"
        }
        _ => return error,
    };
    format!("{error}: {what_to_do}")
}
