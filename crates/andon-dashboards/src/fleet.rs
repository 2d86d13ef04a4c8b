//! The pipelines by account and region, and the groups that large fleets are divided into.

use std::collections::BTreeMap;

use andon::account::Accounts;
use andon::name::{AccountId, Home, PipelineId, Region};

/// The most pipelines whose every metric fits on one dashboard: it takes 2,500 metrics, and each pipeline has some 20.
pub(super) const FEW: usize = 100;
/// The most dashboards beside that of the whole fleet: each costs three dollars a month.
const MAX_GROUPS: usize = 50;

/// How much of the fleet a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All pipelines, and those that are yet to come.
    Fleet,
    /// Those of a customer or an account.
    Part,
}

/// Pipelines that are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// How much of the fleet it is.
    pub(super) extent: Extent,
    /// What the group is called.
    pub(super) title: String,
    /// How many pipelines there are in each account and region.
    pub(super) places: BTreeMap<Home, usize>,
}

impl Group {
    fn part(title: String) -> Self {
        Self { extent: Extent::Part, title, places: BTreeMap::new() }
    }

    /// How many pipelines it has.
    pub(super) fn count(&self) -> usize {
        self.places.values().sum()
    }

    /// Whether they are few enough for searches.
    pub(super) fn is_small(&self) -> bool {
        self.count() <= FEW
    }

    /// Its accounts, each once.
    pub(super) fn accounts(&self) -> Vec<&AccountId> {
        let mut accounts: Vec<&AccountId> = self.places.keys().map(|place| &place.account).collect();
        accounts.dedup();
        accounts
    }

    fn add(&mut self, places: impl IntoIterator<Item = (Home, usize)>) {
        self.places.extend(places);
    }
}

/// All pipelines, as one group.
pub(super) fn all<'p>(region: &Region, pipelines: impl IntoIterator<Item = &'p PipelineId>) -> Group {
    let mut places: BTreeMap<Home, usize> = BTreeMap::new();
    for pipeline in pipelines {
        *places.entry(pipeline.home.clone()).or_default() += 1;
    }
    Group { extent: Extent::Fleet, title: region.to_string(), places }
}

/// What a large fleet is divided into: the customers, and the accounts that are no customer's. A customer with more
/// pipelines than fit on one dashboard is divided into accounts. A fleet that is small, or all one group, is not divided.
pub(super) fn groups(all: &Group, names: &Accounts) -> Vec<Group> {
    if all.is_small() {
        return Vec::new();
    }
    let mut customers: BTreeMap<String, Group> = BTreeMap::new();
    let mut accounts: BTreeMap<AccountId, Group> = BTreeMap::new();
    for (place, count) in &all.places {
        if !is_plain(&place.account) {
            continue;
        }
        let group = match names.customer(place.account.as_str()).map(str::to_owned) {
            Some(customer) => customers.entry(customer.clone()).or_insert_with(|| Group::part(customer)),
            None => accounts.entry(place.account.clone()).or_insert_with(|| alone(&place.account, names)),
        };
        group.add([(place.clone(), *count)]);
    }
    let (whole, divided): (Vec<Group>, Vec<Group>) =
        customers.into_values().partition(|group| group.is_small() || group.accounts().len() == 1);
    for (place, count) in divided.into_iter().flat_map(|group| group.places) {
        accounts.entry(place.account.clone()).or_insert_with(|| alone(&place.account, names)).add([(place, count)]);
    }
    let mut groups: Vec<Group> = whole.into_iter().chain(accounts.into_values()).collect();
    if groups.len() < 2 {
        return Vec::new();
    }
    groups.sort_by(|a, b| b.count().cmp(&a.count()).then_with(|| a.title.cmp(&b.title)));
    groups.truncate(MAX_GROUPS);
    groups.sort_by(|a, b| a.title.cmp(&b.title));
    tell_apart(&mut groups);
    groups
}

/// A customer and an account may have the same name: the account then also shows its id.
fn tell_apart(groups: &mut [Group]) {
    let titles: Vec<String> = groups.iter().map(|group| group.title.clone()).collect();
    for group in groups {
        let is_shared = titles.iter().filter(|title| **title == group.title).count() > 1;
        if let ([account], true) = (group.accounts().as_slice(), is_shared) {
            group.title = format!("{} {account}", group.title);
        }
    }
}

fn alone(account: &AccountId, names: &Accounts) -> Group {
    Group::part(names.name(account.as_str()).to_owned())
}

/// Whether an account's id can be used in a search unchanged; every id that AWS assigns can.
pub(super) fn is_plain(account: &AccountId) -> bool {
    account.as_str().chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
