//! How one kind of failure looks: what a tool knows about its own words, as data.
//!
//! A rule is tried only on lines that hold one of its `markers`, so a table may grow without slowing the reading down.
//! The pattern is a byte-oriented regular expression (no Unicode classes), matched against the cleaned line.

use super::Category;

/// How much a line of this kind explains. Ties go to the line that came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Explains nothing: only its hint is of use.
    Advice = 0,
    /// Only wraps another failure: `exit status 1`.
    Envelope = 10,
    /// Names what failed, but not why: `BUILD FAILED`.
    Summary = 25,
    /// Some program says "error" in some common way.
    Generic = 40,
    /// A known tool's own error line, which may still wrap another.
    Tool = 60,
    /// The cause itself: a compile error, a failing test, a denial.
    Cause = 80,
    /// What ended everything whatever else was said: killed, out of memory, out of time.
    Final = 97,
}

/// Which other lines belong to the cause, relative to the line that the rule's pattern matches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quote {
    /// The first `take` lines that match, within so many lines after.
    After { pattern: &'static str, within: usize, take: usize },
    /// The nearest line that matches, within so many lines before.
    Before { pattern: &'static str, within: usize },
    /// As [`Quote::After`] with one line, but told first: it says more than the line that was matched.
    Lead { pattern: &'static str, within: usize },
}

/// One kind of failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) tool: &'static str,
    pub(super) markers: &'static [&'static str],
    pub(super) pattern: &'static str,
    pub(super) unless: &'static str,
    pub(super) weight: Weight,
    pub(super) category: Category,
    pub(super) quotes: &'static [Quote],
    pub(super) until: &'static str,
    /// A line that has to follow within so many lines, or the rule does not hold.
    pub(super) follows: Option<(&'static str, usize)>,
    /// The exit status that failures of this kind lead to.
    pub(super) status: Option<i32>,
    pub(super) hint: &'static str,
}

/// A rule of `tool` for lines that hold one of `markers` and match `pattern`.
pub(super) const fn rule(
    tool: &'static str,
    markers: &'static [&'static str],
    pattern: &'static str,
    weight: Weight,
    category: Category,
) -> Rule {
    Rule {
        tool,
        markers,
        pattern,
        unless: "",
        weight,
        category,
        quotes: &[],
        until: "",
        follows: None,
        status: None,
        hint: "",
    }
}

impl Rule {
    /// Lines that look the same and are no failure.
    pub(super) const fn unless(mut self, pattern: &'static str) -> Self {
        self.unless = pattern;
        self
    }

    /// The lines to quote with it.
    pub(super) const fn quote(mut self, quotes: &'static [Quote]) -> Self {
        self.quotes = quotes;
        self
    }

    /// Where the lines that belong to it end.
    pub(super) const fn until(mut self, pattern: &'static str) -> Self {
        self.until = pattern;
        self
    }

    /// Holds only when such a line follows: tools that print alike are told apart by what comes next.
    pub(super) const fn when(mut self, pattern: &'static str, within: usize) -> Self {
        self.follows = Some((pattern, within));
        self
    }

    /// A command that fails in this way exits with that status.
    pub(super) const fn exits(mut self, status: i32) -> Self {
        self.status = Some(status);
        self
    }

    /// The likeliest next step: a sentence in which `{name}` stands for what the pattern captured, `{0}` for all of
    /// it, `{quote}` for the first line quoted with it, `{place}` for the first `file:line` in the quoted lines,
    /// `{resource}` and `{reason}` for a stack event's. `{name?words}` has a fallback; without one the hint is not said.
    pub(super) const fn hint(mut self, template: &'static str) -> Self {
        self.hint = template;
        self
    }
}

/// The first line within so many lines after that matches.
pub(super) const fn then(pattern: &'static str, within: usize) -> Quote {
    Quote::After { pattern, within, take: 1 }
}

/// The first `take` lines within so many lines after that match.
pub(super) const fn some(pattern: &'static str, within: usize, take: usize) -> Quote {
    Quote::After { pattern, within, take }
}

/// The nearest line before that matches.
pub(super) const fn before(pattern: &'static str, within: usize) -> Quote {
    Quote::Before { pattern, within }
}

/// The line after that says more than the matched one.
pub(super) const fn lead(pattern: &'static str, within: usize) -> Quote {
    Quote::Lead { pattern, within }
}

impl Quote {
    /// What the quoted line looks like.
    pub(super) const fn pattern(&self) -> &'static str {
        match self {
            Self::After { pattern, .. } | Self::Before { pattern, .. } | Self::Lead { pattern, .. } => pattern,
        }
    }

    /// How far away it may be.
    pub(super) const fn within(&self) -> usize {
        match self {
            Self::After { within, .. } | Self::Lead { within, .. } => *within,
            Self::Before { .. } => 0,
        }
    }
}
