//! Metrics as a small table: one row per pipeline.

use std::collections::BTreeMap;

use andon::statistics::{Datum, Metric};
use andon::words::span;
use jiff::SignedDuration;

use super::style::{BAD, NEUTRAL};
use super::{Cell, Column, Table};

/// Metric data that went out, gathered for a table.
#[derive(Debug, Default)]
pub struct Gathered {
    pipelines: BTreeMap<Dimensions, BTreeMap<Metric, Vec<f64>>>,
    finer: usize,
}

type Dimensions = Vec<(&'static str, String)>;

/// The times in the table, what they are called there, and in which order they are left out where there is no room.
const TIMES: [(Metric, &str, Option<u8>); 6] = [
    (Metric::ChangeLeadTime, "Lead time", None),
    (Metric::SuccessLeadTime, "Duration", None),
    (Metric::ApprovalWait, "Approval", Some(2)),
    (Metric::FailureLeadTime, "Time to failure", Some(1)),
    (Metric::RecoveryTime, "Recovery", None),
    (Metric::GreenTime, "Time green", Some(3)),
];

impl Gathered {
    /// Takes in a datum.
    pub fn add(&mut self, datum: &Datum) {
        if datum.dimensions.iter().any(|(name, _)| *name == "StageName") {
            self.finer += 1;
        } else {
            let metrics = self.pipelines.entry(datum.dimensions.clone()).or_default();
            metrics.entry(datum.metric).or_default().push(datum.value);
        }
    }

    /// How many data there are of stages and actions, which are not in the table.
    pub fn finer(&self) -> usize {
        self.finer
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.finer + self.pipelines.values().flat_map(BTreeMap::values).map(Vec::len).sum::<usize>()
    }

    /// The table: counts are sums, times are means.
    pub fn table(&self) -> Table {
        let times = TIMES.map(|(_, name, dropped)| match dropped {
            Some(order) => Column::dropped(name, order),
            None => name.into(),
        });
        let counts = [Column::names("Pipeline"), "Succeeded".into(), "Failed".into()];
        let mut table = Table::new(counts.into_iter().chain(times));
        for (dimensions, metrics) in &self.pipelines {
            let values = |metric: Metric| metrics.get(&metric).map(Vec::as_slice).unwrap_or_default();
            let counted = |metric: Metric| values(metric).len();
            let name = match dimensions.as_slice() {
                [(_, name)] => name.clone(),
                [(_, name), (_, account), ..] => format!("{name} ({account})"),
                [] => String::new(),
            };
            let failed = counted(Metric::FailureCount);
            let mut row = vec![
                Cell::new(name),
                Cell::new(counted(Metric::SuccessCount).to_string()).right(),
                Cell::new(failed.to_string()).right().styled(if failed > 0 { BAD } else { NEUTRAL }),
            ];
            row.extend(TIMES.map(|(metric, ..)| Cell::new(mean(values(metric))).right()));
            table.push(row);
        }
        table
    }
}

fn mean(values: &[f64]) -> String {
    if values.is_empty() {
        return "-".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "no one has 2^52 data points")]
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    span(SignedDuration::try_from_secs_f64(mean.round()).unwrap_or(SignedDuration::ZERO))
}
