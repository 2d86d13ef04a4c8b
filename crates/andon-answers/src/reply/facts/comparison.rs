//! How a time compares with the one before, and one pipeline or customer with another.

use andon::board::{PipelineRow, StatusColor};
use jiff::{SignedDuration, Timestamp};

use super::words::{capital, counted};
use super::{Asked, MAX_NAMED};
use crate::understanding::Span;

impl<'a> Asked<'a> {
    pub(super) fn trend(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let (span, before) = self.compared();
        let (now, then) = (self.failed(rows, &span).len(), self.failed(rows, &before).len());
        let (deployed, earlier) = (self.deployed(rows, &span).len(), self.deployed(rows, &before).len());
        let verdict = match now.cmp(&then) {
            std::cmp::Ordering::Less => "Fewer failures",
            std::cmp::Ordering::Equal => "As many failures",
            std::cmp::Ordering::Greater => "More failures",
        };
        let mut told = vec![format!(
            "{verdict}{}: {now} {}, {then} {}. Deployments: {deployed} {}, {earlier} {}.",
            self.place(),
            span.words,
            before.words,
            span.words,
            before.words
        )];
        if !self.at_least(rows, &before).is_empty() {
            told.push("Not every run of that time is kept, so this may be incomplete.".to_owned());
        }
        told
    }

    /// The two times that are compared. A week that has not ended is compared with the same part of the last one.
    fn compared(&self) -> (Span, Span) {
        let asked = self.time();
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let (name, last, shift) = match asked.label.as_str() {
            "this-week" | "last-week" | "since-last-week" => ("this week", "by this time last week", days(7)),
            "today" | "yesterday" | "since-yesterday" => ("today", "by this time yesterday", days(1)),
            _ => {
                let length = asked.until.duration_since(asked.from);
                let from = asked.from.checked_sub(length).unwrap_or(Timestamp::MIN);
                let words = format!("in the {} before", self.voice.span(length));
                let before = Span { label: String::new(), words, from, until: asked.from };
                return (asked, before);
            }
        };
        // The time now began when the one asked about did, or when that ended.
        let is_current = matches!(asked.label.as_str(), "this-week" | "today");
        let from = match (is_current, asked.until < self.now) {
            (true, _) => asked.from,
            (false, true) => asked.until,
            (false, false) => asked.from.checked_add(shift).unwrap_or(asked.from),
        };
        let shifted = |at: Timestamp| at.checked_sub(shift).unwrap_or(Timestamp::MIN);
        let before =
            Span { label: String::new(), words: last.to_owned(), from: shifted(from), until: shifted(self.now) };
        (Span { label: asked.label, words: name.to_owned(), from, until: self.now }, before)
    }

    pub(super) fn compare(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let mut sides: Vec<(String, Vec<&'a PipelineRow>)> = Vec::new();
        if self.parts.customers.len() > 1 {
            for customer in &self.parts.customers {
                let own = rows
                    .iter()
                    .copied()
                    .filter(|row| self.fleet.customer(&row.overview.pipeline) == Some(customer))
                    .collect();
                sides.push((customer.clone(), own));
            }
        } else {
            sides.extend(rows.iter().map(|row| (self.name(row), vec![*row])));
        }
        let side = |(name, rows): &(String, Vec<&'a PipelineRow>)| {
            let red = rows.iter().filter(|row| row.light == StatusColor::Red).count();
            let state = match rows.as_slice() {
                [row] => format!("is {}", row.light.word()),
                _ => format!("has {red} of {} red", counted(rows.len(), "pipeline")),
            };
            format!(
                "{} {state}, with {} and {} {}.",
                capital(name),
                counted(self.failed(rows, &span).len(), "failure"),
                counted(self.deployed(rows, &span).len(), "deployment"),
                span.words
            )
        };
        sides.iter().take(MAX_NAMED).map(side).collect()
    }
}
