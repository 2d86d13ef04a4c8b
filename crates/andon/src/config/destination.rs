//! Where alerts go: Slack channels, Slack webhooks and SNS topics, each under a name.

use std::collections::BTreeMap;
use std::fmt;

use super::Surroundings;
use super::finding::{Finding, Invalid};
use super::reader::{Fields, Reader};
use super::secret::{self, SecretRef};
use super::topic::{Topic, TopicArn};
use super::tree::{Entry, Node, Value};
use super::words::{listed, nearest, quoted};

/// The name of a destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestinationName(pub(super) String);

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
    Slack {
        /// The channel.
        channel: SlackChannel,
        /// The bot's token.
        token: SecretRef,
    },
    /// An incoming webhook.
    SlackWebhook {
        /// Its address.
        url: SecretRef,
    },
    /// An SNS topic, for e-mail and whatever else subscribes.
    Sns {
        /// The topic.
        topic: Topic,
    },
}

/// A channel by name or id, as `chat.postMessage` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SlackChannel(String);

/// A token as it was written.
pub(super) enum Token {
    /// Not at all.
    Absent,
    /// Wrongly, which has been reported.
    Wrong,
    /// As it should be.
    Is(SecretRef),
}

/// The name of the destination that exists without being written down.
const DEFAULT: &str = "default";

const KEYS: &[&str] = &["slack", "token", "slack-webhook", "sns"];
const TARGETS: &[&str] = &["slack", "slack-webhook", "sns"];

impl DestinationName {
    /// The stack's own topic.
    pub fn default_topic() -> Self {
        Self(DEFAULT.to_owned())
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

impl SlackChannel {
    /// Reads `deployments`, `#deployments` or an id such as `C0123456789`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.strip_prefix('#').unwrap_or(text);
        let is_id = name.len() >= 9
            && name.starts_with(['C', 'G', 'D', 'U', 'W'])
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if is_id {
            return Ok(Self(name.to_owned()));
        }
        let lower = name.to_lowercase();
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.chars().count() > 80 {
            Err(Invalid::new("a Slack channel has 1 to 80 characters")
                .with_help("write it like `deployments`, or its id like `C0123456789`"))
        } else if !name.chars().all(legal) {
            Err(
                Invalid::new(format!("{} cannot be a Slack channel", quoted(text))).with_help(
                    "a channel's name has letters, digits, `-` and `_`; write it like `deployments`, or its id like `C0123456789`",
                ),
            )
        } else if lower != name {
            Err(Invalid::new(format!("{} cannot be a Slack channel: they are written in lower case", quoted(text)))
                .with_help(format!("write {}", quoted(&lower))))
        } else {
            Ok(Self(format!("#{name}")))
        }
    }

    /// `#name`, or the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The destination that exists without being written down.
pub(super) fn default_topic() -> Destination {
    Destination { name: DestinationName::default_topic(), target: Target::Sns { topic: Topic::Default } }
}

/// Reads the destinations, and adds the default one. A destination that is wrong in itself is
/// still a name that routes may use, hence the second set.
pub(super) fn read(
    section: Option<&Node>,
    token: &Token,
    surroundings: Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> (BTreeMap<DestinationName, Destination>, Vec<String>) {
    let mut destinations = BTreeMap::new();
    let mut names = Vec::new();
    let entries = section.and_then(|node| reader.entries(node, "`destinations`")).unwrap_or_default();
    for Entry { key, key_span, value } in entries {
        names.push(key.clone());
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if key.is_empty() || !key.chars().all(legal) {
            reader.note(
                Finding::error(key_span.clone(), format!("{} cannot name a destination", quoted(key)))
                    .with_help("use letters, digits, `-`, `_` and `.`"),
            );
        }
        if let Some(target) = target(value, token, surroundings, reader) {
            let name = DestinationName(key.clone());
            destinations.insert(name.clone(), Destination { name, target });
        }
    }
    if !names.iter().any(|name| name == DEFAULT) {
        names.push(DEFAULT.to_owned());
        let default = default_topic();
        destinations.insert(default.name.clone(), default);
    }
    (destinations, names)
}

/// Reads a value that must refer to a secret; whatever else stands there is never shown.
pub(super) fn secret(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<SecretRef> {
    let may_be_shown = match &node.value {
        Value::Text(text) => secret::is_reference(text),
        Value::Nothing | Value::Broken => true,
        Value::List(_) | Value::Map(_) => false,
    };
    if !may_be_shown {
        reader.secrets.push(node.span.start..node.end);
    }
    reader.value(node, what, str::parse)
}

fn target(node: &Node, token: &Token, surroundings: Surroundings<'_>, reader: &mut Reader<'_>) -> Option<Target> {
    let fields = reader.fields(node, "a destination", KEYS)?;
    let written: Vec<&str> = TARGETS.iter().copied().filter(|key| fields.get(key).is_some()).collect();
    let own_token = token_of(fields, "token", reader);
    match written.as_slice() {
        ["slack"] => slack(fields, &own_token, token, reader),
        [other] if !matches!(own_token, Token::Absent) => {
            reader.note(
                Finding::error(
                    fields.key_span("token").unwrap_or(fields.span.clone()),
                    format!("`token` does not go with {}", quoted(other)),
                )
                .with_help("only a `slack` destination has a token: remove it"),
            );
            None
        }
        ["slack-webhook"] => {
            secret(fields.get("slack-webhook")?, "`slack-webhook`", reader).map(|url| Target::SlackWebhook { url })
        }
        [_sns] => topic(fields.get("sns")?, surroundings, reader).map(|topic| Target::Sns { topic }),
        [] if fields.keys().any(|key| !KEYS.contains(&key)) => None,
        [] => {
            reader.note(
                Finding::error(fields.span.clone(), "this destination leads nowhere")
                    .with_help(format!("give it one of {}", listed(TARGETS.iter().copied(), "or"))),
            );
            None
        }
        [first, second, ..] => {
            let finding = Finding::error(
                fields.key_span(second).unwrap_or(fields.span.clone()),
                format!("a destination is one place, not both {} and {}", quoted(first), quoted(second)),
            )
            .with_help("make two destinations, and name both in `to`");
            reader.note(finding);
            None
        }
    }
}

/// Reads a token that may be absent.
pub(super) fn token_of(fields: Fields<'_>, key: &str, reader: &mut Reader<'_>) -> Token {
    match fields.get(key) {
        None => Token::Absent,
        Some(node) => match secret(node, &quoted(key), reader) {
            None => Token::Wrong,
            Some(token) => Token::Is(token),
        },
    }
}

fn slack(fields: Fields<'_>, own: &Token, shared: &Token, reader: &mut Reader<'_>) -> Option<Target> {
    let channel = reader.value(fields.get("slack")?, "`slack`", SlackChannel::parse);
    let token = match (own, shared) {
        (Token::Is(token), _) | (Token::Absent, Token::Is(token)) => token.clone(),
        (Token::Wrong, _) | (Token::Absent, Token::Wrong) => return None,
        (Token::Absent, Token::Absent) => {
            reader.note(
                Finding::error(
                    fields.key_span("slack").unwrap_or(fields.span.clone()),
                    "this Slack channel has no bot token",
                )
                .with_help("add `slack-token: ssm:/andon/slack-token` at the top for every channel, or `token:` here"),
            );
            return None;
        }
    };
    Some(Target::Slack { channel: channel?, token })
}

fn topic(node: &Node, surroundings: Surroundings<'_>, reader: &mut Reader<'_>) -> Option<Topic> {
    let near_default = |text: &str| nearest(text, [DEFAULT]).is_some();
    let topic = reader.value(node, "`sns`", |text| match text {
        DEFAULT => Ok(Topic::Default),
        other if near_default(other) => {
            Err(Invalid::new(format!("{} is not a topic", quoted(other))).with_help("did you mean `default`?"))
        }
        arn => TopicArn::parse(arn).map(Topic::Arn),
    })?;
    if let (Topic::Arn(arn), Some(region)) = (&topic, surroundings.region)
        && arn.region() != region
    {
        reader.note(
            Finding::error(node.span.clone(), format!("this topic is in {}, and Andon runs in {region}", arn.region()))
                .with_help(format!("use a topic in {region}, or `default`")),
        );
        return None;
    }
    Some(topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_a_name_with_or_without_its_sign_or_an_id() {
        for (text, read) in [
            ("deployments", "#deployments"),
            ("#deployments", "#deployments"),
            ("C0123456789", "C0123456789"),
            ("team_ops-1", "#team_ops-1"),
        ] {
            assert_eq!(SlackChannel::parse(text).unwrap().as_str(), read);
        }
        for text in ["", "#", "Deployments", "a b", "@alice", "<!channel>"] {
            assert!(SlackChannel::parse(text).is_err(), "{text}");
        }
    }
}
