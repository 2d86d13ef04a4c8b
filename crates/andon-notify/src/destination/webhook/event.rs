//! Webhook rendering as a `CloudEvent` 1.0 in JSON, below the 64 KB that intermediaries have to forward.

use serde_json::{Value, json};

use crate::incident::json_len;
use crate::message::{Cause, Fact, Message};
use andon::alert::Tone;
use andon::links::encode;
use andon::text::{self, fit};

/// The JSON Schema of the events.
pub const SCHEMA: &str = include_str!("event.schema.json");

/// The most bytes of one text as JSON. In all, eight causes of 3,300, twelve facts of 1,550, five links of 1,100 and the
/// rest stay below 64 KB.
mod limit {
    pub(super) const TITLE: usize = 500;
    pub(super) const TEXT: usize = 1000;
    pub(super) const VALUE: usize = 500;
    /// One line of a log.
    pub(super) const LINE: usize = 500;
    pub(super) const URL: usize = 1000;
    pub(super) const CAUSES: usize = 9;
    pub(super) const LINES: usize = 12;
    pub(super) const FACTS: usize = 12;
    pub(super) const LINKS: usize = 5;
    pub(super) const NOTES: usize = 4;
}

/// Renders a message as an event with this id, which is the same however often it is sent.
pub fn render(message: &Message, id: &str) -> Value {
    let about = &message.about;
    let home = &about.pipeline.home;
    let source = format!(
        "/{}/{}/{}",
        encode(home.account.as_str()),
        encode(home.region.as_str()),
        encode(about.pipeline.name.as_str())
    );
    let mut event = json!({
        "specversion": "1.0",
        "id": safe(id, limit::TITLE),
        "source": source,
        "type": format!("andon.alert.{}", message.kind),
        "time": message.at.to_string(),
        "datacontenttype": "application/json",
        "data": {
            "kind": message.kind.as_str(),
            "tone": match message.kind.tone() {
                Tone::Bad => "bad",
                Tone::Good => "good",
                Tone::Attention => "attention",
                Tone::Neutral => "neutral",
            },
            "title": safe(&message.title, limit::TITLE),
            "lead": message.lead.as_deref().map(|lead| safe(lead, limit::TEXT)),
            "account": home.account.as_str(),
            "accountName": safe(&about.account, limit::VALUE),
            "region": home.region.as_str(),
            "pipeline": about.pipeline.name.as_str(),
            "execution": about.execution.as_ref().map(|execution| execution.as_str().to_owned()),
            "stage": about.stage.as_ref().map(|stage| safe(stage.as_str(), limit::VALUE)),
            "action": about.action.as_ref().map(|action| safe(action.as_str(), limit::VALUE)),
            "causes": message.causes.iter().take(limit::CAUSES).map(cause).collect::<Vec<_>>(),
            "hint": message.hint.as_ref().map(|hint| json!({
                "text": safe(&hint.text, limit::TEXT),
                "url": hint.url.as_deref().and_then(address),
            })),
            "facts": message.facts.iter().take(limit::FACTS).map(fact).collect::<Vec<_>>(),
            "notes": message.notes.iter().take(limit::NOTES).map(|note| safe(note, limit::VALUE)).collect::<Vec<_>>(),
            "links": message.links.iter().take(limit::LINKS).filter_map(|link| {
                Some(json!({"label": link.label, "url": address(&link.url)?}))
            }).collect::<Vec<_>>(),
        },
    });
    if let (Some(event), Some(execution)) = (event.as_object_mut(), &about.execution) {
        event.insert("subject".to_owned(), json!(execution.as_str()));
    }
    event
}

fn cause(cause: &Cause) -> Value {
    json!({
        "heading": safe(&cause.heading, limit::VALUE),
        "reason": cause.reason.as_deref().map(|reason| safe(reason, limit::TEXT)),
        "lines": cause.lines.iter().take(limit::LINES).map(|line| safe(line, limit::LINE)).collect::<Vec<_>>(),
    })
}

fn fact(fact: &Fact) -> Value {
    json!({
        "label": fact.label,
        "value": safe(&fact.value, limit::VALUE),
        "url": fact.url.as_deref().and_then(address),
    })
}

fn address(url: &str) -> Option<&str> {
    (url.len() <= limit::URL).then_some(url)
}

/// Text from outside without hostile characters, in at most so many bytes.
fn safe(text: &str, limit: usize) -> String {
    fit(&text::clean(text), limit, json_len)
}
