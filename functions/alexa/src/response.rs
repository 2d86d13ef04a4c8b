//! Alexa responses, within Alexa's limits.
//!
//! Every response is valid: speech is escaped and truncated, whether the session continues is always explicit, and what would
//! make a response too large is left out, least important first.

use std::collections::BTreeMap;

use andon_answers::Speech;
use serde::Serialize;
use serde_json::Value;

use crate::request::Confirmation;

/// The most bytes of a reply. Alexa takes 120 KB today, and used to take 24.
pub(crate) const MAX_BYTES: usize = 24_000;
/// The most characters of a card. Alexa takes 8,000, but no one reads more than this.
const MAX_ON_CARD: usize = 2_000;
/// The most characters of a card's title.
const MAX_IN_TITLE: usize = 120;

/// A reply.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reply {
    version: &'static str,
    /// What is to come back with the next request of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_attributes: Option<Value>,
    response: Response,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    output_speech: Option<Ssml>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reprompt: Option<Reprompt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Card>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    directives: Vec<Directive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    should_end_session: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    can_fulfill_intent: Option<CanFulfill>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reprompt {
    output_speech: Ssml,
}

/// The speech.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename = "SSML")]
struct Ssml {
    ssml: String,
}

/// The card in the Alexa app: plain text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
enum Card {
    Simple { title: String, content: String },
}

/// What the device is to do beside speaking.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub(crate) enum Directive {
    /// Listen for a slot.
    #[serde(rename = "Dialog.ElicitSlot")]
    ElicitSlot {
        /// Which.
        slot_to_elicit: String,
        /// The intent with its current values.
        updated_intent: UpdatedIntent,
    },
    /// Listen for a yes or a no to all of it.
    #[serde(rename = "Dialog.ConfirmIntent")]
    ConfirmIntent {
        /// The intent with its current values.
        updated_intent: UpdatedIntent,
    },
    /// Listen for these words in this conversation.
    #[serde(rename = "Dialog.UpdateDynamicEntities")]
    UpdateDynamicEntities {
        /// They take the place of the words before.
        update_behavior: &'static str,
        /// The words by slot type.
        types: Vec<EntityType>,
    },
    /// Show a document.
    #[serde(rename = "Alexa.Presentation.APL.RenderDocument")]
    RenderDocument {
        /// Comes back when the document is touched.
        token: &'static str,
        /// How it looks.
        document: Value,
        /// What it shows.
        datasources: Value,
    },
}

/// An intent as the skill hands it back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdatedIntent {
    /// Its name.
    pub(crate) name: String,
    /// Whether the user has confirmed it.
    pub(crate) confirmation_status: Confirmation,
    /// Its slots by name.
    pub(crate) slots: BTreeMap<String, UpdatedSlot>,
}

/// A slot as the skill hands it back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdatedSlot {
    /// Its name.
    pub(crate) name: String,
    /// What it holds; nothing to listen for it anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// Slots are not confirmed one by one.
    pub(crate) confirmation_status: Confirmation,
}

/// Words of a slot type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct EntityType {
    /// The slot type.
    pub(crate) name: &'static str,
    /// The words.
    pub(crate) values: Vec<Entity>,
}

/// A thing by its names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Entity {
    /// The id that is returned for one of its names.
    pub(crate) id: String,
    /// Its names.
    pub(crate) name: EntityName,
}

/// What a thing is called.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct EntityName {
    /// Its name.
    pub(crate) value: String,
    /// What else people say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) synonyms: Vec<String>,
}

/// Whether the skill could answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CanFulfill {
    /// All in all.
    pub(crate) can_fulfill: Verdict,
    /// Slot by slot.
    pub(crate) slots: BTreeMap<String, CanFulfillSlot>,
}

/// Whether the skill could deal with a slot.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CanFulfillSlot {
    /// Whether it understands the value.
    pub(crate) can_understand: Verdict,
    /// Whether it can do something about it.
    pub(crate) can_fulfill: Verdict,
}

/// Yes or no, as Alexa writes it; of an intent also perhaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Once more is known. Only of an intent as a whole, and of understanding.
    Maybe,
}

impl Directive {
    /// Listen for a slot of an intent.
    pub(crate) fn listen_for(slot: &str, updated_intent: UpdatedIntent) -> Self {
        Self::ElicitSlot { slot_to_elicit: slot.to_owned(), updated_intent }
    }
}

impl UpdatedIntent {
    /// An intent of which nothing is known yet.
    pub(crate) fn empty(name: &str, slots: &[&str]) -> Self {
        let empty = |slot: &&str| {
            let value = UpdatedSlot { name: (*slot).to_owned(), value: None, confirmation_status: Confirmation::None };
            ((*slot).to_owned(), value)
        };
        let slots = slots.iter().map(empty).collect();
        Self { name: name.to_owned(), confirmation_status: Confirmation::None, slots }
    }

    /// And this in a slot.
    #[must_use]
    pub(crate) fn with(mut self, slot: &str, value: &str) -> Self {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.value = Some(value.to_owned());
        }
        self
    }
}

/// A text with nothing that XML cannot hold, of at most so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let may_stand = |c: &char| matches!(c, '\t' | '\n') || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().filter(may_stand).take(most).collect()
}

impl Reply {
    /// An empty response, to requests that are not questions.
    pub(crate) fn nothing() -> Self {
        Self { version: "1.0", session_attributes: None, response: Response::default() }
    }

    /// An empty response that ends the session, for a skill that is not allowed.
    pub(crate) fn refusal() -> Self {
        let mut reply = Self::nothing();
        reply.response.should_end_session = Some(true);
        reply
    }

    /// Whether the skill could answer.
    pub(crate) fn can_fulfill(answer: CanFulfill) -> Self {
        let mut reply = Self::nothing();
        reply.response.can_fulfill_intent = Some(answer);
        reply
    }

    /// Speaks and keeps listening; reprompts on silence.
    pub(crate) fn ask(speech: &Speech, again: &Speech) -> Self {
        let mut reply = Self::tell(speech);
        reply.response.reprompt = Some(Reprompt { output_speech: Ssml { ssml: again.ssml() } });
        reply.response.should_end_session = Some(false);
        reply
    }

    /// Says something, and that is the end of the conversation.
    pub(crate) fn tell(speech: &Speech) -> Self {
        let mut reply = Self::refusal();
        reply.response.output_speech = Some(Ssml { ssml: speech.ssml() });
        reply
    }

    /// And shows a card in the Alexa app.
    #[must_use]
    pub(crate) fn with_card(mut self, title: &str, content: &str) -> Self {
        if !content.trim().is_empty() {
            let (title, content) = (cut(title, MAX_IN_TITLE), cut(content, MAX_ON_CARD));
            self.response.card = Some(Card::Simple { title, content });
        }
        self
    }

    /// Adds a directive. The first added is dropped last.
    #[must_use]
    pub(crate) fn with(mut self, directive: Directive) -> Self {
        self.response.directives.push(directive);
        self
    }

    /// And has the device do something else, where there is something.
    #[must_use]
    pub(crate) fn with_all(mut self, directives: impl IntoIterator<Item = Directive>) -> Self {
        self.response.directives.extend(directives);
        self
    }

    /// And remembers something until the next request.
    #[must_use]
    pub(crate) fn remembering(mut self, attributes: Value) -> Self {
        self.session_attributes = Some(attributes);
        self
    }

    /// As JSON that is small enough: without its last directives or its card where need be.
    pub(crate) fn into_json(mut self) -> Value {
        loop {
            let json = serde_json::to_value(&self).unwrap_or_default();
            let is_small = json.to_string().len() <= MAX_BYTES;
            if is_small || (self.response.directives.pop().is_none() && self.response.card.take().is_none()) {
                return json;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use andon_answers::{Locale, Voice};
    use serde_json::json;

    use super::*;

    fn speech(text: &str) -> Speech {
        Speech::new(&[text.to_owned()], Voice::of(Locale::EnUs))
    }

    #[test]
    fn whether_the_conversation_goes_on_is_always_told() {
        assert_eq!(Reply::tell(&speech("Bye.")).into_json()["response"]["shouldEndSession"], json!(true));
        let asked = Reply::ask(&speech("Which one?"), &speech("Which?")).into_json();
        assert_eq!(asked["response"]["shouldEndSession"], json!(false));
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(Reply::nothing().into_json(), json!({"version": "1.0", "response": {}}));
    }

    #[test]
    fn what_makes_a_reply_too_large_is_left_out() {
        let large = |kilobytes: usize| Directive::RenderDocument {
            token: "board",
            document: "x".repeat(kilobytes * 1000).into(),
            datasources: Value::Null,
        };
        let reply = Reply::tell(&speech(&"é&".repeat(5_000))).with_card("Andon", &"\"é".repeat(5_000));
        let json = reply.with(large(2)).with(large(20)).into_json();
        assert_eq!(json["response"]["directives"].as_array().map(Vec::len), Some(1));
        assert!(json.to_string().len() <= MAX_BYTES);
    }
}
