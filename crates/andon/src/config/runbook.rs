//! What the team knows already: a pattern in a log, what to do about it, and where to read on.

use std::fmt;

use regex::Regex;

use super::finding::{Finding, Invalid};
use super::reader::Reader;
use super::tree::Node;
use super::words::quoted;

/// One piece of the team's knowledge. Runbooks come before the built-in hints, the first first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    /// What a line of the evidence looks like.
    pub pattern: Pattern,
    /// What to do, in a sentence.
    pub hint: String,
    /// Where to read on.
    pub link: Option<String>,
}

/// A regular expression over one line.
#[derive(Clone)]
pub struct Pattern(Regex);

const KEYS: &[&str] = &["pattern", "hint", "link"];
/// Above this a pattern takes more memory than it is worth.
const MOST_COMPILED_BYTES: usize = 1024 * 1024;

impl Pattern {
    /// Reads a regular expression.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("an empty pattern matches every line")
                .with_help("write a part of the line that tells the problem"));
        }
        regex::RegexBuilder::new(text)
            .size_limit(MOST_COMPILED_BYTES)
            .build()
            .map(Self)
            .map_err(|error| wrong(text, &error))
    }

    /// Whether the line has it.
    pub fn is_in(&self, line: &str) -> bool {
        self.0.is_match(line)
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.as_str())
    }
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Vec<Runbook> {
    reader.items(node, "`runbooks`").iter().filter_map(|node| runbook(node, reader)).collect()
}

fn runbook(node: &Node, reader: &mut Reader<'_>) -> Option<Runbook> {
    let fields = reader.fields(node, "a runbook", KEYS)?;
    let pattern = fields
        .require("pattern", "pattern: 'no space left on device'", reader)
        .and_then(|node| reader.value(node, "`pattern`", Pattern::parse));
    let hint = fields
        .require("hint", "hint: The disk of the build is full.", reader)
        .and_then(|node| reader.text(node, "`hint`"))
        .map(str::to_owned);
    let link = match fields.get("link") {
        Some(node) => Some(reader.value(node, "`link`", web_address)?),
        None => None,
    };
    Some(Runbook { pattern: pattern?, hint: hint?, link })
}

fn web_address(text: &str) -> Result<String, Invalid> {
    let host =
        text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).and_then(|rest| rest.split('/').next());
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>|\"".contains(c));
    if host.is_some_and(|host| !host.is_empty()) && clean {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(format!("{} is not the address of a page", quoted(text)))
            .with_help("write the whole of it, beginning with https://"))
    }
}

fn wrong(text: &str, error: &regex::Error) -> Invalid {
    if let regex::Error::CompiledTooBig(_) = error {
        return Invalid::new("this pattern is too large")
            .with_help("use smaller repetitions, or a plain part of the line");
    }
    let (reason, span) = match regex_syntax::Parser::new().parse(text) {
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), Some(*error.span())),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), Some(*error.span())),
        _ => ("it cannot be compiled".to_owned(), None),
    };
    let invalid = Invalid::new(format!("this is no regular expression: {reason}")).with_help(
        "put `\\` before a character that is meant as itself, such as `\\(`, and the pattern in single quotes",
    );
    match span {
        Some(span) => {
            let end = span.end.offset.max(span.start.offset + 1).min(text.len());
            invalid.at(span.start.offset.min(end)..end)
        }
        None => invalid,
    }
}

/// Reports a runbook that an earlier one with the same pattern hides.
pub(super) fn note_hidden(node: &Node, reader: &mut Reader<'_>) {
    let mut seen: Vec<(&str, &Node)> = Vec::new();
    let super::tree::Value::List(items) = &node.value else {
        return;
    };
    for item in items {
        let super::tree::Value::Map(entries) = &item.value else {
            continue;
        };
        let Some(pattern) = entries.iter().find(|entry| entry.key == "pattern") else {
            continue;
        };
        let super::tree::Value::Text(text) = &pattern.value.value else {
            continue;
        };
        if let Some((_, earlier)) = seen.iter().find(|(known, _)| known == text) {
            reader.note(
                Finding::error(pattern.value.span.clone(), "an earlier runbook has the same pattern and comes first")
                    .with_label("never used")
                    .with_related(earlier.span.clone(), "first here")
                    .with_help("keep one of the two"),
            );
        } else {
            seen.push((text, &pattern.value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_expression_is_pointed_at() {
        for (text, at) in [("ab(c", 2..3), ("a{2,1}", 1..6), ("[z-a]", 1..4), (r"\y", 0..2)] {
            let invalid = Pattern::parse(text).unwrap_err();
            assert_eq!(invalid.at, Some(at), "{text}");
        }
    }

    #[test]
    fn an_expression_that_would_eat_the_memory_is_refused() {
        assert!(Pattern::parse(r"((\pL{100}){100}){100}").is_err());
    }

    #[test]
    fn a_link_is_a_whole_address() {
        assert!(web_address("https://wiki.example.com/ecr").is_ok());
        for text in ["wiki.example.com", "https://", "javascript:alert(1)", "https://a b", "https://a|b"] {
            assert!(web_address(text).is_err(), "{text}");
        }
    }
}
