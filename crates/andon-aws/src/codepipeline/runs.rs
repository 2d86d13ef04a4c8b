//! Runs in CodePipeline's list.

use andon::ledger::PastRun;
use andon::name::ExecutionId;
use andon::run::Status;
use aws_sdk_codepipeline::primitives::DateTime;
use aws_sdk_codepipeline::types::{PipelineExecutionStatus, PipelineExecutionSummary};
use jiff::Timestamp;

/// A run of the list; `None` if it has no id, no start, or an unknown status.
///
/// The list does not distinguish a rejected approval from a failure: both are failures here.
pub(super) fn past_run(summary: &PipelineExecutionSummary) -> Option<PastRun> {
    let started = time(summary.start_time()?)?;
    Some(PastRun {
        execution: ExecutionId::parse(summary.pipeline_execution_id()?).ok()?,
        started,
        updated: summary.last_update_time().and_then(time).unwrap_or(started),
        status: match summary.status()? {
            PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping => Status::InProgress,
            PipelineExecutionStatus::Succeeded => Status::Succeeded,
            PipelineExecutionStatus::Failed => Status::Failed,
            PipelineExecutionStatus::Stopped => Status::Stopped,
            PipelineExecutionStatus::Superseded => Status::Superseded,
            PipelineExecutionStatus::Cancelled => Status::Canceled,
            _ => return None,
        },
    })
}

pub(super) fn time(time: &DateTime) -> Option<Timestamp> {
    Timestamp::from_nanosecond(time.as_nanos()).ok()
}
