//! The four keys of a pipeline, over its recorded runs.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::lines::Index;
use super::{History, RunSummary};
use crate::run::Status;

/// The longest period that the keys cover: older runs say little about today.
const MAX_LEN: SignedDuration = SignedDuration::from_hours(90 * 24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The shortest period for which a weekly rate is given.
const SHORTEST: SignedDuration = SignedDuration::from_hours(24);

/// The four keys of a pipeline: how often it deploys, how long a change takes to get there, how many deployments fail,
/// how long it takes to recover from that.
///
/// They cover the recorded runs (the last 30 that ended), and at most 90 days before the latest deployment;
/// `since` is the start of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoraMetrics {
    /// Since when every deployment is counted here.
    pub since: Timestamp,
    /// The deployments that succeeded.
    pub deployments: usize,
    /// The deployments that failed.
    pub failed: usize,
    /// From a commit to the end of its deployment, if the time of the commit is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_time: Option<Median>,
    /// From the end of the first failed deployment of a row to the end of the one that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_time: Option<Median>,
}

/// A median, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Median {
    /// Half of them took at most this long, in seconds (nearest rank).
    pub seconds: i64,
    /// The number of values.
    pub of: usize,
}

impl DoraMetrics {
    /// How many deployments a week there were until now; `None` where they are known for less than a day.
    pub fn deployments_per_week(&self, now: Timestamp) -> Option<f64> {
        (now.duration_since(self.since) >= SHORTEST).then(|| self.per_week(self.deployments, now))
    }

    /// So many of what is counted here, as a weekly rate: only rates of different pipelines can be added, as each is known
    /// for a time of its own. What is known for less than a day is taken as that of a day.
    #[expect(clippy::cast_precision_loss, reason = "a few dozen deployments")]
    pub fn per_week(&self, count: usize, now: Timestamp) -> f64 {
        let known_for = now.duration_since(self.since).max(SHORTEST);
        count as f64 * WEEK.as_secs_f64() / known_for.as_secs_f64()
    }

    /// Which share of the deployments failed, from 0 to 1; `None` where there was none.
    #[expect(clippy::cast_precision_loss, reason = "a few dozen deployments")]
    pub fn change_failure_rate(&self) -> Option<f64> {
        let all = self.deployments + self.failed;
        (all > 0).then(|| self.failed as f64 / all as f64)
    }
}

impl Median {
    pub(super) fn of(mut seconds: Vec<i64>) -> Option<Self> {
        seconds.sort_unstable();
        let middle = seconds.len().div_ceil(2).checked_sub(1)?;
        Some(Self { seconds: *seconds.get(middle)?, of: seconds.len() })
    }
}

impl History {
    /// The four keys over the recorded runs; `None` while no deployment of the pipeline is known.
    pub fn keys(&self) -> Option<DoraMetrics> {
        let index = Index::of(self);
        let runs = &index.runs;
        let latest = runs.iter().flat_map(|run| run.deployed()).map(|deployed| deployed.ended).max()?;
        // Of runs that only CodePipeline's list told of, it is not known which stages deployed.
        let tells = |run: &&&RunSummary| run.weight > 0 || run.deployments.is_none();
        let first = runs.iter().find(tells)?.first_seen;
        let is_all = self.past.until.is_none() && runs.iter().filter(tells).count() == runs.len();
        // While nothing is missing, all is known: of a young pipeline, the whole of its first week.
        let known_since = if is_all { first.min(before(latest, WEEK)) } else { first };
        let since = known_since.max(before(latest, MAX_LEN));
        let within = |ended: Timestamp| ended >= since;
        let (mut deployments, mut failed, mut lead_times) = (0, 0, Vec::new());
        for run in runs {
            for deployed in index.deployed(run).iter().filter(|deployed| within(deployed.ended)) {
                if deployed.status == Status::Failed {
                    failed += 1;
                    continue;
                }
                deployments += 1;
                let authored = run.change.as_ref().and_then(|change| change.authored);
                lead_times.extend(authored.map(|authored| deployed.ended.duration_since(authored).as_secs()));
            }
        }
        // A commit of later than its own deployment was made by a clock that is wrong.
        lead_times.retain(|seconds| *seconds >= 0);
        let recovery_times = self
            .repairs()
            .into_iter()
            .filter(|repaired| within(repaired.deployed.ended))
            .map(|repaired| repaired.deployed.ended.duration_since(repaired.broken_since).as_secs())
            .collect();
        Some(DoraMetrics {
            since,
            deployments,
            failed,
            lead_time: Median::of(lead_times),
            recovery_time: Median::of(recovery_times),
        })
    }
}

fn before(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}
