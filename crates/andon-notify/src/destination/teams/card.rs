//! Teams rendering as an Adaptive Card, built within the size that Teams takes.
//!
//! Every text from outside is a `TextRun`, which has no Markdown, so nothing in it is markup, a link or a mention.

use serde_json::{Value, json};

use crate::message::{Cause, Fact, Hint, Link, Message};
use andon::alert::Tone;
use andon::text::{self, fit};

/// The most bytes of a rendered message. Teams refuses messages from about 28 KB, what the workflow adds included.
pub const MAX_LEN: usize = 24 * 1024;

/// The most bytes of one text as JSON.
mod limit {
    pub(super) const TITLE: usize = 300;
    pub(super) const HEADING: usize = 300;
    pub(super) const TEXT: usize = 1000;
    /// One line of a log.
    pub(super) const LINE: usize = 500;
    pub(super) const URL: usize = 2000;
    /// Teams shows six buttons, and puts further ones into a menu.
    pub(super) const BUTTONS: usize = 6;
}

/// What is said where not everything fits.
const CUT: &str = "Some details are left out, because Teams limits the size of a card.";

/// The bytes that are left in the card.
struct Room {
    left: usize,
    is_short: bool,
}

impl Room {
    /// The element, if there is room for it.
    fn take(&mut self, element: Value) -> Option<Value> {
        let left = self.left.checked_sub(len(&element));
        self.is_short |= left.is_none();
        self.left = left.unwrap_or(self.left);
        left.map(|_| element)
    }

    fn take_all(&mut self, elements: impl IntoIterator<Item = Value>) -> Vec<Value> {
        elements.into_iter().filter_map(|element| self.take(element)).collect()
    }
}

/// Renders a message as what the webhook of a workflow takes: a message with one card.
pub fn render(message: &Message) -> Value {
    let envelope = envelope(message, &[], &[]);
    let footer = paragraph(&[run(&footer(message), limit::TEXT, &json!({"isSubtle": true, "size": "Small"}))]);
    let cut = paragraph(&[run(CUT, limit::TEXT, &json!({"isSubtle": true}))]);
    let mut room = Room { left: MAX_LEN - len(&envelope) - len(&footer) - len(&cut), is_short: false };
    // Room goes to what is needed most, which is another order than that of the card.
    let header = room.take(header(message));
    let actions = room.take_all(message.links.iter().filter(|link| fits(&link.url)).take(limit::BUTTONS).map(action));
    let hint = message.hint.as_ref().and_then(|hint| room.take(advice(hint)));
    let facts = room.take_all(message.facts.iter().enumerate().map(|(index, of)| match index {
        0 => fact(of),
        _ => close(fact(of)),
    }));
    let causes: Vec<Value> = message.causes.iter().filter_map(|of| room.take(cause(of))).collect();
    let notes = room.take_all(
        message
            .notes
            .iter()
            .map(|note| paragraph(&[run(note, limit::TEXT, &json!({"isSubtle": true, "italic": true}))])),
    );
    let cut = room.is_short.then_some(cut);
    let body = header.into_iter().chain(causes).chain(hint).chain(facts).chain(notes).chain(cut).chain([footer]);
    self::envelope(message, &body.collect::<Vec<_>>(), &actions)
}

fn envelope(message: &Message, body: &[Value], actions: &[Value]) -> Value {
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": safe(&message.title, limit::TITLE),
                "msteams": {"width": "Full"},
                "body": body,
                "actions": actions,
            },
        }],
    })
}

fn header(message: &Message) -> Value {
    let style = match message.kind.tone() {
        Tone::Bad => "attention",
        Tone::Good => "good",
        Tone::Attention => "warning",
        Tone::Neutral => "emphasis",
    };
    let title = run(&message.title, limit::TITLE, &json!({"size": "Large", "weight": "Bolder"}));
    let lead = message.lead.as_deref().map(|lead| paragraph(&[run(lead, limit::TEXT, &json!({}))]));
    let items: Vec<Value> = std::iter::once(paragraph(&[title])).chain(lead).collect();
    json!({"type": "Container", "style": style, "bleed": true, "items": items})
}

fn cause(cause: &Cause) -> Value {
    let heading = paragraph(&[run(&cause.heading, limit::HEADING, &json!({"weight": "Bolder"}))]);
    let reason = cause.reason.as_deref().map(|reason| paragraph(&[run(reason, limit::TEXT, &json!({}))]));
    let lines: Vec<Value> = cause.lines.iter().map(|line| close(paragraph(&[code(line)]))).collect();
    let log = (!lines.is_empty()).then(|| json!({"type": "Container", "style": "emphasis", "items": lines}));
    let items: Vec<Value> = std::iter::once(heading).chain(reason.map(close)).chain(log).collect();
    json!({"type": "Container", "items": items})
}

fn advice(hint: &Hint) -> Value {
    let text = run(&hint.text, limit::TEXT, &json!({}));
    let more = hint.url.as_deref().filter(|url| fits(url)).map(|url| run("Runbook", limit::TEXT, &opening(url)));
    let more = more.into_iter().flat_map(|link| [json!({"type": "TextRun", "text": " "}), link]);
    paragraph(&[label("What to do"), text].into_iter().chain(more).collect::<Vec<_>>())
}

fn fact(fact: &Fact) -> Value {
    let more = fact.url.as_deref().filter(|url| fits(url)).map_or_else(|| json!({}), opening);
    paragraph(&[label(fact.label), run(&fact.value, limit::TEXT, &more)])
}

fn action(link: &Link) -> Value {
    json!({"type": "Action.OpenUrl", "title": safe(link.label, limit::HEADING), "url": link.url})
}

fn footer(message: &Message) -> String {
    let about = &message.about;
    let run = about.execution.as_ref().map(|execution| format!(" · run {}", execution.short())).unwrap_or_default();
    format!("{} · {} · {}{run}", about.pipeline.name, about.account, about.pipeline.home.region)
}

fn paragraph(runs: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "inlines": runs})
}

/// An element right below the one before.
fn close(mut element: Value) -> Value {
    if let Some(element) = element.as_object_mut() {
        element.insert("spacing".to_owned(), json!("None"));
    }
    element
}

fn label(text: &str) -> Value {
    json!({"type": "TextRun", "text": format!("{text}: "), "weight": "Bolder"})
}

/// A piece of text with the members of `style`.
fn run(text: &str, limit: usize, style: &Value) -> Value {
    let mut run = json!({"type": "TextRun", "text": safe(text, limit)});
    if let (Some(run), Some(style)) = (run.as_object_mut(), style.as_object()) {
        run.extend(style.clone());
    }
    run
}

/// A line of a log, with its indentation.
fn code(line: &str) -> Value {
    let line = text::clean(line);
    let words = line.trim_start();
    let indentation = "\u{a0}".repeat(line.chars().count() - words.chars().count());
    let mut run = run(words, limit::LINE, &json!({"fontType": "Monospace"}));
    let text = run.get("text").and_then(Value::as_str).map(|text| format!("{}{text}", fit(&indentation, 40, |_| 1)));
    if let (Some(run), Some(text)) = (run.as_object_mut(), text) {
        run.insert("text".to_owned(), json!(text));
    }
    run
}

fn opening(url: &str) -> Value {
    json!({"selectAction": {"type": "Action.OpenUrl", "url": url}})
}

fn fits(url: &str) -> bool {
    url.len() <= limit::URL && (url.starts_with("https://") || url.starts_with("http://"))
}

/// Text from outside on one line, never empty. `{{DATE(...)}}` would be replaced by clients.
fn safe(text: &str, limit: usize) -> String {
    let text = text::one_line(text);
    let text = if text.is_empty() { "-" } else { &text };
    fit(text, limit, cost).replace("{{", "{\u{200b}{")
}

/// The bytes that a character can take up in JSON; two braces get three more between them.
fn cost(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        '{' => 4,
        c => c.len_utf8(),
    }
}

/// The bytes of an element in a list.
fn len(element: &Value) -> usize {
    element.to_string().len() + ",".len()
}
