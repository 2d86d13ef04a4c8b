//! Events made for a test, in CodePipeline's words.

use andon::glob::{Glob, Globs, Subject};
use andon::run::{DeploymentRule, Run};
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

/// Stages whose success is a deployment.
pub(crate) fn deploying(stages: &[&str]) -> DeploymentRule {
    DeploymentRule { stage: Some(globs(stages)), ..DeploymentRule::EVERY_RUN }
}

/// Pipelines whose every run is a deployment.
pub(crate) fn deploying_pipeline(pipeline: &str) -> DeploymentRule {
    DeploymentRule { pipeline: Some(globs(&[pipeline])), ..DeploymentRule::EVERY_RUN }
}

fn globs(texts: &[&str]) -> Globs {
    Globs(texts.iter().map(|text| Glob::parse(text, Subject::Name).unwrap()).collect())
}
