//! Messages: one neutral message for every alert, which each kind of destination renders.
//!
//! A message holds text as it came from outside. Whoever renders it escapes it for where it goes and keeps it within
//! the limits there.

use andon::alert::{Alert, AlertKind};
use andon::attention::Deed;
use andon::line::Line;
use andon::name::{ActionName, ExecutionId, PipelineId, StageName};
use andon::words::counted;
use jiff::Timestamp;

use crate::button::Buttons;

mod compose;
mod context;
mod digest;
mod mute;

pub use compose::compose;
pub use context::Context;
pub use digest::compose_digest;

/// The message of one alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The kind of alert.
    pub kind: AlertKind,
    /// When it happened.
    pub at: Timestamp,
    /// What it is about.
    pub about: About,
    /// The news on one line.
    pub title: String,
    /// An additional sentence, if there is one.
    pub lead: Option<String>,
    /// What else is known, most useful first.
    pub facts: Vec<Fact>,
    /// The causes, one per failed action.
    pub causes: Vec<Cause>,
    /// What to do next.
    pub hint: Option<Hint>,
    /// What could not be found out, and why.
    pub notes: Vec<String>,
    /// Where to look, the best place first.
    pub links: Vec<Link>,
    /// The other pipelines that failed for the same reason, in the order in which they did.
    pub others: Vec<Other>,
    /// What members of a chat have done about it, oldest first.
    pub deeds: Vec<Deed>,
    /// What they can do about it, where the destination takes presses.
    pub buttons: Option<Buttons>,
}

impl Message {
    /// The same for a chat: with what its members have done about the alert, and with what they still can do.
    #[must_use]
    pub fn in_chat(mut self, alert: &Alert, deeds: Vec<Deed>) -> Self {
        self.buttons = Buttons::of(alert, &deeds);
        self.deeds = deeds;
        self
    }

    /// The same with the other pipelines that failed for the same reason.
    #[must_use]
    pub fn with_others(mut self, others: Vec<Other>) -> Self {
        if !others.is_empty() {
            let count = counted(others.len() as u64, "more pipeline");
            self.title = format!("{}, and {count} for the same reason", self.title);
        }
        self.others = others;
        self
    }
}

/// What a message is about: what subscribers filter by.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The account's configured name, or else its id.
    pub account: String,
    /// The line of change.
    pub line: Line,
    /// The run.
    pub execution: Option<ExecutionId>,
    /// The stage.
    pub stage: Option<StageName>,
    /// The action.
    pub action: Option<ActionName>,
}

/// One thing that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What it is in this case.
    pub value: String,
    /// A page that shows it.
    pub url: Option<String>,
}

/// Another pipeline that failed for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Its name, with its branch where it has several.
    pub name: String,
    /// Where it failed; empty if that is not known.
    pub place: String,
    /// The page of its run.
    pub url: String,
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What failed.
    pub heading: String,
    /// The reason, in the provider's words.
    pub reason: Option<String>,
    /// The lines of its log that tell it, most telling first.
    pub lines: Vec<String>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// In one sentence.
    pub text: String,
    /// The URL of a runbook.
    pub url: Option<String>,
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is to be seen there.
    pub label: &'static str,
    /// Its address.
    pub url: String,
}

/// The most causes listed individually.
pub const MAX_CAUSES: usize = 8;
