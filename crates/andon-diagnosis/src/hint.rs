//! One sentence that names the likeliest next step, made of what the log itself says.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::contest::Choice;
use super::log::Log;
use super::scan::Rules;

/// Longer hints are no hints.
const LONGEST: usize = 320;
/// What the log says is cut after so many bytes, so that the point of the sentence is never cut off.
const LONGEST_VALUE: usize = 140;

/// `src/a.rs:3:7`, `A.java:[7,42]`, `a.ts(180,65)`
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(r"[\w@./\\-]*[\w-]\.\w{1,8}(?::\[?\d+[:,]?\d*\]?|\(\d+,\d+\))").unicode(false).build().ok()
});

/// The rule's sentence, filled in; `None` when it needs something that the log does not say.
pub(super) fn of(rules: &Rules, log: &Log, choice: &Choice) -> Option<String> {
    if choice.rule.hint.is_empty() {
        return None;
    }
    let mut hint = String::new();
    let mut rest = choice.rule.hint;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        hint.push_str(before);
        let (name, fallback) = name.split_once('?').map_or((name, None), |(name, fallback)| (name, Some(fallback)));
        match value(rules, log, choice, name) {
            Some(value) => hint.push_str(cut(&value).trim_end_matches(['.', ':', ',', ' '])),
            None => hint.push_str(fallback?),
        }
        rest = after;
    }
    hint.push_str(rest);
    sentence(&hint)
}

/// As much of a value as a hint has room for: whole words.
fn cut(value: &str) -> String {
    if value.len() <= LONGEST_VALUE {
        return value.to_owned();
    }
    let end = value.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_VALUE).last().unwrap_or(0);
    let head = value.get(..end).unwrap_or("");
    let head = head.rsplit_once(char::is_whitespace).map_or(head, |(words, _)| words);
    format!("{head}…")
}

/// A hint with fewer words of its own only repeats the lines.
const LEAST_NEW: usize = 3;
/// Words that carry nothing: those of any sentence, and those that only say that something failed.
const EMPTY: &[&str] = &[
    "the", "and", "for", "that", "this", "these", "with", "from", "was", "were", "has", "have", "had", "are", "its",
    "not", "but", "because", "than", "then", "there", "where", "when", "what", "which", "while", "into", "out", "own",
    "may", "can", "cannot", "could", "does", "did", "says", "said", "fails", "failed", "failing", "error", "errors",
    "step", "command", "line", "build", "here", "itself", "reason",
];

/// Whether a hint says something that the quoted lines do not.
pub(super) fn adds(hint: &str, quoted: &str) -> bool {
    let quoted = quoted.to_lowercase();
    let known: Vec<&str> = words(&quoted).collect();
    let hint = hint.to_lowercase();
    words(&hint).filter(|word| !EMPTY.contains(word) && !known.contains(word)).count() >= LEAST_NEW
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 3)
}

/// One line, with a full stop, not too long.
pub(super) fn sentence(text: &str) -> Option<String> {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    text.truncate(text.trim_end_matches([':', ',', ' ']).len());
    if text.len() > LONGEST {
        let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST).last().unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    } else if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    Some(text)
}

fn value(rules: &Rules, log: &Log, choice: &Choice, name: &str) -> Option<String> {
    let line = log.line(choice.finding.line);
    let text = match name {
        name if rules.capture(log, choice.finding, name).is_some() => {
            rules.capture(log, choice.finding, name).map(|text| readable(&text))?
        }
        "quote" => {
            let at = *choice.lines.iter().find(|at| **at != choice.finding.line)?;
            difference(log, at).unwrap_or_else(|| readable(log.line(at)))
        }
        "place" => choice.lines.iter().find_map(|at| place(log.line(*at)))?,
        "resource" => resource(line)?,
        "reason" => reason(line)
            .filter(|reason| !reason.is_empty() && !reason.ends_with(':'))
            .or_else(|| choice.lines.iter().find(|at| **at != choice.finding.line).map(|at| readable(log.line(*at))))?,
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// `expect(received).toBe(expected)` says nothing; the values below it do.
fn difference(log: &Log, at: usize) -> Option<String> {
    if !log.line(at).contains("expect(") {
        return None;
    }
    let below = |name: &str| {
        let line = (at + 1..at + 9).map(|at| log.line(at).trim()).find(|line| line.starts_with(name))?;
        line.split_once(": ").map(|(_, value)| value.trim())
    };
    Some(format!("expected {}, received {}", below("Expected")?, below("Received")?))
}

/// Without the marks that tools put before their messages.
fn readable(text: &str) -> String {
    let text = text.trim();
    let text = text
        .strip_prefix("[ERROR] ")
        .or_else(|| text.strip_prefix("E   "))
        .or_else(|| text.strip_prefix("--> "))
        .or_else(|| text.strip_prefix("> "))
        .unwrap_or(text);
    let text = text.strip_prefix("npm ERR! ").or_else(|| text.strip_prefix("npm error ")).unwrap_or(text);
    let text = text.strip_prefix("= note: ").unwrap_or(text);
    // Arrows and boxes with which trees are drawn.
    let drawn = |c: char| {
        ">| ".contains(c)
            || ('\u{2500}'..='\u{259f}').contains(&c)
            || "\u{276f}\u{25b6}\u{d7}\u{2716}\u{2718}".contains(c)
    };
    let text = text.trim_start_matches(drawn);
    text.strip_prefix("- ").unwrap_or(text).trim().to_owned()
}

fn place(line: &str) -> Option<String> {
    let found = PLACE.as_ref()?.find(line.as_bytes())?;
    Some(String::from_utf8_lossy(found.as_bytes()).into_owned())
}

/// What a stack event is about: the logical name after the resource's type.
fn resource(line: &str) -> Option<String> {
    let (_, after) = line.split_once("_FAILED")?;
    let mut words = after.split([' ', '|', '\t', '"', ',']).filter(|word| !word.is_empty());
    let kind = words.find(|word| word.contains("::"))?;
    Some(words.next().map_or_else(|| kind.to_owned(), |name| format!("{name} ({kind})")))
}

/// Why: the handler's message without its request ids, or else what follows the names.
fn reason(line: &str) -> Option<String> {
    if let Some((_, message)) = line.split_once("returned message: ") {
        let message = message.trim_start_matches('"');
        let end = ["\" (RequestToken", " (Service: ", ", RequestId", "\" (Req", " (RequestToken"]
            .iter()
            .filter_map(|stop| message.find(stop))
            .min()
            .unwrap_or(message.len());
        return message.get(..end).map(|text| text.trim_end_matches('"').to_owned());
    }
    let (_, after) = line.split_once("_FAILED")?;
    let mut parts = after.split(['|', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    if parts.len() == 1 {
        parts = after.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect();
    }
    if let Some(text) = parts.get(2..).and_then(|rest| rest.last()) {
        return Some((*text).to_owned());
    }
    // CDK: `Type | Name (Id) reason`
    parts.last()?.split_once(") ").map(|(_, reason)| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_event_tells_its_resource_and_reason() {
        let line = r#"2025-08-21  CREATE_FAILED  AWS::IAM::Role  EC2Role  Resource handler returned message: "Resource x must be in ARN format. (Service: Iam, Status Code: 400)" (RequestToken: 1)"#;
        assert_eq!(resource(line).as_deref(), Some("EC2Role (AWS::IAM::Role)"));
        assert_eq!(reason(line).as_deref(), Some("Resource x must be in ARN format."));
        assert_eq!(
            reason("a | CREATE_FAILED | AWS::S3::Bucket | Bucket | Bucket is there already").as_deref(),
            Some("Bucket is there already")
        );
    }

    #[test]
    fn of_an_expectation_the_values_are_told() {
        let log = Log::from_bytes(b"expect(received).toBe(expected)\n\n    Expected: 4\n    Received: 3\n");
        assert_eq!(difference(&log, 0).as_deref(), Some("expected 4, received 3"));
        assert_eq!(difference(&log, 2), None);
    }

    #[test]
    fn a_hint_that_repeats_the_lines_or_says_nothing_is_none() {
        let quoted = "error: no matching package named `foo` found";
        assert!(!adds("Cargo says that no matching package named foo was found.", quoted));
        assert!(adds("Add `foo` to the registry of Cargo.toml, or correct its name.", quoted));
    }

    #[test]
    fn every_rules_hint_has_words_of_its_own_and_asks_for_what_its_pattern_captures() {
        for rule in crate::tools::ALL.iter().copied().flatten().filter(|rule| !rule.hint.is_empty()) {
            let (mut own, mut rest) = (String::new(), rule.hint);
            while let Some((before, after)) = rest.split_once('{') {
                own.push_str(before);
                let (name, after) = after.split_once('}').unwrap();
                let name = name.split('?').next().unwrap();
                let is_known = ["0", "quote", "place", "resource", "reason"].contains(&name);
                assert!(is_known || rule.pattern.contains(&format!("?P<{name}>")), "{}: {{{name}}}", rule.tool);
                rest = after;
            }
            own.push_str(rest);
            assert!(adds(&own, ""), "{} only repeats: {}", rule.tool, rule.hint);
        }
    }

    #[test]
    fn a_long_value_is_cut_between_words_so_that_the_sentence_is_whole() {
        let value = "word ".repeat(60);
        let cut = cut(&value);
        assert!(cut.len() <= LONGEST_VALUE + 3 && cut.ends_with("word…"), "{cut}");
        assert_eq!(super::cut("short"), "short");
    }

    #[test]
    fn what_trees_are_drawn_with_is_no_word() {
        assert_eq!(readable(" \u{251c}\u{2500}\u{25b6} Failed to resolve"), "Failed to resolve");
        assert_eq!(readable("= note: ld: unable to find library"), "ld: unable to find library");
    }

    #[test]
    fn a_sentence_is_one_line_that_ends() {
        assert_eq!(sentence(" a\n b ").as_deref(), Some("a b."));
        assert_eq!(sentence("a b:").as_deref(), Some("a b."));
        assert_eq!(sentence(""), None);
    }
}
