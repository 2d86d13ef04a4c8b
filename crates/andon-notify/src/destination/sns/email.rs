//! Email rendering: a subject within SNS's limits, and plain text wrapped at 72 columns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::message::Message;
use andon::text::{self, fit};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// The width of the text.
const WIDTH: usize = 72;
/// The width of a log's line, which is set in by four.
const LOG_WIDTH: usize = WIDTH - 4;
/// SNS takes at most 100 characters, printable ASCII.
const SUBJECT: usize = 100;
/// The most characters of one text from outside: SNS takes 256 KB in all.
const MAX_LEN: usize = 4000;
/// SNS takes attribute values of any length, but a filter policy's are short.
const ATTRIBUTE: usize = 256;

/// A message as an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The subject: at most 100 printable ASCII characters.
    pub subject: String,
    /// The body.
    pub body: String,
    /// What a subscription can filter by: `account`, `pipeline`, `stage`, `kind`, `region`.
    pub attributes: BTreeMap<&'static str, String>,
}

/// Renders a message as an email.
pub fn render(message: &Message) -> Email {
    Email { subject: subject(message), body: body(message), attributes: attributes(message) }
}

fn subject(message: &Message) -> String {
    let text: String = format!("[{}] {}", message.kind.tag(), message.title)
        .chars()
        .map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' })
        .collect();
    match text.char_indices().nth(SUBJECT) {
        None => text,
        Some(_) => format!("{}...", text.get(..SUBJECT - 3).unwrap_or_default()),
    }
}

fn attributes(message: &Message) -> BTreeMap<&'static str, String> {
    let about = &message.about;
    let mut attributes = BTreeMap::from([
        ("account", about.pipeline.home.account.to_string()),
        ("region", about.pipeline.home.region.to_string()),
        ("pipeline", about.pipeline.name.to_string()),
        ("kind", message.kind.to_string()),
    ]);
    attributes.extend(about.stage.as_ref().map(|stage| ("stage", stage.to_string())));
    for value in attributes.values_mut() {
        *value = value.chars().take(ATTRIBUTE).collect();
    }
    attributes
}

/// The message as plain text: the email's body, and what a terminal shows.
pub fn body(message: &Message) -> String {
    let mut text = String::new();
    let mut paragraph = |lines: Vec<String>| {
        if !lines.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            for line in lines {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    };
    let mut heading = wrap(&clean(&message.title), "", "");
    let longest = heading.iter().map(|line| display_width(line)).max().unwrap_or_default();
    heading.push("=".repeat(longest));
    heading.extend(message.lead.iter().flat_map(|lead| wrap(&clean(lead), "", "")));
    paragraph(heading);

    for cause in &message.causes {
        let mut lines = wrap(&clean(&cause.heading), "", "");
        if let Some(reason) = &cause.reason {
            lines.extend(clean(reason).lines().flat_map(|line| wrap(line, "  ", "  ")));
        }
        // Lines of a log are shown as they are: wrapped at the width, never reflowed.
        lines.extend(cause.lines.iter().flat_map(|line| hard_wrap(&clean(line))));
        paragraph(lines);
    }
    if let Some(hint) = &message.hint {
        let mut lines = wrap(&clean(&hint.text), "What to do: ", "  ");
        lines.extend(hint.url.iter().map(|url| format!("  {url}")));
        paragraph(lines);
    }
    let labels = message.facts.iter().map(|fact| fact.label).chain(std::iter::once("Account"));
    let column = labels.map(|label| label.chars().count()).max().unwrap_or_default() + 2;
    let facts = message.facts.iter().flat_map(|fact| {
        let mut value = clean(&fact.value);
        if let Some(url) = fact.url.as_deref().filter(|url| *url != fact.value) {
            value.push('\n');
            value.push_str(url);
        }
        let rest = " ".repeat(column);
        let mut lines: Vec<String> = Vec::new();
        for (index, line) in value.lines().filter(|line| !line.trim().is_empty()).enumerate() {
            let first = if index == 0 { format!("{:column$}", fact.label) } else { rest.clone() };
            lines.extend(wrap(line, &first, &rest));
        }
        lines
    });
    let about = &message.about;
    let place = format!("{} in {}", about.account, about.pipeline.home.region);
    let facts: Vec<String> = facts.chain(std::iter::once(format!("{:column$}{place}", "Account"))).collect();
    paragraph(facts);
    for note in &message.notes {
        paragraph(wrap(&clean(note), "Note: ", "  "));
    }
    let shown = |url: &str| message.facts.iter().any(|fact| fact.url.as_deref() == Some(url));
    for link in message.links.iter().filter(|link| !shown(&link.url)) {
        paragraph(vec![format!("{}:", link.label), link.url.clone()]);
    }
    text
}

/// Text from outside, safe to show and cut to a limit.
fn clean(text: &str) -> String {
    text::clean(&fit(text, MAX_LEN, |_| 1))
}

/// Breaks a line between words; a word that is too long, such as an address, stays whole.
fn wrap(text: &str, first: &str, rest: &str) -> Vec<String> {
    // Words end at spaces alone: an address, a path or an ARN stays whole.
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = textwrap::wrap(&words, options.wrap_algorithm(WrapAlgorithm::FirstFit));
    lines.into_iter().map(Cow::into_owned).collect()
}

/// Breaks a log line at the width: between words if possible, with spaces unchanged.
fn hard_wrap(line: &str) -> Vec<String> {
    let mut rest: Vec<char> = line.trim_end().chars().collect();
    let mut lines = Vec::new();
    while rest.len() > LOG_WIDTH {
        let near_the_end = rest.iter().take(LOG_WIDTH).rposition(|c| *c == ' ').filter(|at| *at > LOG_WIDTH / 2);
        let tail = rest.split_off(near_the_end.map_or(LOG_WIDTH, |at| at + 1));
        lines.push(format!("    {}", rest.iter().collect::<String>()));
        rest = tail;
    }
    lines.push(format!("    {}", rest.into_iter().collect::<String>()));
    lines
}
