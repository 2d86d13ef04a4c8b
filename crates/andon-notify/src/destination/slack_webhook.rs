//! Slack, by an incoming webhook: `slack-webhook: ssm:/andon/webhook`. It renders as a channel does.

use andon::invalid::Invalid;
use andon::secret::SecretRef;

use super::{DestinationKind, Target, Written};

/// An incoming webhook of Slack's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackWebhook {
    /// Its address, which is a secret.
    pub url: SecretRef,
}

/// How a webhook is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "slack-webhook",
    is_secret: true,
    token: None,
    choices: &[],
    takes_mentions: true,
    opens_incidents: false,
    read,
};

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    written.text.parse().map(|url| Target::SlackWebhook(SlackWebhook { url }))
}
