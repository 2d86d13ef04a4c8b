//! Alerts and metrics as JSON: one object per alert and per data point.

use std::collections::BTreeMap;

use andon::name::{AccountId, ActionName, ExecutionId, PipelineName, Region, StageName};
use andon::statistics;
use andon_notify::Destination;
use andon_notify::destination::sns;
use andon_notify::message::Message;
use serde::Serialize;
use serde_json::Value;

/// An alert.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "alert")]
pub struct Alert<'m> {
    kind: &'static str,
    account: &'m AccountId,
    region: &'m Region,
    pipeline: &'m PipelineName,
    execution: Option<&'m ExecutionId>,
    stage: Option<&'m StageName>,
    action: Option<&'m ActionName>,
    reason: Option<&'m str>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'m str>,
}

/// A metric datum.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "metric")]
pub struct Datum<'d> {
    name: &'static str,
    value: Value,
    unit: &'static str,
    dimensions: BTreeMap<&'static str, &'d str>,
    timestamp: jiff::Timestamp,
}

impl<'m> Alert<'m> {
    /// An alert; with its destination where a configuration decided on it.
    pub fn new(message: &'m Message, to: Option<&'m Destination>) -> Self {
        let about = &message.about;
        Self {
            kind: message.kind.as_str(),
            account: &about.pipeline.home.account,
            region: &about.pipeline.home.region,
            pipeline: &about.pipeline.name,
            execution: about.execution.as_ref(),
            stage: about.stage.as_ref(),
            action: about.action.as_ref(),
            reason: message.causes.iter().find_map(|cause| cause.reason.as_deref()),
            text: sns::body(message),
            to: to.map(|to| to.name.as_str()),
        }
    }
}

impl<'d> Datum<'d> {
    /// A metric datum.
    pub fn new(datum: &'d statistics::Datum) -> Self {
        Self {
            name: datum.metric.name(),
            value: number(datum.value),
            unit: datum.metric.unit(),
            dimensions: datum.dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect(),
            timestamp: datum.at,
        }
    }
}

/// A number, written as 400 and not as 400.0 where it is whole.
fn number(value: f64) -> Value {
    /// Up to here every whole number has a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        let whole = value as i64;
        whole.into()
    } else {
        value.into()
    }
}
