//! The port to stored dashboards, and the changes that bring them up to date.

use andon::arn::Arn;
use std::collections::BTreeMap;

use serde_json::Value;

use super::{Dashboard, DashboardName};

/// The store of dashboards: CloudWatch.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait DashboardStore {
    /// The names of the dashboards with this prefix.
    async fn names(&self, prefix: &str) -> Result<Vec<DashboardName>, DashboardError>;

    /// A dashboard's body; `None` if there is no dashboard of this name.
    async fn body(&self, name: &DashboardName) -> Result<Option<String>, DashboardError>;

    /// Creates or replaces a dashboard; returns CloudWatch's warnings.
    async fn put(&self, dashboard: &Dashboard) -> Result<Vec<String>, DashboardError>;

    /// Deletes a dashboard. It is not an error if it does not exist.
    async fn remove(&self, name: &DashboardName) -> Result<(), DashboardError>;
}

/// Why something could not be done with dashboards.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {problem}")]
pub struct DashboardError {
    /// What was being done, to what.
    pub doing: String,
    /// The service's message, and what to do about it.
    pub problem: String,
}

/// The changes to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<'d> {
    /// The dashboards to put.
    pub put: Vec<&'d Dashboard>,
    /// The dashboards to delete.
    pub remove: Vec<&'d DashboardName>,
}

/// The changes that bring the existing dashboards up to date, given their bodies: put those that are
/// missing or different, and delete those that the same function created and that are no longer needed.
pub fn changes<'d>(wanted: &'d [Dashboard], there: &'d BTreeMap<DashboardName, String>, function: &str) -> Changes<'d> {
    let is_there = |dashboard: &&Dashboard| {
        let body = there.get(&dashboard.name).and_then(|body| serde_json::from_str::<Value>(body).ok());
        body.is_some() && body == serde_json::to_value(&dashboard.body).ok()
    };
    let is_wanted = |name: &DashboardName| wanted.iter().any(|dashboard| dashboard.name == *name);
    Changes {
        put: wanted.iter().filter(|dashboard| !is_there(dashboard)).collect(),
        remove: there
            .iter()
            .filter(|(name, body)| !is_wanted(name) && is_made_by(function, name, body))
            .map(|(name, _)| name)
            .collect(),
    }
}

/// Whether this function created this dashboard: it has the function's board, made for a dashboard of this name. It
/// never deletes copies under other names, or dashboards of another installation.
fn is_made_by(function: &str, name: &DashboardName, body: &str) -> bool {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let widgets = body.get("widgets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    widgets.iter().any(|widget| {
        let text = |pointer: &str| widget.pointer(pointer).and_then(Value::as_str);
        text("/properties/endpoint").is_some_and(|endpoint| unqualified(endpoint) == unqualified(function))
            && text("/properties/params/dashboard") == Some(name.as_str())
    })
}

/// A function's ARN without version or alias: its resource is `function:NAME:QUALIFIER`. Other text is compared whole.
fn unqualified(text: &str) -> (&str, Option<Arn<'_>>) {
    match Arn::parse(text) {
        None => (text, None),
        Some(arn) => {
            let end = arn.resource.match_indices(':').nth(1).map_or(arn.resource.len(), |(end, _)| end);
            ("", Some(Arn { resource: arn.resource.get(..end).unwrap_or(arn.resource), ..arn }))
        }
    }
}
