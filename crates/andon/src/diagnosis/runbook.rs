//! The runbook that applies: the team's own sentence, told before any hint of ours.

use serde::Serialize;

use crate::config::Runbook;

/// What the team itself says about such a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunbookMatch {
    /// What the team wants to be told.
    pub sentence: String,
    /// Where it says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl RunbookMatch {
    /// What a runbook says.
    pub(super) fn of(runbook: &Runbook) -> Self {
        Self { sentence: runbook.hint.clone(), link: runbook.link.clone() }
    }
}
