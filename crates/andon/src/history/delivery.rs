//! Delivery figures of several pipelines together, over any period.

use jiff::Timestamp;

use super::lines::Index;
use super::{History, Median};
use crate::run::Status;

/// How delivery went in a period: deployments, and medians over all measurements of all pipelines in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The deployments that succeeded.
    pub deployments: usize,
    /// The deployments that failed.
    pub failed: usize,
    /// From a commit to the end of its deployment, where the time of the commit is known.
    pub lead_time: Option<Median>,
    /// From the end of the first failed deployment of a row to the end of the one that succeeded.
    pub recovery_time: Option<Median>,
    /// Whether runs of the period are no longer recorded, so that there were more deployments than these.
    pub is_partial: bool,
}

impl Delivery {
    /// The figures of the deployments that ended from one time until another.
    pub fn over<'h>(histories: impl IntoIterator<Item = &'h History>, from: Timestamp, until: Timestamp) -> Self {
        let mut figures = Self::default();
        let (mut lead_times, mut recovery_times) = (Vec::new(), Vec::new());
        let within = |ended: Timestamp| ended >= from && ended < until;
        for history in histories {
            figures.is_partial |= history.past.until.as_ref().is_some_and(|(until, _)| *until >= from);
            let index = Index::of(history);
            for run in &index.runs {
                for deployed in index.deployed(run).into_iter().filter(|deployed| within(deployed.ended)) {
                    if deployed.status == Status::Failed {
                        figures.failed += 1;
                        continue;
                    }
                    figures.deployments += 1;
                    let authored = run.change.as_ref().and_then(|change| change.authored);
                    lead_times.extend(authored.map(|authored| deployed.ended.duration_since(authored).as_secs()));
                }
            }
            let repairs = history.repairs().into_iter().filter(|repaired| within(repaired.deployed.ended));
            recovery_times.extend(
                repairs.map(|repaired| repaired.deployed.ended.duration_since(repaired.broken_since).as_secs()),
            );
        }
        // A commit of later than its own deployment was made by a clock that is wrong.
        lead_times.retain(|seconds| *seconds >= 0);
        figures.lead_time = Median::of(lead_times);
        figures.recovery_time = Median::of(recovery_times);
        figures
    }

    /// Which share of the deployments failed, from 0 to 1; `None` where there was none.
    #[expect(clippy::cast_precision_loss, reason = "counts of recorded deployments")]
    pub fn change_failure_rate(&self) -> Option<f64> {
        let all = self.deployments + self.failed;
        (all > 0).then(|| self.failed as f64 / all as f64)
    }
}
