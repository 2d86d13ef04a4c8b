//! Widgets for fleets small enough for searches: the four keys, their trends, and a line for every pipeline.

use super::body::Content;
use super::chart::{BROKEN, FAILURE_RATE, Formulas, LEAD_TIME, RECOVERY, WELL};
use super::fleet::{Extent, Group, is_plain};
use super::layout::Layout;
use super::query::has_no_stages;
use super::search::{MAX_ACCOUNTS, Reach, Statistic, search};
use super::{Site, words};
use andon::name::{AccountId, Home};
use andon::statistics::Metric;

/// The most places that have a search of their own in a graph, so that their pipelines can carry the place's name. A
/// graph takes a hundred searches.
const MAX_PLACES: usize = 30;

/// How many pipelines a graph shows, those with the highest values.
const SHOWN: usize = 10;
/// How many it shows of each account and region, where several have a search of their own.
const SHOWN_OF_EACH: usize = 5;

/// What of one metric each pipeline's line shows.
struct Each {
    title: &'static str,
    metric: Metric,
    statistic: Statistic,
    /// What a value is divided by for the measure that people read.
    unit: Unit,
    view: fn(Formulas, String, &Site<'_>) -> Content,
}

/// The measure of a value.
#[derive(Clone, Copy)]
enum Unit {
    /// As it is: a count.
    Count,
    /// Seconds in the metric, minutes in the graph.
    Minutes,
}

/// A line for every pipeline in each of these.
const EACH: [Each; 6] = [
    each("Deployments", Metric::DeploymentCount, Statistic::Sum, Unit::Count, bars),
    each("Failed runs", Metric::FailureCount, Statistic::Sum, Unit::Count, bars),
    each("Duration (daily median)", Metric::SuccessLeadTime, Statistic::Median, Unit::Minutes, trends),
    each("Time to recovery (median, minutes)", Metric::RecoveryTime, Statistic::Median, Unit::Minutes, bars),
    each("Approval wait (median, minutes)", Metric::ApprovalWait, Statistic::Median, Unit::Minutes, bars),
    each("Stage retries", Metric::RetryCount, Statistic::Sum, Unit::Count, bars),
];

const fn each(
    title: &'static str,
    metric: Metric,
    statistic: Statistic,
    unit: Unit,
    view: fn(Formulas, String, &Site<'_>) -> Content,
) -> Each {
    Each { title, metric, statistic, unit, view }
}

fn bars(formulas: Formulas, title: String, site: &Site<'_>) -> Content {
    formulas.bars(title, &site.home.region)
}

fn trends(formulas: Formulas, title: String, site: &Site<'_>) -> Content {
    formulas.many_trends(title, &site.home.region, "minutes")
}

/// The searches that find a group's pipelines.
#[derive(Debug)]
pub(super) struct Searches<'s> {
    site: &'s Site<'s>,
    /// Those that find all of them, for sums.
    all: Vec<Reach>,
    /// Those that find them place by place, and what each pipeline is then called.
    each: Vec<(Reach, String)>,
}

impl<'s> Searches<'s> {
    pub(super) fn new(group: &Group, site: &'s Site<'s>) -> Self {
        let elsewhere: Vec<&Home> = group.places.keys().filter(|place| *place != site.home).collect();
        let by_account = by_account(&elsewhere);
        let mut all = Vec::new();
        let mut each = Vec::new();
        if group.extent == Extent::Fleet || group.places.contains_key(site.home) {
            all.push(Reach::Home);
            each.push((Reach::Home, NAME.to_owned()));
        }
        let named = elsewhere.len() <= MAX_PLACES && elsewhere.iter().all(|place| is_plain(&place.account));
        let unnamed = match group.extent {
            Extent::Fleet if elsewhere.is_empty() => Vec::new(),
            Extent::Fleet => vec![Reach::Elsewhere],
            Extent::Part => by_account.clone(),
        };
        if named {
            each.extend(elsewhere.into_iter().map(|place| {
                let label = format!("{} {NAME}", words::label(&site.place(place)));
                (Reach::Place(place.clone()), label)
            }));
        } else {
            each.extend(unnamed.into_iter().map(|reach| (reach, format!("{PLACE} {NAME}"))));
        }
        all.extend(by_account);
        if group.extent == Extent::Fleet {
            let exact = || vec![Reach::Home, Reach::Elsewhere];
            all = if has_no_stages(site.deployments) { vec![Reach::Everywhere] } else { exact() };
        }
        Self { site, all, each }
    }

    /// Deployment frequency, lead time for changes, change failure rate and time to recovery, each as one number.
    pub(super) fn four_keys(&self, layout: &mut Layout) {
        let region = &self.site.home.region;
        let mut frequency = Formulas::default();
        let deployments = self.sum(&mut frequency, self.site.deployments);
        let frequency = frequency.shown(format!("TIME_SERIES(AVG({deployments}))"), "per day");
        let hours = |metric| {
            let mut mean = Formulas::default();
            let (total, count) = self.total_and_count(&mut mean, metric);
            mean.shown(format!("TIME_SERIES(SUM({total}) / SUM({count}) / 3600)"), "hours")
        };
        let mut rate = Formulas::default();
        let (failed, deployed) = self.failed_and_deployed(&mut rate);
        let share = format!("TIME_SERIES(100 * SUM({failed}) / (SUM({failed}) + SUM({deployed})))");
        let rate = rate.shown(share, "%");
        layout.row(
            4,
            vec![
                frequency.number("Deployment frequency", region),
                hours(Metric::ChangeLeadTime).number("Lead time for changes (mean)", region),
                rate.number("Change failure rate", region),
                hours(Metric::RecoveryTime).number("Time to recovery (mean)", region),
            ],
        );
    }

    /// The four keys day by day.
    pub(super) fn trends(&self, layout: &mut Layout) {
        let region = &self.site.home.region;
        let mut deployments = Formulas::default();
        let (failed, deployed) = self.failed_and_deployed(&mut deployments);
        let deployments = deployments.coloured(deployed, "succeeded", WELL).coloured(failed, "failed", BROKEN);
        let hours = |metric| {
            let mut mean = Formulas::default();
            let (total, count) = self.total_and_count(&mut mean, metric);
            mean.shown(format!("{total} / {count} / 3600"), "mean")
        };
        let mut rate = Formulas::default();
        let (failed, deployed) = self.failed_and_deployed(&mut rate);
        let rate = rate.coloured(format!("100 * {failed} / ({failed} + {deployed})"), "failed", BROKEN);
        layout.row(
            6,
            vec![
                deployments.piled_trend("Deployments per day", region, "deployments"),
                hours(Metric::ChangeLeadTime).marked_trend("Lead time for changes", region, "hours", &LEAD_TIME),
                rate.marked_trend("Change failure rate", region, "%", &FAILURE_RATE),
                hours(Metric::RecoveryTime).marked_trend("Time to recovery", region, "hours", &RECOVERY),
            ],
        );
    }

    /// The pipelines that stand out, each by itself.
    pub(super) fn each(&self, layout: &mut Layout) {
        let shown = if self.each.len() > 1 { SHOWN_OF_EACH } else { SHOWN };
        let graph = |Each { title, metric, statistic, unit, view }: &Each| {
            let lines = self.each.iter().fold(Formulas::default(), |lines, (reach, label)| {
                let metric = if *metric == Metric::DeploymentCount { self.site.deployments } else { *metric };
                let found = search(metric, *statistic, reach);
                let measured = match unit {
                    Unit::Count => found,
                    Unit::Minutes => format!("{found} / 60"),
                };
                let order = if *statistic == Statistic::Sum { "SUM" } else { "AVG" };
                lines.shown(format!("SORT({measured}, {order}, DESC, {shown})"), label.clone())
            });
            let of_each = if self.each.len() > 1 { " of each account and region" } else { "" };
            view(lines, format!("{title}: highest {shown}{of_each}"), self.site)
        };
        for pair in EACH.chunks(2) {
            layout.row(8, pair.iter().map(graph).collect());
        }
    }

    /// Adds the sum of a metric over all pipelines, day by day; a day without any counts as 0.
    fn sum(&self, formulas: &mut Formulas, metric: Metric) -> String {
        self.total(formulas, metric, Statistic::Sum)
    }

    fn total_and_count(&self, formulas: &mut Formulas, metric: Metric) -> (String, String) {
        (self.total(formulas, metric, Statistic::Sum), self.total(formulas, metric, Statistic::SampleCount))
    }

    fn failed_and_deployed(&self, formulas: &mut Formulas) -> (String, String) {
        (self.sum(formulas, Metric::DeploymentFailureCount), self.sum(formulas, self.site.deployments))
    }

    fn total(&self, formulas: &mut Formulas, metric: Metric, statistic: Statistic) -> String {
        let found: Vec<String> = self.all.iter().map(|reach| formulas.part(search(metric, statistic, reach))).collect();
        let sums: Vec<String> = found.iter().map(|id| format!("FILL(SUM({id}), 0)")).collect();
        formulas.part(sums.join(" + "))
    }
}

/// The name of a pipeline that a search has found.
const NAME: &str = "${PROP('Dim.PipelineName')}";
/// Its account and region.
const PLACE: &str = "${PROP('Dim.AccountId')} ${PROP('Dim.Region')}";

/// Searches for the pipelines of these places, account by account: for any number of them.
fn by_account(places: &[&Home]) -> Vec<Reach> {
    let mut accounts: Vec<AccountId> = places.iter().map(|place| place.account.clone()).collect();
    accounts.dedup();
    accounts.chunks(MAX_ACCOUNTS).map(|accounts| Reach::Accounts(accounts.to_vec())).collect()
}
