//! Slack channels.

use andon::invalid::Invalid;
use andon::suggest::quoted;

/// A channel by name or id, as `chat.postMessage` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SlackChannel(String);

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
            Err(Invalid::new("a Slack channel name has 1 to 80 characters")
                .with_help("write a name such as `deployments`, or an id such as `C0123456789`"))
        } else if !name.chars().all(legal) {
            Err(
                Invalid::new(format!("{} is not a valid Slack channel", quoted(text))).with_help(
                    "channel names have letters, digits, `-` and `_`; write a name such as `deployments`, or an id such as `C0123456789`",
                ),
            )
        } else if lower != name {
            Err(Invalid::new(format!("{} is not a valid Slack channel: channel names are lower case", quoted(text)))
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
