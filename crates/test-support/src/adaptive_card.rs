//! Whether a message is one that Teams takes: an Adaptive Card of elements and members that version 1.4 of the schema
//! has.

use serde_json::Value;

/// The most bytes of a message: "approximately 28 KB".
pub const MAX_LEN: usize = 28 * 1024;

/// An element or action: its members, with those that it cannot do without first.
struct Kind {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "AdaptiveCard",
        required: &["version", "body"],
        optional: &["$schema", "fallbackText", "msteams", "actions"],
    },
    Kind { name: "Container", required: &["items"], optional: &["style", "bleed", "spacing", "separator"] },
    Kind { name: "RichTextBlock", required: &["inlines"], optional: &["spacing", "separator", "horizontalAlignment"] },
    Kind {
        name: "TextRun",
        required: &["text"],
        optional: &["size", "weight", "color", "isSubtle", "italic", "fontType", "selectAction"],
    },
    Kind { name: "Action.OpenUrl", required: &["url"], optional: &["title"] },
];

/// The values of members that have only some.
const VALUES: [(&str, &[&str]); 6] = [
    ("style", &["default", "emphasis", "good", "attention", "warning", "accent"]),
    ("size", &["Default", "Small", "Medium", "Large", "ExtraLarge"]),
    ("weight", &["Default", "Lighter", "Bolder"]),
    ("fontType", &["Default", "Monospace"]),
    ("spacing", &["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]),
    ("version", &["1.0", "1.1", "1.2", "1.3", "1.4"]),
];

/// What is wrong with a message, a line for each.
pub fn faults(message: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let length = message.to_string().len();
    if length > MAX_LEN {
        faults.push(format!("{length} bytes"));
    }
    if message["type"] != "message" {
        faults.push("it is not a message".to_owned());
    }
    match message["attachments"].as_array().map(Vec::as_slice) {
        Some([attachment]) if attachment["contentType"] == "application/vnd.microsoft.card.adaptive" => {
            judge(&attachment["content"], "AdaptiveCard", &mut faults);
        }
        _ => faults.push("it does not have one card".to_owned()),
    }
    faults
}

fn judge(element: &Value, expected: &str, faults: &mut Vec<String>) {
    let name = element["type"].as_str().unwrap_or_default();
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        return faults.push(format!("{name:?} is no element"));
    };
    let is_expected = match expected {
        "element" => ["Container", "RichTextBlock"].contains(&name),
        expected => name == expected,
    };
    if !is_expected {
        faults.push(format!("a {name} in place of {expected}"));
    }
    for member in kind.required.iter().filter(|member| element.get(**member).is_none()) {
        faults.push(format!("a {name} without {member}"));
    }
    for (member, value) in element.as_object().into_iter().flatten() {
        if member != "type" && !kind.required.contains(&member.as_str()) && !kind.optional.contains(&member.as_str()) {
            faults.push(format!("a {name} has no {member}"));
        }
        let values = VALUES.iter().find(|(name, _)| name == member).map(|(_, values)| *values);
        if values.is_some_and(|values| !value.as_str().is_some_and(|value| values.contains(&value))) {
            faults.push(format!("{member} of a {name} is {value}"));
        }
        match member.as_str() {
            "body" | "items" => each(value, "element", faults),
            "inlines" => each(value, "TextRun", faults),
            "actions" if value.as_array().is_some_and(Vec::is_empty) => {}
            "actions" => each(value, "Action.OpenUrl", faults),
            "selectAction" => judge(value, "Action.OpenUrl", faults),
            "text" | "title" if value.as_str().is_none_or(str::is_empty) => {
                faults.push(format!("{member} of a {name} is empty"));
            }
            "url" if !value.as_str().is_some_and(|url| url.starts_with("https://") || url.starts_with("http://")) => {
                faults.push(format!("the address {value}"));
            }
            _ => {}
        }
    }
}

fn each(list: &Value, expected: &str, faults: &mut Vec<String>) {
    match list.as_array() {
        Some(items) if !items.is_empty() => items.iter().for_each(|item| judge(item, expected, faults)),
        _ => faults.push(format!("no {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(body: &Value) -> Value {
        let card = json!({"type": "AdaptiveCard", "version": "1.4", "body": body});
        json!({"type": "message", "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card},
        ]})
    }

    fn text(text: &str) -> Value {
        json!({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]})
    }

    #[test]
    fn a_card_of_known_elements_is_taken() {
        assert_eq!(faults(&message(&json!([text("It failed")]))), [""; 0]);
    }

    #[test]
    fn everything_else_is_not() {
        for (what, message) in [
            ("not a message", json!({"attachments": []})),
            ("no element", message(&json!([]))),
            ("\"Poem\" is no element", message(&json!([{"type": "Poem"}]))),
            ("without inlines", message(&json!([{"type": "RichTextBlock"}]))),
            ("text of a TextRun is empty", message(&json!([text("")]))),
            ("has no colour", message(&json!([{"type": "Container", "colour": "red", "items": [text("a")]}]))),
            ("style of a Container", message(&json!([{"type": "Container", "style": "red", "items": [text("a")]}]))),
            ("a TextRun in place of element", message(&json!([{"type": "TextRun", "text": "a"}]))),
            ("30", message(&json!([text(&"x".repeat(30_000))]))),
        ] {
            let found = faults(&message);
            assert!(found.iter().any(|fault| fault.contains(what)), "{what}: {found:?}");
        }
    }
}
