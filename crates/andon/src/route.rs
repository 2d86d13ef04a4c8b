//! Who is told of an alert, and how: from the configuration and the facts to deliveries; pure.
//!
//! Routes are tried from the top. A route takes an alert when all its `match` globs and its
//! `kinds` fit; then the search ends, unless the route says `continue: true`. An alert that no
//! route takes goes to the default topic, if it is of a kind that is told by default: a new
//! pipeline is never silent because nobody has thought of it yet. A route with `to: []` takes
//! and tells nobody. Taking comes before telling: a repeated failure that a route with
//! `failures: changes` keeps to itself does not fall through to the next one.

use crate::config::{
    Account, Config, Destination, DestinationName, Failures, Globs, Kind, Match, Mention, QuietHours, Route, Timing,
};
use jiff::Timestamp;

/// What is known of an alert. A recovery carries the stage, action and category of the failure
/// that it ends, so that both go the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'f> {
    /// The account's id; empty if unknown.
    pub account: &'f str,
    /// The region; empty if unknown.
    pub region: &'f str,
    /// The pipeline.
    pub pipeline: &'f str,
    /// The stage, if it is about one.
    pub stage: Option<&'f str>,
    /// The action, if it is about one.
    pub action: Option<&'f str>,
    /// The category of the diagnosis, if there is one.
    pub category: Option<&'f str>,
    /// What it tells.
    pub kind: Kind,
    /// Whether a failure is the first since the last success.
    pub first_of_streak: bool,
}

/// One message to one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery<'c> {
    /// Where.
    pub destination: &'c Destination,
    /// Who is called there; nobody, if nobody has to act.
    pub mention: &'c [Mention],
    /// When it may have to wait.
    pub quiet: Option<&'c QuietHours>,
    /// What it tells.
    pub kind: Kind,
}

/// The deliveries of an alert, in the order of the routes, each destination at most once: the
/// first route that leads to it decides how.
pub fn route<'c>(config: &'c Config, facts: &Facts<'_>) -> Vec<Delivery<'c>> {
    let account = config.accounts.get(facts.account);
    let mut deliveries: Vec<Delivery<'c>> = Vec::new();
    let mut taken = false;
    for route in &config.routes {
        if !takes(route, facts, account) {
            continue;
        }
        taken = true;
        if tells(route, facts) {
            for name in &route.to {
                let is_new = !deliveries.iter().any(|delivery| delivery.destination.name == *name);
                if let (true, Some(destination)) = (is_new, config.destinations.get(name)) {
                    deliveries.push(Delivery {
                        destination,
                        mention: if facts.kind.calls_people() { &route.mention } else { &[] },
                        quiet: route.quiet.as_ref(),
                        kind: facts.kind,
                    });
                }
            }
        }
        if !route.goes_on {
            break;
        }
    }
    if !taken && Kind::TOLD_BY_DEFAULT.contains(&facts.kind) {
        deliveries.extend(config.destinations.get(&DestinationName::default_topic()).map(|destination| Delivery {
            destination,
            mention: &[],
            quiet: None,
            kind: facts.kind,
        }));
    }
    deliveries
}

impl Delivery<'_> {
    /// Whether it goes out now, or when its quiet hours end.
    pub fn timing(&self, now: Timestamp) -> Timing {
        self.quiet.map_or(Timing::Deliver, |quiet| quiet.timing(self.kind, now))
    }
}

fn takes(route: &Route, facts: &Facts<'_>, account: Option<&Account>) -> bool {
    let Match { pipeline, account: account_globs, customer, region, stage, action, category } = &route.matches;
    let fits = |globs: &Option<Globs>, value: Option<&str>| match (globs, value) {
        (None, _) => true,
        (Some(globs), Some(value)) => globs.match_any(value),
        (Some(_), None) => false,
    };
    let account_fits = fits(account_globs, Some(facts.account))
        || account.is_some_and(|account| fits(account_globs, Some(&account.name)));
    route.kinds.contains(&facts.kind)
        && fits(pipeline, Some(facts.pipeline))
        && account_fits
        && fits(customer, account.and_then(|account| account.customer.as_deref()))
        && fits(region, Some(facts.region))
        && fits(stage, facts.stage)
        && fits(action, facts.action)
        && fits(category, facts.category)
}

fn tells(route: &Route, facts: &Facts<'_>) -> bool {
    facts.kind != Kind::Failed || facts.first_of_streak || route.failures == Failures::Every
}
