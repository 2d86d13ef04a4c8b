//! Settings of the statistics: the level of detail, and what counts as a deployment.

use strum::{IntoStaticStr, VariantArray};

use crate::run::DeploymentRule;

/// Settings of the statistics.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// How fine they are; it bounds the bill.
    pub detail: Detail,
    /// What counts as a deployment.
    pub deployment: DeploymentRule,
}

/// The finest level that has its own metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Detail {
    /// Whole runs.
    Pipeline,
    /// And each stage.
    Stage,
    /// And each action.
    #[default]
    Action,
}
