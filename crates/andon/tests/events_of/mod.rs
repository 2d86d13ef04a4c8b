//! Events made for a test, in CodePipeline's words.

use andon::config::{Config, Deployment};
use andon::run::Run;
use andon::testing::told;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A minute of the day on which everything happens.
pub(crate) fn at(minute: i64) -> Timestamp {
    "2026-11-20T00:00:00Z".parse::<Timestamp>().unwrap().checked_add(SignedDuration::from_mins(minute)).unwrap()
}

/// An event of the pipeline `p`; its level is `Pipeline`, `Stage` or `Action`.
pub(crate) fn event(level: &str, at: Timestamp, mut detail: Value) -> Run {
    if detail.get("pipeline").is_none() {
        detail["pipeline"] = json!("p");
    }
    told(&json!({
        "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
        "account": "111122223333", "region": "eu-west-1", "time": at.to_string(), "detail": detail,
    }))
    .unwrap()
}

/// What counts as a deployment, as `andon.yml` says it.
pub(crate) fn deploying(yaml: &str) -> Deployment {
    let text = format!("version: 1\nstatistics: {{ deployment: {yaml} }}\n");
    Config::parse(&text, "andon.yml").unwrap().statistics.deployment
}
