//! Slack, by a bot that writes to a channel: `slack: deployments`.

mod blocks;
mod channel;

use andon::invalid::Invalid;
use andon::secret::SecretRef;

use super::{DestinationKind, Target, Token, Written};

pub use blocks::{BUTTON, actions, member, mrkdwn, render, render_in_chat, until};
pub use channel::SlackChannel;

/// A channel, written to by a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slack {
    /// The channel.
    pub channel: SlackChannel,
    /// The bot's token.
    pub token: SecretRef,
}

/// How a Slack channel is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "slack",
    is_secret: false,
    token: Some(Token {
        key: "token",
        shared: Some("slack-token"),
        missing: "this Slack channel has no bot token",
        help: "add `slack-token: ssm:/andon/slack-token` at the top level for all channels, or `token:` here",
    }),
    choices: &[],
    takes_mentions: true,
    opens_incidents: false,
    read,
};

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    let channel = SlackChannel::parse(written.text)?;
    let token = written.token.clone().ok_or_else(|| Invalid::new("this Slack channel has no bot token"))?;
    Ok(Target::Slack(Slack { channel, token }))
}
