//! Microsoft Teams, by a webhook of Workflows: `teams: ssm:/andon/teams-webhook`.
//!
//! A webhook takes Adaptive Cards and says nothing about where they went: a card is never updated and has no thread.

mod card;

use andon::invalid::Invalid;
use andon::secret::SecretRef;

use super::{DestinationKind, Target, Written};

pub use card::{MAX_LEN, render};

/// A channel or chat of Teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teams {
    /// The address of the webhook, which is a secret.
    pub url: SecretRef,
}

/// How a webhook of Teams is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "teams",
    is_secret: true,
    token: None,
    choices: &[],
    takes_mentions: false,
    opens_incidents: false,
    read,
};

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    written.text.parse().map(|url| Target::Teams(Teams { url }))
}
