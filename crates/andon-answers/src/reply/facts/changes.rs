//! Which change is live, was last green, came since.

use andon::board::{PipelineRow, StatusColor};
use andon::history::{ChangeSummary, History, RunSummary};
use andon::line::Line;
use andon::run::{Deployed, Status};

use super::super::naming::{cut, on_line};
use super::words::{capital, change_words, full_change, some};
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
                let change = last.change.as_ref().and_then(full_change).unwrap_or_else(|| wanted.clone());
                let went = match last.status {
                    Status::Succeeded => "went through",
                    Status::InProgress => "is running",
                    Status::Waiting => "waits for approval",
                    Status::Failed => "failed",
                    Status::Rejected => "was rejected",
                    Status::Stopped => "was stopped",
                    Status::Superseded => "was superseded",
                    Status::Canceled => "was canceled",
                    Status::Skipped => "was skipped",
                    Status::Unknown => "ended in a way that is not known",
                };
                // What went through on another branch does not replace it.
                let history = self.history_of(row);
                let of_line = history.map(|history| history.runs_of_line_of(last)).unwrap_or_default();
                let newer = of_line.iter().rev().find(|run| run.status == Status::Succeeded);
                let is_live = newer.is_some_and(|newest| newest.execution == last.execution);
                let live = match (last.status, is_live) {
                    (Status::Succeeded, true) if self.is_deployed(row, last) => {
                        " It is live: no later change has gone through."
                    }
                    (Status::Succeeded, true) => " It is the latest that did.",
                    (Status::Succeeded, false) => " A later change has gone through since.",
                    _ => " It is not live.",
                };
                let name = self.name(row);
                told.push(format!("{}: {change} {went}{ended}.{live}", capital(&name)));
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

    fn is_deployed(&self, row: &PipelineRow, run: &RunSummary) -> bool {
        self.history_of(row).is_some_and(|history| {
            let succeeded = |deployed: &Deployed| deployed.status == Status::Succeeded;
            // A pull request may be tried out, but its change is not live.
            !matches!(history.line(run), Line::PullRequest(_)) && history.deployed(run).iter().any(succeeded)
        })
    }

    /// What has gone through each branch of a pipeline that has several: one does not replace another.
    fn live_by_branch(&self, row: &PipelineRow, history: &History) -> Vec<String> {
        let name = capital(&self.name(row));
        let mut told = Vec::new();
        for line in history.lines() {
            let Line::Branch(branch) = &line else { continue };
            let of_line = history.of_line(&line);
            let runs = of_line.runs();
            let Some(run) = runs.iter().rfind(|run| run.status == Status::Succeeded) else { continue };
            let change = run.change.as_ref().and_then(full_change).unwrap_or_else(|| "not known".to_owned());
            let ago = self.ago(run.ended.unwrap_or(run.first_seen));
            told.push((run.ended, format!("on {} {change}, {ago}", cut(branch))));
        }
        told.sort_by_key(|(ended, _)| std::cmp::Reverse(*ended));
        let told: Vec<String> = told.into_iter().map(|(_, text)| text).collect();
        if told.is_empty() {
            return vec![format!(
                "I have no successful run of a branch of {name} on record, so what is live is not known."
            )];
        }
        vec![format!("{name}: the latest changes that went through are {}.", some(&told))]
    }

    pub(super) fn live(&self, row: &PipelineRow) -> Vec<String> {
        if let Some(history) = self.history_of(row).filter(|history| history.has_lines()) {
            return self.live_by_branch(row, history);
        }
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

    /// What has gone through each of them.
    pub(super) fn lives(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let line = |row: &&'a PipelineRow| {
            let last = self.last_succeeded(row);
            let change = last.and_then(|run| run.change.as_ref()).and_then(full_change);
            let when = last.map(|run| format!(", {}", self.ago(run.ended.unwrap_or(run.first_seen))));
            let change = change.unwrap_or_else(|| "the change is not known".to_owned());
            let line =
                last.and_then(|run| run.line.as_ref()).filter(|_| row.overview.line.is_some()).and_then(Line::name);
            let name = capital(&self.name(row));
            let name = line.map_or(name.clone(), |line| on_line(&name, &cut(&line), self.voice));
            format!("{name}: {change}{}.", when.unwrap_or_default())
        };
        let mut told = vec![format!("The latest change that went through each of {}.", self.subject(rows))];
        told.extend(rows.iter().take(MAX_NAMED).map(line));
        if rows.len() > MAX_NAMED {
            told.push(format!("{} more.", rows.len() - MAX_NAMED));
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

    /// Whose change mended what had failed.
    pub(super) fn fixed(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        for row in rows {
            let runs = self.runs_of(row);
            let Some(failed) = runs.iter().rfind(|run| run.status == Status::Failed) else { continue };
            // What succeeded on another branch mended nothing.
            let of_line = self.history_of(row).map(|history| history.runs_of_line_of(failed)).unwrap_or_default();
            let after = of_line.iter().skip_while(|run| run.execution != failed.execution);
            let name = capital(&self.name(row));
            let line = failed.line.as_ref().filter(|_| row.overview.line.is_some()).and_then(Line::name);
            let name = line.map_or(name.clone(), |line| on_line(&name, &cut(&line), self.voice));
            match after.into_iter().find(|run| run.status == Status::Succeeded) {
                Some(run) => {
                    let change = run.change.as_ref().and_then(change_words);
                    let with = change.map(|change| format!(", with {change}")).unwrap_or_default();
                    told.push(format!("{name} recovered {}{with}.", self.ago(run.ended.unwrap_or(run.first_seen))));
                }
                None => told.push(format!("{name} is not fixed: no run has succeeded since it failed.")),
            }
        }
        if told.is_empty() {
            told.push(format!("I have no failure of {} on record.", self.subject(rows)));
        }
        told.truncate(MAX_NAMED);
        told
    }

    pub(super) fn branch(&self) -> Vec<String> {
        let reference = self.records.runs.iter().find_map(|run| run.commit()?.reference);
        vec![match reference {
            Some(reference) => format!("The latest run is of {}.", reference.name),
            None => "The branch of the latest run is not known.".to_owned(),
        }]
    }
}
