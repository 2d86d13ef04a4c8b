//! What a question is about.

use std::collections::BTreeSet;

use andon::board::PipelineRow;
use andon::name::PipelineId;

use super::super::fleet::Fleet;
use super::{OnLine, Span};

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
    /// Branches and pull requests.
    pub lines: Vec<OnLine>,
    /// Which of those that were named before is meant, counted from 1.
    pub nth: Option<usize>,
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
    /// What else tells what is asked.
    pub nuances: BTreeSet<Nuance>,
    /// The pipelines that it is not about: "everything except Acme".
    pub except: Option<Except>,
}

/// What tells more of what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nuance {
    /// What is green is asked for.
    Green,
    /// What is running is asked for.
    Running,
    /// Nothing else is asked than how branches stand: "and main?".
    Brief,
    /// It is asked which of them did not do it.
    Without,
    /// It is asked if that is all there is: "is it just Acme".
    Only,
    /// Lead or recovery times are asked for.
    Times,
}

/// What a question is not about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Except {
    /// In words: "Acme".
    pub words: String,
    /// The pipelines.
    pub pipelines: Vec<PipelineId>,
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
    /// Whether it has this nuance.
    pub fn has(&self, nuance: Nuance) -> bool {
        self.nuances.contains(&nuance)
    }

    /// The pipelines that it is about.
    pub fn rows<'f>(&self, fleet: &'f Fleet) -> Vec<&'f PipelineRow> {
        let group: Option<BTreeSet<&PipelineId>> = self
            .group
            .as_ref()
            .map(|group| fleet.explaining(group).into_iter().map(|row| &row.overview.pipeline).collect());
        let belongs = |row: &&PipelineRow| {
            let id = &row.overview.pipeline;
            let (account, region) = (id.home.account.as_str(), id.home.region.as_str());
            let of_customer =
                || fleet.customer(id).is_some_and(|name| self.customers.iter().any(|known| known == name));
            (self.pipelines.is_empty() || self.pipelines.contains(id))
                && (self.customers.is_empty() || of_customer())
                && (self.accounts.is_empty() || self.accounts.iter().any(|known| known == account))
                && (self.regions.is_empty() || self.regions.iter().any(|known| known == region))
                && self.environment.is_none_or(|environment| fleet.is_of_environment(row, environment))
                && fleet.is_on_line(id)
                && group.as_ref().is_none_or(|group| group.contains(id))
                && self.except.as_ref().is_none_or(|except| !except.pipelines.contains(id))
        };
        fleet.rows().iter().filter(belongs).collect()
    }

    /// The one branch or pull request that it is about.
    pub fn line(&self) -> Option<&OnLine> {
        match self.lines.as_slice() {
            [only] if only.is_one() => Some(only),
            _ => None,
        }
    }

    /// Forgets where it is: the pipelines that are there are known.
    pub fn settle(&mut self, pipelines: Vec<PipelineId>) {
        self.customers.clear();
        self.accounts.clear();
        self.regions.clear();
        (self.environment, self.group, self.except) = (None, None, None);
        self.pipelines = pipelines;
    }

    /// Whether it is about some of the pipelines and not about all.
    pub fn has_scope(&self) -> bool {
        !self.customers.is_empty()
            || !self.accounts.is_empty()
            || !self.regions.is_empty()
            || self.environment.is_some()
            || self.group.is_some()
            || self.except.is_some()
    }
}

/// The environment that a word names.
pub(super) fn environment(word: &str) -> Option<&'static str> {
    Some(match word {
        "production" | "prod" | "prd" => "production",
        "staging" | "stg" => "staging",
        "development" | "dev" => "development",
        "preproduction" | "preprod" => "preproduction",
        "sandbox" => "sandbox",
        "uat" => "uat",
        "qa" => "qa",
        _ => return None,
    })
}
