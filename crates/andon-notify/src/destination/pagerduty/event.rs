//! `PagerDuty` rendering as events, built within the limits of the API.
//!
//! The largest event is far below the 512 KB that `PagerDuty` takes: thirty details of 8,000 bytes, and five links.

use serde_json::{Map, Value, json};

use crate::incident::{self, Severity, Step};
use crate::message::Message;
use andon::text::{fit, one_line};

mod limit {
    pub(super) const KEY: usize = 255;
    /// In characters.
    pub(super) const SUMMARY: usize = 1024;
    pub(super) const TEXT: usize = 255;
    pub(super) const DETAIL: usize = 8000;
    pub(super) const LINKS: usize = 5;
    pub(super) const URL: usize = 2000;
}

/// Renders a message as events without their `routing_key`: one that triggers, or those that resolve. None for what is not
/// about an incident.
pub fn render(message: &Message) -> Vec<Value> {
    let key = |severity| incident::key(message, severity, limit::KEY);
    match incident::step(message.kind) {
        Some(Step::Open(severity)) => vec![trigger(message, severity, &key(severity))],
        Some(Step::End(severities)) => {
            let resolve = |severity: &Severity| json!({"event_action": "resolve", "dedup_key": key(*severity)});
            severities.iter().map(resolve).collect()
        }
        None => Vec::new(),
    }
}

fn trigger(message: &Message, severity: Severity, key: &str) -> Value {
    let about = &message.about;
    let place = [about.stage.as_ref().map(ToString::to_string), about.action.as_ref().map(ToString::to_string)];
    let place: Vec<String> = place.into_iter().flatten().collect();
    let mut payload = json!({
        "summary": safe(&message.title, limit::SUMMARY),
        "source": safe(&format!("{} in {}", about.pipeline.name, about.account), limit::TEXT),
        "severity": match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "class": message.kind.as_str(),
        "group": safe(&about.account, limit::TEXT),
        "custom_details": incident::details(message, limit::DETAIL)
            .into_iter()
            .map(|(name, text)| (name, json!(text)))
            .collect::<Map<String, Value>>(),
    });
    if let (Some(payload), false) = (payload.as_object_mut(), place.is_empty()) {
        payload.insert("component".to_owned(), json!(safe(&place.join(" / "), limit::TEXT)));
    }
    let links = message.links.iter().filter(|link| link.url.len() <= limit::URL).take(limit::LINKS);
    json!({
        "event_action": "trigger",
        "dedup_key": key,
        "client": "Andon",
        "payload": payload,
        "links": links.map(|link| json!({"href": link.url, "text": link.label})).collect::<Vec<_>>(),
    })
}

/// Text from outside on one line, never empty, in at most so many characters.
fn safe(text: &str, limit: usize) -> String {
    let text = fit(&one_line(text), limit, |_| 1);
    if text.is_empty() { "-".to_owned() } else { text }
}
