//! `andon forget`: a pipeline that is gone leaves every list.

use andon::ledger::forget;

use super::{Surroundings, Verdict, runtime};
use crate::system::{Which, find};

/// Forget a pipeline that was deleted or renamed: it leaves the board, the lists, the dashboards and the limits
///
/// Andon does this by itself when `CloudTrail` reports that the pipeline was deleted. Runs that begin later are recorded
/// again.
#[derive(Debug, clap::Args)]
pub(super) struct Forget {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: String,
    #[command(flatten)]
    which: Which,
}

impl Forget {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let pipeline = runtime()?.block_on(async {
            let system = self.which.open().await?;
            let pipeline = find(&system.ledger, &self.pipeline).await?.pipeline;
            forget(&system.ledger, &pipeline, around.now()).await?;
            anyhow::Ok(pipeline)
        })?;
        around.terminal.line(format!("Forgot {pipeline}."))?;
        Ok(Verdict::Well)
    }
}
