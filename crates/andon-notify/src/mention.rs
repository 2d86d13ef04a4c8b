//! Mentions in Slack messages.

use std::collections::BTreeMap;
use std::fmt;

use andon::author::Author;

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
    /// Whoever wrote the change that failed: a member once it is known who that is.
    Author,
}

/// The members of the workspace by what changes call them: an email address, or the name of an author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(BTreeMap<String, String>);

impl People {
    /// Whether none is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lists a member; returns `false` if another one goes by the same address or name.
    pub fn add(&mut self, called: &str, member: String) -> bool {
        self.0.insert(key(called), member).is_none()
    }

    /// The id of the member who goes by an author's address or else by their name.
    pub fn find(&self, author: &Author) -> Option<&str> {
        let called = [author.email.as_deref(), author.name.as_deref()];
        called.into_iter().flatten().find_map(|called| self.0.get(&key(called))).map(String::as_str)
    }
}

fn key(called: &str) -> String {
    called.trim().to_lowercase()
}

/// Whether this is the id of a member, such as `U0123456789`.
pub fn is_member(id: &str) -> bool {
    id.len() >= 9 && id.starts_with(['U', 'W']) && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

impl Mention {
    /// Reads `here`, `channel`, `everyone`, `author`, or the id of a member or user group.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.strip_prefix('@').unwrap_or(text);
        let is_group = name.len() >= 9
            && name.starts_with('S')
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        match name {
            "here" => Ok(Self::Here),
            "channel" => Ok(Self::Channel),
            "everyone" => Ok(Self::Everyone),
            "author" => Ok(Self::Author),
            id if is_member(id) => Ok(Self::User(id.to_owned())),
            id if is_group => Ok(Self::Group(id.to_owned())),
            other => Err(
                Invalid::new(format!("Slack cannot mention {}", quoted(text))).with_help(
                    match nearest(other, ["here", "channel", "everyone", "author"]) {
                        Some(near) => format!("did you mean {}?", quoted(near)),
                        None => "write `here`, `channel`, `author`, or an id: in Slack, open the profile, then \"Copy member ID\" (U…), or \"Copy group ID\" (S…)".to_owned(),
                    },
                ),
            ),
        }
    }
}

/// The mention in Slack's own notation, ready to be put into a message; nothing for an author who is not known.
impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("<!here>"),
            Self::Channel => f.write_str("<!channel>"),
            Self::Everyone => f.write_str("<!everyone>"),
            Self::User(id) => write!(f, "<@{id}>"),
            Self::Group(id) => write!(f, "<!subteam^{id}>"),
            Self::Author => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_go_by_their_address_or_their_name() {
        let mut people = People::default();
        assert!(people.add("Leonie@Home.example", "U0LEONIE000".to_owned()));
        assert!(people.add("Jonas Ekberg", "U0JONAS0000".to_owned()));
        assert!(!people.add(" leonie@home.EXAMPLE ", "U0OTHER0000".to_owned()), "twice");
        let author = |name: &str, email: &str| Author { name: Some(name.to_owned()), email: Some(email.to_owned()) };
        assert_eq!(people.find(&author("Jonas Ekberg", "leonie@home.example")), Some("U0OTHER0000"));
        assert_eq!(people.find(&author("jonas ekberg", "jonas@example.com")), Some("U0JONAS0000"));
        assert_eq!(people.find(&author("Mei", "mei@example.com")), None);
    }

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
