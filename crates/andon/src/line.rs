//! Lines of change: runs of a pipeline that build on each other.
//!
//! Git triggers start runs of one pipeline for several branches and pull requests. Whether one of them is broken says
//! nothing about the others, so each has its own failure streak. Tags, and whatever is not known, share a line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name of a branch, and the longest number of a pull request, in characters.
pub const MAX_LEN: usize = 255;

/// A line of change of a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// Tags, and the runs of a pipeline whose branch is not known.
    #[default]
    Common,
    /// A branch.
    Branch(String),
    /// A pull request, by its number.
    PullRequest(String),
}

impl Line {
    /// Whether it is the one that all runs share that no branch and no pull request started.
    pub fn is_common(&self) -> bool {
        *self == Self::Common
    }

    /// Its name: of the branch, or of the pull request (`#412`); `None` for the common line.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Common => None,
            Self::Branch(name) => Some(name.clone()),
            Self::PullRequest(number) => Some(format!("#{number}")),
        }
    }

    /// The line in a sentence: `branch main`, `pull request #412`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Common => "runs without a branch".to_owned(),
            Self::Branch(name) => format!("branch {name}"),
            Self::PullRequest(number) => format!("pull request #{number}"),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().unwrap_or_else(|| "runs without a branch".to_owned()))
    }
}
