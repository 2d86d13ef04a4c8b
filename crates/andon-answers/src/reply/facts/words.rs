//! The words of sentences: names, times, places, lists, counts.

use andon::board::PipelineRow;
use andon::history::{ChangeSummary, FailureSummary};
use andon::line::Line;
use jiff::{SignedDuration, Timestamp};

use super::super::cause;
use super::super::naming::{called_at, cut, on_line};
use super::{Asked, MAX_NAMED};
use crate::understanding::{Intent, Span};

/// The most characters of a reason that are quoted.
const MAX_REASON: usize = 160;

impl Asked<'_> {
    pub(super) fn name(&self, row: &PipelineRow) -> String {
        let only = match self.parts.customers.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        };
        self.mention(row);
        let name = called_at(self.fleet, row, only, self.voice);
        match self.fleet.line_of(&row.overview.pipeline).and_then(Line::name) {
            Some(line) if self.names_lines => on_line(&name, &line, self.voice),
            _ => name,
        }
    }

    /// A pipeline's name with the branches and pull requests on which it is red, where it has several.
    pub(super) fn red_name(&self, row: &PipelineRow) -> String {
        let name = self.name(row);
        row.red_names().map_or(name.clone(), |lines| on_line(&name, &lines, self.voice))
    }

    /// The same of several.
    pub(super) fn red_names(&self, rows: &[&PipelineRow]) -> String {
        let names: Vec<String> = rows.iter().map(|row| self.red_name(row)).collect();
        some(&names)
    }

    /// Notes that a pipeline is named next.
    pub(super) fn mention(&self, row: &PipelineRow) {
        let id = &row.overview.pipeline;
        let mut named = self.named.borrow_mut();
        if !named.contains(id) {
            named.push(id.clone());
        }
    }

    pub(super) fn ago(&self, at: Timestamp) -> String {
        self.voice.ago(at, self.now)
    }

    pub(super) fn for_long(&self, since: Timestamp) -> String {
        self.voice.for_long(since, self.now)
    }

    pub(super) fn span_of(&self, seconds: i64) -> String {
        self.voice.span(SignedDuration::from_secs(seconds))
    }

    /// The time asked about, or the last seven days.
    pub(super) fn time(&self) -> Span {
        self.parts.span.clone().unwrap_or_else(|| Span {
            label: "last-7d".to_owned(),
            words: "in the last seven days".to_owned(),
            from: self.now.checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MIN),
            until: self.now,
        })
    }

    /// Where it is about: " at Acme", " in production", " in eu-west-1"; nothing where it is about all.
    pub(super) fn place(&self) -> String {
        let mut place = String::new();
        if !self.parts.customers.is_empty() {
            place.push_str(" at ");
            place.push_str(&and(&self.parts.customers));
        }
        if !self.parts.accounts.is_empty() {
            let names: Vec<String> =
                self.parts.accounts.iter().map(|id| self.fleet.accounts().name(id).to_owned()).collect();
            place.push_str(" in the account ");
            place.push_str(&and(&names));
        }
        if let Some(environment) = self.parts.environment {
            place.push_str(" in ");
            place.push_str(environment);
        }
        if !self.parts.regions.is_empty() {
            place.push_str(" in ");
            place.push_str(&and(&self.parts.regions));
        }
        if let Some(line) = self.parts.line() {
            place.push_str(" on ");
            place.push_str(&line.in_words());
        }
        if let Some(group) = &self.parts.group {
            place.push_str(&[" called \u{201c}", group, "\u{201d}"].concat());
        }
        if let Some(except) = &self.parts.except {
            place.push_str(" apart from ");
            place.push_str(&except.words);
        }
        place
    }

    /// The subject of a sentence: the one pipeline, or all of a place.
    pub(super) fn subject(&self, rows: &[&PipelineRow]) -> String {
        match rows {
            [only] => self.name(only),
            _ => format!("the {}{}", counted(rows.len(), "pipeline"), self.place()),
        }
    }

    /// What was understood and did not matter here.
    pub(super) fn unused(&self) -> Option<String> {
        use Intent as I;
        let mut unused: Vec<String> = Vec::new();
        let timed = matches!(
            self.intent,
            I::Failures
                | I::Deployments
                | I::Runs
                | I::Ranking
                | I::Trend
                | I::Compare
                | I::Shipped
                | I::Broke
                | I::Stale
                | I::Customers
                | I::History
                | I::Changed
                | I::Figures
                | I::Lines
        );
        if let Some(span) = self.parts.span.as_ref().filter(|_| !timed) {
            unused.push(format!("\u{201c}{}\u{201d}", span.words));
        }
        if let Some(stage) = self.parts.stage.as_ref().filter(|_| self.intent != I::Failures) {
            unused.push(format!("the stage \u{201c}{stage}\u{201d}"));
        }
        if let Some(change) = self.parts.change.as_ref().filter(|_| self.intent != I::Change) {
            unused.push(format!("the change \u{201c}{change}\u{201d}"));
        }
        (!unused.is_empty()).then(|| format!("I did not take into account {}.", and(&unused)))
    }

    pub(super) fn names(&self, rows: &[&PipelineRow]) -> String {
        let names: Vec<String> = rows.iter().map(|row| self.name(row)).collect();
        some(&names)
    }
}

/// Why something failed, in one line: by the words of its cause, or else by its kind.
pub(super) fn reason(failure: &FailureSummary) -> Option<String> {
    let place = cause::place(failure.stage.as_ref(), failure.action.as_ref());
    match (failure.why().map(short), place) {
        (Some(why), Some(place)) => Some(format!("in {place}, {why}")),
        (Some(why), None) => Some(why),
        (None, Some(place)) => Some(format!("in {place}")),
        (None, None) => None,
    }
}

/// A change by its author and title: "Tomasz Wilk, “Round refunds”".
pub(super) fn change_words(change: &ChangeSummary) -> Option<String> {
    let title = change
        .title
        .as_deref()
        .filter(|title| !title.is_empty())
        .map(|title| format!("\u{201c}{}\u{201d}", short(title)));
    match (title, change.author.as_deref()) {
        (Some(title), Some(author)) => Some(format!("{title} by {}", cut(author))),
        (Some(title), None) => Some(title),
        (None, Some(author)) => Some(format!("a change by {}", cut(author))),
        (None, None) => None,
    }
}

/// The same with the commit's id.
pub(super) fn full_change(change: &ChangeSummary) -> Option<String> {
    let id: Option<String> = change.id.as_deref().map(|id| id.chars().take(12).collect());
    match (id, change_words(change)) {
        (Some(id), Some(words)) => Some(format!("{id} ({words})")),
        (Some(id), None) => Some(id),
        (None, words) => words,
    }
}

pub(super) fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.').to_owned();
    if line.chars().count() <= MAX_REASON { line } else { line.chars().take(MAX_REASON).chain(['…']).collect() }
}

pub(super) fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

pub(super) fn times(number: usize) -> String {
    match number {
        0 => "no times".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(super) fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Five of them by name, and the number of the rest.
pub(super) fn some(items: &[String]) -> String {
    if items.len() <= MAX_NAMED {
        return and(items);
    }
    let named = items.get(..MAX_NAMED).unwrap_or_default();
    format!("{} and {} more", named.join(", "), items.len() - MAX_NAMED)
}
