//! One run in detail.

use andon::board::{PipelineRow, StatusColor};
use andon::history::RunSummary;
use andon::run::{Run, Status};

use super::Asked;
use super::words::{capital, counted, some};

impl<'a> Asked<'a> {
    pub(super) fn stage(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let name = capital(&self.name(row));
        let mut told = Vec::new();
        if let Some(current) = &latest.current {
            let action = current.action.as_ref().map(|action| format!(", action {action}")).unwrap_or_default();
            let word = if latest.status == Status::Waiting { "waits" } else { "is" };
            told.push(format!("{name} {word} in stage {}{action}, {}.", current.stage, self.for_long(current.since)));
        }
        if let Some(failure) = row.failure().filter(|_| row.light == StatusColor::Red) {
            let stage =
                failure.stage.as_ref().map_or("a stage that is not known".to_owned(), |stage| format!("stage {stage}"));
            let action = failure.action.as_ref().map(|action| format!(", action {action}")).unwrap_or_default();
            told.push(format!("{name} failed in {stage}{action}, {}.", self.ago(failure.at)));
            let others = self.failed_run().map(|run| run.failures(run.attempt())).unwrap_or_default();
            let names: Vec<String> =
                others.iter().skip(1).filter_map(|failure| failure.action.as_ref()).map(ToString::to_string).collect();
            if !names.is_empty() {
                told.push(format!("Also failed: {}.", some(&names)));
            }
        }
        if told.is_empty() {
            told.push(format!(
                "{name} is in no stage now; its latest run {} {}.",
                latest.word(),
                self.ago(row.news_at())
            ));
        }
        told
    }

    pub(super) fn duration(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let name = capital(&self.name(row));
        let mut told = Vec::new();
        let typical = row.overview.typical;
        if !latest.status.is_final() {
            told.push(format!("{name} has been running {}.", self.for_long(row.began())));
        } else if let (Some(started), Some(ended)) = (latest.started, latest.ended) {
            told.push(format!(
                "The latest run of {} took {}.",
                self.name(row),
                self.span_of(ended.duration_since(started).as_secs())
            ));
        }
        match typical {
            Some(typical) => told.push(format!(
                "It usually takes {} (median of {}).",
                self.span_of(typical.median),
                counted(typical.runs, "successful run")
            )),
            None => told.push("How long it usually takes is not known.".to_owned()),
        }
        if let (false, Some(typical)) = (latest.status.is_final(), typical) {
            let left = typical.median - self.now.duration_since(row.began()).as_secs();
            told.push(if latest.status == Status::Waiting {
                "When it ends depends on the approval.".to_owned()
            } else if left > 0 {
                format!("It should end in about {}.", self.span_of(left))
            } else {
                format!("That is {} longer than usual.", self.span_of(-left))
            });
        }
        told
    }

    pub(super) fn slower(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let Some(typical) = row.overview.typical else {
            return vec![format!("How long {} usually takes is not known.", self.name(row))];
        };
        let (took, verb) = match (latest.started, latest.ended) {
            (Some(started), Some(ended)) => (ended.duration_since(started).as_secs(), "took"),
            (_, None) => (self.now.duration_since(row.began()).as_secs(), "has been running for"),
            _ => return self.duration(row),
        };
        let verdict = if took > typical.p95 {
            "That is slower than usual"
        } else if took > typical.median {
            "That is longer than the median, but within the usual range"
        } else {
            "That is not slower than usual"
        };
        vec![
            format!("The latest run of {} {verb} {}.", self.name(row), self.span_of(took)),
            format!(
                "{verdict}: the median of {} is {}.",
                counted(typical.runs, "successful run"),
                self.span_of(typical.median)
            ),
        ]
    }

    pub(super) fn last_failed<'r>(&self, row: &'r PipelineRow) -> Option<&'r RunSummary>
    where
        'a: 'r,
    {
        self.runs_of(row).into_iter().rfind(|run| run.status == Status::Failed)
    }

    pub(super) fn execution(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let mut told =
            vec![format!("The latest execution of {} is {} ({}).", self.name(row), latest.execution, latest.word())];
        if let Some(failed) = self.last_failed(row).filter(|failed| failed.execution != latest.execution) {
            told.push(format!("The last failed one is {}.", failed.execution));
        }
        told
    }

    pub(super) fn link(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let run = self.last_failed(row).filter(|_| row.light == StatusColor::Red).unwrap_or(latest);
        let log = self
            .failed_run()
            .into_iter()
            .flat_map(Run::stages)
            .flat_map(|stage| stage.actions)
            .filter(|action| action.status == Status::Failed)
            .find_map(|action| action.result?.url);
        let mut told = vec![format!(
            "{}: {}",
            capital(&self.name(row)),
            andon::links::execution(&row.overview.pipeline, &run.execution)
        )];
        if let Some(log) = log.and_then(|url| andon::links::checked(&url)) {
            told.push(format!("The failed action: {log}"));
        }
        told
    }
}
