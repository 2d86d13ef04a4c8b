//! `andon.yml`: routes, destinations, names of accounts, runbooks, limits.
//!
//! [`Config::parse`] is strict: whatever it does not understand is an error with a position and
//! a suggestion, and one run finds all errors. Nothing here fetches anything; secrets are
//! references ([`andon::secret::SecretRef`]) that the caller resolves. Without a file, [`Config::default`]
//! sends failures, recoveries and approvals of every pipeline to the stack's own topic.

mod account;
mod chat;
mod destination;
mod digest;
mod duration;
mod environment;
mod finding;
mod issue;
mod kind;
mod limits;
mod mask;
mod mcp;
mod people;
mod phone;
mod quiet_hours;
mod reach;
mod reader;
#[cfg(feature = "check")]
mod render;
mod routes;
mod runbook;
mod service;
mod statistics;
mod tree;
mod voice_actions;
mod zone;

use std::collections::BTreeSet;

use andon::account::Accounts;
use andon::alert::{Limit, Limits};
use andon::environment::Environments;
use andon::issue::Trackers;
use andon::service::Service;
use andon::statistics::Statistics;
use andon::suggest::quoted;
use andon_diagnosis::Runbook;
use andon_notify::{DestinationName, People, Route, Routing};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

pub use chat::{Chat, May, Who};
pub use duration::parse as parse_duration;
pub use finding::{Finding, Findings, Severity};
pub use mcp::{Mcp, Principal};
pub use phone::Phone;
#[cfg(feature = "check")]
pub use render::{Style, render};
pub use voice_actions::VoiceActions;

use reader::{Fields, Reader};
use tree::Node;

/// The JSON Schema of the file, for editors.
pub const SCHEMA: &str = include_str!("andon.schema.json");

/// The configuration, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The time zone of messages, and of quiet hours that name none.
    pub zone: TimeZone,
    /// Where alerts go, and the names of the accounts.
    pub routing: Routing,
    /// What the team knows, in order.
    pub runbooks: Vec<Runbook>,
    /// The limits, in order; [`Config::limits`] picks.
    pub limits: Vec<Limit>,
    /// How long a failure is held that CodePipeline may retry by itself; zero for not at all.
    pub settle: SignedDuration,
    /// What is measured.
    pub statistics: Statistics,
    /// What may be done by voice; nothing if absent.
    pub voice: Option<VoiceActions>,
    /// What AI assistants may do, and who may let them.
    pub mcp: Mcp,
    /// The Slack app; none if absent.
    pub chat: Option<Chat>,
    /// The members of Slack by what commits call them.
    pub people: People,
    /// The names of environments, and where their applications are.
    pub environments: Environments,
    /// Where issues are that commit messages mention.
    pub issues: Trackers,
    /// Who may ask by phone.
    pub phone: Phone,
    /// The deployed services whose metrics are on the dashboard.
    pub services: Vec<Service>,
}

/// Where the file will be used, as far as known when checking.
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

/// How long a failure is held that CodePipeline may retry by itself, unless the file says otherwise.
const SETTLE: SignedDuration = SignedDuration::from_mins(1);

const KEYS: &[&str] = &[
    "version",
    "zone",
    "slack-token",
    "destinations",
    "routes",
    "accounts",
    "runbooks",
    "limits",
    "settle",
    "statistics",
    "voice",
    "mcp",
    "chat",
    "people",
    "environments",
    "issues",
    "phone",
    "services",
];

impl Default for Config {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            routing: Routing::default(),
            runbooks: Vec::new(),
            limits: Vec::new(),
            settle: SETTLE,
            statistics: Statistics::default(),
            voice: None,
            mcp: Mcp::default(),
            chat: None,
            people: People::default(),
            environments: Environments::default(),
            issues: Trackers::default(),
            phone: Phone::default(),
            services: Vec::new(),
        }
    }
}

impl Config {
    /// Reads a configuration; `name` is what messages call the file. Warnings alone pass.
    pub fn parse(text: &str, name: &str) -> Result<Self, Findings> {
        let Checked { config, findings } = Self::check(text, name, Surroundings::default());
        config.ok_or(findings)
    }

    /// Reads a configuration and reports all errors and warnings.
    pub fn check(text: &str, name: &str, surroundings: Surroundings<'_>) -> Checked {
        let (mut masked, secrets) = mask::mask(text);
        let mut reader = Reader::new(&masked);
        let root = tree::read(&masked, &mut reader.findings);
        let config = root.as_ref().and_then(|root| read(root, surroundings, &mut reader));
        if root.is_none() && reader.findings.is_empty() {
            reader.note(Finding::error(0..0, "the file is empty").with_help("start with `version: 1`"));
        }
        let Reader { mut findings, secrets: literals, .. } = reader;
        for place in secrets {
            if !literals.iter().any(|literal| overlaps(literal, &place)) {
                findings.push(
                    Finding::error(place, "this file contains a secret")
                        .with_label("anyone who can read the repository can use it")
                        .with_help("revoke it, remove it, and refer to a new one by `ssm:/name`, `secretsmanager:id` or `env:NAME`"),
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

    /// The names of the accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.routing.accounts
    }
}

fn overlaps(a: &std::ops::Range<usize>, b: &std::ops::Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn read(root: &Node, surroundings: Surroundings<'_>, reader: &mut Reader<'_>) -> Option<Config> {
    let fields = reader.fields(root, "the file", KEYS)?;
    version(fields, reader);
    let zone = fields.get("zone").and_then(|node| reader.value(node, "`zone`", zone::zone)).unwrap_or(TimeZone::UTC);
    let tokens = destination::shared_tokens(fields, reader);
    let (destinations, names) = destination::read(fields.section("destinations"), &tokens, surroundings, reader);
    let accounts = fields.section("accounts").map(|node| account::read(node, reader)).unwrap_or_default();
    let people = fields.section("people").map(|node| people::read(node, reader)).unwrap_or_default();
    let known = routes::Known {
        accounts: &accounts,
        destinations: &destinations,
        names: &names,
        zone: &zone,
        has_people: !people.is_empty(),
    };
    let (routes, sound) = fields.section("routes").map(|node| routes::read(node, &known, reader)).unwrap_or_default();
    reach::note_unreachable(&routes, &sound, reader);
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
    let settle = fields.get("settle").and_then(|node| reader.value(node, "`settle`", duration::parse));
    let settle = settle.map_or(SETTLE, |length| length.unwrap_or_default().try_into().unwrap_or(SETTLE));
    let statistics = fields.section("statistics").and_then(|node| statistics::read(node, reader)).unwrap_or_default();
    let voice = fields.section("voice").and_then(|node| voice_actions::read(node, reader));
    let mcp = fields.section("mcp").and_then(|node| mcp::read(node, reader)).unwrap_or_default();
    let chat = fields.section("chat").and_then(|node| chat::read(node, &known, &tokens, reader));
    let environments = fields.section("environments").map(|node| environment::read(node, reader)).unwrap_or_default();
    let issues = fields.section("issues").map(|node| issue::read(node, reader)).unwrap_or_default();
    let phone = fields.section("phone").and_then(|node| phone::read(node, reader)).unwrap_or_default();
    let services = fields.section("services").map(|node| service::read(node, reader)).unwrap_or_default();
    let routing = Routing { accounts, destinations, routes };
    Some(Config {
        zone,
        routing,
        runbooks,
        limits,
        settle,
        statistics,
        voice,
        mcp,
        chat,
        people,
        environments,
        issues,
        phone,
        services,
    })
}

fn version(fields: Fields<'_>, reader: &mut Reader<'_>) {
    let Some(node) = fields.require("version", "version: 1", reader) else {
        return;
    };
    if let Some(version) = reader.text(node, "`version`")
        && version != "1"
    {
        reader.note(
            Finding::error(
                node.span.clone(),
                format!("unsupported version {}: this Andon reads version 1", quoted(version)),
            )
            .with_help("write `version: 1`, or upgrade Andon"),
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
                    .with_help("add it to the `to` of a route, or remove it"),
            );
        }
    }
}
