//! The YAML text as a tree in which every key and value has its position.
//!
//! Scalars keep their spelling: `012345678901` is an account id and `no` is a word, unlike in
//! YAML 1.1. A tree is built even if single nodes are wrong, so that all errors can be
//! reported together; only invalid syntax ends it early. Aliases are copied within a budget;
//! tags, merge keys and further documents are rejected.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, options};

use super::finding::Finding;
use andon::suggest::quoted;

/// The longest text that is read.
const MAX_BYTES: usize = 512 * 1024;
/// The most nodes that aliases may add.
const MAX_COPIES: usize = 10_000;

#[derive(Debug, Clone)]
pub(super) struct Node {
    /// What to point at: the first line of it.
    pub(super) span: Range<usize>,
    /// Where the last line of it ends.
    pub(super) end: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Nothing was written, or `null`.
    Nothing,
    /// Something that has been reported already.
    Broken,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Node,
}

/// Reads the text; `None` if its syntax is invalid or it is empty.
pub(super) fn read(text: &str, findings: &mut Vec<Finding>) -> Option<Node> {
    if text.len() > MAX_BYTES {
        findings.push(
            Finding::error(
                0..0,
                format!("the file has {} KiB; the limit is {} KiB", text.len() / 1024, MAX_BYTES / 1024),
            )
            .with_help("match several pipelines with one glob, such as \"payments-*\""),
        );
        return None;
    }
    let mut builder =
        Builder { text, findings, open: Vec::new(), anchors: HashMap::new(), copies: 0, root: None, documents: 0 };
    let parser = Parser::new_from_str_with_options(
        text,
        options! { emit_unresolved_aliases: true, emit_comments: false,
        flow_nesting_limit: 32, block_nesting_limit: 32 },
    );
    for next in parser {
        match next {
            Ok((event, span)) => builder.take(event, &span),
            Err(error) => {
                let finding = syntax_error(text, &error);
                builder.findings.push(finding);
                return None;
            }
        }
    }
    builder.root
}

struct Builder<'t, 'f> {
    text: &'t str,
    findings: &'f mut Vec<Finding>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copies: usize,
    root: Option<Node>,
    documents: usize,
}

/// A list or map whose end has not come yet.
struct Open {
    start: usize,
    anchor: usize,
    holds: Holds,
}

enum Holds {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<(String, Range<usize>)>),
}

impl Builder<'_, '_> {
    fn take(&mut self, event: Event<'_>, span: &Span) {
        let bytes = span.byte_range().unwrap_or(0..0);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.findings.push(
                        Finding::error(bytes, "a second document starts here")
                            .with_help("a file has one document: remove this `---`"),
                    );
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = if tag.is_some() {
                    self.refuse_tag(span);
                    Value::Broken
                } else if style == ScalarStyle::Plain && is_nothing(&text) {
                    Value::Nothing
                } else {
                    Value::Text(text.into_owned())
                };
                let node = Node { end: bytes.end, span: self.first_line(bytes), value };
                self.add(node, anchor);
            }
            Event::SequenceStart(_, anchor, tag) => {
                if tag.is_some() {
                    self.refuse_tag(span);
                }
                self.open.push(Open { start: bytes.start, anchor, holds: Holds::List(Vec::new()) });
            }
            Event::MappingStart(_, anchor, tag) => {
                if tag.is_some() {
                    self.refuse_tag(span);
                }
                self.open.push(Open { start: bytes.start, anchor, holds: Holds::Map(Vec::new(), None) });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(bytes.end),
            Event::Alias(id) => self.copy(id, bytes),
            Event::UnresolvedAlias(name) => {
                let written = format!("*{name}");
                self.findings.push(
                    Finding::error(bytes.clone(), format!("YAML reads {} as an alias", quoted(&written)))
                        .with_help(format!("put globs in quotes: \"{written}\"")),
                );
                self.add(broken(bytes), 0);
            }
            _ => {}
        }
    }

    fn add(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.holds) {
            None => self.root = self.root.take().or(Some(node)),
            Some(Holds::List(items)) => items.push(node),
            Some(Holds::Map(entries, waiting)) => {
                if let Some((key, key_span)) = waiting.take() {
                    entries.push(Entry { key, key_span, value: node });
                } else {
                    *waiting = Some(key_of(node, self.text, self.findings));
                }
            }
        }
    }

    fn close(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        let value = match open.holds {
            Holds::List(items) => Value::List(items),
            Holds::Map(entries, _) => Value::Map(self.without_repeats(entries)),
        };
        let node = Node { span: self.first_line(open.start..end), end, value };
        self.add(node, open.anchor);
    }

    /// A duplicate key is reported, and the first one is used.
    fn without_repeats(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut first: HashMap<String, Range<usize>> = HashMap::new();
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            if entry.key.is_empty() && !matches!(entry.value.value, Value::Text(_)) {
                continue;
            }
            if let Some(earlier) = first.get(&entry.key) {
                self.findings.push(
                    Finding::error(entry.key_span.clone(), format!("duplicate key {}", quoted(&entry.key)))
                        .with_label("again here")
                        .with_related(earlier.clone(), "first here")
                        .with_help("remove one of them"),
                );
            } else {
                first.insert(entry.key.clone(), entry.key_span.clone());
                kept.push(entry);
            }
        }
        kept
    }

    fn copy(&mut self, id: usize, at: Range<usize>) {
        let node = if self.copies > MAX_COPIES {
            broken(at)
        } else if let Some(anchored) = self.anchors.get(&id) {
            self.copies += anchored.count();
            if self.copies > MAX_COPIES {
                self.findings.push(
                    Finding::error(at, "the aliases expand to too many values")
                        .with_help("use a glob or a list instead of an alias"),
                );
            }
            anchored.clone()
        } else {
            self.findings.push(Finding::error(at.clone(), "this alias refers to itself"));
            broken(at)
        };
        self.add(node, 0);
    }

    fn refuse_tag(&mut self, span: &Span) {
        let tag = span.tag_span().and_then(|span| span.byte_range()).or_else(|| span.byte_range()).unwrap_or(0..0);
        let written = self.text.get(tag.clone()).unwrap_or("!").to_owned();
        self.findings.push(
            Finding::error(tag, format!("YAML reads {} as a tag", quoted(&written)))
                .with_help(format!("for the literal text, put it in quotes: \"{written}\"")),
        );
    }

    /// The first line of a span: a caret under many lines does not help.
    fn first_line(&self, span: Range<usize>) -> Range<usize> {
        let written = self.text.get(span.clone()).unwrap_or("");
        let line = written.lines().next().unwrap_or("").trim_end();
        span.start..span.start + line.len()
    }
}

impl Node {
    fn count(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Node::count).sum(),
            Value::Map(entries) => entries.iter().map(|entry| entry.value.count()).sum(),
            Value::Nothing | Value::Broken | Value::Text(_) => 0,
        }
    }
}

fn key_of(node: Node, text: &str, findings: &mut Vec<Finding>) -> (String, Range<usize>) {
    let key = match node.value {
        Value::Text(key) => key,
        Value::Nothing => text.get(node.span.clone()).unwrap_or("").to_owned(),
        Value::Broken => String::new(),
        Value::List(_) | Value::Map(_) => {
            findings.push(
                Finding::error(node.span.clone(), "a key is a list or a map")
                    .with_help("write a key as one word, followed by a colon"),
            );
            String::new()
        }
    };
    (key, node.span)
}

fn broken(span: Range<usize>) -> Node {
    Node { end: span.end, span, value: Value::Broken }
}

fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn syntax_error(text: &str, error: &ScanError) -> Finding {
    let start = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let width = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let finding = Finding::error(start..start + width, format!("invalid YAML: {}", error.kind()));
    match error.kind() {
        ErrorKind::MissingAnchorOrAliasName => {
            finding.with_help("`*` starts an alias in YAML: put globs in quotes, such as \"*\"")
        }
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            finding.with_help("indent with spaces: YAML does not allow tabs")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            finding.with_help(format!("put text that starts with {character} in quotes"))
        }
        _ if swallowed_by_comment(text.get(..start).unwrap_or("")) => {
            finding.with_help("everything after # is a comment: put values that start with # in quotes")
        }
        _ => finding.with_help(
            "check this line and the one before it for indentation, a missing colon, or an open quote or bracket",
        ),
    }
}

/// Whether a value just before began with the sign of a comment, as in `{ slack: #team }`.
fn swallowed_by_comment(before: &str) -> bool {
    before.lines().rev().take(2).any(|line| line.contains(": #") && line.contains('{'))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        read(text, &mut findings);
        findings.into_iter().map(|f| f.message().to_owned()).collect()
    }

    #[test]
    fn a_scalar_keeps_its_spelling() {
        let mut findings = Vec::new();
        let root = read("a: 012345678901\nb: no\nc: 22:00\n", &mut findings).unwrap();
        let Value::Map(entries) = root.value else { panic!("a map") };
        let texts: Vec<_> = entries
            .iter()
            .map(|entry| match &entry.value.value {
                Value::Text(text) => text.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["012345678901", "no", "22:00"]);
    }

    #[test]
    fn an_unquoted_glob_is_named_as_what_yaml_makes_of_it() {
        assert_eq!(messages("a: *-prod"), ["YAML reads `*-prod` as an alias"]);
        assert_eq!(messages("a: !prod-*"), ["YAML reads `!prod-*` as a tag"]);
    }

    #[test]
    fn a_repeated_key_is_reported_and_reading_goes_on() {
        assert_eq!(messages("a: 1\na: 2\nb: 1\nb: 2\n"), ["duplicate key `a`", "duplicate key `b`"]);
    }

    #[test]
    fn an_alias_stands_for_what_it_names() {
        assert!(messages("a: &x [1, 2]\nb: *x\n").is_empty());
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let item = format!("*a{}, ", level - 1);
            let items = item.repeat(10);
            writeln!(bomb, "a{level}: &a{level} [{items}]").unwrap();
        }
        assert_eq!(messages(&bomb), ["the aliases expand to too many values"]);
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(messages(&"[".repeat(100_000)).len(), 1);
    }

    #[test]
    fn a_second_document_is_refused() {
        assert_eq!(messages("a: 1\n---\nb: 1\n"), ["a second document starts here"]);
    }
}
