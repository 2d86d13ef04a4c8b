//! Reading `destinations`: each under a name, of one of the kinds that [`KINDS`] lists.

use std::collections::BTreeMap;

use andon::invalid::Invalid;
use andon::secret;
use andon::secret::SecretRef;
use andon::suggest::{listed, quoted};
use andon_notify::destination::{DEFAULT, KINDS, Written};
use andon_notify::{Destination, DestinationKind, DestinationName, Target};

use super::Surroundings;
use super::finding::Finding;
use super::reader::{Fields, Reader};
use super::tree::{Entry, Node, Value};

/// A token as it was written.
pub(super) enum Token {
    /// Not at all.
    Absent,
    /// Wrongly, which has been reported.
    Wrong,
    /// As it should be.
    Is(SecretRef),
}

/// The tokens that all destinations of a kind share, by their keys at the top of the file.
pub(super) type SharedTokens = BTreeMap<&'static str, Token>;

/// Reads the tokens that all destinations of a kind share.
pub(super) fn shared_tokens(fields: Fields<'_>, reader: &mut Reader<'_>) -> SharedTokens {
    let keys = KINDS.iter().filter_map(|kind| kind.token?.shared);
    keys.map(|key| (key, token(fields, key, reader))).collect()
}

/// Reads the destinations, and adds the default one. A destination that is wrong in itself is still a name that routes
/// may use, hence the second set.
pub(super) fn read(
    section: Option<&Node>,
    tokens: &SharedTokens,
    surroundings: Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> (BTreeMap<DestinationName, Destination>, Vec<String>) {
    let mut destinations = BTreeMap::new();
    let mut names = Vec::new();
    let entries = section.and_then(|node| reader.entries(node, "`destinations`")).unwrap_or_default();
    for Entry { key, key_span, value } in entries {
        names.push(key.clone());
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if key.is_empty() || !key.chars().all(legal) {
            reader.note(
                Finding::error(key_span.clone(), format!("{} is not a valid destination name", quoted(key)))
                    .with_help("use letters, digits, `-`, `_` and `.`"),
            );
        }
        if let Some(target) = target(value, tokens, surroundings, reader) {
            let name = DestinationName::new(key.as_str());
            destinations.insert(name.clone(), Destination { name, target });
        }
    }
    if !names.iter().any(|name| name == DEFAULT) {
        names.push(DEFAULT.to_owned());
        let default = Destination::default_topic();
        destinations.insert(default.name.clone(), default);
    }
    (destinations, names)
}

/// Reads a value that must be a reference to a secret; any other text is never shown.
pub(super) fn secret(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<SecretRef> {
    hide_literal(node, reader);
    reader.value(node, what, str::parse)
}

fn hide_literal(node: &Node, reader: &mut Reader<'_>) {
    let may_be_shown = match &node.value {
        Value::Text(text) => secret::is_reference(text),
        Value::Nothing | Value::Broken => true,
        Value::List(_) | Value::Map(_) => false,
    };
    if !may_be_shown {
        reader.secrets.push(node.span.start..node.end);
    }
}

fn target(
    node: &Node,
    tokens: &SharedTokens,
    surroundings: Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Target> {
    let mut keys: Vec<&'static str> = Vec::new();
    for key in KINDS.iter().flat_map(own_keys) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let fields = reader.fields(node, "a destination", &keys)?;
    let written: Vec<&DestinationKind> = KINDS.iter().filter(|kind| fields.get(kind.key).is_some()).collect();
    if let [kind] = written.as_slice()
        && has_foreign(fields, kind, reader)
    {
        return None;
    }
    match written.as_slice() {
        [kind] => {
            let node = fields.get(kind.key)?;
            if kind.is_secret {
                hide_literal(node, reader);
            }
            let token = match kind.token {
                None => None,
                Some(needed) => match (token(fields, needed.key, reader), shared(needed.shared, tokens)) {
                    (Token::Is(token), _) => Some(token),
                    (Token::Absent, Token::Is(token)) => Some(token.clone()),
                    (Token::Wrong, _) | (Token::Absent, Token::Wrong) => return None,
                    (Token::Absent, Token::Absent) => {
                        let span = fields.key_span(kind.key).unwrap_or(fields.span.clone());
                        reader.note(Finding::error(span, needed.missing).with_help(needed.help));
                        return None;
                    }
                },
            };
            let choices = choices(fields, kind, reader)?;
            let region = surroundings.region;
            reader.value(node, &quoted(kind.key), |text| {
                (kind.read)(&Written { text, token, choices: choices.clone(), region })
            })
        }
        [] if fields.keys().any(|key| !keys.contains(&key)) => None,
        [] => {
            reader.note(
                Finding::error(fields.span.clone(), "this destination has no target")
                    .with_help(format!("add one of {}", listed(KINDS.iter().map(|kind| kind.key), "or"))),
            );
            None
        }
        [first, second, ..] => {
            let finding = Finding::error(
                fields.key_span(second.key).unwrap_or(fields.span.clone()),
                format!("a destination cannot have both {} and {}", quoted(first.key), quoted(second.key)),
            )
            .with_help("split it into two destinations, and list both in `to`");
            reader.note(finding);
            None
        }
    }
}

/// The keys of a kind of destination.
fn own_keys(kind: &DestinationKind) -> impl Iterator<Item = &'static str> + use<> {
    let choices = kind.choices.iter().map(|choice| choice.key);
    std::iter::once(kind.key).chain(kind.token.map(|token| token.key)).chain(choices)
}

/// The token that all destinations of a kind share.
fn shared<'t>(key: Option<&'static str>, tokens: &'t SharedTokens) -> &'t Token {
    key.and_then(|key| tokens.get(key)).unwrap_or(&Token::Absent)
}

/// Whether there are keys that only other kinds of destinations have, which is reported.
fn has_foreign(fields: Fields<'_>, kind: &DestinationKind, reader: &mut Reader<'_>) -> bool {
    let takes = |kind: &DestinationKind, key: &str| own_keys(kind).any(|own| own == key);
    let mut foreign = false;
    for key in fields.keys().filter(|key| !takes(kind, key)) {
        let owners: Vec<&str> = KINDS.iter().filter(|kind| takes(kind, key)).map(|kind| kind.key).collect();
        if let (false, Some(node)) = (owners.is_empty(), fields.get(key)) {
            hide_literal(node, reader);
            let span = fields.key_span(key).unwrap_or(fields.span.clone());
            let message = format!("{} is not allowed with {}", quoted(key), quoted(kind.key));
            let help = format!("only {} destinations take it: remove it", listed(owners, "and"));
            reader.note(Finding::error(span, message).with_help(help));
            foreign = true;
        }
    }
    foreign
}

/// Reads the choices of a kind; `None` if one is wrong, which has been reported.
fn choices(
    fields: Fields<'_>,
    kind: &DestinationKind,
    reader: &mut Reader<'_>,
) -> Option<BTreeMap<&'static str, &'static str>> {
    let mut chosen = BTreeMap::new();
    for choice in kind.choices {
        if let Some(node) = fields.get(choice.key) {
            let value = reader.value(node, &quoted(choice.key), |text| {
                choice.values.iter().copied().find(|value| *value == text).ok_or_else(|| {
                    Invalid::new(format!("{} cannot be {}", quoted(choice.key), quoted(text)))
                        .with_help(format!("write {}", listed(choice.values.iter().copied(), "or")))
                })
            })?;
            chosen.insert(choice.key, value);
        }
    }
    Some(chosen)
}

/// Reads a token that may be absent.
fn token(fields: Fields<'_>, key: &str, reader: &mut Reader<'_>) -> Token {
    match fields.get(key) {
        None => Token::Absent,
        Some(node) => match secret(node, &quoted(key), reader) {
            None => Token::Wrong,
            Some(token) => Token::Is(token),
        },
    }
}
