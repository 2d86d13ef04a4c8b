//! How several pipelines stand, and which there are.

use std::collections::BTreeMap;

use andon::board::{PipelineRow, StatusColor};
use andon::run::Status;
use jiff::{SignedDuration, Timestamp};

use super::super::cause;
use super::super::naming::on_line;
use super::Asked;
use super::words::{and, capital, counted, some};

/// A pipeline that has not run for so long is called stale, if nothing else was said.
const STALE: SignedDuration = SignedDuration::from_hours(14 * 24);

impl<'a> Asked<'a> {
    pub(super) fn overview(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        let all = rows.len();
        let mut told = match red.as_slice() {
            [] if all == 1 => {
                let words = rows.iter().map(|row| {
                    format!(
                        "{} is not red (latest run: {}, {}).",
                        capital(&self.name(row)),
                        row.overview.latest.status.word(),
                        self.ago(row.news_at())
                    )
                });
                words.collect()
            }
            [] => vec![format!("None of {} is red.", self.subject(rows))],
            [one] => {
                let since = one.red_since().unwrap_or_else(|| one.news_at());
                let mut told = vec![format!(
                    "One of {} is red: {}, {}.",
                    self.subject(rows),
                    self.red_name(one),
                    self.for_long(since)
                )];
                told.extend(cause::sentence(one, None, self.voice));
                told
            }
            many => vec![format!("{} of {} are red: {}.", many.len(), self.subject(rows), self.red_names(many))],
        };
        if let ([row], [red]) = (rows, red.as_slice()) {
            let since = red.red_since().unwrap_or_else(|| red.news_at());
            told = vec![format!("{} is red {}.", capital(&self.red_name(row)), self.for_long(since))];
            told.extend(cause::sentence(red, None, self.voice));
        }
        let of = |light: StatusColor| rows.iter().filter(|row| row.light == light).count();
        let mut rest: Vec<String> = Vec::new();
        for (light, word) in [
            (StatusColor::Waiting, "waiting for approval"),
            (StatusColor::Running, "running"),
            (StatusColor::Green, "green"),
            (StatusColor::Grey, "ended without a result"),
        ] {
            if of(light) > 0 {
                rest.push(format!("{} {word}", of(light)));
            }
        }
        if all > 1 && !rest.is_empty() {
            told.push(format!("{}.", capital(&and(&rest))));
        }
        if self.parts.has(crate::understanding::Nuance::Only) {
            told.push(self.elsewhere(rows));
        }
        told
    }

    /// What is red beside these.
    fn elsewhere(&self, rows: &[&'a PipelineRow]) -> String {
        let is_here = |row: &PipelineRow| rows.iter().any(|here| here.overview.pipeline == row.overview.pipeline);
        let others: Vec<&PipelineRow> =
            self.fleet.rows().iter().filter(|row| row.light == StatusColor::Red && !is_here(row)).collect();
        match others.as_slice() {
            [] => "Nothing else is red.".to_owned(),
            [one] => format!("One other pipeline is red: {}.", self.red_name(one)),
            many => format!("{} other pipelines are red: {}.", many.len(), self.red_names(many)),
        }
    }

    pub(super) fn going(&self, rows: &[&'a PipelineRow], status: Status) -> Vec<String> {
        let found: Vec<&PipelineRow> =
            rows.iter().copied().filter(|row| row.overview.in_status(status).is_some()).collect();
        let what = if status == Status::Waiting { "waiting for approval" } else { "running" };
        if found.is_empty() {
            return match rows {
                [row] => vec![format!("{} is not {what}.", capital(&self.name(row)))],
                _ => vec![format!("None of {} is {what}.", self.subject(rows))],
            };
        }
        let items: Vec<String> = found
            .iter()
            .map(|row| {
                let run = row.overview.in_status(status);
                let current = run.and_then(|run| run.current.as_ref());
                let place = current
                    .and_then(|at| cause::place(Some(&at.stage), at.action.as_ref()))
                    .map(|place| format!(" in {place}"))
                    .unwrap_or_default();
                let since = if status == Status::Waiting {
                    current.map_or_else(|| row.began(), |at| at.since)
                } else {
                    run.map_or_else(|| row.began(), |run| run.since)
                };
                let line = run.and_then(|run| run.line.as_ref()?.name());
                let name = self.name(row);
                let name = line.map_or(name.clone(), |line| on_line(&name, &line, self.voice));
                format!("{name}{place} {}", self.for_long(since))
            })
            .collect();
        let verb = if found.len() == 1 { "is" } else { "are" };
        vec![format!("{} {verb} {what}: {}.", capital(&counted(found.len(), "pipeline")), some(&items))]
    }

    pub(super) fn list(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        if self.parts.has(crate::understanding::Nuance::Green) {
            let green: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Green).collect();
            return vec![match green.as_slice() {
                [] => format!("None of {} is green.", self.subject(rows)),
                green => {
                    let verb = if green.len() == 1 { "is" } else { "are" };
                    format!("{} of {} {verb} green: {}.", green.len(), self.subject(rows), self.names(green))
                }
            }];
        }
        vec![format!(
            "There {} {}{}: {}.",
            if rows.len() == 1 { "is" } else { "are" },
            counted(rows.len(), "pipeline"),
            self.place(),
            self.names(rows)
        )]
    }

    pub(super) fn customers(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut of: BTreeMap<&str, Vec<&PipelineRow>> = BTreeMap::new();
        for row in rows {
            if let Some(customer) = self.fleet.customer(&row.overview.pipeline) {
                of.entry(customer).or_default().push(row);
            }
        }
        if of.is_empty() {
            return vec!["No account has a customer: set `customer` under `accounts` in andon.yml.".to_owned()];
        }
        if let Some(span) = &self.parts.span {
            let ends = self.failed(rows, span);
            let with = |rows: &[&PipelineRow]| {
                ends.iter()
                    .filter(|end| rows.iter().any(|row| row.overview.pipeline == end.row.overview.pipeline))
                    .count()
            };
            let mut bad: Vec<(usize, &str)> =
                of.iter().map(|(name, rows)| (with(rows), *name)).filter(|(count, _)| *count > 0).collect();
            bad.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            let list: Vec<String> =
                bad.iter().map(|(count, name)| format!("{name} ({})", counted(*count, "failure"))).collect();
            if self.parts.has(crate::understanding::Nuance::Without) {
                let well: Vec<String> =
                    of.iter().filter(|(_, rows)| with(rows) == 0).map(|(name, _)| (*name).to_owned()).collect();
                let all = counted(of.len(), "customer");
                return vec![format!("{} of {all} had no failure {}: {}.", well.len(), span.words, some(&well))];
            }
            return if list.is_empty() {
                vec![format!("None of the {} had a failure {}.", counted(of.len(), "customer"), span.words)]
            } else {
                vec![format!(
                    "{} of {} had failures {}: {}.",
                    list.len(),
                    counted(of.len(), "customer"),
                    span.words,
                    some(&list)
                )]
            };
        }
        let reds: Vec<String> = of
            .iter()
            .filter_map(|(name, rows)| {
                let red = rows.iter().filter(|row| row.light == StatusColor::Red).count();
                (red > 0).then(|| format!("{name} ({red} of {})", rows.len()))
            })
            .collect();
        // What is asked for comes first, and what is not is left out.
        if self.parts.is_red && !reds.is_empty() {
            let verb = if reds.len() == 1 { "has" } else { "have" };
            let all = counted(of.len(), "customer");
            return vec![format!("{} of {all} {verb} red pipelines: {}.", reds.len(), some(&reds))];
        }
        if self.parts.has(crate::understanding::Nuance::Green) {
            let is_well = |rows: &[&PipelineRow]| rows.iter().all(|row| row.light != StatusColor::Red);
            let well: Vec<String> =
                of.iter().filter(|(_, rows)| is_well(rows)).map(|(name, _)| (*name).to_owned()).collect();
            let all = counted(of.len(), "customer");
            return vec![format!("{} of {all} have no red pipeline: {}.", well.len(), some(&well))];
        }
        let names: Vec<String> = of.keys().map(|name| (*name).to_owned()).collect();
        let all = format!("There are {}: {}.", counted(of.len(), "customer"), some(&names));
        if reds.is_empty() {
            vec![all, "None has a red pipeline.".to_owned()]
        } else {
            vec![all, format!("With red pipelines: {}.", some(&reds))]
        }
    }

    pub(super) fn stale(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let (limit, words) = match &self.parts.span {
            Some(span) => (span.from, span.words.clone()),
            None => (self.now.checked_sub(STALE).unwrap_or(Timestamp::MIN), "in the last two weeks".to_owned()),
        };
        let mut found: Vec<&PipelineRow> =
            rows.iter().copied().filter(|row| row.news_at() < limit && row.overview.latest.status.is_final()).collect();
        found.sort_by_key(|row| row.news_at());
        if found.is_empty() {
            return vec![format!("Every one of {} has run {words}.", self.subject(rows))];
        }
        let items: Vec<String> =
            found.iter().map(|row| format!("{} ({})", self.name(row), self.ago(row.news_at()))).collect();
        vec![
            format!(
                "{} not run {words}: {}.",
                capital(&format!(
                    "{} {}",
                    counted(found.len(), "pipeline"),
                    if found.len() == 1 { "has" } else { "have" }
                )),
                some(&items)
            ),
            "I only know pipelines that have run since Andon was set up.".to_owned(),
        ]
    }

    pub(super) fn safe(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut told = vec!["I cannot judge that, but this is what I know.".to_owned()];
        told.extend(self.overview(rows));
        told
    }

    pub(super) fn red_since(&self, row: &PipelineRow) -> Vec<String> {
        match row.red_since() {
            Some(since) => {
                let count = row.overview.health.streak.as_ref().map_or(1, |streak| streak.count);
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                vec![format!(
                    "{} has been red {}, with {} in a row.",
                    capital(&self.name(row)),
                    self.for_long(since),
                    counted(count, "failure")
                )]
            }
            None => vec![format!("{} is not red.", capital(&self.name(row)))],
        }
    }
}
