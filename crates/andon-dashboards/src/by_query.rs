//! Widgets for fleets too large for searches: the four keys, their trends, and the pipelines that stand out.

use super::Site;
use super::chart::{FAILURE_RATE, Formulas, LEAD_TIME, RECOVERY, WELL};
use super::fleet::{Extent, Group};
use super::layout::Layout;
use super::query::{Function, Source, has_no_stages, highest, total};
use andon::statistics::Metric;

/// The length of a list of pipelines that stand out.
const LISTED: usize = 10;

/// The queries that find a group's pipelines.
#[derive(Debug)]
pub(super) struct Queries<'s> {
    site: &'s Site<'s>,
    /// Those whose numbers are shown.
    totals: Vec<Source>,
    /// Those among which some stand out.
    lists: Vec<Source>,
}

impl<'s> Queries<'s> {
    pub(super) fn new(group: &Group, site: &'s Site<'s>) -> Self {
        let is_home = group.places.contains_key(site.home);
        let is_elsewhere = group.places.keys().any(|place| place != site.home);
        let elsewhere = match (group.extent, group.accounts().as_slice()) {
            (Extent::Part, [account]) => Source::Account((*account).clone()),
            _ => Source::Elsewhere,
        };
        let mut lists = Vec::new();
        lists.extend(is_home.then_some(Source::Home));
        lists.extend(is_elsewhere.then_some(elsewhere));
        let totals = match group.extent {
            Extent::Fleet if has_no_stages(site.deployments) => vec![Source::Everywhere],
            Extent::Fleet | Extent::Part => lists.clone(),
        };
        Self { site, totals, lists }
    }

    /// Deployment frequency, lead time for changes, change failure rate and time to recovery, each as one number.
    pub(super) fn four_keys(&self, layout: &mut Layout) {
        let region = &self.site.home.region;
        for source in &self.totals {
            let title = |title: &str| self.titled(title, source, &self.totals);
            let mut frequency = Formulas::default();
            let deployments = frequency.part(total(Function::Sum, self.site.deployments, source));
            let frequency = frequency.shown(format!("TIME_SERIES(AVG(FILL({deployments}, 0)))"), "per day");
            layout.row(
                4,
                vec![
                    frequency.number(title("Deployment frequency"), region),
                    mean(Metric::ChangeLeadTime, source, " / 3600", "hours")
                        .number_of_all(title("Lead time for changes (mean)"), region),
                    mean(Metric::DeploymentFailureCount, source, " * 100", "%")
                        .number_of_all(title("Change failure rate"), region),
                    mean(Metric::RecoveryTime, source, " / 3600", "hours")
                        .number_of_all(title("Time to recovery (mean)"), region),
                ],
            );
        }
    }

    /// The four keys day by day.
    pub(super) fn trends(&self, layout: &mut Layout) {
        let region = &self.site.home.region;
        for source in &self.totals {
            let title = |title: &str| self.titled(title, source, &self.totals);
            let deployments = total(Function::Sum, self.site.deployments, source);
            layout.row(
                6,
                vec![
                    Formulas::default().coloured(deployments, "succeeded", WELL).piled_trend(
                        title("Deployments per day"),
                        region,
                        "deployments",
                    ),
                    mean(Metric::ChangeLeadTime, source, " / 3600", "mean").marked_trend(
                        title("Lead time for changes"),
                        region,
                        "hours",
                        &LEAD_TIME,
                    ),
                    mean(Metric::DeploymentFailureCount, source, " * 100", "failed").marked_trend(
                        title("Change failure rate"),
                        region,
                        "%",
                        &FAILURE_RATE,
                    ),
                    mean(Metric::RecoveryTime, source, " / 3600", "mean").marked_trend(
                        title("Time to recovery"),
                        region,
                        "hours",
                        &RECOVERY,
                    ),
                ],
            );
        }
    }

    /// The pipelines that stand out.
    pub(super) fn lists(&self, layout: &mut Layout) {
        let region = &self.site.home.region;
        for source in &self.lists {
            let list = |title: &str, function, metric| {
                let query = highest(LISTED, function, metric, source);
                Formulas::default().unnamed(query).bars(self.titled(title, source, &self.lists), region)
            };
            layout.row(
                8,
                vec![
                    list("Most failed runs", Function::Sum, Metric::FailureCount),
                    list("Longest time to recovery", Function::Maximum, Metric::RecoveryTime),
                ],
            );
            layout.row(
                8,
                vec![
                    list("Longest duration (mean)", Function::Average, Metric::SuccessLeadTime),
                    list("Most deployments", Function::Sum, self.site.deployments),
                ],
            );
        }
    }

    /// A title that tells the sources apart, where there are several.
    fn titled(&self, title: &str, source: &Source, among: &[Source]) -> String {
        match source {
            _ if among.len() < 2 => title.to_owned(),
            Source::Home => format!("{title}: {}", self.site.place(self.site.home)),
            Source::Account(_) => format!("{title}: other regions"),
            Source::Everywhere | Source::Elsewhere => format!("{title}: other accounts and regions"),
        }
    }
}

/// The mean of a metric, in another unit.
fn mean(metric: Metric, source: &Source, converted: &str, label: &str) -> Formulas {
    let mut formulas = Formulas::default();
    let average = formulas.part(total(Function::Average, metric, source));
    formulas.shown(format!("{average}{converted}"), label)
}
