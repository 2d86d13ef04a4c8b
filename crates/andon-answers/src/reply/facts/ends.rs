//! What is read off the histories: how attempts ended, and what they are grouped by.

use std::collections::BTreeMap;

use andon::board::PipelineRow;
use andon::history::{History, MAX_RUNS, RunSummary};
use andon::line::Line;
use andon::name::{ActionName, StageName};
use andon::run::Status;
use jiff::Timestamp;

use super::Asked;
use crate::understanding::{By, Span};

/// How a run or one of its attempts ended.
pub(super) struct End<'a> {
    pub(super) row: &'a PipelineRow,
    pub(super) run: &'a RunSummary,
    pub(super) at: Timestamp,
}

impl<'a> Asked<'a> {
    pub(super) fn history_of(&self, row: &PipelineRow) -> Option<&'a History> {
        self.records.histories.get(&row.overview.pipeline)
    }

    pub(super) fn runs_of(&self, row: &PipelineRow) -> Vec<&'a RunSummary> {
        self.history_of(row).map(History::runs).unwrap_or_default()
    }

    pub(super) fn failed(&self, rows: &[&'a PipelineRow], span: &Span) -> Vec<End<'a>> {
        let stage = self.parts.stage.as_deref().map(str::to_lowercase);
        let mut ends = Vec::new();
        for row in rows {
            for run in self.runs_of(row) {
                let of_stage = stage.as_ref().is_none_or(|stage| {
                    run.failure.as_ref().is_some_and(|failure| {
                        let place = [
                            failure.stage.as_ref().map(StageName::as_str),
                            failure.action.as_ref().map(ActionName::as_str),
                        ];
                        let said = place.into_iter().flatten().any(|name| name.to_lowercase().contains(stage));
                        let kind: &'static str = failure.category.unwrap_or_default().into();
                        said || kind == stage.as_str()
                    })
                });
                let in_time = |at: Timestamp| at >= span.from && at < span.until.max(span.from);
                let failed = run.outcomes.iter().filter(|end| end.status == Status::Failed && in_time(end.ended));
                if of_stage {
                    ends.extend(failed.map(|end| End { row, run, at: end.ended }));
                }
            }
        }
        ends.sort_by_key(|end| std::cmp::Reverse(end.at));
        ends
    }

    pub(super) fn deployed(&self, rows: &[&'a PipelineRow], span: &Span) -> Vec<End<'a>> {
        let mut ends = Vec::new();
        for row in rows {
            let Some(history) = self.history_of(row) else { continue };
            for run in history.runs() {
                for deployed in history.deployed(run) {
                    let in_time = deployed.ended >= span.from && deployed.ended < span.until.max(span.from);
                    if deployed.status == Status::Succeeded && in_time {
                        ends.push(End { row, run, at: deployed.ended });
                    }
                }
            }
        }
        ends.sort_by_key(|end| std::cmp::Reverse(end.at));
        ends
    }

    /// How often the result changed from one run to the next of the same branch, among runs that began since a time.
    pub(super) fn flips(&self, row: &PipelineRow, since: Timestamp) -> usize {
        let mut last: BTreeMap<Option<&Line>, Status> = BTreeMap::new();
        let mut flips = 0;
        for run in self.runs_of(row).into_iter().filter(|run| run.first_seen >= since) {
            if matches!(run.status, Status::Failed | Status::Succeeded) {
                let before = last.insert(run.line.as_ref(), run.status);
                flips += usize::from(before.is_some_and(|before| before != run.status));
            }
        }
        flips
    }

    /// "at least ", where runs of that time are no longer kept.
    pub(super) fn at_least(&self, rows: &[&PipelineRow], span: &Span) -> &'static str {
        let is_cut = rows.iter().any(|row| {
            let runs = self.runs_of(row);
            runs.len() >= MAX_RUNS && runs.first().is_some_and(|first| first.first_seen > span.from)
        });
        if is_cut || self.records.is_partial { "at least " } else { "" }
    }

    /// So many of each, the most first: "payments API (3)".
    pub(super) fn by(&self, ends: &[End<'a>]) -> Vec<String> {
        let mut counts: Vec<(&'a PipelineRow, String, usize)> = Vec::new();
        for end in ends {
            let key = self.group_of(end.row);
            match counts.iter_mut().find(|(_, known, _)| *known == key) {
                Some((.., count)) => *count += 1,
                None => counts.push((end.row, key, 1)),
            }
        }
        counts.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        let item = |(row, _, count): (&'a PipelineRow, String, usize)| {
            let name = self.key(row);
            if count == 1 { name } else { format!("{name} ({count})") }
        };
        counts.into_iter().map(item).collect()
    }

    /// What tells one group from another.
    pub(super) fn group_of(&self, row: &PipelineRow) -> String {
        match self.parts.by {
            Some(By::Customer | By::Account | By::Region) => self.key(row),
            Some(By::Pipeline) | None => row.overview.pipeline.to_string(),
        }
    }

    /// What something is grouped by.
    pub(super) fn key(&self, row: &PipelineRow) -> String {
        let home = &row.overview.pipeline.home;
        match self.parts.by {
            Some(By::Customer) => self.fleet.customer(&row.overview.pipeline).unwrap_or("no customer").to_owned(),
            Some(By::Account) => self.fleet.accounts().name(home.account.as_str()).to_owned(),
            Some(By::Region) => home.region.to_string(),
            Some(By::Pipeline) | None => self.name(row),
        }
    }
}
