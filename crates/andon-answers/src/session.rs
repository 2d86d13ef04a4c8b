//! The state of a conversation between two questions.

use serde::{Deserialize, Serialize};

use super::{Group, Topic};
use andon::line::Line;
use andon::name::PipelineId;

/// The most pipelines that are remembered as spoken of.
const MAX: usize = 5;

/// The state of a conversation. One that cannot be read back counts as a new conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The pipelines spoken of, the last one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spoken_of: Vec<PipelineId>,
    /// The branch or pull request of the one spoken of last, where the question was about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// What was last asked of a pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// The last list, complete or in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listing: Option<Listing>,
    /// What the asker was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// The typed question that the asker was asked about: a reply completes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The pipelines that the last answer named, in its order: "the third one".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<PipelineId>,
    /// Whether what was said last was not understood.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_lost: bool,
}

/// A list that was given as an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What pipelines.
    pub group: Group,
    /// How many of them have been named.
    pub named: usize,
}

/// A question to the asker that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pending {
    /// Which of these is meant? The topic is what the answer will be about.
    WhichOne {
        /// What was asked.
        topic: Topic,
        /// The candidates; empty if no pipeline was named.
        candidates: Vec<PipelineId>,
    },
    /// Whether to continue the list.
    More,
    /// Whether to say why the pipeline failed.
    Why,
}

impl Session {
    /// Notes that a pipeline was spoken of.
    pub fn speak_of(&mut self, pipeline: &PipelineId) {
        self.spoken_of.retain(|known| known != pipeline);
        self.spoken_of.insert(0, pipeline.clone());
        self.spoken_of.truncate(MAX);
    }
}
