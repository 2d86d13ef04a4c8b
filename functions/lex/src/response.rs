//! Responses of Lex V2, within its limits.

use std::cmp::Reverse;

use andon::board::PipelineRow;
use andon::name::PipelineId;
use andon_answers::{Answer, Fleet, Kind, Speech, Topic, Voice, called, intents, spoken, written};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::conversation::{ATTRIBUTE, Conversation};
use crate::request::{Input, PIPELINE, Request};

/// The most messages of a response, less the one that holds the buttons.
const MAX_MESSAGES: usize = 9;
/// The most characters of a message.
const MAX_LEN: usize = 1_024;
/// The most characters of a card's title.
const MAX_TITLE: usize = 250;
/// The most buttons of a card, and the most characters of a button's text and value.
const MAX_BUTTONS: usize = 5;
const MAX_BUTTON: usize = 50;
/// The most names that Lex listens for in a slot, and the most characters of one.
const MAX_HINTS: usize = 100;
const MAX_HINT: usize = 140;
/// The most bytes of the names in one slot, and what a name takes beside itself.
const MAX_HINT_BYTES: usize = 2_000;
const AROUND_HINT: usize = 13;

/// What Lex does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The turn is over.
    Close(State),
    /// Anything may be said.
    ElicitIntent,
    /// The name of a pipeline is asked for.
    ElicitPipeline,
}

/// How a turn has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It was answered.
    Fulfilled,
    /// It could not be answered. A contact flow hands over to a person.
    Failed,
}

/// A button: its text, and what pressing it says.
pub(crate) type Button = (String, String);

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    is_read: bool,
    attributes: Map<String, Value>,
    request_attributes: Map<String, Value>,
    action: Value,
    intent: Value,
    hints: Option<Value>,
    messages: Vec<Value>,
    title: String,
}

impl Response {
    /// A response without a message.
    pub(crate) fn new(request: &Request, next: Next) -> Self {
        let (action, state) = match next {
            Next::Close(State::Fulfilled) => (json!({"type": "Close"}), "Fulfilled"),
            Next::Close(State::Failed) => (json!({"type": "Close"}), "Failed"),
            Next::ElicitIntent => (json!({"type": "ElicitIntent"}), "InProgress"),
            Next::ElicitPipeline => (json!({"type": "ElicitSlot", "slotToElicit": PIPELINE}), "InProgress"),
        };
        let mut slots = request.slots.clone();
        if next == Next::ElicitPipeline {
            slots.insert(PIPELINE.to_owned(), Value::Null);
        }
        Self {
            is_read: request.input == Input::Text,
            attributes: request.attributes.clone(),
            request_attributes: request.of_turn.clone(),
            action,
            intent: json!({"name": request.intent, "state": state, "slots": slots}),
            hints: None,
            messages: Vec::new(),
            title: String::new(),
        }
    }

    /// With the sentences of an answer, to be read or heard.
    pub(crate) fn answering(mut self, answer: &Answer, voice: &Voice, now: Timestamp) -> Self {
        self.title = cut(&answer.card.title, MAX_TITLE);
        if self.is_read {
            self.messages = packed(written(answer, voice, now).lines(), "\n", str::to_owned)
                .into_iter()
                .map(|content| json!({"contentType": "PlainText", "content": content}))
                .collect();
            self
        } else {
            self.saying(&answer.speech)
        }
    }

    /// With these sentences.
    pub(crate) fn saying(mut self, speech: &Speech) -> Self {
        let sentences = speech.sentences().iter().map(String::as_str);
        self.messages = if self.is_read {
            let texts = packed(sentences, " ", str::to_owned);
            texts.into_iter().map(|content| json!({"contentType": "PlainText", "content": content})).collect()
        } else {
            let mut texts = packed(sentences, "\n", speech_markup);
            // A mark for what is left out says nothing to who listens.
            texts.retain(|text| *text != speech_markup(MORE));
            texts.into_iter().map(|content| json!({"contentType": "SSML", "content": content})).collect()
        };
        self
    }

    /// And keeps the conversation.
    pub(crate) fn remembering(mut self, conversation: &Conversation) -> Self {
        match conversation.write() {
            Some(text) => self.attributes.insert(ATTRIBUTE.to_owned(), json!(text)),
            None => self.attributes.remove(ATTRIBUTE),
        };
        self
    }

    /// And offers buttons.
    pub(crate) fn offering(mut self, buttons: Vec<Button>) -> Self {
        if !buttons.is_empty() && !self.title.is_empty() {
            let buttons: Vec<Value> = buttons
                .into_iter()
                .filter(|(_, value)| value.chars().count() <= MAX_BUTTON)
                .take(MAX_BUTTONS)
                .map(|(text, value)| json!({"text": cut(&text, MAX_BUTTON), "value": value}))
                .collect();
            let card = json!({"title": self.title, "buttons": buttons});
            self.messages.push(json!({"contentType": "ImageResponseCard", "imageResponseCard": card}));
        }
        self
    }

    /// And has Lex listen for names.
    pub(crate) fn hinting(mut self, hints: Option<Value>) -> Self {
        self.hints = hints;
        self
    }

    pub(crate) fn into_json(self) -> Value {
        let mut state =
            json!({"sessionAttributes": self.attributes, "dialogAction": self.action, "intent": self.intent});
        if let (Some(state), Some(hints)) = (state.as_object_mut(), self.hints) {
            state.insert("runtimeHints".to_owned(), hints);
        }
        json!({"sessionState": state, "messages": self.messages, "requestAttributes": self.request_attributes})
    }
}

/// The last message where more was to be said.
const MORE: &str = "…";

/// What an answer offers to go on with: the candidates it asks about, or what is asked next of a pipeline that is red.
pub(crate) fn buttons(answer: &Answer, fleet: &Fleet, voice: &Voice) -> Vec<Button> {
    let name = |pipeline: &PipelineId| fleet.row(pipeline).map(|row| called(fleet, row, voice));
    match &answer.kind {
        Kind::WhichOne(candidates) | Kind::NoSuchPipeline(candidates) => {
            candidates.iter().filter_map(name).map(|name| (name.clone(), name)).collect()
        }
        Kind::Told if voice.locale().language() == "en" => match answer.rows.as_slice() {
            [row] if row.red_since().is_some() => [(Topic::Why, "Why?"), (Topic::Change, "Who changed it?")]
                .into_iter()
                .filter(|(topic, _)| answer.session.topic != Some(*topic))
                .map(|(_, text)| (text.to_owned(), text.to_lowercase()))
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The spoken names of the pipelines with the latest news, for Lex to listen for.
pub(crate) fn hints(fleet: &Fleet) -> Option<Value> {
    let mut rows: Vec<&PipelineRow> = fleet.rows().iter().collect();
    rows.sort_by_key(|row| Reverse(row.news_at()));
    let mut bytes = 0;
    let phrases: Vec<Value> = rows
        .into_iter()
        .map(|row| spoken(row.overview.pipeline.name.as_str()))
        .filter(|name| !name.is_empty() && name.chars().count() <= MAX_HINT)
        .take_while(|name| {
            bytes += name.len() + AROUND_HINT;
            bytes <= MAX_HINT_BYTES
        })
        .take(MAX_HINTS)
        .map(|phrase| json!({"phrase": phrase}))
        .collect();
    if phrases.is_empty() {
        return None;
    }
    let of_slot = json!({PIPELINE: {"runtimeHintValues": phrases}});
    let intents: Map<String, Value> =
        intents::ABOUT_ONE.iter().map(|intent| ((*intent).to_owned(), of_slot.clone())).collect();
    Some(json!({"slotHints": intents}))
}

/// Texts joined to as few messages as their limits allow. What does not fit is left out, and the last message is `…`.
fn packed<'t>(texts: impl Iterator<Item = &'t str>, between: &str, finished: impl Fn(&str) -> String) -> Vec<String> {
    let fits = |text: &str| finished(text).chars().count() <= MAX_LEN;
    let mut messages: Vec<String> = Vec::new();
    for text in texts {
        let mut text = text.to_owned();
        while !fits(&text) {
            text = cut(&text, text.chars().count() / 2);
        }
        match messages.last_mut().map(|last| (format!("{last}{between}{text}"), last)) {
            Some((joined, last)) if fits(&joined) => *last = joined,
            _ => messages.push(text),
        }
    }
    if messages.len() > MAX_MESSAGES {
        messages.truncate(MAX_MESSAGES - 1);
        messages.push(MORE.to_owned());
    }
    messages.iter().filter(|text| !text.trim().is_empty()).map(|text| finished(text.trim())).collect()
}

/// Sentences, a line each, in the markup that the voices of Amazon Polly know.
fn speech_markup(sentences: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let sentences: Vec<String> = sentences.lines().map(|sentence| format!("<s>{}</s>", escape(sentence))).collect();
    format!("<speak>{}</speak>", sentences.concat())
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_is_longer_than_lex_takes() {
        let lines = ["x".repeat(3_000), "é&<".repeat(400), "a".repeat(1_000), "b".repeat(23), "c".repeat(500)];
        let texts = packed(lines.iter().map(String::as_str), "\n", speech_markup);
        assert!(
            texts.iter().all(|text| text.chars().count() <= MAX_LEN && text.ends_with("</s></speak>")),
            "{texts:?}"
        );
        let plain = packed(["one", "two", ""].into_iter(), "\n", str::to_owned);
        assert_eq!(plain, ["one\ntwo"]);
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_the_end_says_so() {
        let line = "x".repeat(1_000);
        let texts = packed(std::iter::repeat_n(line.as_str(), 40), "\n", str::to_owned);
        assert_eq!((texts.len(), texts.last().map(String::as_str)), (MAX_MESSAGES, Some("…")));
    }

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(speech_markup("a <b> & c"), "<speak><s>a &lt;b&gt; &amp; c</s></speak>");
    }
}
