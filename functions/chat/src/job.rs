//! Jobs: what takes longer than the answer to a request may. Ids and words only; whatever they mean is worked out anew.

use andon::attention::{Member, Until};
use andon_notify::{AlertRef, ButtonKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A job for the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub(crate) enum Job {
    /// Do what a button says.
    Act(Box<Order>),
    /// Answer a question in a channel.
    Reply(Box<Asked>),
    /// Show the board to a member.
    Home {
        /// The member's id.
        member: String,
    },
}

/// What somebody wants to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// What.
    pub(crate) what: ButtonKind,
    /// About which alert.
    pub(crate) about: AlertRef,
    /// Who.
    pub(crate) by: Member,
    /// Of which workspace.
    pub(crate) team: String,
    /// Why, in their words.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// When it was ordered; an order of an earlier version does not say. An order that comes again is of the same time.
    #[serde(default)]
    pub(crate) at: Option<Timestamp>,
    /// How a mute is meant.
    #[serde(default)]
    pub(crate) mute: Option<MuteOrder>,
    /// Where Slack takes answers for them alone.
    #[serde(default)]
    pub(crate) answer_at: Option<String>,
    /// The message that everybody sees; none for a message to them alone.
    #[serde(default)]
    pub(crate) message: Option<Place>,
}

/// From when and until when something is muted: worked out when it was ordered, so that an order that comes twice is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MuteOrder {
    /// When it was ordered.
    pub(crate) since: Timestamp,
    /// When it ends.
    pub(crate) until: Until,
}

/// A message in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The channel's id.
    pub(crate) channel: String,
    /// The message's time, which is its name there.
    pub(crate) ts: String,
}

/// A question in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The id of Slack's event, the same however often it comes.
    pub(crate) event: String,
    /// The words.
    pub(crate) text: String,
    /// The message that asks.
    pub(crate) at: Place,
    /// The message in whose thread it is.
    #[serde(default)]
    pub(crate) root: Option<String>,
    /// Whether it is answered by itself and not in a thread.
    #[serde(default)]
    pub(crate) is_direct: bool,
}
