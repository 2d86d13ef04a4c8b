//! What there is to report of some pipelines over a period: delivery figures, outages and what was deployed.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::board::place_of;
use crate::history::{ChangeSummary, Delivery, FailureSummary, History};
use crate::name::PipelineId;
use crate::run::Status;

/// A report of several pipelines over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The start of the period.
    pub from: Timestamp,
    /// The end of the period, or the time of the report if that is earlier.
    pub until: Timestamp,
    /// The figures of all pipelines together.
    pub total: Delivery,
    /// The figures of each pipeline, those with most deployments first.
    pub pipelines: Vec<PipelineReport>,
    /// When pipelines were red, the earliest first.
    pub outages: Vec<Outage>,
    /// The changes that were deployed, the earliest first.
    pub deployed: Vec<DeployedChange>,
}

/// The figures of one pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineReport {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The figures.
    pub figures: Delivery,
    /// How long it was red within the period.
    pub red: SignedDuration,
    /// Since when its runs are recorded, if that is later than the start of the period.
    pub known_since: Option<Timestamp>,
}

/// A time in which a pipeline was red.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// When the first failure ended.
    pub since: Timestamp,
    /// When it was mended; `None` if it had not been by the end of the period.
    pub until: Option<Timestamp>,
    /// What failed first, where that is still recorded.
    pub failure: Option<FailureSummary>,
    /// The change that mended it.
    pub mended_by: Option<ChangeSummary>,
}

/// A change that was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedChange {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: ChangeSummary,
}

impl Outage {
    /// Where it failed first; `None` if unknown.
    pub fn place(&self) -> Option<String> {
        self.failure.as_ref().and_then(place_of)
    }

    /// How much of it lies between two times.
    fn within(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let end = self.until.unwrap_or(until).min(until);
        end.duration_since(self.since.max(from)).max(SignedDuration::ZERO)
    }
}

impl Report {
    /// The report of some pipelines from one time until another.
    pub fn over<'h>(histories: impl IntoIterator<Item = &'h History>, from: Timestamp, until: Timestamp) -> Self {
        let histories: Vec<&History> = histories.into_iter().collect();
        let mut outages: Vec<Outage> = Vec::new();
        let mut pipelines: Vec<PipelineReport> = Vec::new();
        let mut deployed: Vec<DeployedChange> = Vec::new();
        for history in &histories {
            let red = outages_of(history, from, until);
            let first = history.runs().into_iter().find(|run| run.weight > 0).map(|run| run.first_seen);
            pipelines.push(PipelineReport {
                pipeline: history.pipeline.clone(),
                figures: Delivery::over([*history], from, until),
                red: red.iter().map(|outage| outage.within(from, until)).sum(),
                known_since: first.filter(|first| *first > from && *first < until),
            });
            outages.extend(red);
            deployed.extend(deployed_by(history, from, until));
        }
        pipelines.sort_by(|a, b| {
            let count = |one: &PipelineReport| one.figures.deployments + one.figures.failed;
            count(b).cmp(&count(a)).then_with(|| a.pipeline.cmp(&b.pipeline))
        });
        outages.sort_by(|a, b| (a.since, &a.pipeline).cmp(&(b.since, &b.pipeline)));
        deployed.sort_by(|a, b| (a.at, &a.pipeline).cmp(&(b.at, &b.pipeline)));
        let total = Delivery::over(histories, from, until);
        Self { from, until, total, pipelines, outages, deployed }
    }
}

/// The times in which deployments of a pipeline were broken, those that were mended and the one that goes on.
fn outages_of(history: &History, from: Timestamp, until: Timestamp) -> Vec<Outage> {
    let began = |since: Timestamp| {
        let runs = history.runs();
        let run = runs.into_iter().find(|run| run.outcomes.iter().any(|outcome| outcome.ended == since));
        run.and_then(|run| run.failure.clone())
    };
    let mut seen = BTreeSet::new();
    let mut outages: Vec<Outage> = history
        .repairs()
        .into_iter()
        .filter(|repaired| repaired.broken_since < until && repaired.deployed.ended > from)
        .filter(|repaired| seen.insert(repaired.broken_since))
        .map(|repaired| {
            let is_mended = repaired.deployed.ended < until;
            Outage {
                pipeline: history.pipeline.clone(),
                since: repaired.broken_since,
                until: is_mended.then_some(repaired.deployed.ended),
                failure: began(repaired.broken_since),
                mended_by: history.change(repaired.run).filter(|_| is_mended),
            }
        })
        .collect();
    let health = history.health();
    let open = health.streak.as_ref().filter(|_| health.is_red()).map(|streak| streak.first_ended);
    if let Some(since) = open.filter(|since| *since < until && !seen.contains(since)) {
        outages.push(Outage {
            pipeline: history.pipeline.clone(),
            since,
            until: None,
            failure: began(since),
            mended_by: None,
        });
    }
    outages
}

fn deployed_by(history: &History, from: Timestamp, until: Timestamp) -> Vec<DeployedChange> {
    let mut deployed = Vec::new();
    for run in history.runs() {
        let live = history.deployed(run).into_iter().filter(|it| it.status == Status::Succeeded);
        let last = live.map(|it| it.ended).max().filter(|at| *at >= from && *at < until);
        if let Some((at, change)) = last.zip(history.change(run)) {
            deployed.push(DeployedChange { pipeline: history.pipeline.clone(), at, change });
        }
    }
    deployed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::RunSummary;
    use crate::run::{DeploymentRule, Run};
    use crate::testing;

    fn history(files: &[&str]) -> History {
        let mut history: Option<History> = None;
        for file in files {
            let mut runs: Vec<Run> = Vec::new();
            for told in testing::events(file).iter().filter_map(testing::told) {
                match runs.iter_mut().find(|run| run.execution == told.execution) {
                    Some(run) => drop(run.merge(told)),
                    None => runs.push(told),
                }
            }
            for run in runs {
                let history = history.get_or_insert_with(|| History::new(run.pipeline.clone()));
                history.learn(RunSummary::of(&run, &DeploymentRule::EVERY_RUN));
            }
        }
        history.unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_outage_is_told_with_its_cause_and_what_mended_it() {
        let history = history(&["codepipeline-run-build-failed", "codepipeline-run-build-fixed"]);
        let report = Report::over([&history], at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        assert_eq!(report.outages.len(), 1, "{report:?}");
        let outage = &report.outages[0];
        assert_eq!(outage.place().as_deref(), Some("Build / UnitTests"));
        assert!(outage.until.is_some() && outage.mended_by.is_some());
        assert_eq!((report.total.deployments, report.total.failed, report.deployed.len()), (1, 1, 1));
        let red = outage.until.unwrap().duration_since(outage.since);
        assert_eq!(report.pipelines[0].red, red);
        // Of another month, there is nothing.
        let other = Report::over([&history], at("2026-10-01T00:00:00Z"), at("2026-11-01T00:00:00Z"));
        assert_eq!((other.outages.len(), other.deployed.len(), other.total.deployments), (0, 0, 0));
    }

    #[test]
    fn an_outage_that_goes_on_lasts_until_the_end_of_the_period() {
        let history = history(&["codepipeline-run-build-failed"]);
        let until = at("2026-12-01T00:00:00Z");
        let report = Report::over([&history], at("2026-11-01T00:00:00Z"), until);
        assert_eq!(report.outages.len(), 1, "{report:?}");
        assert_eq!(report.outages[0].until, None);
        assert_eq!(report.pipelines[0].red, until.duration_since(report.outages[0].since));
    }
}
