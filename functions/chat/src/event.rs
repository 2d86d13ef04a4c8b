//! Events: mentions of the app, messages to it, and its Home tab.

use serde_json::{Value, json};

use crate::Chat;
use crate::http::{Request, Response};
use crate::job::{Asked, Job, Place};

/// The most characters of a question that are read.
const MAX_LEN: usize = 500;
/// Where an event names workspaces: the one that gets it, and those of whoever wrote.
const TEAMS: [&str; 4] = ["/team_id", "/event/team", "/event/user_team", "/event/source_team"];

impl Chat {
    pub(crate) async fn event(&self, request: &Request) -> Response {
        let Ok(payload) = serde_json::from_slice::<Value>(&request.body) else { return Response::empty(400) };
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        match text("/type") {
            Some("url_verification") => Response::json(json!({"challenge": text("/challenge")})),
            // In a channel that is shared with others, the workspace that gets the event is not that of who wrote.
            Some("event_callback") if self.admits(TEAMS.map(text)) => match job(&payload) {
                Some(job) => self.put(&job).await.into(),
                None => Response::empty(200),
            },
            _ => Response::empty(200),
        }
    }
}

/// What an event asks for; nothing where it is not a person's.
fn job(payload: &Value) -> Option<Job> {
    let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
    let has = |member: &str| payload.pointer("/event").and_then(|event| event.get(member)).is_some();
    let member = text("/event/user")?.to_owned();
    match text("/event/type")? {
        "app_home_opened" if text("/event/tab") == Some("home") => Some(Job::Home { member }),
        // What a bot wrote is never answered, or two would talk for ever.
        "app_mention" | "message" if has("bot_id") || has("subtype") => None,
        kind @ ("app_mention" | "message") => {
            let is_direct = text("/event/channel_type") == Some("im");
            if kind == "message" && !is_direct {
                return None;
            }
            let question = said(text("/event/text")?);
            if question.is_empty() {
                return None;
            }
            let at = Place { channel: text("/event/channel")?.to_owned(), ts: text("/event/ts")?.to_owned() };
            let root = text("/event/thread_ts").map(str::to_owned);
            let event = text("/event_id")?.to_owned();
            Some(Job::Reply(Box::new(Asked { event, text: question, at, root, is_direct })))
        }
        _ => None,
    }
}

/// The words of a message: without those whom it mentions, and as they were typed.
fn said(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        let Some((inside, tail)) = after.split_once('>') else {
            words.push('<');
            rest = after;
            break;
        };
        // A link has the words that were typed after a bar; a mention has nothing to say.
        if !inside.starts_with(['@', '!', '#']) {
            words.push_str(inside.split_once('|').map_or(inside, |(_, label)| label));
        }
        rest = tail;
    }
    words.push_str(rest);
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    andon::text::one_line(&words).chars().take(MAX_LEN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event: &Value) -> Option<Job> {
        job(&json!({"type": "event_callback", "event_id": "Ev1", "team_id": "T0123456789", "event": event}))
    }

    #[test]
    fn what_was_typed_is_asked() {
        for (text, asked) in [
            ("<@U0ANDON00> why did payments-api fail?", "why did payments-api fail?"),
            ("since when, <@U0ANDON00>?", "since when, ?"),
            ("<@U0ANDON00>", ""),
            ("is a &lt;b&gt; &amp;amp; c", "is a <b> &amp; c"),
            ("see <https://a.example|a.example> now", "see a.example now"),
            ("<!channel> <#C1|ops> hello <", "hello <"),
        ] {
            assert_eq!(said(text), asked, "{text}");
        }
    }

    #[test]
    fn only_people_are_answered() {
        let mention = json!({"type": "app_mention", "user": "U1", "text": "<@U2> hi", "channel": "C1", "ts": "1.2"});
        assert!(matches!(event(&mention), Some(Job::Reply(_))));
        for (member, value) in [
            ("bot_id", json!("B1")),
            ("subtype", json!("message_changed")),
            ("text", json!("<@U2> ")),
            ("user", json!(null)),
        ] {
            let mut other = mention.clone();
            other[member] = value;
            assert_eq!(event(&other), None, "{member}");
        }
        let mut message = mention.clone();
        message["type"] = json!("message");
        assert_eq!(event(&message), None, "in a channel nobody has called the app");
        message["channel_type"] = json!("im");
        assert!(event(&message).is_some());
        assert_eq!(event(&json!({"type": "app_home_opened", "user": "U1", "tab": "messages"})), None);
        assert_eq!(event(&json!({"type": "reaction_added", "user": "U1"})), None);
    }
}
