//! Claims: a side effect happens once, although events arrive twice and functions die.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::name::PipelineId;

/// What is claimed: one side effect, for one pipeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClaimKey {
    /// The pipeline it is about.
    pub pipeline: PipelineId,
    /// The stable name of the side effect.
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
    /// How long a claim lasts: longer than one invocation can run.
    pub const LENGTH: SignedDuration = SignedDuration::from_secs(90);

    /// A lease from now on; it should be longer than the owner can possibly live.
    pub fn new(owner: impl Into<String>, now: Timestamp, length: SignedDuration) -> Self {
        Self { owner: owner.into(), now, until: now.checked_add(length).unwrap_or(Timestamp::MAX) }
    }
}

/// The outcome of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is yours: act, then settle.
    Granted,
    /// Another owner holds the claim: retry when its lease has expired.
    Held {
        /// When that is.
        until: Timestamp,
    },
    /// It has happened already.
    Settled(Receipt),
}

/// What a later side effect needs of this one, such as a Slack message's channel and `ts`. Often nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Where it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A fingerprint of the content, to detect changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}
