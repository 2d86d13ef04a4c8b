//! The explanation of a failed action, as alerts show it and the ledger stores it.

use andon_diagnosis::Category;
use serde::{Deserialize, Serialize};

use crate::join::join_by_order;

/// The most lines of a cause.
pub const MAX_CAUSE_LINES: usize = 12;

/// Why something failed, as shown in messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Explanation {
    /// How much it is worth: an explanation from more evidence takes the place of one from less.
    pub worth: u32,
    /// What kind of failure it is.
    pub category: Category,
    /// The lines that say it, the most telling first, without secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cause: Vec<String>,
    /// Whether these lines are no more than likely to be the cause.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probable: bool,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The runbook's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What could not be read, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How many tests failed, where that is the kind of failure and the log says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_tests: Option<u32>,
}

join_by_order!(Explanation);
