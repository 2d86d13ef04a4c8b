//! Whether Slack would take a message: by the documented limits, and by the models of Slack's own SDK.
//!
//! The two complement each other: the SDK knows every member of every block, but not the length of a field, an empty
//! text or the number of blocks.

use std::collections::BTreeSet;
use std::io;

use serde_json::Value;

use crate::tools;

/// The most blocks of a message.
const BLOCKS: usize = 50;
/// The longest `text` beside the blocks that is shown whole everywhere.
const TEXT: usize = 4000;
/// The longest `block_id` and `action_id`.
const ID: usize = 255;
/// The longest value of a button.
const VALUE: usize = 2000;
/// The longest address of a button.
const URL: usize = 3000;

/// The blocks that a notification has use for, with what they may hold.
const KINDS: [Kind; 5] = [
    Kind { name: "header", text: 150, plain: true, lists: &[] },
    Kind { name: "section", text: 3000, plain: false, lists: &[List { member: "fields", most: 10, text: 2000 }] },
    Kind { name: "context", text: 0, plain: false, lists: &[List { member: "elements", most: 10, text: 3000 }] },
    Kind { name: "actions", text: 0, plain: false, lists: &[List { member: "elements", most: 25, text: 75 }] },
    Kind { name: "divider", text: 0, plain: false, lists: &[] },
];

struct Kind {
    name: &'static str,
    /// The longest `text`; 0 where there is none.
    text: usize,
    plain: bool,
    lists: &'static [List],
}

struct List {
    member: &'static str,
    most: usize,
    /// The longest text of one of them.
    text: usize,
}

/// What Slack's documented limits forbid in a message; lengths are counted in UTF-16 units, which is never too few.
pub fn faults(payload: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let beside = units(payload.get("text"));
    if !(1..=TEXT).contains(&beside) {
        faults.push(format!("text: {beside} units"));
    }
    let blocks = list(payload, "blocks");
    if blocks.len() > BLOCKS {
        faults.push(format!("{} blocks", blocks.len()));
    }
    let mut ids = BTreeSet::new();
    for (number, block) in blocks.iter().enumerate() {
        let mut complain = |what: String| faults.push(format!("block {number}: {what}"));
        let name = block.get("type").and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
            complain(format!("{name:?} is no block for a notification"));
            continue;
        };
        kind.judge(block, &mut complain);
        let holders = std::iter::once(block).chain(list(block, "elements"));
        for id in holders.flat_map(|holder| ["block_id", "action_id"].map(|member| holder.get(member))).flatten() {
            if !(1..=ID).contains(&units(Some(id))) || !ids.insert(id.to_string()) {
                complain(format!("the id {id} is too long or not the only one"));
            }
        }
        for value in list(block, "elements").iter().filter_map(|element| element.get("value")) {
            if units(Some(value)) > VALUE {
                complain(format!("a value of {} units", units(Some(value))));
            }
        }
        for url in list(block, "elements").iter().filter_map(|element| element.get("url")) {
            let length = units(Some(url));
            if length > URL || !url.as_str().is_some_and(|url| url.starts_with("https://")) {
                complain(format!("an address of {length} units, or not https"));
            }
        }
    }
    faults
}

impl Kind {
    fn judge(&self, block: &Value, complain: &mut impl FnMut(String)) {
        let text = block.get("text");
        let lists: usize = self.lists.iter().map(|wanted| list(block, wanted.member).len()).sum();
        if self.name != "divider" && text.is_none() && lists == 0 {
            complain("there is nothing in it".to_owned());
        }
        if let Some(text) = text {
            self.judge_text("text", text, self.text, self.plain, complain);
        }
        for List { member, most, text } in self.lists {
            let items = list(block, member);
            if block.get(member).is_some() && !(1..=*most).contains(&items.len()) {
                complain(format!("{} {member}", items.len()));
            }
            for item in items {
                let button = item.get("type").and_then(Value::as_str) == Some("button");
                let holder = if button { item.get("text").unwrap_or(&Value::Null) } else { item };
                self.judge_text(member, holder, *text, button, complain);
            }
        }
    }

    fn judge_text(&self, what: &str, text: &Value, most: usize, plain: bool, complain: &mut impl FnMut(String)) {
        let length = units(text.get("text"));
        if !(1..=most).contains(&length) {
            complain(format!("{what} of a {}: {length} units, not 1 to {most}", self.name));
        }
        let wanted = if plain { "plain_text" } else { "mrkdwn" };
        let kind = text.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind != wanted {
            complain(format!("{what} of a {}: {kind:?} instead of {wanted}", self.name));
        }
    }
}

/// What `slack_sdk`'s models say against these messages.
pub fn refusals<'a>(payloads: impl IntoIterator<Item = &'a Value>) -> io::Result<Vec<String>> {
    tools::judged("block_kit.py", payloads.into_iter().cloned())
}

fn list<'v>(holder: &'v Value, member: &str) -> &'v [Value] {
    holder.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn units(text: Option<&Value>) -> usize {
    text.and_then(Value::as_str).map_or(0, |text| text.encode_utf16().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(blocks: &Value) -> Value {
        json!({"text": "It failed", "blocks": blocks})
    }

    #[test]
    fn a_message_within_the_limits_is_taken() {
        let payload = message(&json!([
            {"type": "header", "text": {"type": "plain_text", "text": "It failed"}},
            {"type": "section", "text": {"type": "mrkdwn", "text": "why"}},
            {"type": "actions", "elements": [
                {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Look"}, "url": "https://a.example"},
            ]},
        ]));
        assert_eq!(faults(&payload), [""; 0]);
    }

    #[test]
    fn every_limit_is_looked_at() {
        let section = |text: &str| json!({"type": "section", "text": {"type": "mrkdwn", "text": text}});
        let button = |id: &str, url: &str| json!({"type": "button", "action_id": id, "text": {"type": "plain_text", "text": "x".repeat(76)}, "url": url});
        for (what, payload) in [
            ("text: 0 units", json!({"blocks": [section("why")]})),
            ("51 blocks", message(&json!(vec![section("why"); 51]))),
            ("\"poem\" is no block", message(&json!([{"type": "poem"}]))),
            ("nothing in it", message(&json!([{"type": "section"}]))),
            ("text of a section: 0 units", message(&json!([section("")]))),
            ("text of a section: 3002 units", message(&json!([section(&"\u{1f600}".repeat(1501))]))),
            ("instead of plain_text", message(&json!([{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]))),
            (
                "11 fields",
                message(&json!([{"type": "section", "fields": vec![json!({"type": "mrkdwn", "text": "a"}); 11]}])),
            ),
            (
                "elements of a actions: 76",
                message(&json!([{"type": "actions", "elements": [button("a", "https://a")]}])),
            ),
            ("not https", message(&json!([{"type": "actions", "elements": [button("a", "ftp://a")]}]))),
            (
                "not the only one",
                message(
                    &json!([{"type": "actions", "elements": [button("a", "https://a"), button("a", "https://a")]}]),
                ),
            ),
        ] {
            let found = faults(&payload);
            assert!(found.iter().any(|fault| fault.contains(what)), "{what}: {found:?}");
        }
    }

    #[test]
    fn the_sdk_knows_what_a_block_may_hold() {
        let wrong = [
            message(&json!([{"type": "header", "text": {"type": "plain_text", "text": "x".repeat(151)}}])),
            message(&json!([{"type": "section", "text": {"type": "mrkdwn", "text": "why"}, "colour": "red"}])),
            message(&json!([{"type": "poem"}])),
        ];
        let refused = refusals(&wrong).unwrap();
        assert_eq!(refused.len(), 3, "{refused:?}");
    }
}
