//! A branch or a pull request, or several, as a question names them.

use andon::line::Line;

use super::super::spoken::{folded, plain, words};

/// What names of branches begin with.
pub(super) const PREFIXES: &[&str] = &[
    "feature",
    "feat",
    "release",
    "releases",
    "hotfix",
    "bugfix",
    "fix",
    "chore",
    "support",
    "topic",
    "dependabot",
    "renovate",
];

/// A line of change, or several, as a question names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnLine {
    /// A branch, as the ledger or else the question has it.
    Branch(String),
    /// A pull request, by its number.
    PullRequest(String),
    /// All branches whose names begin with a word.
    Branches(String),
    /// All pull requests.
    PullRequests,
}

impl OnLine {
    /// A line, named by itself; `None` for the one that has no name.
    pub fn of(line: &Line) -> Option<Self> {
        match line {
            Line::Common => None,
            Line::Branch(name) => Some(Self::Branch(name.clone())),
            Line::PullRequest(number) => Some(Self::PullRequest(number.clone())),
        }
    }

    /// Whether a line is meant.
    pub fn covers(&self, line: &Line) -> bool {
        match (self, line) {
            (Self::Branch(said), Line::Branch(name)) => said == name || plain(said) == plain(name),
            (Self::PullRequest(said), Line::PullRequest(number)) => said == number,
            (Self::Branches(prefix), Line::Branch(name)) => {
                words(name).first().is_some_and(|first| singular(&folded(first)) == *prefix)
            }
            (Self::PullRequests, Line::PullRequest(_)) => true,
            _ => false,
        }
    }

    /// Whether one line is meant, and not several.
    pub fn is_one(&self) -> bool {
        matches!(self, Self::Branch(_) | Self::PullRequest(_))
    }

    /// In words: "branch main", "pull request #17".
    pub fn in_words(&self) -> String {
        match self {
            Self::Branch(name) => format!("branch {name}"),
            Self::PullRequest(number) => format!("pull request #{number}"),
            Self::Branches(prefix) => format!("{prefix} branch"),
            Self::PullRequests => "pull request".to_owned(),
        }
    }
}

/// A word that names of branches begin with, of which there is one: "releases", "hotfixes".
pub(super) fn singular(word: &str) -> String {
    let bare = word.strip_suffix("es").filter(|bare| PREFIXES.contains(bare));
    bare.or_else(|| word.strip_suffix('s').filter(|bare| PREFIXES.contains(bare))).unwrap_or(word).to_owned()
}
