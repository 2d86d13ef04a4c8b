//! Reading `routes`.

use std::collections::BTreeMap;
use std::ops::Range;

use andon::account::Accounts;
use andon::alert::AlertKind;
use andon::event::Trigger;
use andon::glob::{Glob, Globs, Subject};
use andon::invalid::Invalid;
use andon::region;
use andon::suggest::{listed, nearest, quoted, suggestion};
use andon_diagnosis::Category;
use andon_notify::incident::{self, Step};
use andon_notify::{Destination, DestinationName, Failures, Match, Mention, Route, Target};
use jiff::tz::TimeZone;
use strum::{VariantArray as _, VariantNames as _};

use super::finding::{Finding, Severity};
use super::reader::{Fields, Reader};
use super::tree::{Node, Value};
use super::{digest, kind, quiet_hours};

/// A thing that globs are written for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Pipeline,
    Account,
    Customer,
    Region,
    Stage,
    Action,
    Category,
    Branch,
    Tag,
    Trigger,
    PullRequest,
    Author,
}

/// Valid routes: their places in the list, and their positions in the text.
pub(super) type Sound = Vec<(usize, Range<usize>)>;

/// What a route may refer to.
pub(super) struct Known<'k> {
    pub(super) accounts: &'k Accounts,
    pub(super) destinations: &'k BTreeMap<DestinationName, Destination>,
    pub(super) names: &'k [String],
    pub(super) zone: &'k TimeZone,
    /// Whether members are listed by what commits call them.
    pub(super) has_people: bool,
}

const KEYS: &[&str] =
    &["name", "match", "kinds", "failures", "same-cause", "mention", "quiet", "digest", "to", "continue"];
const MATCH_KEYS: &[&str] = &[
    "pipeline",
    "account",
    "customer",
    "region",
    "stage",
    "action",
    "category",
    "branch",
    "tag",
    "trigger",
    "pull-request",
    "author",
];

impl Field {
    fn key(self) -> &'static str {
        match self {
            Self::Pipeline => "`pipeline`",
            Self::Account => "`account`",
            Self::Customer => "`customer`",
            Self::Region => "`region`",
            Self::Stage => "`stage`",
            Self::Action => "`action`",
            Self::Category => "`category`",
            Self::Branch => "`branch`",
            Self::Tag => "`tag`",
            Self::Trigger => "`trigger`",
            Self::PullRequest => "`pull-request`",
            Self::Author => "`author`",
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::Pipeline | Self::Stage | Self::Action => Subject::Name,
            Self::Account => Subject::Account,
            Self::Region => Subject::Region,
            Self::Customer
            | Self::Category
            | Self::Branch
            | Self::Tag
            | Self::Trigger
            | Self::PullRequest
            | Self::Author => Subject::Text,
        }
    }
}

/// Reads one glob or several.
pub(super) fn globs(node: &Node, field: Field, reader: &mut Reader<'_>) -> Option<Globs> {
    let mut globs = Vec::new();
    for item in reader.one_or_more(node, field.key()) {
        let Some(glob) = reader.value(item, field.key(), |text| Glob::parse(text, field.subject())) else {
            continue;
        };
        if field == Field::Category && !Category::VARIANTS.iter().any(|known| glob.matches(known)) {
            reader.invalid(
                item,
                Invalid::new(format!("unknown category {}", quoted(glob.as_str())))
                    .with_help(suggestion(glob.as_str(), Category::VARIANTS.iter().copied())),
            );
        }
        if field == Field::Trigger && !Trigger::KINDS.iter().any(|known| glob.matches(known)) {
            let known = listed(Trigger::KINDS, "or");
            reader.note(
                Finding::warning(item.span.clone(), format!("unknown trigger {}", quoted(glob.as_str()))).with_help(
                    match trigger_meant(glob.as_str()) {
                        Some(near) => format!("did you mean {}?", quoted(near)),
                        None => format!("known are {known}"),
                    },
                ),
            );
        }
        if field == Field::Region
            && !glob.has_wildcard()
            && !region::is_known(glob.as_str())
            && let Some(near) = region::nearest(glob.as_str())
        {
            reader.note(
                Finding::warning(item.span.clone(), format!("unknown region {}", quoted(glob.as_str())))
                    .with_help(format!("did you mean {}?", quoted(near))),
            );
        }
        globs.push(glob);
    }
    (!globs.is_empty()).then_some(Globs(globs))
}

/// The kind of trigger that somebody means who writes it in their own words.
fn trigger_meant(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "manual" | "manually" | "console" | "api" => Some("StartPipelineExecution"),
        "pr" | "pull_request" | "merge-request" => Some("pull-request"),
        "git" | "commit" | "branch" => Some("push"),
        "schedule" | "cron" | "event" | "eventbridge" => Some("CloudWatchEvent"),
        "rollback" => Some("*Rollback"),
        _ => nearest(text, Trigger::KINDS),
    }
}

/// Reads the routes, and lists the valid ones with their positions.
pub(super) fn read(node: &Node, known: &Known<'_>, reader: &mut Reader<'_>) -> (Vec<Route>, Sound) {
    let mut routes: Vec<Route> = Vec::new();
    let mut sound = Sound::new();
    let mut names: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for item in reader.items(node, "`routes`") {
        let before = errors(reader);
        let Some((route, name_span)) = route(item, known, reader) else {
            continue;
        };
        if errors(reader) == before {
            sound.push((routes.len(), item.span.clone()));
        }
        if let (Some(name), Some(span)) = (&route.name, name_span) {
            if let Some(earlier) = names.get(name) {
                reader.note(
                    Finding::error(span, format!("two routes have the name {}", quoted(name)))
                        .with_label("again here")
                        .with_related(earlier.clone(), "first here")
                        .with_help("give each route its own name, or none"),
                );
            } else {
                names.insert(name.clone(), span);
            }
        }
        routes.push(route);
    }
    (routes, sound)
}

fn errors(reader: &Reader<'_>) -> usize {
    reader.findings.iter().filter(|finding| finding.severity() == Severity::Error).count()
}

fn route(node: &Node, known: &Known<'_>, reader: &mut Reader<'_>) -> Option<(Route, Option<Range<usize>>)> {
    let fields = reader.fields(node, "a route", KEYS)?;
    let name = fields.get("name").and_then(|node| Some((reader.text(node, "`name`")?.to_owned(), node.span.clone())));
    let matches = match fields.section("match") {
        Some(node) => matches(node, MATCH_KEYS, known, reader),
        None => Match::default(),
    };
    let kinds = match fields.get("kinds") {
        Some(node) if matches!(&node.value, Value::Text(text) if text == "all") => AlertKind::VARIANTS.to_vec(),
        Some(node) => kind::read(node, "`kinds`", reader),
        None => AlertKind::defaults().collect(),
    };
    let failures =
        fields.get("failures").and_then(|node| reader.value(node, "`failures`", failures)).unwrap_or_default();
    let together =
        fields.get("same-cause").and_then(|node| reader.value(node, "`same-cause`", same_cause)).unwrap_or_default();
    if let Some(node) = fields.get("same-cause").filter(|_| together && !kinds.contains(&AlertKind::Failed)) {
        reader.note(
            Finding::warning(node.span.clone(), "`same-cause` applies to failures, which this route does not send")
                .with_help("add `failed` to `kinds`, or remove `same-cause`"),
        );
    }
    let to = fields.require("to", "to: default", reader).map(|node| to(node, known, reader)).unwrap_or_default();
    note_service_failed(&fields, &matches, &kinds, reader);
    note_incidents(&fields, node, &kinds, &to, known, reader);
    let mention = match fields.get("mention") {
        Some(node) => {
            let mention: Vec<Mention> = reader
                .one_or_more(node, "`mention`")
                .iter()
                .filter_map(|item| reader.value(item, "`mention`", Mention::parse))
                .collect();
            let is_heard = to.iter().any(|name| {
                known.destinations.get(name).is_none_or(|destination| destination.target.kind().takes_mentions)
            });
            if !is_heard && !mention.is_empty() {
                reader.note(
                    Finding::warning(node.span.clone(), "`mention` only works for Slack destinations")
                        .with_help("remove `mention`, or add a Slack destination to `to`"),
                );
            }
            note_author(node, &mention, &kinds, &to, known, reader);
            mention
        }
        None => Vec::new(),
    };
    let quiet = fields.get("quiet").and_then(|node| quiet_hours::read(node, &kinds, known.zone, reader));
    let digest = fields.get("digest").and_then(|node| digest::read(node, &kinds, known.zone, reader));
    if let (None, Some(node), true) = (&digest, fields.get("kinds"), kinds.contains(&AlertKind::Digest))
        && kinds.len() < AlertKind::VARIANTS.len()
    {
        reader.note(
            Finding::warning(node.span.clone(), "this route has no time for its digest: none is sent")
                .with_help("add `digest: \"09:00\"` next to `kinds`"),
        );
    }
    let continues = fields.get("continue").and_then(|node| reader.yes_or_no(node, "`continue`")).unwrap_or(false);
    let (name, name_span) = name.unzip();
    Some((Route { name, matches, kinds, failures, together, mention, quiet, digest, to, continues }, name_span))
}

/// Warns where a route is to take what no run made, and matches by what only runs have.
fn note_service_failed(fields: &Fields<'_>, matches: &Match, kinds: &[AlertKind], reader: &mut Reader<'_>) {
    let Some(node) = fields.get("kinds").filter(|_| kinds.contains(&AlertKind::ServiceFailed)) else { return };
    let Match { stage, action, category, branch, tag, trigger, pull_request, author, .. } = matches;
    let of_runs = [
        ("stage", stage),
        ("action", action),
        ("category", category),
        ("branch", branch),
        ("tag", tag),
        ("trigger", trigger),
        ("pull-request", pull_request),
        ("author", author),
    ];
    let given = of_runs.iter().find(|(_, globs)| globs.is_some());
    if let Some((key, _)) = given.filter(|_| kinds.len() < AlertKind::VARIANTS.len()) {
        reader.note(
            Finding::warning(node.span.clone(), format!("`service-failed` never has a {key}: this route takes none"))
                .with_help("take it with a route that matches by `pipeline`, `account` or `region`, or by nothing"),
        );
    }
}

/// Warns where the author can never be mentioned: failures alone have one, and a webhook cannot look anybody up.
fn note_author(
    node: &Node,
    mention: &[Mention],
    kinds: &[AlertKind],
    to: &[DestinationName],
    known: &Known<'_>,
    reader: &mut Reader<'_>,
) {
    if !mention.contains(&Mention::Author) {
        return;
    }
    if !kinds.contains(&AlertKind::Failed) {
        reader.note(
            Finding::warning(
                node.span.clone(),
                "authors are mentioned on failures only, which this route does not send",
            )
            .with_help("add `failed` to `kinds`, or remove `author`"),
        );
    }
    let is_bot = |name: &DestinationName| {
        known.destinations.get(name).is_none_or(|destination| matches!(destination.target, Target::Slack(_)))
    };
    let is_webhook = |name: &DestinationName| {
        known.destinations.get(name).is_some_and(|destination| matches!(destination.target, Target::SlackWebhook(_)))
    };
    if to.iter().any(is_webhook) && !to.iter().any(is_bot) && !known.has_people {
        reader.note(
            Finding::warning(node.span.clone(), "a Slack webhook cannot look up authors")
                .with_help("use a destination `slack`, or list the members under `people`"),
        );
    }
}

/// Warns of incidents that the route opens and never ends.
fn note_incidents(
    fields: &Fields<'_>,
    node: &Node,
    kinds: &[AlertKind],
    to: &[DestinationName],
    known: &Known<'_>,
    reader: &mut Reader<'_>,
) {
    let opens = |name: &DestinationName| {
        known.destinations.get(name).is_some_and(|destination| destination.target.kind().opens_incidents)
    };
    let Some(destination) = to.iter().find(|name| opens(name)) else { return };
    let ends = |severity| {
        kinds.iter().any(|kind| matches!(incident::step(*kind), Some(Step::End(ended)) if ended.contains(&severity)))
    };
    for opening in kinds {
        let Some(Step::Open(severity)) = incident::step(*opening) else { continue };
        if !ends(severity) {
            let span = fields.get("kinds").map_or(node.span.clone(), |kinds| kinds.span.clone());
            let message = format!(
                "{} opens incidents in {} that nothing ends",
                quoted(opening.as_str()),
                quoted(destination.as_str())
            );
            reader.note(Finding::warning(span, message).with_help("add `recovered` to `kinds`"));
            return;
        }
    }
}

pub(super) fn matches(node: &Node, keys: &[&'static str], known: &Known<'_>, reader: &mut Reader<'_>) -> Match {
    let Some(fields) = reader.fields(node, "`match`", keys) else {
        return Match::default();
    };
    for key in ["kind", "kinds"] {
        if let Some(span) = fields.key_span(key) {
            // Said better than "unknown key": the key exists, one level up.
            reader.findings.retain(|finding| finding.span() != span);
            reader.note(
                Finding::error(span, "`kinds` belongs next to `match`, not inside it")
                    .with_help("write `kinds: [failed]` under the route itself"),
            );
        }
    }
    let mut read = |field: Field, key: &str| {
        let node = fields.get(key)?;
        let globs = globs(node, field, reader)?;
        note_unknown_owner(node, &globs, field, known, reader);
        Some(globs)
    };
    Match {
        pipeline: read(Field::Pipeline, "pipeline"),
        account: read(Field::Account, "account"),
        customer: read(Field::Customer, "customer"),
        region: read(Field::Region, "region"),
        stage: read(Field::Stage, "stage"),
        action: read(Field::Action, "action"),
        category: read(Field::Category, "category"),
        branch: read(Field::Branch, "branch"),
        tag: read(Field::Tag, "tag"),
        trigger: read(Field::Trigger, "trigger"),
        pull_request: read(Field::PullRequest, "pull-request"),
        author: read(Field::Author, "author"),
    }
}

/// Reports a glob for an account's name or customer that no configured account has.
fn note_unknown_owner(node: &Node, globs: &Globs, field: Field, known: &Known<'_>, reader: &mut Reader<'_>) {
    let (names, what): (Vec<&str>, _) = match field {
        Field::Account => (known.accounts.0.values().map(|a| a.name.as_str()).collect(), "account"),
        Field::Customer => (known.accounts.0.values().filter_map(|a| a.customer.as_deref()).collect(), "customer"),
        _ => return,
    };
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    for glob in &globs.0 {
        let is_id = field == Field::Account && glob.is_numeric();
        if is_id || names.iter().any(|name| glob.matches(name)) {
            continue;
        }
        let item =
            items.iter().find(|item| matches!(&item.value, Value::Text(text) if text == glob.as_str())).unwrap_or(node);
        let help = match nearest(glob.as_str(), names.iter().copied()) {
            Some(near) => format!("did you mean {}?", quoted(near)),
            None if what == "account" => "write the 12 digits of its id, or a name given under `accounts`".to_owned(),
            None => "give the customer to an account under `accounts`".to_owned(),
        };
        reader.note(
            Finding::error(item.span.clone(), format!("unknown {what} {}", quoted(glob.as_str()))).with_help(help),
        );
    }
}

fn to(node: &Node, known: &Known<'_>, reader: &mut Reader<'_>) -> Vec<DestinationName> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut names: Vec<DestinationName> = Vec::new();
    for item in items {
        let Some(text) = reader.text(item, "`to`") else {
            continue;
        };
        if !known.names.iter().any(|name| name == text) {
            let help = match nearest(text, known.names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {}?", quoted(near)),
                None => format!(
                    "add it under `destinations`, or use {}",
                    listed(known.names.iter().map(String::as_str), "or")
                ),
            };
            reader.note(
                Finding::error(item.span.clone(), format!("unknown destination {}", quoted(text)))
                    .with_label("not defined")
                    .with_help(help),
            );
        } else if names.iter().any(|name| name.as_str() == text) {
            reader.note(
                Finding::error(item.span.clone(), format!("{} is listed twice", quoted(text)))
                    .with_help("remove one of them"),
            );
        } else {
            names.push(DestinationName::new(text));
        }
    }
    names
}

fn failures(text: &str) -> Result<Failures, Invalid> {
    match text {
        "every" => Ok(Failures::Every),
        "changes" => Ok(Failures::Changes),
        other => Err(Invalid::new(format!("`failures` cannot be {}", quoted(other)))
            .with_help(suggestion(other, ["every", "changes"]))),
    }
}

/// Whether failures with the same cause are told together.
fn same_cause(text: &str) -> Result<bool, Invalid> {
    match text {
        "together" => Ok(true),
        "each" => Ok(false),
        other => Err(Invalid::new(format!("`same-cause` cannot be {}", quoted(other)))
            .with_help(suggestion(other, ["together", "each"]))),
    }
}
