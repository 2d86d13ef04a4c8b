//! The message that CodePipeline publishes to the SNS topic of an approval action.
//!
//! It names no execution, but its token is the approval's action execution id, which links the two.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::member::{name, optional_name, string, time};
use super::{Malformed, Received};
use crate::name::{ActionExecutionId, ActionName, Home, PipelineId, StageName};
use andon_redaction::redact;

const WHAT: &str = "an approval message";

/// A manual approval that is waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequest {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The stage that waits.
    pub stage: StageName,
    /// The approval action.
    pub action: ActionName,
    /// What answers it.
    pub token: Option<ActionExecutionId>,
    /// When the approval expires, to the minute.
    pub expires: Option<Timestamp>,
    /// What the reviewer should know.
    pub custom_data: Option<String>,
    /// What the reviewer should look at.
    pub review_link: Option<String>,
    /// The console's page for answering.
    pub console_link: Option<String>,
    /// When the message was received.
    pub at: Timestamp,
}

/// Reads an approval message; `None` for anything else.
pub(super) fn parse(value: &Value, received: &Received) -> Result<Option<ApprovalRequest>, Malformed> {
    let Some(approval @ Value::Object(_)) = value.get("approval") else {
        return Ok(None);
    };
    let region = optional_name(WHAT, value, "region", "region")?;
    Ok(Some(ApprovalRequest {
        pipeline: PipelineId {
            home: Home {
                account: received.home.account.clone(),
                region: region.unwrap_or_else(|| received.home.region.clone()),
            },
            name: name(WHAT, approval, "approval.pipelineName", "pipelineName")?,
        },
        stage: name(WHAT, approval, "approval.stageName", "stageName")?,
        action: name(WHAT, approval, "approval.actionName", "actionName")?,
        token: optional_name(WHAT, approval, "approval.token", "token")?,
        expires: time(WHAT, approval, "approval.expires", "expires")?,
        custom_data: string(approval, "customData").map(|text| redact(&text).into_owned()),
        review_link: string(approval, "externalEntityLink").map(|url| redact(&url).into_owned()),
        console_link: string(approval, "approvalReviewLink"),
        at: received.at,
    }))
}
