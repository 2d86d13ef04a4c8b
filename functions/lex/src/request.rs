//! Requests of Lex V2, as far as they are used.
//!
//! Reading is tolerant: unknown members are ignored, and an invalid one counts as missing.

use andon_answers::intents;
use serde_json::{Map, Value};

/// The slot that holds the name of a pipeline.
pub(crate) const PIPELINE: &str = "pipeline";
/// The intent that Lex falls back to.
const FALLBACK: &str = "FallbackIntent";
/// The most characters of the words that are read.
const MAX_LEN: usize = 500;
/// The session attribute that the contact flow puts the caller's number into.
const CALLER: &str = "caller";
/// The request attribute that says which service passes the conversation on, and how Amazon Connect begins to name itself
/// there: it adds that it is a chat.
const PLATFORM: (&str, &str) = ("x-amz-lex:channels:platform", "Connect");

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// The id of the bot.
    pub(crate) bot: String,
    /// The locale, with a hyphen.
    pub(crate) locale: String,
    /// How it was said.
    pub(crate) input: Input,
    /// What was said.
    pub(crate) words: String,
    /// The name of the intent that Lex found.
    pub(crate) intent: String,
    /// The slots of the intent, null where they are empty.
    pub(crate) slots: Map<String, Value>,
    /// The name of a pipeline that Lex heard.
    pub(crate) pipeline: Option<String>,
    /// The attributes of the session.
    pub(crate) attributes: Map<String, Value>,
    /// The attributes of this one request, which go back as they came.
    pub(crate) of_turn: Map<String, Value>,
}

/// How something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// Typed.
    Text,
    /// Spoken.
    Speech,
    /// With the keys of a phone.
    Keys,
}

impl Request {
    /// Takes whatever the function was called with.
    pub(crate) fn read(payload: &Value) -> Self {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let object = |pointer: &str| payload.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default();
        let input = match text("/inputMode") {
            "DTMF" => Input::Keys,
            "Speech" => Input::Speech,
            _ if text("/responseContentType").starts_with("audio/") => Input::Speech,
            _ => Input::Text,
        };
        // The state of the session says what Lex goes on with; the first interpretation is the same on the first turn.
        let found = ["/sessionState/intent", "/interpretations/0/intent"];
        let intent = found.iter().find_map(|at| payload.pointer(at).filter(|intent| intent.get("name").is_some()));
        let name = intent.and_then(|intent| intent.get("name")?.as_str()).filter(|name| !name.is_empty());
        let slots = intent.and_then(|intent| intent.get("slots")?.as_object()).cloned().unwrap_or_default();
        Self {
            bot: text("/bot/id").to_owned(),
            locale: text("/bot/localeId").replace('_', "-"),
            input,
            words: text("/inputTranscript").trim().chars().take(MAX_LEN).collect(),
            intent: name.unwrap_or(FALLBACK).to_owned(),
            pipeline: slots.get(PIPELINE).and_then(heard),
            slots,
            attributes: object("/sessionState/sessionAttributes"),
            of_turn: object("/requestAttributes"),
        }
    }

    /// The number of whoever calls; empty where it is hidden. `None` for a conversation that is no call.
    pub(crate) fn caller(&self) -> Option<&str> {
        let (name, connect) = PLATFORM;
        let is_call = self.input != Input::Text
            || self.of_turn.get(name).and_then(Value::as_str).is_some_and(|platform| platform.starts_with(connect));
        is_call.then(|| self.attributes.get(CALLER).and_then(Value::as_str).unwrap_or_default())
    }

    /// Whether the intent has a slot for the name of a pipeline.
    pub(crate) fn has_name(&self) -> bool {
        intents::ABOUT_ONE.contains(&self.intent.as_str())
    }
}

/// What a slot holds, as it was said.
fn heard(slot: &Value) -> Option<String> {
    let value = slot.get("value")?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    text("originalValue").or_else(|| text("interpretedValue")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_or_of_another_type_is_no_error() {
        for payload in [json!(null), json!([]), json!({"bot": 7, "sessionState": {"intent": {"name": 5, "slots": []}}})]
        {
            let request = Request::read(&payload);
            assert_eq!((request.intent.as_str(), request.input), (FALLBACK, Input::Text), "{payload}");
        }
    }

    #[test]
    fn a_name_is_what_was_said_and_an_empty_slot_is_none() {
        let intent =
            |slot: Value| json!({"sessionState": {"intent": {"name": "StatusIntent", "slots": {"pipeline": slot}}}});
        let slot = json!({"shape": "Scalar", "value": {"originalValue": "payments", "interpretedValue": "x", "resolvedValues": []}});
        assert_eq!(Request::read(&intent(slot)).pipeline.as_deref(), Some("payments"));
        let interpreted = json!({"value": {"interpretedValue": "orders"}});
        assert_eq!(Request::read(&intent(interpreted)).pipeline.as_deref(), Some("orders"));
        for empty in [json!(null), json!({"value": null}), json!({"value": {"originalValue": " "}}), json!(3)] {
            assert_eq!(Request::read(&intent(empty)).pipeline, None);
        }
    }

    #[test]
    fn who_speaks_or_comes_by_connect_calls() {
        let typed = json!({"inputMode": "Text"});
        assert_eq!(Request::read(&typed).caller(), None);
        let spoken = json!({"inputMode": "Speech", "sessionState": {"sessionAttributes": {"caller": "+4930123456"}}});
        assert_eq!(Request::read(&spoken).caller(), Some("+4930123456"));
        for platform in ["Connect", "Connect Chat"] {
            let typed = json!({"inputMode": "Text", "requestAttributes": {"x-amz-lex:channels:platform": platform}});
            assert_eq!(Request::read(&typed).caller(), Some(""), "{platform}");
        }
    }
}
