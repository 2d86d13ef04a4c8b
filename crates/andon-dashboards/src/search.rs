//! Searches: they find metrics of new pipelines automatically, with any statistic of each, including percentiles.
//!
//! Everything that a search finds counts towards the metrics of its graph and its dashboard, arithmetic or not.

use std::fmt::Display;

use andon::name::{AccountId, Home};
use andon::statistics::{Metric, NAMESPACE, dimension_value};

/// The most accounts in one search, which has at most 1,024 characters.
pub(super) const MAX_ACCOUNTS: usize = 25;

/// The pipelines that a search is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of them. Only for metrics of which stages and actions have none of their own.
    Everywhere,
    /// Those of the account and region that Andon runs in: they carry no more than their name.
    Home,
    /// All others.
    Elsewhere,
    /// Of the others, those of these accounts; at most [`MAX_ACCOUNTS`].
    Accounts(Vec<AccountId>),
    /// Of the others, those of one account and region.
    Place(Home),
}

/// What is taken of each metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    Sum,
    SampleCount,
    Median,
}

impl Statistic {
    fn name(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::SampleCount => "SampleCount",
            Self::Median => "p50",
        }
    }
}

/// A search for a metric of whole pipelines.
pub(super) fn search(metric: Metric, statistic: Statistic, reach: &Reach) -> String {
    const ELSEWHERE: &str = "PipelineName,AccountId,Region";
    let (name, statistic) = (metric.name(), statistic.name());
    let terms = match reach {
        Reach::Everywhere => format!("Namespace=\"{NAMESPACE}\" MetricName=\"{name}\""),
        Reach::Home => format!("{{{NAMESPACE},PipelineName}} MetricName=\"{name}\""),
        Reach::Elsewhere => format!("{{{NAMESPACE},{ELSEWHERE}}} MetricName=\"{name}\""),
        Reach::Accounts(accounts) => {
            let accounts: Vec<String> = accounts.iter().map(|account| term("AccountId", account)).collect();
            format!("{{{NAMESPACE},{ELSEWHERE}}} MetricName=\"{name}\" ({})", accounts.join(" OR "))
        }
        Reach::Place(Home { account, region }) => {
            let (account, region) = (term("AccountId", account), term("Region", region));
            format!("{{{NAMESPACE},{ELSEWHERE}}} MetricName=\"{name}\" {account} {region}")
        }
    };
    format!("SEARCH('{terms}', '{statistic}')")
}

/// A dimension that must have this value, and no other that merely holds it.
fn term(dimension: &str, value: &impl Display) -> String {
    format!("{dimension}=\"{}\"", dimension_value(&value.to_string()))
}
