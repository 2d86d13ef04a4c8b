//! What goes out, as JSON: one object for each alert and each metric datum.

use andon::config::Destination;
use andon::message::{Message, email};
use andon::statistics::Datum;
use serde_json::{Map, Value, json};

/// An alert; with its destination where the configuration decided on it.
pub fn alert(message: &Message, to: Option<&Destination>) -> Value {
    let about = &message.about;
    let mut value = json!({
        "type": "alert",
        "kind": message.kind.as_str(),
        "account": about.pipeline.home.account,
        "region": about.pipeline.home.region,
        "pipeline": about.pipeline.name,
        "execution": about.execution,
        "stage": about.stage,
        "action": about.action,
        "reason": message.causes.iter().find_map(|cause| cause.reason.as_deref()),
        "text": email::body(message),
    });
    if let (Some(members), Some(to)) = (value.as_object_mut(), to) {
        members.insert("to".to_owned(), to.name.as_str().into());
    }
    value
}

/// A metric datum; whole values are written as integers.
pub fn datum(datum: &Datum) -> Value {
    let dimensions: Map<String, Value> =
        datum.dimensions.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    json!({
        "type": "metric",
        "name": datum.metric.name(),
        "value": number(datum.value),
        "unit": datum.metric.unit(),
        "dimensions": dimensions,
        "timestamp": datum.at.to_string(),
    })
}

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
