//! How a time compares with the one before, and one pipeline or customer with another.

use andon::board::{PipelineRow, StatusColor};
use jiff::Timestamp;

use super::words::{capital, counted};
use super::{Asked, MAX_NAMED};
use crate::understanding::Span;

impl<'a> Asked<'a> {
    pub(super) fn trend(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut span = self.time();
        let length = span.until.duration_since(span.from);
        if span.until < self.now {
            // "better than last week": what has been since is compared with it, up to the same length.
            let from = span.until.max(self.now.checked_sub(length).unwrap_or(span.until));
            span = Span { label: span.label, words: "since then".to_owned(), from, until: self.now };
        }
        let length = span.until.duration_since(span.from);
        let before = Span {
            label: String::new(),
            words: format!("in the {} before", self.voice.span(length)),
            from: span.from.checked_sub(length).unwrap_or(Timestamp::MIN),
            until: span.from,
        };
        let (now, then) = (self.failed(rows, &span).len(), self.failed(rows, &before).len());
        let (deployed, earlier) = (self.deployed(rows, &span).len(), self.deployed(rows, &before).len());
        let verdict = match now.cmp(&then) {
            std::cmp::Ordering::Less => "Fewer failures than before",
            std::cmp::Ordering::Equal => "As many failures as before",
            std::cmp::Ordering::Greater => "More failures than before",
        };
        let mut told = vec![format!(
            "{verdict}{}: {now} {}, {then} {}. Deployments: {deployed}, and {earlier} before.",
            self.place(),
            span.words,
            before.words
        )];
        if !self.at_least(rows, &before).is_empty() {
            told.push("Not every run of that time is kept, so this may be incomplete.".to_owned());
        }
        told
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
