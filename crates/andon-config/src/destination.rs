//! Reading `destinations`: each under a name, of one of the kinds that [`KINDS`] lists.

use std::collections::BTreeMap;

use andon::secret;
use andon::secret::SecretRef;
use andon::suggest::{listed, quoted};
use andon_notify::destination::{DEFAULT, KINDS, Written};
use andon_notify::{Destination, DestinationKind, DestinationName, Target};

use super::Surroundings;
use super::finding::Finding;
use super::reader::{Fields, Reader};
use super::tree::{Entry, Node, Value};

/// The key of a destination's own token.
const TOKEN: &str = "token";

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
    let keys = KINDS.iter().filter_map(|kind| Some(kind.token?.shared));
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
    let keys: Vec<&'static str> =
        KINDS.iter().flat_map(|kind| std::iter::once(kind.key).chain(kind.token.is_some().then_some(TOKEN))).collect();
    let fields = reader.fields(node, "a destination", &keys)?;
    let written: Vec<&DestinationKind> = KINDS.iter().filter(|kind| fields.get(kind.key).is_some()).collect();
    let own = token(fields, TOKEN, reader);
    match written.as_slice() {
        [kind] if kind.token.is_none() && !matches!(own, Token::Absent) => {
            let with_token = KINDS.iter().filter(|kind| kind.token.is_some()).map(|kind| kind.key);
            reader.note(
                Finding::error(
                    fields.key_span(TOKEN).unwrap_or(fields.span.clone()),
                    format!("`token` is not allowed with {}", quoted(kind.key)),
                )
                .with_help(format!("only {} destinations take a token: remove it", listed(with_token, "or"))),
            );
            None
        }
        [kind] => {
            let node = fields.get(kind.key)?;
            if kind.is_secret {
                hide_literal(node, reader);
            }
            let token = match kind.token {
                None => None,
                Some(needed) => match (own, tokens.get(needed.shared).unwrap_or(&Token::Absent)) {
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
            let region = surroundings.region;
            reader.value(node, &quoted(kind.key), |text| (kind.read)(&Written { text, token, region }))
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
