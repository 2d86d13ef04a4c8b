//! What is measured: in how much detail, and what counts as a deployment.

use strum::{IntoStaticStr, VariantArray};

use crate::run::DeploymentRule;

/// How the statistics are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// How fine they are; it bounds the bill.
    pub detail: Detail,
    /// What counts as a deployment.
    pub deployment: DeploymentRule,
}

/// The finest thing that has metrics of its own.
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
