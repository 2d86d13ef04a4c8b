//! Reading of values from the tree, with findings for invalid ones.
//!
//! Every function reports an error at its position and continues, so that one run finds all errors.

use std::collections::BTreeSet;
use std::ops::Range;

use super::finding::Finding;
use super::tree::{Entry, Node, Value};
use andon::invalid::Invalid;
use andon::suggest::{listed, nearest, quoted};

/// What has been found so far, and the text it was found in.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub(super) findings: Vec<Finding>,
    /// Places that hold a secret and must never be shown.
    pub(super) secrets: Vec<Range<usize>>,
}

/// A map whose keys are known.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    what: &'static str,
    pub(super) span: &'n Range<usize>,
    entries: &'n [Entry],
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, findings: Vec::new(), secrets: Vec::new() }
    }

    pub(super) fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The map, after a look at its keys; `what` names it in messages.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &'static str,
        known: &[&'static str],
    ) -> Option<Fields<'n>> {
        let entries = self.entries(node, what)?;
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                let near = nearest(&entry.key, known.iter().copied());
                if near.is_some_and(|near| {
                    ["token", "webhook", "teams", "pagerduty", "opsgenie", "secret", "code"]
                        .iter()
                        .any(|secret| near.ends_with(secret))
                }) {
                    self.secrets.push(entry.value.span.start..entry.value.end);
                }
                let help = if entry.key == "<<" {
                    "merge keys are not part of YAML 1.2: write the keys out".to_owned()
                } else if let Some(near) = near {
                    format!("did you mean {}?", quoted(near))
                } else {
                    format!("valid keys: {}", listed(known.iter().copied(), "and"))
                };
                self.note(
                    Finding::error(entry.key_span.clone(), format!("unknown key {} in {what}", quoted(&entry.key)))
                        .with_label("unknown key")
                        .with_help(help),
                );
            }
        }
        Some(Fields { what, span: &node.span, entries })
    }

    /// The entries of a map whose keys are names of the user's own.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        if let Value::Map(entries) = &node.value {
            return Some(entries);
        }
        self.wrong_type(node, what, "a map of keys and values");
        None
    }

    /// The items of a list.
    pub(super) fn items<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        if let Value::List(items) = &node.value {
            return items;
        }
        self.wrong_type(node, what, "a list: put `- ` before each item");
        &[]
    }

    /// The items of a list, or a single value as a list of one.
    pub(super) fn one_or_more<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                self.note(
                    Finding::error(node.span.clone(), format!("{what} is an empty list"))
                        .with_help("add at least one item, or remove the key"),
                );
                &[]
            }
            Value::List(items) => items,
            Value::Map(_) | Value::Nothing | Value::Text(_) | Value::Broken => std::slice::from_ref(node),
        }
    }

    /// A piece of text.
    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            Value::Nothing if self.is_followed_by_comment(node) => {
                self.note(
                    Finding::error(node.span.clone(), format!("{what} has no value"))
                        .with_label("everything after # is a comment")
                        .with_help("put values that start with # in quotes"),
                );
                None
            }
            Value::Nothing => {
                self.note(
                    Finding::error(node.span.clone(), format!("{what} has no value"))
                        .with_help("write a value, or remove the key"),
                );
                None
            }
            _ => {
                self.wrong_type(node, what, "a string");
                None
            }
        }
    }

    /// A piece of text that means something.
    pub(super) fn value<T>(
        &mut self,
        node: &Node,
        what: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = self.text(node, what)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.invalid(node, invalid);
                None
            }
        }
    }

    /// One value or several, each once.
    pub(super) fn set<T: Ord>(
        &mut self,
        node: &Node,
        what: &str,
        one: &str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> BTreeSet<T> {
        let mut values = BTreeSet::new();
        for item in self.one_or_more(node, what) {
            if let Some(value) = self.value(item, one, &parse)
                && !values.insert(value)
            {
                self.note(Finding::error(item.span.clone(), "this is listed twice").with_help("remove one of them"));
            }
        }
        values
    }

    /// `true` or `false`.
    pub(super) fn yes_or_no(&mut self, node: &Node, what: &str) -> Option<bool> {
        self.value(node, what, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(Invalid::new(format!("{what} must be true or false, not {}", quoted(other)))
                .with_help("write true or false, without quotes")),
        })
    }

    /// Reports what is wrong with the text of a node, at the part that is wrong.
    pub(super) fn invalid(&mut self, node: &Node, invalid: Invalid) {
        let span = invalid.at.and_then(|part| self.part(node, part)).unwrap_or_else(|| node.span.clone());
        let finding = Finding::error(span, invalid.message);
        self.note(match invalid.help {
            Some(help) => finding.with_help(help),
            None => finding,
        });
    }

    fn wrong_type(&mut self, node: &Node, what: &str, wanted: &str) {
        let found = match node.value {
            Value::Broken => return,
            Value::Nothing => {
                return self.note(
                    Finding::error(node.span.clone(), format!("{what} has no value"))
                        .with_help(format!("expected {wanted}")),
                );
            }
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        };
        self.note(
            Finding::error(node.span.clone(), format!("{what} cannot be {found}"))
                .with_label(format!("found {found}"))
                .with_help(format!("expected {wanted}")),
        );
    }

    fn is_followed_by_comment(&self, node: &Node) -> bool {
        self.text
            .get(node.span.end..)
            .and_then(|rest| rest.lines().next())
            .is_some_and(|line| line.trim_start_matches([':', ' ']).starts_with('#'))
    }

    /// The position of a part of the text in the file, if it was written without escapes.
    fn part(&self, node: &Node, part: Range<usize>) -> Option<Range<usize>> {
        let Value::Text(text) = &node.value else {
            return None;
        };
        let written = self.text.get(node.span.start..node.end)?;
        let offset = if written == text {
            0
        } else if written.get(1..written.len().checked_sub(1)?)? == text {
            1
        } else {
            return None;
        };
        let start = node.span.start + offset;
        Some(start + part.start..start + part.end)
    }
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value of a section; a section with every line commented out is no section.
    pub(super) fn section(&self, key: &str) -> Option<&'n Node> {
        self.get(key).filter(|node| !matches!(node.value, Value::Nothing))
    }

    pub(super) fn require(&self, key: &'static str, example: &str, reader: &mut Reader<'_>) -> Option<&'n Node> {
        let node = self.get(key);
        // A misspelt key has been reported as an unknown one.
        let is_misspelt = || self.keys().any(|other| nearest(other, [key]).is_some());
        if node.is_none() && !is_misspelt() {
            reader.note(
                Finding::error(self.span.clone(), format!("`{key}` is required in {}", self.what))
                    .with_help(format!("add {}", quoted(example))),
            );
        }
        node
    }

    /// Where a key is written.
    pub(super) fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.key_span.clone())
    }

    /// The keys as they were written.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'n str> + use<'n> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
