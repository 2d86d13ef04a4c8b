//! Destinations: the places that alerts are sent to, a module for each kind.
//!
//! A new kind of destination is a module here (its keys, limits and rendering), a variant of [`Target`] and a line in
//! [`KINDS`]; and its sender.

use std::collections::BTreeMap;
use std::fmt;

use andon::alert::AlertKind;
use andon::invalid::Invalid;
use andon::secret::SecretRef;

use crate::incident;

pub mod opsgenie;
pub mod pagerduty;
pub mod slack;
pub mod slack_webhook;
pub mod sns;
pub mod teams;
pub mod webhook;

/// The name of a destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestinationName(String);

/// The name of the destination that exists without being written down.
pub const DEFAULT: &str = "default";

/// A place that alerts are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in the configuration.
    pub name: DestinationName,
    /// What it is.
    pub target: Target,
}

/// What a destination is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A channel, written to by a bot.
    Slack(slack::Slack),
    /// An incoming webhook.
    SlackWebhook(slack_webhook::SlackWebhook),
    /// An SNS topic.
    Sns(sns::Sns),
    /// A channel or chat of Microsoft Teams.
    Teams(teams::Teams),
    /// A service of `PagerDuty`.
    PagerDuty(pagerduty::PagerDuty),
    /// An integration of Opsgenie.
    Opsgenie(opsgenie::Opsgenie),
    /// A webhook of the user's own.
    Webhook(webhook::Webhook),
}

/// Every kind of destination, in the order in which messages list them.
pub const KINDS: &[DestinationKind] =
    &[slack::KIND, slack_webhook::KIND, sns::KIND, teams::KIND, pagerduty::KIND, opsgenie::KIND, webhook::KIND];

/// How a kind of destination is written in `andon.yml`.
#[derive(Debug, Clone, Copy)]
pub struct DestinationKind {
    /// The key whose value says where it is.
    pub key: &'static str,
    /// Whether that value must be a reference to a secret.
    pub is_secret: bool,
    /// The token it needs, if it needs one.
    pub token: Option<Token>,
    /// The keys beside it that take one of a few values.
    pub choices: &'static [Choice],
    /// Whether `mention` has an effect there.
    pub takes_mentions: bool,
    /// Whether alerts open and end incidents there; other alerts are not sent.
    pub opens_incidents: bool,
    /// Reads what was written.
    pub read: fn(&Written<'_>) -> Result<Target, Invalid>,
}

/// A second secret that a kind of destination needs: its own, or one that all of the kind share.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Its key.
    pub key: &'static str,
    /// The key at the top of the file that holds the shared one, if it can be shared.
    pub shared: Option<&'static str>,
    /// What is wrong where there is neither.
    pub missing: &'static str,
    /// What to write then.
    pub help: &'static str,
}

/// A key that takes one of a few values, and may be absent.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The key.
    pub key: &'static str,
    /// The values, the one that holds without the key first.
    pub values: &'static [&'static str],
}

impl Choice {
    /// Where the account of a service is.
    pub const REGION: Self = Self { key: "region", values: &["us", "eu"] };
}

/// Where the account of a service is that keeps the accounts of Europe apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServiceRegion {
    /// Everywhere else.
    #[default]
    Us,
    /// In Europe.
    Eu,
}

impl ServiceRegion {
    /// The one that was written.
    fn chosen(written: &Written<'_>) -> Self {
        match written.choices.get(Choice::REGION.key) {
            Some(&"eu") => Self::Eu,
            _ => Self::Us,
        }
    }
}

/// A destination as it was written.
#[derive(Debug, Clone)]
pub struct Written<'w> {
    /// The value of its key.
    pub text: &'w str,
    /// Its token, for kinds that need one.
    pub token: Option<SecretRef>,
    /// The values of its choices that were written.
    pub choices: BTreeMap<&'static str, &'static str>,
    /// The region that Andon runs in, where that is known.
    pub region: Option<&'w str>,
}

impl DestinationName {
    /// A destination by the name that it has in the configuration.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The stack's own topic.
    pub fn default_topic() -> Self {
        Self::new(DEFAULT)
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DestinationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for DestinationName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Destination {
    /// The destination that exists without being written down: the stack's own topic.
    pub fn default_topic() -> Self {
        Self { name: DestinationName::default_topic(), target: Target::Sns(sns::Sns { topic: sns::Topic::Default }) }
    }
}

impl Target {
    /// Whether an alert of a kind is sent there.
    pub fn takes(&self, kind: AlertKind) -> bool {
        !self.kind().opens_incidents || incident::step(kind).is_some()
    }

    /// How this kind of destination is written.
    pub fn kind(&self) -> &'static DestinationKind {
        match self {
            Self::Slack(_) => &slack::KIND,
            Self::SlackWebhook(_) => &slack_webhook::KIND,
            Self::Sns(_) => &sns::KIND,
            Self::Teams(_) => &teams::KIND,
            Self::PagerDuty(_) => &pagerduty::KIND,
            Self::Opsgenie(_) => &opsgenie::KIND,
            Self::Webhook(_) => &webhook::KIND,
        }
    }
}
