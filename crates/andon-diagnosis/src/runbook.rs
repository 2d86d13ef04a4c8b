//! A team's own knowledge: a pattern in a log, what to do about it, and where to read on.

use std::fmt;
use std::ops::Range;

use regex::Regex;
use serde::Serialize;

/// The largest compiled pattern, in bytes: a larger one takes more memory than it is worth.
const MAX_COMPILED_BYTES: usize = 1024 * 1024;

/// One piece of a team's knowledge. Runbooks take precedence over the built-in hints, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    /// Matches a line of the evidence.
    pub pattern: Pattern,
    /// What to do, in a sentence.
    pub hint: String,
    /// The address of a page that says more.
    pub link: Option<String>,
}

/// The runbook that applies to a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunbookMatch {
    /// What to do, in a sentence.
    pub sentence: String,
    /// The address of a page that says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl RunbookMatch {
    pub(super) fn of(runbook: &Runbook) -> Self {
        Self { sentence: runbook.hint.clone(), link: runbook.link.clone() }
    }
}

/// A regular expression over one line.
#[derive(Clone)]
pub struct Pattern(Regex);

/// Why a text is not a usable pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// It is empty.
    #[error("an empty pattern matches every line")]
    Empty,
    /// Its compiled form exceeds one megabyte.
    #[error("this pattern is too large")]
    TooLarge,
    /// It is not a regular expression.
    #[error("invalid regular expression: {reason}")]
    Syntax {
        /// What the parser says.
        reason: String,
        /// The bytes of the pattern that it is about, where the parser knows them.
        at: Option<Range<usize>>,
    },
}

impl Pattern {
    /// Reads a regular expression.
    ///
    /// # Errors
    ///
    /// [`BadPattern`] says what is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, BadPattern> {
        if text.is_empty() {
            return Err(BadPattern::Empty);
        }
        regex::RegexBuilder::new(text)
            .size_limit(MAX_COMPILED_BYTES)
            .build()
            .map(Self)
            .map_err(|error| BadPattern::of(text, &error))
    }

    /// Whether the line matches.
    pub fn is_in(&self, line: &str) -> bool {
        self.0.is_match(line)
    }

    /// Where it matches in a line, and what it captured: the first group, or else all of the match.
    pub fn matches<'t>(&self, line: &'t str) -> impl Iterator<Item = (Range<usize>, &'t str)> + use<'_, 't> {
        self.0.captures_iter(line).filter_map(|found| {
            let whole = found.get(0).filter(|whole| !whole.is_empty())?;
            let captured = found.get(1).unwrap_or(whole);
            Some((whole.range(), captured.as_str()))
        })
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl BadPattern {
    fn of(text: &str, error: &regex::Error) -> Self {
        if let regex::Error::CompiledTooBig(_) = error {
            return Self::TooLarge;
        }
        let (reason, at) = match regex_syntax::Parser::new().parse(text) {
            Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), Some(*error.span())),
            Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), Some(*error.span())),
            _ => ("it cannot be compiled".to_owned(), None),
        };
        let at = at.map(|span| {
            let end = span.end.offset.max(span.start.offset + 1).min(text.len());
            span.start.offset.min(end)..end
        });
        Self::Syntax { reason, at }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_expression_is_pointed_at() {
        for (text, expected) in [("ab(c", 2..3), ("a{2,1}", 1..6), ("[z-a]", 1..4), (r"\y", 0..2)] {
            let error = Pattern::parse(text).unwrap_err();
            assert!(matches!(&error, BadPattern::Syntax { at, .. } if *at == Some(expected)), "{text}: {error:?}");
        }
    }

    #[test]
    fn an_expression_that_would_exhaust_memory_is_refused() {
        assert_eq!(Pattern::parse(r"((\pL{100}){100}){100}").unwrap_err(), BadPattern::TooLarge);
    }
}
