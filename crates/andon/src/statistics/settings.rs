//! Settings of the statistics: the level of detail, and what counts as a deployment.

use strum::{IntoStaticStr, VariantArray};

use super::{Datum, Metric};
use crate::run::DeploymentRule;

/// Settings of the statistics.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// How fine they are; it bounds the bill.
    pub detail: Detail,
    /// What counts as a deployment.
    pub deployment: DeploymentRule,
}

impl Statistics {
    /// Whether a datum is sent: as fine as it is wanted, and nothing that another metric says already. CloudWatch bills
    /// every metric.
    pub fn sends(&self, datum: &Datum) -> bool {
        let is_repetition = match datum.metric {
            Metric::DeploymentCount => self.deployments() != Metric::DeploymentCount,
            // The time from its start to its success is the lead time of a whole run.
            Metric::Duration => datum.detail() == Detail::Pipeline,
            _ => false,
        };
        datum.detail() <= self.detail && !is_repetition
    }

    /// The metric that counts deployments: while every success is one, the count of successes.
    pub fn deployments(&self) -> Metric {
        if self.deployment == DeploymentRule::EVERY_RUN { Metric::SuccessCount } else { Metric::DeploymentCount }
    }
}

/// The finest level that has its own metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Detail {
    /// Whole runs.
    #[default]
    Pipeline,
    /// And each stage.
    Stage,
    /// And each action.
    Action,
}
