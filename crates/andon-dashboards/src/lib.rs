//! CloudWatch dashboards, built from the pipelines and the names of their accounts. Pure functions.
//!
//! The dashboard of all pipelines uses searches while every metric of every pipeline fits on it. For a larger fleet it uses
//! queries that add up all pipelines and find those that stand out, and there are dashboards per customer and account. The
//! same pipelines give the same bytes.

use std::collections::BTreeMap;

use andon::account::Accounts;
use andon::name::{AccountId, Home, PipelineId};
use andon::service::Service;
use andon::statistics::Metric;

pub mod body;
mod by_query;
mod by_search;
mod chart;
mod fleet;
mod layout;
mod name;
mod query;
mod search;
mod services;
mod store;
mod words;

pub use name::DashboardName;
pub use store::{Changes, DashboardError, DashboardStore, changes};

use body::{Alarms, Body, Content, Custom, Params, PeriodOverride, UpdateOn};
use by_query::Queries;
use by_search::Searches;
use fleet::{Extent, Group};
use layout::Layout;

/// How far back a dashboard looks at first: as far as queries can.
const START: &str = "-P14D";

/// The most alarms that one widget takes.
const MAX_ALARMS: usize = 100;

/// How many pipelines there are to a page of the live board.
const ROWS: u16 = 20;

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// What it is called.
    pub name: DashboardName,
    /// What is on it.
    pub body: Body,
}

impl Dashboard {
    /// The body as CloudWatch takes it.
    pub fn json(&self) -> String {
        // Texts and numbers alone: there is nothing in a body that JSON could not say.
        serde_json::to_string(&self.body).unwrap_or_default()
    }
}

/// The installation that the dashboards are for.
#[derive(Debug, Clone, Copy)]
pub struct Site<'s> {
    /// The account and region that Andon runs in, whose metrics carry no account and region.
    pub home: &'s Home,
    /// The ARN of the function that renders the live board; empty if there is none.
    pub function: &'s str,
    /// The names of the accounts.
    pub accounts: &'s Accounts,
    /// The metric that counts deployments.
    pub deployments: Metric,
    /// The ARNs of the alarms whose states are shown.
    pub alarms: &'s [String],
    /// The deployed services whose metrics are shown.
    pub services: &'s [Service],
}

impl Site<'_> {
    /// The name of an account.
    fn account<'a>(&'a self, account: &'a AccountId) -> &'a str {
        self.accounts.name(account.as_str())
    }

    /// The name of an account and region.
    fn place(&self, place: &Home) -> String {
        format!("{} {}", self.account(&place.account), place.region)
    }
}

/// The dashboards of these pipelines: that of all first, then those of the groups that a large fleet is divided into.
pub fn build<'p>(pipelines: impl IntoIterator<Item = &'p PipelineId>, site: &Site<'_>) -> Vec<Dashboard> {
    let region = &site.home.region;
    let all = fleet::all(region, pipelines);
    let groups: Vec<(DashboardName, Group)> = fleet::groups(&all, site.accounts)
        .into_iter()
        .map(|group| (DashboardName::of_some(region, &group.title), group))
        .collect();
    let links: BTreeMap<AccountId, DashboardName> = groups
        .iter()
        .flat_map(|(name, group)| group.accounts().into_iter().map(move |account| (account.clone(), name.clone())))
        .collect();
    let first = dashboard(DashboardName::of_all(region), &all, site, &links);
    let others = groups.into_iter().map(|(name, group)| dashboard(name, &group, site, &BTreeMap::new()));
    std::iter::once(first).chain(others).collect()
}

fn dashboard(
    name: DashboardName,
    group: &Group,
    site: &Site<'_>,
    links: &BTreeMap<AccountId, DashboardName>,
) -> Dashboard {
    let mut layout = Layout::default();
    layout.row(board_height(group), board(&name, group, site));
    if group.is_small() {
        let searches = Searches::new(group, site);
        searches.four_keys(&mut layout);
        searches.trends(&mut layout);
        searches.each(&mut layout);
    } else {
        let queries = Queries::new(group, site);
        queries.four_keys(&mut layout);
        queries.trends(&mut layout);
        queries.lists(&mut layout);
    }
    if group.extent == Extent::Fleet {
        services::row(&mut layout, site);
        if !site.alarms.is_empty() {
            let alarms = site.alarms.iter().take(MAX_ALARMS).cloned().collect();
            layout.row(3, vec![Content::Alarm(Alarms { title: "Andon's own alarms".to_owned(), alarms })]);
        }
    }
    if group.places.keys().any(|place| place != site.home) {
        let height = u16::try_from(group.accounts().len().min(16)).unwrap_or(16) + 2;
        layout.row(height, vec![words::accounts(group, site, links)]);
    }
    layout.row(4, vec![words::about(group, site)]);
    let body = Body { start: START, period_override: PeriodOverride::Inherit, widgets: layout.into_widgets() };
    Dashboard { name, body }
}

/// The live board, if there is a function that renders it.
fn board(name: &DashboardName, group: &Group, site: &Site<'_>) -> Vec<Content> {
    if site.function.is_empty() {
        return Vec::new();
    }
    let accounts = match group.extent {
        Extent::Fleet => Vec::new(),
        Extent::Part => group.accounts().into_iter().map(ToString::to_string).collect(),
    };
    vec![Content::Custom(Custom {
        title: "Pipelines".to_owned(),
        endpoint: site.function.to_owned(),
        params: Params { dashboard: name.clone(), rows: ROWS, accounts },
        update_on: UpdateOn::EVERYTHING,
    })]
}

/// The height of the board's rows, within limits.
fn board_height(group: &Group) -> u16 {
    u16::try_from(group.count()).unwrap_or(u16::MAX).clamp(4, 16) + 4
}
