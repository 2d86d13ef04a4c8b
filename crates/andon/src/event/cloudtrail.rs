//! A pipeline was deleted: the API call as `CloudTrail` records it.

use jiff::Timestamp;
use serde_json::Value;

use super::member::{name, optional_name, text, time};
use super::{Event, Malformed, Received, Unknown};
use crate::name::{AccountId, Home, PipelineId, Region};

const WHAT: &str = "an API call recorded by CloudTrail";

/// A pipeline that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// When.
    pub at: Timestamp,
}

pub(super) fn parse(value: &Value, received: &Received) -> Result<Event, Malformed> {
    let detail = value.get("detail").unwrap_or(&Value::Null);
    let call = text(detail, "eventName").unwrap_or_default();
    let has_failed = text(detail, "errorCode").is_some() || text(detail, "errorMessage").is_some();
    if call != "DeletePipeline" || has_failed {
        return Ok(Event::Unknown(Unknown { what: format!("the API call {call:?}") }));
    }
    let Some(parameters @ Value::Object(_)) = detail.get("requestParameters") else {
        let member = "detail.requestParameters".to_owned();
        return Err(Malformed { what: WHAT, member, problem: "is missing".to_owned() });
    };
    let account = match optional_name::<AccountId>(WHAT, value, "account", "account")? {
        Some(account) => Some(account),
        None => optional_name(WHAT, detail, "detail.recipientAccountId", "recipientAccountId")?,
    };
    // The call is made in the region of the pipeline, wherever the event came by.
    let region = match optional_name::<Region>(WHAT, detail, "detail.awsRegion", "awsRegion")? {
        Some(region) => Some(region),
        None => optional_name(WHAT, value, "region", "region")?,
    };
    let happened = time(WHAT, detail, "detail.eventTime", "eventTime")?;
    let at = match happened {
        Some(at) => Some(at),
        None => time(WHAT, value, "time", "time")?,
    };
    Ok(Event::Deleted(Deleted {
        pipeline: PipelineId {
            home: Home {
                account: account.unwrap_or_else(|| received.home.account.clone()),
                region: region.unwrap_or_else(|| received.home.region.clone()),
            },
            name: name(WHAT, parameters, "detail.requestParameters.name", "name")?,
        },
        at: at.unwrap_or(received.at),
    }))
}
