//! A Slack that keeps its messages, forms and Home tabs: incoming webhooks, the methods of the Web API that Andon calls, and
//! the addresses for answers to commands and presses.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::aws::note;
use super::codepipeline::text;
use super::protocol::read_form;
use crate::block_kit;
use crate::call::{Call, CallLog};
use crate::fault::Faults;
use crate::http::{Reply, Request, Server};
use crate::lock;

/// The path of the webhook that posts to its channel.
const WEBHOOK: &str = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";

/// The path that takes answers to a command or a press.
const RESPONSE: &str = "/respond/T00000000/1";

/// The channel that the webhook posts to.
const WEBHOOK_CHANNEL: &str = "C0WEBHOOK";

/// A Slack workspace, of whatever channels it is asked for unless [`Slack::only_channels`] names them.
#[derive(Debug)]
pub struct Slack {
    server: Server,
    workspace: Arc<Mutex<Workspace>>,
    calls: CallLog,
    faults: Faults<SlackFault>,
}

/// A message as it stands in its channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The channel's id.
    pub channel: String,
    /// Its time, which is its name within the channel.
    pub ts: String,
    /// The time of the message in whose thread it is.
    pub thread_ts: Option<String>,
    /// How often it has been changed since it was posted.
    pub updates: usize,
    /// What was posted or last put in its place: `text`, `blocks`, `attachments` and the rest.
    pub body: Value,
}

/// What goes wrong with a request to Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlackFault {
    /// HTTP 200 with `"ok": false` and this error, as the Web API refuses; from a webhook, HTTP 400 with this text.
    Refused(String),
    /// HTTP 429 with `Retry-After` in seconds.
    RateLimited(u64),
    /// This HTTP status with this text.
    Status(u16, String),
    /// It is answered rightly, but late.
    Delay(Duration),
    /// It is never answered, and nothing is posted.
    Hang,
    /// The connection is closed, and nothing is posted.
    Close,
    /// It is posted, and the connection is closed before the answer.
    LostReply,
}

#[derive(Debug, Default)]
struct Workspace {
    channels: Option<Vec<String>>,
    messages: Vec<Message>,
    /// The forms that were opened and the Home tabs that were shown, in order.
    views: Vec<Value>,
    /// What was answered to commands and presses.
    responses: Vec<Value>,
    /// The triggers that have opened a form: each does so once.
    triggers: BTreeSet<String>,
    members: BTreeMap<String, Value>,
    groups: BTreeMap<String, Vec<String>>,
}

impl Slack {
    /// Starts an empty workspace.
    pub fn start() -> io::Result<Self> {
        let (workspace, calls, faults) = (Arc::<Mutex<Workspace>>::default(), CallLog::default(), Faults::default());
        let server = {
            let (workspace, calls, faults) = (Arc::clone(&workspace), calls.clone(), faults.clone());
            Server::start(move |request| handle(Arc::clone(&workspace), calls.clone(), faults.clone(), request))?
        };
        Ok(Self { server, workspace, calls, faults })
    }

    /// The secret address of an incoming webhook.
    pub fn webhook_url(&self) -> String {
        format!("{}{WEBHOOK}", self.server.url())
    }

    /// The address of the Web API, below which the methods are, without a slash at its end.
    pub fn api_url(&self) -> String {
        format!("{}/api", self.server.url())
    }

    /// The address that takes answers to a command or a press.
    pub fn response_url(&self) -> String {
        format!("{}{RESPONSE}", self.server.url())
    }

    /// The forms that were opened and the Home tabs that were shown, in order.
    pub fn views(&self) -> Vec<Value> {
        lock(&self.workspace).views.clone()
    }

    /// What was answered to commands and presses since this was last asked.
    pub fn take_responses(&self) -> Vec<Value> {
        std::mem::take(&mut lock(&self.workspace).responses)
    }

    /// Tells of a member: the `user` of `users.info`.
    pub fn set_member(&self, member: Value) {
        let id = text(&member, "id").to_owned();
        lock(&self.workspace).members.insert(id, member);
    }

    /// Tells who is in a user group.
    pub fn set_group<M: Into<String>>(&self, group: &str, members: impl IntoIterator<Item = M>) {
        lock(&self.workspace).groups.insert(group.to_owned(), members.into_iter().map(Into::into).collect());
    }

    /// Puts a message into a channel, as the app would; gives back its time.
    pub fn place(&self, channel: &str, body: &Value) -> String {
        lock(&self.workspace).post(channel, body).ts
    }

    /// From now on there are no other channels than these.
    pub fn only_channels<C: Into<String>>(&self, channels: impl IntoIterator<Item = C>) {
        lock(&self.workspace).channels = Some(channels.into_iter().map(Into::into).collect());
    }

    /// All messages as they stand, in the order in which they were posted.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.workspace).messages.clone()
    }

    /// The next request for `chat.postMessage`, `chat.update` or `webhook` fails this way; said again, also the one after.
    pub fn inject(&self, operation: &str, fault: SlackFault) {
        self.faults.once(operation, fault);
    }

    /// The next requests for an operation go as these say, one after the other: `None` goes well.
    pub fn inject_sequence(&self, operation: &str, faults: impl IntoIterator<Item = Option<SlackFault>>) {
        self.faults.sequence(operation, faults);
    }

    /// Every request for an operation fails this way from now on.
    pub fn inject_always(&self, operation: &str, fault: SlackFault) {
        self.faults.standing(operation, fault);
    }

    /// Nothing fails any more.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// All requests so far, failed ones too, in the order in which they came.
    pub fn requests(&self) -> Vec<Call> {
        self.calls.all()
    }

    /// All requests since this was last asked.
    pub fn take_requests(&self) -> Vec<Call> {
        self.calls.take()
    }
}

/// What a request asks for: a method of the Web API, or a webhook.
struct Asked {
    operation: String,
    webhook: bool,
    /// None where it cannot be read.
    body: Option<Value>,
    token: String,
}

async fn handle(
    workspace: Arc<Mutex<Workspace>>,
    calls: CallLog,
    faults: Faults<SlackFault>,
    request: Request,
) -> Reply {
    let asked = read(&request);
    let number = calls.begin("slack", "", &asked.operation, asked.body.clone().unwrap_or_default(), request.received);
    let answer = || match request.method {
        Method::POST => answer(&workspace, &asked),
        Method::GET => look_up(&workspace, &asked),
        _ => plain(404, "not found"),
    };
    let reply = match faults.next(&asked.operation) {
        None => answer(),
        Some(SlackFault::Refused(error)) => refuse(&asked, &error),
        Some(SlackFault::RateLimited(seconds)) => {
            let reply = if asked.webhook {
                plain(429, "rate_limited")
            } else {
                Reply::new(429, "application/json", r#"{"ok":false,"error":"ratelimited"}"#)
            };
            reply.with_header("retry-after", &seconds.to_string())
        }
        Some(SlackFault::Status(status, body)) => Reply::new(status, "text/plain", body),
        Some(SlackFault::Delay(delay)) => {
            let reply = answer();
            tokio::time::sleep(delay).await;
            reply
        }
        Some(SlackFault::Hang) => std::future::pending().await,
        Some(SlackFault::Close) => Reply::Close,
        Some(SlackFault::LostReply) => {
            answer();
            Reply::Close
        }
    };
    note(&calls, number, &reply).await;
    reply
}

fn read(request: &Request) -> Asked {
    let path = request.uri.path();
    let webhook = path.starts_with("/services/") || path == RESPONSE;
    let operation = if path == RESPONSE {
        "respond"
    } else if webhook {
        "webhook"
    } else {
        path.trim_start_matches("/api").trim_start_matches('/')
    };
    let body = if request.method == Method::GET {
        Some(Value::Object(read_form(request.uri.query().unwrap_or_default().as_bytes())))
    } else if request.header("content-type").starts_with("application/x-www-form-urlencoded") {
        let form = read_form(&request.body);
        match form.get("payload").and_then(Value::as_str) {
            Some(payload) => serde_json::from_str(payload).ok(),
            None => Some(Value::Object(form)),
        }
    } else {
        serde_json::from_slice(&request.body).ok()
    };
    let token = request.header("authorization").trim_start_matches("Bearer ").to_owned();
    Asked { operation: operation.to_owned(), webhook, body, token }
}

fn answer(workspace: &Mutex<Workspace>, asked: &Asked) -> Reply {
    let mut workspace = lock(workspace);
    let Some(body) = &asked.body else {
        return refuse(asked, if asked.webhook { "invalid_payload" } else { "invalid_json" });
    };
    if !asked.webhook {
        match asked.token.as_str() {
            "" => return refuse(asked, "not_authed"),
            token if !token.starts_with("xoxb-") => return refuse(asked, "invalid_auth"),
            _ => {}
        }
    }
    if asked.operation.starts_with("views.") {
        return workspace.show(asked, body);
    }
    if let Some(fault) = block_kit::faults(body).first() {
        return refuse(asked, if fault.starts_with("text: 0") { "no_text" } else { "invalid_blocks" });
    }
    match asked.operation.as_str() {
        "respond" => {
            workspace.responses.push(body.clone());
            plain(200, "ok")
        }
        "webhook" => {
            workspace.post(WEBHOOK_CHANNEL, body);
            plain(200, "ok")
        }
        "chat.postMessage" => {
            let channel = text(body, "channel");
            if channel.is_empty()
                || workspace.channels.as_ref().is_some_and(|known| !known.iter().any(|id| id == channel))
            {
                return refuse(asked, "channel_not_found");
            }
            let message = workspace.post(channel, body);
            accept(&message)
        }
        "chat.update" => {
            let (channel, ts) = (text(body, "channel"), text(body, "ts"));
            let known = workspace.messages.iter_mut().find(|message| message.channel == channel && message.ts == ts);
            let Some(message) = known else { return refuse(asked, "message_not_found") };
            message.body = body.clone();
            message.updates += 1;
            accept(message)
        }
        _ => refuse(asked, "unknown_method"),
    }
}

/// What a method answers that only reads.
fn look_up(workspace: &Mutex<Workspace>, asked: &Asked) -> Reply {
    let workspace = lock(workspace);
    let argument = |name: &str| asked.body.as_ref().map(|body| text(body, name)).unwrap_or_default();
    let found = match asked.operation.as_str() {
        "users.info" => workspace.members.get(argument("user")).map(|user| json!({"ok": true, "user": user})),
        "usergroups.users.list" => {
            workspace.groups.get(argument("usergroup")).map(|users| json!({"ok": true, "users": users}))
        }
        "users.lookupByEmail" => {
            let email = argument("email");
            let is_it = |user: &&Value| user.pointer("/profile/email").and_then(Value::as_str) == Some(email);
            let found = workspace.members.values().find(is_it);
            return match found {
                Some(user) => Reply::new(200, "application/json", json!({"ok": true, "user": user}).to_string()),
                None => refuse(asked, "users_not_found"),
            };
        }
        _ => return refuse(asked, "unknown_method"),
    };
    match found {
        Some(found) => Reply::new(200, "application/json", found.to_string()),
        None => refuse(asked, "not_found"),
    }
}

impl Workspace {
    /// Opens a form, which takes a fresh trigger, or shows a Home tab.
    fn show(&mut self, asked: &Asked, body: &Value) -> Reply {
        let (view, trigger) = (body.get("view").cloned().unwrap_or_default(), text(body, "trigger_id").to_owned());
        match asked.operation.as_str() {
            "views.open" if trigger.is_empty() => return refuse(asked, "invalid_trigger_id"),
            "views.open" if !self.triggers.insert(trigger) => return refuse(asked, "exchanged_trigger_id"),
            "views.publish" if text(body, "user_id").is_empty() => return refuse(asked, "invalid_arguments"),
            "views.open" | "views.publish" => {}
            _ => return refuse(asked, "unknown_method"),
        }
        self.views.push(view.clone());
        Reply::new(200, "application/json", json!({"ok": true, "view": view}).to_string())
    }

    fn post(&mut self, channel: &str, body: &Value) -> Message {
        let message = Message {
            channel: channel.to_owned(),
            ts: format!("1767225600.{:06}", self.messages.len() + 1),
            thread_ts: body.get("thread_ts").and_then(Value::as_str).map(str::to_owned),
            updates: 0,
            body: body.clone(),
        };
        self.messages.push(message.clone());
        message
    }
}

fn accept(message: &Message) -> Reply {
    let body = json!({ "ok": true, "channel": message.channel, "ts": message.ts, "message": message.body });
    Reply::new(200, "application/json", body.to_string())
}

fn refuse(asked: &Asked, error: &str) -> Reply {
    if asked.webhook {
        return plain(400, error);
    }
    Reply::new(200, "application/json", json!({ "ok": false, "error": error }).to_string())
}

fn plain(status: u16, body: &str) -> Reply {
    Reply::new(status, "text/html", body.to_owned())
}
