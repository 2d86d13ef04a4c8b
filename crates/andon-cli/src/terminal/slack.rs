//! A Slack message as readable text.

use serde_json::Value;

use andon::text::clean;

/// The blocks of a message, one after the other.
pub fn readable(message: &Value) -> String {
    let blocks = message.get("blocks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    clean(&blocks.iter().map(block).collect::<Vec<_>>().join("\n\n"))
}

fn block(block: &Value) -> String {
    let items = |member: &str| block.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    match block.get("type").and_then(Value::as_str) {
        Some("header") => {
            let title = text(block.get("text"));
            let rule = "=".repeat(super::width_of(&title));
            format!("{title}\n{rule}")
        }
        Some("section") => {
            let own = block.get("text").map(|own| text(Some(own)));
            let fields = items("fields").iter().map(|field| text(Some(field)).replacen('\n', ": ", 1));
            own.into_iter().chain(fields).collect::<Vec<_>>().join("\n")
        }
        Some("context") => items("elements").iter().map(|element| text(Some(element))).collect::<Vec<_>>().join("  "),
        Some("actions") => items("elements").iter().map(button).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

fn button(button: &Value) -> String {
    let url = button.get("url").and_then(Value::as_str).unwrap_or_default();
    format!("[{}] {url}", text(button.get("text")))
}

/// Markup taken back: links as label and address, entities as characters, no invisible spaces.
fn text(object: Option<&Value>) -> String {
    let text = object.and_then(|object| object.get("text")).and_then(Value::as_str).unwrap_or_default();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let (link, remaining) = after.split_once('>').unwrap_or((after, ""));
        match link.split_once('|') {
            Some((url, label)) => out.extend([label, " (", url, ")"]),
            None => out.push_str(link),
        }
        rest = remaining;
    }
    out.push_str(rest);
    out.replace('\u{200b}', "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
