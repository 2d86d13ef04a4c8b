//! Names of pipelines, stages, actions and accounts: one type each, so that a stage cannot be mistaken for an action.
//!
//! Every name comes from outside. Parsing checks only what the rest of the code relies on: a name is not empty, contains no
//! control character and is within its limit. Escaping is up to the renderer.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text has no characters.
    #[error("a {0} must not be empty")]
    Empty(&'static str),
    /// The text has more characters than the limit.
    #[error("a {what} has at most {limit} characters; this one has {length}")]
    TooLong {
        /// What was being named.
        what: &'static str,
        /// The most characters allowed.
        limit: usize,
        /// The number of characters met.
        length: usize,
    },
    /// The text contains a character that is not allowed in such a name.
    #[error("a {what} must not contain the character {character:?}")]
    Character {
        /// What was being named.
        what: &'static str,
        /// The first character that is refused.
        character: char,
    },
}

fn check(what: &'static str, limit: usize, text: &str, refused: fn(char) -> bool) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty(what));
    }
    let length = text.chars().count();
    if length > limit {
        return Err(NameError::TooLong { what, limit, length });
    }
    match text.chars().find(|&c| c.is_control() || refused(c)) {
        Some(character) => Err(NameError::Character { what, character }),
        None => Ok(()),
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal, at most $limit:literal, refusing $refused:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Takes a text as this name.
            pub fn parse(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                check($what, $limit, &text, $refused)?;
                Ok(Self(text))
            }

            /// The name as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }
    };
}

name! {
    /// A pipeline's name within its account and region; CodePipeline allows 100 characters.
    PipelineName, "pipeline name", at most 100, refusing |_| false
}
name! {
    /// A stage's name within its pipeline; CodePipeline allows 100 characters.
    StageName, "stage name", at most 100, refusing |_| false
}
name! {
    /// An action's name within its stage; CodePipeline allows 100 characters.
    ActionName, "action name", at most 100, refusing |_| false
}
name! {
    /// The id of one run of a pipeline: a UUID as CodePipeline makes them, but any short text is taken. A retry keeps it.
    ExecutionId, "execution id", at most 256, refusing |_| false
}
name! {
    /// The id of one run of an action; that of a manual approval is also the token that answers it.
    ActionExecutionId, "action execution id", at most 256, refusing |_| false
}
name! {
    /// What another service calls its part of a run: a CodeBuild build `project:uuid`, a CodeDeploy deployment `d-...`, a
    /// CloudFormation stack's ARN, a commit.
    ExternalId, "external execution id", at most 2048, refusing |_| false
}
name! {
    /// An AWS account: twelve digits in real events. `#` is refused because keys of the ledger are joined with it.
    AccountId, "account id", at most 64, refusing |c| c == '#' || c.is_whitespace()
}
name! {
    /// An AWS region such as `eu-west-1`.
    Region, "region", at most 64, refusing |c| !(c.is_ascii_alphanumeric() || c == '-')
}

impl AccountId {
    /// A placeholder for an unknown account.
    pub fn unknown() -> Self {
        Self("unknown".to_owned())
    }
}

impl Region {
    /// A placeholder for an unknown region.
    pub fn unknown() -> Self {
        Self("unknown".to_owned())
    }
}

impl ExecutionId {
    /// The first eight characters: enough for a person to tell two runs apart.
    pub fn short(&self) -> &str {
        self.0.char_indices().nth(8).map_or(self.as_str(), |(end, _)| self.0.get(..end).unwrap_or(&self.0))
    }
}

/// An account and a region: where something is, or where Andon itself runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Home {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

/// A pipeline, identified by account, region and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PipelineId {
    /// Where it is.
    #[serde(flatten)]
    pub home: Home,
    /// What it is called there.
    pub name: PipelineName,
}

impl PipelineId {
    /// What names it and no other, in one word: `ACCOUNT/REGION/NAME`.
    pub fn address(&self) -> String {
        format!("{}/{}/{}", self.home.account, self.home.region, self.name)
    }
}

impl fmt::Display for PipelineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.home.account, self.home.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_as_it_was_given() {
        assert_eq!(PipelineName::parse("Ünïcode-🚀").unwrap().as_str(), "Ünïcode-🚀");
    }

    #[test]
    fn what_cannot_be_a_name_is_refused_with_the_reason() {
        let refused = |text: &str| PipelineName::parse(text).unwrap_err().to_string();
        assert_eq!(refused(""), "a pipeline name must not be empty");
        assert_eq!(refused(&"x".repeat(101)), "a pipeline name has at most 100 characters; this one has 101");
        assert_eq!(refused("a\u{7}b"), "a pipeline name must not contain the character '\\u{7}'");
    }

    #[test]
    fn the_short_form_of_an_execution_never_cuts_a_character() {
        assert_eq!(ExecutionId::parse("7b1f4a52-1d0e").unwrap().short(), "7b1f4a52");
        assert_eq!(ExecutionId::parse("ééééééééé").unwrap().short(), "éééééééé");
        assert_eq!(ExecutionId::parse("abc").unwrap().short(), "abc");
    }
}
