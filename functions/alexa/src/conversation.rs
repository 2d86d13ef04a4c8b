//! What is remembered from one request of a conversation to the next.

use andon::answer::Session;
use andon::intervention::{Intervention, Order};
use andon::name::PipelineId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most characters of an answer that can be heard again.
const MOST: usize = 1_000;

/// The state of a conversation. Alexa keeps it; one that cannot be read back is taken for a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// What was talked of.
    pub talk: Session,
    /// What is about to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intended: Option<Intended>,
    /// What was said last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub said: String,
}

/// Something that somebody wants to have done, and how far that has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intended {
    /// What, by its name.
    pub what: String,
    /// What it came to when it was asked about; nothing while it is not clear to which pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Fingerprint>,
    /// Whether the asker has said yes to that.
    pub confirmed: bool,
}

/// What tells an order from any other: if the run has moved on since the asker was asked, it is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The pipeline.
    pub pipeline: PipelineId,
    execution: String,
    stage: Option<String>,
}

impl Fingerprint {
    /// That of an order.
    pub fn of(order: &Order) -> Self {
        Self {
            pipeline: order.pipeline.clone(),
            execution: order.execution.to_string(),
            stage: order.stage().map(ToString::to_string),
        }
    }
}

impl Intended {
    /// What is to be done.
    pub fn intervention(&self) -> Option<Intervention> {
        self.what.parse().ok()
    }
}

impl Conversation {
    /// What Alexa brings back.
    pub fn read(attributes: &Value) -> Self {
        Self::deserialize(attributes).unwrap_or_default()
    }

    /// What Alexa is to bring back.
    pub fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Notes what was said, so that it can be said again.
    pub fn note(&mut self, said: &str) {
        self.said = said.chars().take(MOST).collect();
    }
}
