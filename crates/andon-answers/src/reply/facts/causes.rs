//! Why pipelines failed, seen together and over time, and what to do next.

use std::collections::BTreeSet;

use andon::board::{PipelineRow, StatusColor};
use andon::history::{FailureSummary, RunSummary};
use andon::run::{Failure, Run, Status};
use andon_diagnosis::{Category, Runbook};

use super::super::cause;
use super::words::{capital, counted, reason, short};
use super::{Asked, MAX_NAMED};

impl<'a> Asked<'a> {
    pub(super) fn shared_cause(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        if red.len() < 2 {
            return match red.first() {
                Some(row) => vec![format!("Only {} is red, so there is nothing to compare.", self.name(row))],
                None => vec![format!("None of {} is red.", self.subject(rows))],
            };
        }
        let mut shared: Vec<(String, Vec<&PipelineRow>)> = Vec::new();
        for row in &red {
            if let Some(why) = row.failure().and_then(FailureSummary::why) {
                match shared.iter_mut().find(|(known, _)| known == why) {
                    Some((_, rows)) => rows.push(row),
                    None => shared.push((why.to_owned(), vec![row])),
                }
            }
        }
        let common: Vec<String> = shared
            .iter()
            .filter(|(_, rows)| rows.len() > 1)
            .map(|(why, rows)| format!("{} have the same cause: {}", capital(&self.names(rows)), short(why)))
            .collect();
        if !common.is_empty() {
            return common.into_iter().map(|text| format!("{text}.")).collect();
        }
        let kinds: BTreeSet<&'static str> =
            red.iter().filter_map(|row| row.failure()?.category).map(Into::into).collect();
        let mut told = vec![format!("No two of the {} red pipelines have the same recorded cause.", red.len())];
        let known: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "unknown").collect();
        if !known.is_empty() {
            told.push(format!("Kinds of failure: {}.", known.join(", ")));
        }
        told
    }

    /// Why each of them is red.
    pub(super) fn whys(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        if red.is_empty() {
            return self.overview(rows);
        }
        let why = |row: &&PipelineRow| {
            let why = row.failure().and_then(reason).unwrap_or_else(|| "the cause is not known".to_owned());
            let since = row.red_since().unwrap_or_else(|| row.news_at());
            format!("{} has been red {}: {why}.", capital(&self.red_name(row)), self.for_long(since))
        };
        let mut told: Vec<String> = red.iter().take(MAX_NAMED).map(why).collect();
        if red.len() > MAX_NAMED {
            told.push(format!("{} more are red.", red.len() - MAX_NAMED));
        }
        told
    }

    pub(super) fn blame(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        if red.is_empty() {
            return match rows {
                [row] => vec![format!("{} is not red.", capital(&self.name(row)))],
                _ => vec![format!("None of {} is red.", self.subject(rows))],
            };
        }
        let mut told = Vec::new();
        for row in red.iter().take(MAX_NAMED) {
            let side = match row.failure().and_then(|failure| failure.category) {
                Some(Category::Infrastructure | Category::Timeout | Category::Quota) => {
                    "it looks like the infrastructure"
                }
                Some(Category::Unknown) | None => "it is not known whether it is your change or the infrastructure",
                Some(Category::Permission | Category::Config) => {
                    "it looks like permissions or configuration, not an outage"
                }
                Some(_) => "it looks like the change, not the infrastructure",
            };
            let why = row.failure().and_then(reason).map(|why| format!(" ({why})")).unwrap_or_default();
            told.push(format!("{}: {side}{why}.", capital(&self.name(row))));
        }
        told
    }

    pub(super) fn same_cause(&self, row: &PipelineRow) -> Vec<String> {
        let runs = self.runs_of(row);
        let failures: Vec<(&RunSummary, &FailureSummary)> = runs
            .iter()
            .rev()
            .filter(|run| run.status == Status::Failed)
            .filter_map(|run| Some((*run, run.failure.as_ref()?)))
            .collect();
        let Some(((_, last), before)) = failures.split_first() else {
            return vec![format!("I have no failure of {} on record.", self.name(row))];
        };
        let why = reason(last).map(|why| format!(": {why}")).unwrap_or_default();
        let same = before.iter().filter(|(_, failure)| failure.is_like(last)).count();
        match (before.len(), before.iter().find(|(_, failure)| failure.is_like(last))) {
            (0, _) => vec![format!(
                "The recorded runs of {} have only one failure, so there is nothing to compare{why}.",
                self.name(row)
            )],
            (1, Some((_, failure))) => {
                vec![format!("Yes: the failure recorded before it, {}, had the same cause{why}.", self.ago(failure.at))]
            }
            (all, Some((_, failure))) => vec![format!(
                "Yes: {same} of the {} recorded before it had the same cause{why}. The previous one was {}.",
                counted(all, "failure"),
                self.ago(failure.at)
            )],
            (all, None) => {
                vec![format!("No: none of the {} recorded before it had the same cause{why}.", counted(all, "failure"))]
            }
        }
    }

    pub(super) fn failed_run(&self) -> Option<&'a Run> {
        self.records.runs.iter().rev().find(|run| !run.failures(run.attempt()).is_empty())
    }

    /// What the team knows of what failed, by the lines of the cause or what the action said.
    fn runbook(&self, row: &PipelineRow, failures: &[Failure]) -> Option<&'a Runbook> {
        let causes = failures.iter().filter_map(|failure| failure.explanation.as_ref()).flat_map(|known| &known.cause);
        let own = failures.iter().filter_map(Failure::own_words);
        let listed = row.failure().and_then(FailureSummary::why);
        let lines: Vec<&str> = causes.map(String::as_str).chain(own).chain(listed).collect();
        self.runbooks.iter().find(|runbook| lines.iter().any(|line| runbook.pattern.is_in(line)))
    }

    pub(super) fn next(&self, row: &PipelineRow) -> Vec<String> {
        if row.light != StatusColor::Red {
            return vec![format!("{} is not red, so there is nothing to do.", capital(&self.name(row)))];
        }
        let mut told: Vec<String> = Vec::new();
        told.extend(cause::sentence(row, None, self.voice));
        let failures = self.failed_run().map(|run| run.failures(run.attempt())).unwrap_or_default();
        let runbook = self.runbook(row, &failures);
        let mut known = failures.iter().filter_map(|failure| failure.explanation.as_ref());
        let hint = match runbook {
            Some(runbook) => Some((runbook.hint.clone(), runbook.link.clone())),
            None => known.find_map(|known| Some((known.hint.clone()?, known.link.clone()))),
        };
        let transient = matches!(
            row.failure().and_then(|failure| failure.category),
            Some(Category::Infrastructure | Category::Timeout | Category::Quota)
        );
        told.push(match (hint, transient) {
            (Some((hint, None)), _) => format!("Next: {hint}"),
            (Some((hint, Some(link))), _) => format!("Next: {hint} Runbook: {link}"),
            (None, true) => "This kind of failure is often transient: retry the failed stage.".to_owned(),
            (None, false) => "No hint or runbook is known for it; read the log first.".to_owned(),
        });
        if let Some(why) = row.failure().and_then(FailureSummary::why) {
            told.push(format!("The most telling line: {}.", short(why)));
        }
        told.push(format!("See {}", andon::links::pipeline(&row.overview.pipeline)));
        told
    }
}
