//! The state of a conversation between two turns.

use andon_answers::Session;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The session attribute that holds it. The other attributes belong to the client.
pub(crate) const ATTRIBUTE: &str = "andon";
/// The most bytes of the attribute. A conversation that is longer than this begins anew.
const MAX_BYTES: usize = 4_096;

/// The state of a conversation. The client can write what it likes into it: it says what was spoken of, and allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Conversation {
    /// What was talked of.
    pub(crate) talk: Session,
    /// How many questions in a row were not understood, or named a pipeline that there is not.
    #[serde(skip_serializing_if = "is_none")]
    pub(crate) lost: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none(lost: &u8) -> bool {
    *lost == 0
}

impl Conversation {
    /// The one that the session attributes hold; a new one where they hold none that can be read.
    pub(crate) fn read(attributes: &Map<String, Value>) -> Self {
        let text = attributes.get(ATTRIBUTE).and_then(Value::as_str).filter(|text| text.len() <= MAX_BYTES);
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// The value of the attribute; `None` if it is too long.
    pub(crate) fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok().filter(|text| text.len() <= MAX_BYTES)
    }
}
