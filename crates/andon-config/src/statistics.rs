//! Reading `statistics`.

use andon::invalid::Invalid;
use andon::run::DeploymentRule;
use andon::statistics::{Detail, Statistics};
use andon::suggest::named;

use super::finding::Finding;
use super::reader::Reader;
use super::routes::{Field, globs};
use super::tree::Node;

const KEYS: &[&str] = &["detail", "deployment"];
const DEPLOYMENT_KEYS: &[&str] = &["pipeline", "stage"];
pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Statistics> {
    let fields = reader.fields(node, "`statistics`", KEYS)?;
    let detail = fields.get("detail").and_then(|node| reader.value(node, "`detail`", detail)).unwrap_or_default();
    let deployment = fields.get("deployment").and_then(|node| deployment(node, reader)).unwrap_or_default();
    Some(Statistics { detail, deployment })
}

fn deployment(node: &Node, reader: &mut Reader<'_>) -> Option<DeploymentRule> {
    let fields = reader.fields(node, "`deployment`", DEPLOYMENT_KEYS)?;
    if fields.is_empty() {
        reader.note(
            Finding::error(fields.span.clone(), "`deployment` is empty")
                .with_help("add `stage: \"prod*\"` or `pipeline: \"*-prod\"`, or remove it"),
        );
    }
    Some(DeploymentRule {
        pipeline: fields.get("pipeline").and_then(|node| globs(node, Field::Pipeline, reader)),
        stage: fields.get("stage").and_then(|node| globs(node, Field::Stage, reader)),
    })
}

fn detail(text: &str) -> Result<Detail, Invalid> {
    named(text, |quoted| format!("unknown detail level {quoted}"))
}
