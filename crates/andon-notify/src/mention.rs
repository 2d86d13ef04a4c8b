//! Mentions in Slack messages.

use std::fmt;

use andon::invalid::Invalid;
use andon::suggest::{nearest, quoted};

/// Who is called in Slack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Mention {
    /// Those of the channel who are active.
    Here,
    /// All of the channel.
    Channel,
    /// All of the workspace.
    Everyone,
    /// A member, by id.
    User(String),
    /// A user group, by id.
    Group(String),
}

impl Mention {
    /// Reads `here`, `channel`, `everyone`, or the id of a member or user group.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.strip_prefix('@').unwrap_or(text);
        let is_id = name.len() >= 9 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        match name {
            "here" => Ok(Self::Here),
            "channel" => Ok(Self::Channel),
            "everyone" => Ok(Self::Everyone),
            id if is_id && id.starts_with(['U', 'W']) => Ok(Self::User(id.to_owned())),
            id if is_id && id.starts_with('S') => Ok(Self::Group(id.to_owned())),
            other => Err(
                Invalid::new(format!("Slack cannot mention {}", quoted(text))).with_help(
                    match nearest(other, ["here", "channel", "everyone"]) {
                        Some(near) => format!("did you mean {}?", quoted(near)),
                        None => "write `here`, `channel`, or an id: in Slack, open the profile, then \"Copy member ID\" (U…), or \"Copy group ID\" (S…)".to_owned(),
                    },
                ),
            ),
        }
    }
}

/// The mention in Slack's own notation, ready to be put into a message.
impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("<!here>"),
            Self::Channel => f.write_str("<!channel>"),
            Self::Everyone => f.write_str("<!everyone>"),
            Self::User(id) => write!(f, "<@{id}>"),
            Self::Group(id) => write!(f, "<!subteam^{id}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_a_word_or_an_id() {
        for (text, in_slack) in [
            ("here", "<!here>"),
            ("@channel", "<!channel>"),
            ("U0123456789", "<@U0123456789>"),
            ("S0123456789", "<!subteam^S0123456789>"),
        ] {
            assert_eq!(Mention::parse(text).unwrap().to_string(), in_slack);
        }
        for text in ["", "@", "alice", "@alice", "<!here>", "u0123456789", "U1>"] {
            assert!(Mention::parse(text).is_err(), "{text}");
        }
    }
}
