//! Metrics Insights queries: each adds up as many as 10,000 metrics into one, or finds the highest of them.
//!
//! They cover at most two weeks, have no percentiles, and a graph takes one query.

use andon::name::AccountId;
use andon::statistics::{Metric, NAMESPACE, dimension_value};

/// The pipelines that a query is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// All of them. Only for metrics of which stages and actions have none of their own.
    Everywhere,
    /// Those of the account and region that Andon runs in: they carry no more than their name.
    Home,
    /// All others.
    Elsewhere,
    /// Of the others, those of one account.
    Account(AccountId),
}

/// How the values are aggregated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Sum,
    Average,
    Maximum,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Sum => "SUM",
            Self::Average => "AVG",
            Self::Maximum => "MAX",
        }
    }
}

/// Whether stages and actions have no metrics of that name of their own, which would be found with those of pipelines.
pub(super) fn has_no_stages(metric: Metric) -> bool {
    metric == Metric::DeploymentCount
}

/// A query for a metric of whole pipelines, all of them in one.
pub(super) fn total(function: Function, metric: Metric, source: &Source) -> String {
    let from = match source {
        Source::Everywhere => format!("\"{NAMESPACE}\""),
        Source::Home => format!("SCHEMA(\"{NAMESPACE}\", \"PipelineName\")"),
        Source::Elsewhere | Source::Account(_) => {
            format!("SCHEMA(\"{NAMESPACE}\", \"PipelineName\", \"AccountId\", \"Region\")")
        }
    };
    let condition = match source {
        Source::Account(account) => format!(" WHERE \"AccountId\" = '{}'", dimension_value(account.as_str())),
        _ => String::new(),
    };
    format!("SELECT {}(\"{}\") FROM {from}{condition}", function.name(), metric.name())
}

/// A query for the pipelines with the highest values.
pub(super) fn highest(count: usize, function: Function, metric: Metric, source: &Source) -> String {
    let by = match source {
        Source::Home => "\"PipelineName\"",
        _ => "\"PipelineName\", \"AccountId\", \"Region\"",
    };
    format!("{} GROUP BY {by} ORDER BY {}() DESC LIMIT {count}", total(function, metric, source), function.name())
}
