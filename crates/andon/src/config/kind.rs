//! The kinds of alert, by the names that people write.

use std::fmt;
use std::str::FromStr;

use super::finding::{Finding, Invalid};
use super::reader::Reader;
use super::tree::Node;
use super::words::{quoted, suggestion};

/// What an alert tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A run failed.
    Failed,
    /// The first success after failures.
    Recovered,
    /// A manual approval waits.
    ApprovalNeeded,
    /// A manual approval has waited for too long.
    ApprovalOverdue,
    /// A run takes far longer than it should.
    Stuck,
    /// There has been no success for too long.
    NoSuccess,
    /// A manual approval was rejected.
    Rejected,
    /// A run began.
    Started,
    /// A run succeeded.
    Succeeded,
    /// A run was stopped by somebody.
    Stopped,
    /// A newer run took a run's place.
    Superseded,
    /// A run was canceled.
    Canceled,
}

/// The categories that a diagnosis can give to a failure.
pub const CATEGORIES: [&str; 12] = [
    "test",
    "compile",
    "lint",
    "dependency",
    "config",
    "permission",
    "infrastructure",
    "timeout",
    "quota",
    "deploy",
    "source",
    "unknown",
];

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Failed,
        Self::Recovered,
        Self::ApprovalNeeded,
        Self::ApprovalOverdue,
        Self::Stuck,
        Self::NoSuccess,
        Self::Rejected,
        Self::Started,
        Self::Succeeded,
        Self::Stopped,
        Self::Superseded,
        Self::Canceled,
    ];

    /// What a route tells when it does not say: the things that somebody may have to act on.
    pub const TOLD_BY_DEFAULT: [Self; 6] =
        [Self::Failed, Self::Recovered, Self::ApprovalNeeded, Self::ApprovalOverdue, Self::Stuck, Self::NoSuccess];

    /// The name, in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Recovered => "recovered",
            Self::ApprovalNeeded => "approval-needed",
            Self::ApprovalOverdue => "approval-overdue",
            Self::Stuck => "stuck",
            Self::NoSuccess => "no-success",
            Self::Rejected => "rejected",
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Stopped => "stopped",
            Self::Superseded => "superseded",
            Self::Canceled => "canceled",
        }
    }

    /// Whether quiet hours let it through unless told otherwise: something is broken, or what
    /// was broken is well again, so that whoever was woken may go back to sleep.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Failed | Self::Recovered | Self::Stuck | Self::NoSuccess)
    }

    /// Whether a route's `mention` calls people for it: somebody has to act.
    pub const fn calls_people(self) -> bool {
        matches!(self, Self::Failed | Self::Stuck | Self::NoSuccess | Self::ApprovalNeeded | Self::ApprovalOverdue)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            Invalid::new(format!("there is no kind of alert {}", quoted(text)))
                .with_help(suggestion(text, Self::ALL.map(Self::as_str)))
        })
    }
}

/// Reads one kind or several.
pub(super) fn read(node: &Node, what: &str, reader: &mut Reader<'_>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for item in reader.one_or_more(node, what) {
        match reader.value(item, "a kind of alert", str::parse::<Kind>) {
            Some(kind) if kinds.contains(&kind) => reader.note(
                Finding::error(item.span.clone(), format!("{} is listed twice", quoted(kind.as_str())))
                    .with_help("remove one of the two"),
            ),
            Some(kind) => kinds.push(kind),
            None => {}
        }
    }
    kinds
}
