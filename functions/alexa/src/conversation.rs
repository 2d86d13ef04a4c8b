//! The state of a conversation between two requests.

use andon::name::PipelineId;
use andon::run_action::{PlannedAction, RunAction};
use andon_answers::{Pending, Question, Session, Subject, Topic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The state of a conversation. Alexa keeps it; one that cannot be read back is taken for a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Conversation {
    /// What was talked of.
    pub(crate) talk: Session,
    /// What is about to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) intended: Option<Intended>,
    /// The last answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) said: String,
}

/// A requested action and its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intended {
    /// What, by its name.
    pub(crate) what: String,
    /// What it came to when it was asked about; nothing while it is not clear to which pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) order: Option<Fingerprint>,
    /// Whether the user has confirmed it.
    pub(crate) confirmed: bool,
}

/// The identity of an order: if the run has moved on since the question, it differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// The pipeline.
    pub(crate) pipeline: PipelineId,
    execution: String,
    stage: Option<String>,
}

impl Fingerprint {
    /// That of an order.
    pub(crate) fn of(order: &PlannedAction) -> Self {
        Self {
            pipeline: order.pipeline.clone(),
            execution: order.execution.to_string(),
            stage: order.stage().map(ToString::to_string),
        }
    }

    /// A question that leads to its pipeline.
    pub(crate) fn question(&self) -> Question {
        Question::About(Topic::Status, Subject::Known(vec![self.pipeline.clone()]))
    }
}

impl Intended {
    /// Something that is wanted, of a pipeline that is yet to be made out.
    pub(crate) fn to(what: RunAction) -> Self {
        Self { what: what.to_string(), order: None, confirmed: false }
    }

    /// With the order, and whether the user has confirmed it.
    #[must_use]
    pub(crate) fn with(self, order: Fingerprint, confirmed: bool) -> Self {
        Self { order: Some(order), confirmed, ..self }
    }

    /// What is wanted.
    pub(crate) fn intervention(&self) -> Option<RunAction> {
        self.what.parse().ok()
    }

    /// Whether it is this.
    pub(crate) fn is_to(&self, what: RunAction) -> bool {
        self.what == what.as_str()
    }
}

impl Conversation {
    /// What Alexa brings back.
    pub(crate) fn read(attributes: &Value) -> Self {
        Self::deserialize(attributes).unwrap_or_default()
    }

    /// What Alexa is to bring back.
    pub(crate) fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Reads a question as the answer to "which pipeline?" if that was asked, whatever intent Alexa sent.
    pub(crate) fn named(&self, question: Question) -> Question {
        match (question, &self.talk.pending) {
            (Question::About(asked, subject), Some(Pending::WhichOne { topic, .. }))
                if asked == *topic && subject != Subject::Last =>
            {
                Question::Named(subject)
            }
            (question, _) => question,
        }
    }
}
