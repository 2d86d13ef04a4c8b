//! Routing of alerts: from the configuration and the facts to deliveries. Pure functions.
//!
//! Routes are evaluated from top to bottom. A route takes an alert if all its `match` globs and
//! its `kinds` match; then evaluation ends, unless the route has `continue: true`. An alert that
//! matches no route goes to the default topic, if its kind is sent by default: a new pipeline is
//! never silent because it was not configured. A route with `to: []` takes alerts and sends
//! nothing. Taking comes before sending: a repeated failure that a route with
//! `failures: changes` does not send does not continue with the next route.

use std::collections::BTreeMap;

use andon::account::{Account, Accounts};
use andon::alert::{Alert, AlertKind, StillRed};
use andon::glob::Globs;
use andon::line::Line;
use andon::name::{ActionName, StageName};
use jiff::Timestamp;

use crate::destination::sns::{Sns, Topic, TopicArn};
use crate::destination::{Destination, DestinationName, Target};
use crate::digest::DigestTime;
use crate::mention::Mention;
use crate::quiet_hours::{QuietHours, Timing};
use crate::{Failures, Match, Route};

/// Where alerts go: the routes, and what they refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct Routing {
    /// The accounts that have a name.
    pub accounts: Accounts,
    /// Every destination by name; the default topic is always among them.
    pub destinations: BTreeMap<DestinationName, Destination>,
    /// The routes, in order.
    pub routes: Vec<Route>,
}

impl Default for Routing {
    /// All alerts that are sent by default go to the stack's own topic.
    fn default() -> Self {
        let default = Destination::default_topic();
        Self {
            accounts: Accounts::default(),
            destinations: BTreeMap::from([(default.name.clone(), default)]),
            routes: Vec::new(),
        }
    }
}

impl Routing {
    /// Whether any route matches by category.
    pub fn is_by_category(&self) -> bool {
        self.routes.iter().any(|route| route.matches.category.is_some())
    }

    /// The topics that are not in the region where Andon runs, and so cannot be published to.
    pub fn topics_outside<'c>(&'c self, region: &'c str) -> impl Iterator<Item = (&'c DestinationName, &'c TopicArn)> {
        self.destinations
            .values()
            .filter_map(|destination| match &destination.target {
                Target::Sns(Sns { topic: Topic::Arn(arn) }) => Some((&destination.name, arn)),
                _ => None,
            })
            .filter(move |(_, arn)| arn.region() != region)
    }
}

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
    /// The branch of the run, if it is known.
    pub branch: Option<&'f str>,
    /// The tag that started it.
    pub tag: Option<&'f str>,
    /// What set it off.
    pub trigger: Option<&'f str>,
    /// The number of the pull request that started it.
    pub pull_request: Option<&'f str>,
    /// Who wrote its change.
    pub author: Option<&'f str>,
    /// The kind of alert.
    pub kind: AlertKind,
    /// Whether a failure is the first since the last success.
    pub first_of_streak: bool,
}

impl<'f> Facts<'f> {
    /// What is known of an alert.
    pub fn of(alert: &'f Alert) -> Self {
        Self {
            account: alert.pipeline.home.account.as_str(),
            region: alert.pipeline.home.region.as_str(),
            pipeline: alert.pipeline.name.as_str(),
            stage: alert.stage().map(StageName::as_str),
            action: alert.action().map(ActionName::as_str),
            category: alert.category(),
            branch: alert.branch(),
            tag: alert.tag(),
            trigger: alert.trigger_kind(),
            pull_request: alert.pull_request(),
            author: alert.commit.as_ref().and_then(|commit| commit.author.as_deref()),
            kind: alert.kind(),
            first_of_streak: alert.is_first_in_streak(),
        }
    }

    /// What is known of a line of a digest.
    pub fn of_red(red: &StillRed<'f>) -> Self {
        let failure = red.broken_by.map(|broken_by| &broken_by.failure);
        let change = red.broken_by.and_then(|broken_by| broken_by.change.as_ref());
        let origin = red.broken_by.map(|broken_by| &broken_by.origin);
        let of_run = origin.and_then(|origin| origin.branch.as_deref());
        let (branch, pull_request) = match red.any_line {
            Some(Line::Branch(name)) => (Some(name.as_str()), None),
            Some(Line::PullRequest(number)) => (of_run, Some(number.as_str())),
            _ => (of_run, None),
        };
        Self {
            account: red.pipeline.home.account.as_str(),
            region: red.pipeline.home.region.as_str(),
            pipeline: red.pipeline.name.as_str(),
            stage: failure.and_then(|failure| failure.stage.as_ref()).map(StageName::as_str),
            action: failure.and_then(|failure| failure.action.as_ref()).map(ActionName::as_str),
            category: failure.and_then(|failure| failure.category).map(andon_diagnosis::Category::as_str),
            branch,
            tag: origin.and_then(|origin| origin.tag.as_deref()),
            trigger: origin.and_then(|origin| origin.trigger.as_deref()),
            pull_request,
            author: change.and_then(|change| change.author.as_deref()),
            kind: AlertKind::Digest,
            first_of_streak: true,
        }
    }
}

/// One message to one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery<'c> {
    /// Where.
    pub destination: &'c Destination,
    /// Who is mentioned there; empty if the alert needs no action.
    pub mention: &'c [Mention],
    /// When it may have to wait.
    pub quiet: Option<&'c QuietHours>,
    /// When its digests are sent.
    pub digest: Option<&'c DigestTime>,
    /// Whether it may be told together with others that have the same cause.
    pub together: bool,
    /// The kind of alert.
    pub kind: AlertKind,
}

/// The deliveries of an alert, in the order of the routes, each destination at most once: the
/// first route that leads to it decides how.
pub fn route<'c>(routing: &'c Routing, facts: &Facts<'_>) -> Vec<Delivery<'c>> {
    let account = routing.accounts.get(facts.account);
    let mut deliveries: Vec<Delivery<'c>> = Vec::new();
    let mut taken = false;
    for route in &routing.routes {
        if !takes(route, facts, account) {
            continue;
        }
        taken = true;
        if tells(route, facts) {
            for name in &route.to {
                let is_new = !deliveries.iter().any(|delivery| delivery.destination.name == *name);
                let destination =
                    routing.destinations.get(name).filter(|destination| destination.target.takes(facts.kind));
                if let (true, Some(destination)) = (is_new, destination) {
                    deliveries.push(Delivery {
                        destination,
                        mention: if facts.kind.mentions() { &route.mention } else { &[] },
                        quiet: route.quiet.as_ref(),
                        digest: route.digest.as_ref(),
                        together: route.together,
                        kind: facts.kind,
                    });
                }
            }
        }
        if !route.continues {
            break;
        }
    }
    // Of a digest, only routes say when.
    if !taken && facts.kind.is_default() && facts.kind != AlertKind::Digest {
        deliveries.extend(routing.destinations.get(&DestinationName::default_topic()).map(|destination| Delivery {
            destination,
            mention: &[],
            quiet: None,
            digest: None,
            together: false,
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
    route.takes(facts.kind) && mismatches(&route.matches, facts, account).next().is_none()
}

/// A key of `match` whose globs an alert does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch<'r> {
    /// The key.
    pub key: &'static str,
    /// Its globs.
    pub globs: &'r Globs,
    /// What is known of the alert; `None` if nothing is.
    pub value: Option<&'r str>,
}

/// The keys that do not fit; none where all globs match that are given.
pub fn mismatches<'r>(
    matches: &'r Match,
    facts: &Facts<'r>,
    account: Option<&'r Account>,
) -> impl Iterator<Item = Mismatch<'r>> {
    let Match { pipeline, account: account_globs, customer, region, stage, action, category, .. } = matches;
    let Match { branch, tag, trigger, pull_request, author, .. } = matches;
    let customer_name = account.and_then(|account| account.customer.as_deref());
    // An account goes by its name as well as by its id.
    let account_name = account.map(|account| account.name.as_str());
    let by_name = |globs: &Globs| account_name.is_some_and(|name| globs.match_any(name));
    let by_id = account_globs.as_ref().filter(|globs| !by_name(globs));
    let keys = [
        ("pipeline", pipeline.as_ref(), Some(facts.pipeline)),
        ("account", by_id, Some(facts.account)),
        ("customer", customer.as_ref(), customer_name),
        ("region", region.as_ref(), Some(facts.region)),
        ("stage", stage.as_ref(), facts.stage),
        ("action", action.as_ref(), facts.action),
        ("category", category.as_ref(), facts.category),
        ("branch", branch.as_ref(), facts.branch),
        ("tag", tag.as_ref(), facts.tag),
        ("trigger", trigger.as_ref(), facts.trigger),
        ("pull-request", pull_request.as_ref(), facts.pull_request),
        ("author", author.as_ref(), facts.author),
    ];
    keys.into_iter().filter_map(|(key, globs, value)| {
        let globs = globs.filter(|globs| !value.is_some_and(|value| globs.match_any(value)))?;
        Some(Mismatch { key, globs, value })
    })
}

/// What a route does with an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'r> {
    /// It takes it, and sends it to its destinations.
    Sends,
    /// It takes it, and sends nothing: it is a repeated failure, and the route sends changes.
    Repeated,
    /// It does not take alerts of this kind.
    Kind,
    /// It does not match.
    Mismatch(Vec<Mismatch<'r>>),
    /// An earlier route took it.
    NotReached,
}

/// What each route does with an alert, in the order of the routes.
pub fn verdicts<'r>(routing: &'r Routing, facts: &Facts<'r>) -> Vec<Verdict<'r>> {
    let account = routing.accounts.get(facts.account);
    let mut is_taken = false;
    let judge = |route: &'r Route| {
        if is_taken {
            return Verdict::NotReached;
        }
        if !route.takes(facts.kind) {
            return Verdict::Kind;
        }
        let mismatches: Vec<Mismatch<'r>> = mismatches(&route.matches, facts, account).collect();
        if !mismatches.is_empty() {
            return Verdict::Mismatch(mismatches);
        }
        is_taken = !route.continues;
        if tells(route, facts) { Verdict::Sends } else { Verdict::Repeated }
    };
    routing.routes.iter().map(judge).collect()
}

fn tells(route: &Route, facts: &Facts<'_>) -> bool {
    facts.kind != AlertKind::Failed || facts.first_of_streak || route.failures == Failures::Every
}
