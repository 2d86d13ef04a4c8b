//! Which change is live, was last green, came since.

use andon::board::{PipelineRow, StatusColor};
use andon::history::{ChangeSummary, RunSummary};
use andon::run::Status;

use super::words::{capital, full_change, some};
use super::{Asked, MAX_NAMED};

impl<'a> Asked<'a> {
    /// Where a commit or version has got to.
    pub(super) fn where_is(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let Some(wanted) = &self.parts.change else { return Vec::new() };
        let is_it = |change: &ChangeSummary| {
            let by_id = change
                .id
                .as_deref()
                .is_some_and(|id| id.starts_with(wanted.as_str()) || id.trim_start_matches('v') == wanted);
            let mentions = |title: &str| {
                title
                    .split(|c: char| c.is_whitespace() || ",;:()[]".contains(c))
                    .any(|word| word.trim_start_matches('v') == wanted)
            };
            by_id || change.title.as_deref().is_some_and(mentions)
        };
        let mut told = Vec::new();
        for row in rows {
            let runs = self.runs_of(row);
            let with: Vec<&&RunSummary> = runs.iter().filter(|run| run.change.as_ref().is_some_and(is_it)).collect();
            if let Some(last) = with.last() {
                let ended = last.ended.map(|at| format!(" {}", self.ago(at))).unwrap_or_default();
                told.push(format!(
                    "{}: the run with {wanted} is {}{ended}.",
                    capital(&self.name(row)),
                    last.status.word()
                ));
            }
        }
        if told.is_empty() {
            told.push(format!(
                "No recorded run has a change \u{201c}{wanted}\u{201d}, so whether it is deployed is not known."
            ));
        }
        told.truncate(MAX_NAMED);
        told
    }

    pub(super) fn last_succeeded<'r>(&self, row: &'r PipelineRow) -> Option<&'r RunSummary>
    where
        'a: 'r,
    {
        self.runs_of(row).into_iter().rfind(|run| run.status == Status::Succeeded)
    }

    pub(super) fn live(&self, row: &PipelineRow) -> Vec<String> {
        let name = self.name(row);
        let mut told = Vec::new();
        match self.last_succeeded(row) {
            Some(run) => {
                let change = run
                    .change
                    .as_ref()
                    .and_then(full_change)
                    .unwrap_or_else(|| "a change that is not known".to_owned());
                told.push(format!(
                    "The latest change that went through {name} is {change}, {}.",
                    self.ago(run.ended.unwrap_or(run.first_seen))
                ));
            }
            None => told.push(format!("I have no successful run of {name} on record, so what is live is not known.")),
        }
        let latest = &row.overview.latest;
        if latest.status != Status::Succeeded
            && let Some(change) = latest.change.as_ref().and_then(full_change)
        {
            told.push(format!("The latest run ({}) has {change}.", latest.status.word()));
        }
        told
    }

    pub(super) fn last_green(&self, row: &PipelineRow) -> Vec<String> {
        match self.last_succeeded(row) {
            Some(run) => {
                let change = run.change.as_ref().and_then(full_change).unwrap_or_else(|| "not known".to_owned());
                vec![format!(
                    "The last change with which {} was green is {change}, {}.",
                    self.name(row),
                    self.ago(run.ended.unwrap_or(run.first_seen))
                )]
            }
            None => vec![format!("I have no successful run of {} on record.", self.name(row))],
        }
    }

    pub(super) fn changed(&self, row: &PipelineRow) -> Vec<String> {
        let runs = self.runs_of(row);
        let (since, words) = match &self.parts.span {
            Some(span) => (span.from, span.words.clone()),
            None => {
                if let Some(green) = self.last_succeeded(row).filter(|_| row.light == StatusColor::Red) {
                    (green.first_seen, "since it was last green".to_owned())
                } else {
                    let mut told = vec![format!("{} is not red.", capital(&self.name(row)))];
                    if row.light == StatusColor::Red {
                        told =
                            vec![format!("I have no successful run of {} on record to compare with.", self.name(row))];
                    }
                    if let Some(change) = row.change().and_then(full_change) {
                        told.push(format!("Its latest change is {change}."));
                    }
                    return told;
                }
            }
        };
        let mut changes: Vec<String> = Vec::new();
        for run in runs.iter().filter(|run| run.first_seen > since) {
            if let Some(change) = run.change.as_ref().and_then(full_change).filter(|change| !changes.contains(change)) {
                changes.push(change);
            }
        }
        if changes.is_empty() {
            return vec![format!("No change of {} is recorded {words}.", self.name(row))];
        }
        vec![format!("Changes that {} was run with {words}: {}.", self.name(row), some(&changes))]
    }

    pub(super) fn branch(&self) -> Vec<String> {
        let reference = self.records.runs.iter().find_map(|run| run.commit()?.reference);
        vec![match reference {
            Some(reference) => format!("The latest run is of {}.", reference.name),
            None => "The branch of the latest run is not known.".to_owned(),
        }]
    }
}
