//! Claims: how a side effect happens once although events come twice and functions die.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::name::PipelineId;

/// What is claimed: one side effect, for one pipeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClaimKey {
    /// The pipeline it is about.
    pub pipeline: PipelineId,
    /// The side effect, by a name that is the same whoever works it out.
    pub effect: String,
}

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.effect, self.pipeline)
    }
}

/// Who claims, and for how long: if the owner dies, the claim is free again when the lease has run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The owner, different for every invocation.
    pub owner: String,
    /// The time of claiming.
    pub now: Timestamp,
    /// When the claim is free again.
    pub until: Timestamp,
}

impl Lease {
    /// How long a function may hold a claim: longer than it can possibly run for one call.
    pub const LENGTH: SignedDuration = SignedDuration::from_secs(90);

    /// A lease from now on; it should be longer than the owner can possibly live.
    pub fn new(owner: impl Into<String>, now: Timestamp, length: SignedDuration) -> Self {
        Self { owner: owner.into(), now, until: now.checked_add(length).unwrap_or(Timestamp::MAX) }
    }
}

/// What came of claiming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is yours: act, then settle.
    Granted,
    /// Somebody else is at it: come back when their lease has run out.
    Held {
        /// When that is.
        until: Timestamp,
    },
    /// It has happened already.
    Settled(Receipt),
}

/// What a side effect left behind that a later one needs: a Slack message's channel and `ts`, say. Often nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Where it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A fingerprint of what was said, to tell whether there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}
