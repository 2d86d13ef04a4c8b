//! What is said? One neutral message for every alert; [`slack`] and [`email`] render it.
//!
//! A message holds text as it came from outside. Whoever renders it escapes it for where it goes and keeps it within
//! the limits there.

use crate::config::Kind;
use crate::name::{ActionName, ExecutionId, PipelineId, StageName};

mod compose;
pub mod console;
pub mod email;
pub mod slack;
mod words;

pub use compose::{Context, compose};
pub(crate) use words::counted;
pub use words::{ordinal, span};

/// What is said of one alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The kind of alert.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// The news on one line.
    pub title: String,
    /// A sentence more, if there is one to say.
    pub lead: Option<String>,
    /// What else is known, most useful first.
    pub facts: Vec<Fact>,
    /// Why, by whatever failed.
    pub causes: Vec<Cause>,
    /// What to do next.
    pub hint: Option<Hint>,
    /// What could not be found out, and why.
    pub notes: Vec<String>,
    /// Where to look, the best place first.
    pub links: Vec<Link>,
}

/// What a message is about: what subscribers filter by.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The account's configured name, or else its id.
    pub account: String,
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

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What failed.
    pub heading: String,
    /// In whose words: one sentence of whoever ran it.
    pub reason: Option<String>,
    /// The lines of its log that tell it, most telling first.
    pub lines: Vec<String>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// In one sentence.
    pub text: String,
    /// A page that says more: a runbook's.
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

/// How much of a list is told one by one.
pub const MOST_CAUSES: usize = 8;

/// How to look at a kind of alert at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something is broken.
    Bad,
    /// What was broken is well again, or all went well.
    Good,
    /// Somebody is waited for, or something takes too long.
    Attention,
    /// For information.
    Neutral,
}

impl Tone {
    /// The tone of a kind of alert.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Failed => Self::Bad,
            Kind::Recovered | Kind::Succeeded => Self::Good,
            Kind::ApprovalNeeded | Kind::ApprovalOverdue | Kind::Stuck | Kind::NoSuccess => Self::Attention,
            Kind::Rejected | Kind::Started | Kind::Stopped | Kind::Superseded | Kind::Canceled => Self::Neutral,
        }
    }
}

/// The longest beginning of a text that fits, with a word about what was left out.
///
/// `cost` is what a character takes up in the end. The cut is made at a line's or a word's end if there is one near.
pub(crate) fn fit(text: &str, limit: usize, cost: impl Fn(char) -> usize) -> String {
    const CUT: &str = " … (cut)";
    if text.chars().map(&cost).sum::<usize>() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(CUT.chars().map(&cost).sum());
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += cost(*c);
            used > room
        })
        .map_or(text.len(), |(index, _)| index);
    let head = text.get(..end).unwrap_or_default();
    let near = |index: &usize| *index >= head.len() - head.len() / 4;
    let end = head.rfind('\n').filter(near).or_else(|| head.rfind(char::is_whitespace).filter(near));
    format!("{}{CUT}", head.get(..end.unwrap_or(head.len())).unwrap_or(head).trim_end())
}
