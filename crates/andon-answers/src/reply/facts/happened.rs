//! What happened in a time: failures, deployments, runs.

use std::collections::BTreeSet;

use andon::board::{PipelineRow, StatusColor};
use andon::history::RunSummary;
use andon::name::PipelineId;
use andon::run::Status;
use jiff::Timestamp;

use super::super::naming::cut;
use super::ends::End;
use super::words::{capital, change_words, counted, reason, some, times};
use super::{Asked, MAX_NAMED};
use crate::understanding::{By, Span};

impl<'a> Asked<'a> {
    pub(super) fn failures(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let ends = self.failed(rows, &span);
        let stage = self.parts.stage.as_ref().map(|stage| format!(" in {stage}")).unwrap_or_default();
        let least = self.at_least(rows, &span);
        if self.parts.has(crate::understanding::Nuance::Without) && rows.len() > 1 {
            return self.without("failure", rows, &ends, &span);
        }
        if ends.is_empty() {
            let unsure = if least.is_empty() { "" } else { " I no longer have every run of that time." };
            let mut told =
                vec![format!("{} did not fail{stage} {}.{unsure}", capital(&self.subject(rows)), span.words)];
            if self.parts.span.is_none() && stage.is_empty() && self.last_failed_end(rows).is_some() {
                told.extend(self.last_failure(rows));
            }
            return told;
        }
        let mut told = Vec::new();
        if let [row] = rows {
            told.push(format!(
                "{} failed {least}{}{stage} {}.",
                capital(&self.name(row)),
                times(ends.len()),
                span.words
            ));
        } else {
            let pipelines: BTreeSet<&PipelineId> = ends.iter().map(|end| &end.row.overview.pipeline).collect();
            told.push(format!(
                "{}{}{}{stage} in {} {}: {}.",
                capital(least),
                counted(ends.len(), "failure"),
                self.place(),
                counted(pipelines.len(), "pipeline"),
                span.words,
                some(&self.by(&ends))
            ));
        }
        if let Some(last) = ends.first() {
            told.push(self.one_failure("The last one was", last, rows.len() > 1));
        }
        if self.parts.is_who {
            told.push(Self::authors(&ends));
        }
        let still: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        let failed: Vec<&PipelineRow> = still
            .into_iter()
            .filter(|row| ends.iter().any(|end| end.row.overview.pipeline == row.overview.pipeline))
            .collect();
        match (failed.as_slice(), rows.len()) {
            ([], _) => {
                told.push(if rows.len() == 1 { "It is not red now." } else { "None of them is red now." }.to_owned());
            }
            (_, 1) => told.push("It is still red.".to_owned()),
            (red, _) => told.push(format!("Still red: {}.", self.names(red))),
        }
        told
    }

    pub(super) fn one_failure(&self, begin: &str, end: &End<'_>, named: bool) -> String {
        let name = if named { format!("{} ", self.name(end.row)) } else { String::new() };
        let why = end.run.failure.as_ref().and_then(reason).map(|why| format!(": {why}")).unwrap_or_default();
        format!("{begin} {name}{}{why}.", self.ago(end.at))
    }

    pub(super) fn authors(ends: &[End<'_>]) -> String {
        let mut authors: Vec<String> = Vec::new();
        for end in ends {
            if let Some(author) = end.run.change.as_ref().and_then(|change| change.author.as_deref()) {
                let author = cut(author);
                if !authors.contains(&author) {
                    authors.push(author);
                }
            }
        }
        if authors.is_empty() {
            "Who made the changes is not known.".to_owned()
        } else {
            format!("The changes are by {}.", some(&authors))
        }
    }

    pub(super) fn deployments(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let ends = self.deployed(rows, &span);
        let least = self.at_least(rows, &span);
        if self.parts.has(crate::understanding::Nuance::Without) && rows.len() > 1 {
            return self.without("deployment", rows, &ends, &span);
        }
        if ends.is_empty() {
            let mut told = vec![format!("{} did not deploy {}.", capital(&self.subject(rows)), span.words)];
            if self.parts.span.is_none() {
                told.extend(self.last_success(rows));
            }
            return told;
        }
        let mut told = Vec::new();
        if let [row] = rows {
            told.push(format!("{} deployed {least}{} {}.", capital(&self.name(row)), times(ends.len()), span.words));
        } else {
            told.push(format!(
                "{}{}{} {}: {}.",
                capital(least),
                counted(ends.len(), "deployment"),
                self.place(),
                span.words,
                some(&self.by(&ends))
            ));
        }
        if let Some(last) = ends.first() {
            let name = if rows.len() > 1 { format!("{} ", self.name(last.row)) } else { String::new() };
            let change =
                last.run.change.as_ref().and_then(change_words).map(|change| format!(": {change}")).unwrap_or_default();
            told.push(format!("The last one was {name}{}{change}.", self.ago(last.at)));
        }
        if self.parts.is_who {
            told.push(Self::authors(&ends));
        }
        told
    }

    /// Which of them had none.
    fn without(&self, of_what: &str, rows: &[&'a PipelineRow], ends: &[End<'a>], span: &Span) -> Vec<String> {
        let with: BTreeSet<String> = ends.iter().map(|end| self.key(end.row)).collect();
        let all: BTreeSet<String> = rows.iter().map(|row| self.key(row)).collect();
        let without: Vec<String> = all.iter().filter(|key| !with.contains(*key)).cloned().collect();
        let what = if self.parts.by == Some(By::Customer) { "customer" } else { "pipeline" };
        vec![if without.is_empty() {
            format!("Every one of the {} had a {of_what} {}.", counted(all.len(), what), span.words)
        } else {
            let of = counted(all.len(), what);
            format!("{} of {of} had no {of_what} {}: {}.", without.len(), span.words, some(&without))
        }]
    }

    pub(super) fn runs(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let in_time = |run: &&RunSummary| run.first_seen >= span.from && run.first_seen < span.until;
        let runs: Vec<&RunSummary> = rows.iter().flat_map(|row| self.runs_of(row)).filter(in_time).collect();
        let count = |status: Status| runs.iter().filter(|run| run.status == status).count();
        let least = self.at_least(rows, &span);
        let mut told =
            vec![format!("{} ran {least}{} {}.", capital(&self.subject(rows)), times(runs.len()), span.words)];
        if !runs.is_empty() {
            told.push(format!("{} succeeded and {} failed.", count(Status::Succeeded), count(Status::Failed)));
        }
        told
    }

    fn last_failed_end(&self, rows: &[&'a PipelineRow]) -> Option<End<'a>> {
        let ever = Span { label: String::new(), words: String::new(), from: Timestamp::MIN, until: Timestamp::MAX };
        self.failed(rows, &ever).into_iter().next()
    }

    pub(super) fn last_failure(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        match self.last_failed_end(rows) {
            Some(end) if self.parts.is_who => {
                let change = end.run.change.as_ref().and_then(change_words);
                let change = change.map(|change| format!(" The change is {change}.")).unwrap_or_default();
                vec![format!("{}{change}", self.one_failure("The last failure was", &end, true))]
            }
            Some(end) => vec![format!(
                "The last failure of {} was {}{}{}.",
                self.subject(rows),
                if rows.len() > 1 { format!("in {} ", self.name(end.row)) } else { String::new() },
                self.ago(end.at),
                end.run.failure.as_ref().and_then(reason).map(|why| format!(": {why}")).unwrap_or_default()
            )],
            None => vec![format!("I have no failure of {} on record.", self.subject(rows))],
        }
    }

    pub(super) fn last_success(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let last =
            rows.iter().filter_map(|row| Some((row.overview.health.last_success?, *row))).max_by_key(|(at, _)| *at);
        match last {
            Some((at, row)) => {
                vec![format!("The last success{} was {} {}.", self.place(), self.name(row), self.ago(at))]
            }
            None => vec![format!("I have no success of {} on record.", self.subject(rows))],
        }
    }

    pub(super) fn history(&self, row: &PipelineRow) -> Vec<String> {
        let runs = self.runs_of(row);
        let wanted = self.parts.count.unwrap_or(MAX_NAMED).min(20);
        let from = self.parts.span.as_ref().map_or(Timestamp::MIN, |span| span.from);
        let items: Vec<String> = runs
            .iter()
            .rev()
            .filter(|run| run.first_seen >= from)
            .take(wanted)
            .map(|run| format!("{} {}", run.status.word(), self.ago(run.ended.unwrap_or(run.first_seen))))
            .collect();
        if items.is_empty() {
            return vec![format!("No run of {} is on record for that time.", self.name(row))];
        }
        vec![format!(
            "The latest {} of {}, newest first: {}.",
            counted(items.len(), "run"),
            self.name(row),
            items.join("; ")
        )]
    }

    pub(super) fn flaky(&self, row: &PipelineRow) -> Vec<String> {
        let ends: Vec<Status> = self
            .runs_of(row)
            .iter()
            .map(|run| run.status)
            .filter(|status| matches!(status, Status::Failed | Status::Succeeded))
            .collect();
        let flips = self.flips(row, Timestamp::MIN);
        let failed = ends.iter().filter(|status| **status == Status::Failed).count();
        vec![format!(
            "{} of the last {} of {} failed, and the result changed {}.",
            failed,
            counted(ends.len(), "finished run"),
            self.name(row),
            times(flips)
        )]
    }
}
