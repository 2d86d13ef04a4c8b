//! Presses on buttons, and forms that were sent.

use andon::attention::Member;
use andon_notify::destination::slack::BUTTON;
use andon_notify::{AlertRef, ButtonKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::job::{Job, MuteOrder, Order, Place};
use crate::view::{self, LENGTH, REASON, REFRESH};
use crate::{Chat, mute, now};

/// What a form remembers: all that its submission does not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FormData {
    about: AlertRef,
    answer_at: Option<String>,
    message: Option<Place>,
}

/// The most characters of a form's data.
const MAX_DATA: usize = 3000;
/// The most characters of a reason.
const MAX_REASON: usize = 300;

impl Chat {
    pub(crate) async fn press(&self, request: &Request) -> Response {
        let payload = request.form().remove("payload").and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let Some(payload) = payload else { return Response::empty(400) };
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        if !self.admits([text("/team/id"), text("/user/team_id")]) {
            return Response::empty(200);
        }
        let Some(id) = text("/user/id") else { return Response::empty(400) };
        let name = text("/user/name").or_else(|| text("/user/username")).unwrap_or(id);
        let by = Member { id: id.to_owned(), name: name.to_owned() };
        let team = text("/team/id").unwrap_or_default().to_owned();
        match text("/type") {
            Some("block_actions") => self.pressed(&payload, by, team).await,
            Some("view_submission") => self.submitted(&payload, by, team).await,
            _ => Response::empty(200),
        }
    }

    async fn pressed(&self, payload: &Value, by: Member, team: String) -> Response {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        let id = text("/actions/0/action_id").unwrap_or_default();
        if id == REFRESH {
            return self.put(&Job::Home { member: by.id }).await.into();
        }
        // A press on a link comes here too, and wants nothing.
        let Some(what) = id.strip_prefix(BUTTON).and_then(ButtonKind::parse) else { return Response::empty(200) };
        let about = text("/actions/0/value").and_then(|value| serde_json::from_str::<AlertRef>(value).ok());
        let Some(about) = about else {
            tracing::warn!("ignored: a button of another version of Andon");
            return Response::empty(200);
        };
        let answer_at = text("/response_url").map(str::to_owned);
        let is_public = payload.pointer("/container/is_ephemeral").and_then(Value::as_bool) != Some(true);
        let message = match (text("/container/channel_id"), text("/container/message_ts")) {
            (Some(channel), Some(ts)) if is_public => Some(Place { channel: channel.to_owned(), ts: ts.to_owned() }),
            _ => None,
        };
        if matches!(what, ButtonKind::Reject | ButtonKind::Mute) {
            return self.open_form(what, &FormData { about, answer_at, message }, text("/trigger_id")).await;
        }
        let order = Order { what, about, by, team, reason: None, at: Some(now()), mute: None, answer_at, message };
        self.put(&Job::Act(Box::new(order))).await.into()
    }

    /// Opens the form that asks for a reason, or for how long. Slack takes it for three seconds only, so nothing comes before it.
    async fn open_form(&self, what: ButtonKind, data: &FormData, trigger: Option<&str>) -> Response {
        let mut data = data.clone();
        if json!(data).to_string().chars().count() > MAX_DATA {
            data.answer_at = None;
        }
        let form = if what == ButtonKind::Mute { view::mute_form } else { view::reject_form };
        let body = json!({"trigger_id": trigger, "view": form(&data.about, &json!(data).to_string())});
        match self.slack.call("views.open", &body).await {
            Ok(_) => Response::empty(200),
            Err(error) => {
                tracing::error!("cannot open the form: {error}");
                Response::empty(500)
            }
        }
    }

    async fn submitted(&self, payload: &Value, by: Member, team: String) -> Response {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        let data = text("/view/private_metadata").and_then(|data| serde_json::from_str::<FormData>(data).ok());
        let Some(FormData { about, answer_at, message }) = data else { return Response::empty(200) };
        let ask_again =
            |field: &str, what: &str| Response::json(json!({"response_action": "errors", "errors": {field: what}}));
        let (what, reason, mute) = match text("/view/callback_id") {
            Some(view::REJECT) => {
                let reason = text(&format!("/view/state/values/{REASON}/{REASON}/value")).unwrap_or_default();
                let reason: String = andon::text::one_line(reason).chars().take(MAX_REASON).collect();
                if reason.is_empty() {
                    return ask_again(REASON, "Say why: it stays with the run.");
                }
                (ButtonKind::Reject, Some(reason), None)
            }
            Some(view::MUTE) => {
                let length = text(&format!("/view/state/values/{LENGTH}/{LENGTH}/selected_option/value"));
                let since = now();
                match length.and_then(|length| mute::parse(length, since, &self.config.zone).ok()) {
                    Some(until) => (ButtonKind::Mute, None, Some(MuteOrder { since, until })),
                    None => return ask_again(LENGTH, "Say for how long."),
                }
            }
            _ => return Response::empty(200),
        };
        let order = Order { what, about, by, team, reason, at: Some(now()), mute, answer_at, message };
        self.put(&Job::Act(Box::new(order))).await.into()
    }
}
