//! Runbooks: a pattern in a log, the next step, and a link.

use andon_diagnosis::{BadPattern, Pattern, Runbook};

use super::finding::Finding;
use super::reader::Reader;
use super::tree::Node;
use andon::invalid::Invalid;
use andon::suggest::quoted;

const KEYS: &[&str] = &["pattern", "hint", "link"];

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Vec<Runbook> {
    reader.items(node, "`runbooks`").iter().filter_map(|node| runbook(node, reader)).collect()
}

fn runbook(node: &Node, reader: &mut Reader<'_>) -> Option<Runbook> {
    let fields = reader.fields(node, "a runbook", KEYS)?;
    let pattern = fields
        .require("pattern", "pattern: 'no space left on device'", reader)
        .and_then(|node| reader.value(node, "`pattern`", pattern));
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

pub(super) fn web_address(text: &str) -> Result<String, Invalid> {
    let host =
        text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).and_then(|rest| rest.split('/').next());
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>|\"".contains(c));
    if host.is_some_and(|host| !host.is_empty()) && clean {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(format!("{} is not a valid URL", quoted(text)))
            .with_help("write the full URL, starting with https://"))
    }
}

pub(super) fn pattern(text: &str) -> Result<Pattern, Invalid> {
    Pattern::parse(text).map_err(|bad| {
        let help = match &bad {
            BadPattern::Empty => "write part of the line that shows the problem",
            BadPattern::TooLarge => "use smaller repetitions, or a plain part of the line",
            BadPattern::Syntax { .. } => {
                "escape special characters with `\\`, such as `\\(`, and put the pattern in single quotes"
            }
        };
        let invalid = Invalid::new(bad.to_string()).with_help(help);
        match bad {
            BadPattern::Syntax { at: Some(bytes), .. } => invalid.at(bytes),
            _ => invalid,
        }
    })
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
                Finding::error(pattern.value.span.clone(), "an earlier runbook has the same pattern")
                    .with_label("never used")
                    .with_related(earlier.span.clone(), "first here")
                    .with_help("remove one of them"),
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
    fn a_link_is_a_whole_address() {
        assert!(web_address("https://wiki.example.com/ecr").is_ok());
        for text in ["wiki.example.com", "https://", "javascript:alert(1)", "https://a b", "https://a|b"] {
            assert!(web_address(text).is_err(), "{text}");
        }
    }
}
