//! What a question is about.

use andon::name::PipelineId;

use super::Span;

/// What a question is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The pipelines that were named.
    pub pipelines: Vec<PipelineId>,
    /// Customers, as the configuration calls them.
    pub customers: Vec<String>,
    /// Accounts, by their ids.
    pub accounts: Vec<String>,
    /// Regions, by their ids.
    pub regions: Vec<String>,
    /// An environment: `production`, `staging`.
    pub environment: Option<&'static str>,
    /// The words that a group of pipelines has in its names.
    pub group: Option<String>,
    /// People, as they were named.
    pub people: Vec<String>,
    /// A commit's id or a version.
    pub change: Option<String>,
    /// A stage or kind of action.
    pub stage: Option<String>,
    /// A branch.
    pub branch: Option<String>,
    /// A time.
    pub span: Option<Span>,
    /// How many of something.
    pub count: Option<usize>,
    /// By what something is grouped.
    pub by: Option<By>,
    /// The most or the least of what.
    pub superlative: Option<Superlative>,
    /// Whether a number is asked for.
    pub is_count: bool,
    /// Whether people are asked for.
    pub is_who: bool,
    /// Whether what is red is asked for.
    pub is_red: bool,
}

/// By what figures are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum By {
    /// By pipeline.
    Pipeline,
    /// By customer.
    Customer,
    /// By account.
    Account,
    /// By region.
    Region,
}

/// The most or the least of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum Superlative {
    /// The most failures.
    MostFailing,
    /// The fewest failures.
    LeastFailing,
    /// The longest runs.
    Slowest,
    /// The shortest runs.
    Fastest,
    /// The most changes between success and failure.
    Flakiest,
    /// Red for the longest time.
    LongestRed,
    /// The most deployments.
    MostDeployed,
    /// The highest share of failures.
    Worst,
    /// The lowest share of failures.
    Best,
}

impl Parts {
    /// Whether it is about some of the pipelines and not about all.
    pub fn has_scope(&self) -> bool {
        !self.customers.is_empty()
            || !self.accounts.is_empty()
            || !self.regions.is_empty()
            || self.environment.is_some()
            || self.group.is_some()
    }
}
