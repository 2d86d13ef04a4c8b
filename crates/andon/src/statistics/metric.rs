//! The metrics and their names.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// A metric, by the name that CloudWatch shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, IntoStaticStr, VariantArray)]

pub enum Metric {
    /// 1 for every success of a pipeline, a stage or an action.
    SuccessCount,
    /// 1 for every failure of a pipeline, a stage or an action.
    FailureCount,
    /// From the end of the previous success to the end of this one.
    SuccessCycleTime,
    /// From the start of a run to its success.
    SuccessLeadTime,
    /// From the start of the first run after the previous success to this success: rework included.
    DeliveryLeadTime,
    /// From the start of a run to its failure.
    FailureLeadTime,
    /// From the start of the first success of an unbroken row to the start of the failure that ends it.
    GreenTime,
    /// From the start of the first failure of an unbroken row to the start of the success that ends it.
    RedTime,
    /// 1 for every deployment that succeeded.
    DeploymentCount,
    /// 1 for every deployment that failed.
    DeploymentFailureCount,
    /// From a commit to the end of its deployment.
    ChangeLeadTime,
    /// From the end of the first failed deployment of an unbroken row to the end of the one that succeeded.
    RecoveryTime,
    /// From the start of an attempt to its success, for a run, a stage, or an action other than an approval.
    Duration,
    /// From the request to the answer of a manual approval, whatever the answer.
    ApprovalWait,
    /// 1 for every retry in place.
    RetryCount,
    /// 1 for every run replaced by a newer one.
    SupersededCount,
    /// 1 for every run stopped by a user.
    StoppedCount,
}

impl Metric {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The metric that is counted at the same ends: all data of an end are claimed with the datum of this one.
    pub(super) fn counted_with(self) -> Self {
        match self {
            Self::SuccessCount
            | Self::SuccessCycleTime
            | Self::SuccessLeadTime
            | Self::DeliveryLeadTime
            | Self::RedTime
            | Self::Duration => Self::SuccessCount,
            Self::FailureCount | Self::FailureLeadTime | Self::GreenTime => Self::FailureCount,
            Self::DeploymentCount | Self::DeploymentFailureCount | Self::ChangeLeadTime | Self::RecoveryTime => {
                Self::DeploymentFailureCount
            }
            Self::ApprovalWait | Self::RetryCount | Self::SupersededCount | Self::StoppedCount => self,
        }
    }

    /// Its unit, by CloudWatch's name.
    pub fn unit(self) -> &'static str {
        if self.name().ends_with("Count") { "Count" } else { "Seconds" }
    }
}
