//! Opsgenie rendering as requests, built within the limits of the API.

use serde_json::{Map, Value, json};

use crate::incident::{self, Severity, Step};
use crate::message::Message;
use andon::text::{fit, one_line};

/// Opsgenie cuts longer texts, and refuses a longer alias.
mod limit {
    pub(super) const ALIAS: usize = 512;
    pub(super) const MESSAGE: usize = 130;
    pub(super) const ENTITY: usize = 512;
    pub(super) const SOURCE: usize = 100;
    pub(super) const TAG: usize = 50;
    /// All details together, names and texts, in UTF-16 units.
    pub(super) const DETAILS: usize = 8000;
    pub(super) const DETAIL: usize = 1000;
    pub(super) const DESCRIPTION: usize = 15_000;
}

/// A request below `/v2/alerts`.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The alias of the alert to close; `None` to create one.
    pub close: Option<String>,
    /// The body.
    pub body: Value,
}

/// Renders a message as requests: one that creates an alert, or those that close one. None for what is not about an
/// incident.
pub fn render(message: &Message) -> Vec<Request> {
    let alias = |severity| incident::key(message, severity, limit::ALIAS);
    match incident::step(message.kind) {
        Some(Step::Open(severity)) => vec![Request { close: None, body: create(message, severity, &alias(severity)) }],
        Some(Step::End(severities)) => {
            let note = safe(&message.title, limit::ENTITY);
            let body = json!({"source": "Andon", "note": note});
            severities.iter().map(|severity| Request { close: Some(alias(*severity)), body: body.clone() }).collect()
        }
        None => Vec::new(),
    }
}

fn create(message: &Message, severity: Severity, alias: &str) -> Value {
    let about = &message.about;
    let mut details = Map::new();
    let mut left = limit::DETAILS;
    for (name, text) in incident::details(message, limit::DETAIL) {
        let size = name.encode_utf16().count() + text.encode_utf16().count();
        if let Some(rest) = left.checked_sub(size) {
            left = rest;
            details.insert(name, json!(text));
        }
    }
    json!({
        "message": safe(&message.title, limit::MESSAGE),
        "alias": alias,
        "description": fit(&description(message), limit::DESCRIPTION, char::len_utf16),
        "entity": safe(about.pipeline.name.as_str(), limit::ENTITY),
        "source": safe(&format!("Andon, {}", about.account), limit::SOURCE),
        "priority": match severity {
            Severity::Error => "P2",
            Severity::Warning => "P3",
        },
        "tags": ["andon", safe(message.kind.as_str(), limit::TAG)],
        "details": details,
    })
}

/// The causes and the links as text.
fn description(message: &Message) -> String {
    let mut text: Vec<String> = message.lead.iter().cloned().collect();
    for cause in &message.causes {
        text.push(cause.heading.clone());
        text.extend(cause.reason.iter().chain(&cause.lines).cloned());
    }
    text.extend(message.hint.iter().map(|hint| format!("What to do: {}", hint.text)));
    text.extend(message.links.iter().map(|link| format!("{}: {}", link.label, link.url)));
    andon::text::clean(&text.join("\n"))
}

/// Text from outside on one line, never empty, in at most so many characters.
fn safe(text: &str, limit: usize) -> String {
    let text = fit(&one_line(text), limit, char::len_utf16);
    if text.is_empty() { "-".to_owned() } else { text }
}
