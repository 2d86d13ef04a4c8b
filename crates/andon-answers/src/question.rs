//! Parsed questions.

use serde::{Deserialize, Serialize};

use super::{Phrase, Voice};
use andon::name::PipelineId;

/// A question, as a skill's intent, a slash command or a sentence carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The session started without a question.
    Welcome,
    /// What can I ask?
    Help,
    /// Enough; goodbye.
    Goodbye,
    /// The question was not understood.
    NotUnderstood,
    /// How are all pipelines?
    Overview,
    /// Which pipelines are failing, running or waiting?
    List(Group),
    /// How are the four keys, over all pipelines?
    Keys,
    /// Something about one pipeline.
    About(Topic, Subject),
    /// "Which ones?": more of the list that was summed up.
    Which,
    /// "And the other one?": the same of the other pipeline.
    Other,
    /// "The second one": one of those just mentioned, counted from 1.
    Nth(usize),
    /// A name by itself: the answer to "which do you mean?", or else a question for its status.
    Named(Subject),
    /// "Yes".
    Yes,
    /// "No".
    No,
}

/// What pipelines are listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Those that are broken.
    Failing,
    /// Those in which a run is going on.
    Running,
    /// Pipelines that wait for approval.
    Waiting,
}

/// What is asked about a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// How is it?
    Status,
    /// Why did it fail?
    Why,
    /// Who changed what?
    Change,
    /// When did it last deploy?
    LastDeployment,
    /// How are its four keys?
    Keys,
}

/// The pipeline that a question means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The one spoken of last, or the only one there is to speak of.
    Last,
    /// The pipeline of this name, as spoken or typed.
    Heard(String),
    /// One of these: what an entity resolution came up with. Several are asked about.
    Known(Vec<PipelineId>),
}

impl Subject {
    /// A spoken or typed name in the language of a voice, or a word such as "it".
    pub fn heard(heard: &str, voice: &Voice) -> Self {
        let heard = heard.trim();
        let words = voice.say(Phrase::WordsForLast, &[]);
        if heard.is_empty() || words.split(',').any(|word| word.trim() == heard.to_lowercase()) {
            Self::Last
        } else {
            Self::Heard(heard.to_owned())
        }
    }
}
