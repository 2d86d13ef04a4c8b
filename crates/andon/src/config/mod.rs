//! `andon.yml`: who is told of what, what the accounts are called, what the team knows.
//!
//! [`Config::parse`] is strict: whatever it does not understand is an error with its place and
//! a suggestion, and all errors are found in one go. Nothing here fetches anything; secrets are
//! names ([`SecretRef`]) until somebody else resolves them. Without a file, [`Config::default`]
//! sends failures, recoveries and approvals of every pipeline to the stack's own topic.

mod account;
mod clock;
mod destination;
mod duration;
mod finding;
mod glob;
mod kind;
mod limits;
mod mask;
mod mention;
mod quiet;
mod reach;
mod reader;
mod region;
#[cfg(feature = "check")]
mod render;
mod routes;
mod runbook;
mod secret;
mod statistics;
mod topic;
mod tree;
mod voice;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use andon_diagnosis::Runbook;
use jiff::tz::TimeZone;

pub use account::Account;
pub use clock::TimeOfDay;
pub use destination::{Destination, DestinationName, SlackChannel, Target};
pub use finding::{Finding, Findings, Invalid, Severity};
pub use glob::{Glob, Globs, Subject};
pub use kind::{CATEGORIES, Kind};
pub use limits::{Limit, Limits};
pub use mention::Mention;
pub use quiet::{QuietHours, Timing, Window};
#[cfg(feature = "check")]
pub use render::{Style, render};
pub use routes::{Failures, Match, Route};
pub use secret::{BadWebhookUrl, SecretRef, WebhookUrl};
pub use statistics::{Deployment, Detail, Statistics};
pub use topic::{Topic, TopicArn};
pub use voice::Voice;

use reader::{Fields, Reader};
use tree::Node;
use words::quoted;

/// The JSON Schema of the file, for editors.
pub const SCHEMA: &str = include_str!("andon.schema.json");

/// The configuration, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The time zone of messages, and of quiet hours that name none.
    pub zone: TimeZone,
    /// Every destination by name; the default topic is always among them.
    pub destinations: BTreeMap<DestinationName, Destination>,
    /// The routes, in order.
    pub routes: Vec<Route>,
    /// The accounts by id.
    pub accounts: BTreeMap<String, Account>,
    /// What the team knows, in order.
    pub runbooks: Vec<Runbook>,
    /// The limits, in order; [`Config::limits`] picks.
    pub limits: Vec<Limit>,
    /// What is measured.
    pub statistics: Statistics,
    /// What may be done by voice; nothing if absent.
    pub voice: Option<Voice>,
}

/// What is known, while checking, of where the file will be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surroundings<'s> {
    /// The region of the stack.
    pub region: Option<&'s str>,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The configuration, unless there are errors.
    pub config: Option<Config>,
    /// Errors and warnings.
    pub findings: Findings,
}

const KEYS: &[&str] = &[
    "version",
    "zone",
    "slack-token",
    "destinations",
    "routes",
    "accounts",
    "runbooks",
    "limits",
    "statistics",
    "voice",
];

impl Default for Config {
    fn default() -> Self {
        let default = destination::default_topic();
        Self {
            zone: TimeZone::UTC,
            destinations: BTreeMap::from([(default.name.clone(), default)]),
            routes: Vec::new(),
            accounts: BTreeMap::new(),
            runbooks: Vec::new(),
            limits: Vec::new(),
            statistics: Statistics::default(),
            voice: None,
        }
    }
}

impl Config {
    /// Reads a configuration; `name` is what messages call the file. Warnings alone pass.
    pub fn parse(text: &str, name: &str) -> Result<Self, Findings> {
        let Checked { config, findings } = Self::check(text, name, Surroundings::default());
        config.ok_or(findings)
    }

    /// Reads a configuration and tells everything that is wrong or doubtful in it.
    pub fn check(text: &str, name: &str, surroundings: Surroundings<'_>) -> Checked {
        let (mut masked, secrets) = mask::mask(text);
        let mut reader = Reader::new(&masked);
        let root = tree::read(&masked, &mut reader.findings);
        let config = root.as_ref().and_then(|root| read(root, surroundings, &mut reader));
        if root.is_none() && reader.findings.is_empty() {
            reader.note(Finding::error(0..0, "the file is empty").with_help("begin it with `version: 1`"));
        }
        let Reader { mut findings, secrets: literals, .. } = reader;
        for place in secrets {
            if !literals.iter().any(|literal| overlaps(literal, &place)) {
                findings.push(
                    Finding::error(place, "a secret is written in this file")
                        .with_label("anyone who reads the repository can use it")
                        .with_help("revoke it, remove it, and refer to its successor by `ssm:/name`, `secretsmanager:id` or `env:NAME`"),
                );
            }
        }
        if !findings.is_empty() {
            for place in literals {
                mask::blot(&mut masked, place);
            }
            for place in mask::suspects(&masked) {
                mask::blot(&mut masked, place);
            }
        }
        let findings = Findings::new(name, masked, findings);
        let config = config.filter(|_| findings.errors().next().is_none());
        Checked { config, findings }
    }

    /// After how long a silence of this pipeline is worth an alert.
    pub fn limits(&self, pipeline: &str) -> Limits {
        Limits::of(pipeline, &self.limits)
    }

    /// Whether any route asks what kind of failure it is.
    pub fn routes_by_category(&self) -> bool {
        self.routes.iter().any(|route| route.matches.category.is_some())
    }

    /// The name of an account, if it has been given one.
    pub fn account_name(&self, id: &str) -> Option<&str> {
        self.accounts.get(id).map(|account| account.name.as_str())
    }

    /// The topics that are not in the region where Andon runs, and so cannot be published to.
    pub fn topics_outside<'c>(&'c self, region: &'c str) -> impl Iterator<Item = (&'c DestinationName, &'c TopicArn)> {
        self.destinations
            .values()
            .filter_map(|destination| match &destination.target {
                Target::Sns { topic: Topic::Arn(arn) } => Some((&destination.name, arn)),
                _ => None,
            })
            .filter(move |(_, arn)| arn.region() != region)
    }
}

fn overlaps(a: &std::ops::Range<usize>, b: &std::ops::Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn read(root: &Node, surroundings: Surroundings<'_>, reader: &mut Reader<'_>) -> Option<Config> {
    let fields = reader.fields(root, "the file", KEYS)?;
    version(fields, reader);
    let zone = fields.get("zone").and_then(|node| reader.value(node, "`zone`", clock::zone)).unwrap_or(TimeZone::UTC);
    let token = destination::token_of(fields, "slack-token", reader);
    let (destinations, names) = destination::read(fields.section("destinations"), &token, surroundings, reader);
    let accounts = fields.section("accounts").map(|node| account::read(node, reader)).unwrap_or_default();
    let known = routes::Known { accounts: &accounts, destinations: &destinations, names: &names, zone: &zone };
    let routes = fields.section("routes").map(|node| routes::read(node, &known, reader)).unwrap_or_default();
    if let Some(node) = fields.section("destinations") {
        note_unused(node, &routes, reader);
    }
    let runbooks = fields
        .section("runbooks")
        .map(|node| {
            runbook::note_hidden(node, reader);
            runbook::read(node, reader)
        })
        .unwrap_or_default();
    let limits = fields.section("limits").map(|node| limits::read(node, reader)).unwrap_or_default();
    let statistics = fields.section("statistics").and_then(|node| statistics::read(node, reader)).unwrap_or_default();
    let voice = fields.section("voice").and_then(|node| voice::read(node, reader));
    Some(Config { zone, destinations, routes, accounts, runbooks, limits, statistics, voice })
}

fn version(fields: Fields<'_>, reader: &mut Reader<'_>) {
    let Some(node) = fields.require("version", "version: 1", reader) else {
        return;
    };
    if let Some(version) = reader.text(node, "`version`")
        && version != "1"
    {
        reader.note(
            Finding::error(node.span.clone(), format!("this Andon reads version 1, not {}", quoted(version)))
                .with_help("write `version: 1`, or use a newer Andon"),
        );
    }
}

/// Warns of destinations that no route leads to; the default one is reached without a route.
fn note_unused(node: &Node, routes: &[Route], reader: &mut Reader<'_>) {
    let used: BTreeSet<&str> = routes.iter().flat_map(|route| route.to.iter().map(DestinationName::as_str)).collect();
    let tree::Value::Map(entries) = &node.value else {
        return;
    };
    for entry in entries {
        if entry.key != "default" && !used.contains(entry.key.as_str()) {
            reader.note(
                Finding::warning(entry.key_span.clone(), format!("no route leads to {}", quoted(&entry.key)))
                    .with_help("name it in the `to` of a route, or remove it"),
            );
        }
    }
}
