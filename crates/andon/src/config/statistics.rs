//! What is measured: in how much detail, and what counts as a deployment.

use super::finding::{Finding, Invalid};
use super::glob::Globs;
use super::reader::Reader;
use super::routes::{Field, globs};
use super::tree::Node;
use super::words::{quoted, suggestion};

/// How the statistics are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// How fine they are; it bounds the bill.
    pub detail: Detail,
    /// What counts as a deployment.
    pub deployment: Deployment,
}

/// The finest thing that has metrics of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Detail {
    /// Whole runs.
    Pipeline,
    /// And each stage.
    Stage,
    /// And each action.
    #[default]
    Action,
}

/// What counts as a deployment in the four keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deployment {
    /// The pipelines that deploy to production; all if absent.
    pub pipeline: Option<Globs>,
    /// The stages whose success is the deployment; if absent, the success of the whole run.
    pub stage: Option<Globs>,
}

const KEYS: &[&str] = &["detail", "deployment"];
const DEPLOYMENT_KEYS: &[&str] = &["pipeline", "stage"];
const DETAILS: [(&str, Detail); 3] =
    [("pipeline", Detail::Pipeline), ("stage", Detail::Stage), ("action", Detail::Action)];

impl Deployment {
    /// The success of any run of any pipeline: what counts as long as nothing is configured.
    pub const EVERY_RUN: Self = Self { pipeline: None, stage: None };

    /// Whether a success is a deployment: of a stage, or (`None`) of a whole run.
    pub fn counts(&self, pipeline: &str, stage: Option<&str>) -> bool {
        let of_pipeline = self.pipeline.as_ref().is_none_or(|globs| globs.match_any(pipeline));
        let of_stage = match (&self.stage, stage) {
            (Some(globs), Some(stage)) => globs.match_any(stage),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        of_pipeline && of_stage
    }
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Statistics> {
    let fields = reader.fields(node, "`statistics`", KEYS)?;
    let detail = fields.get("detail").and_then(|node| reader.value(node, "`detail`", detail)).unwrap_or_default();
    let deployment = fields.get("deployment").and_then(|node| deployment(node, reader)).unwrap_or_default();
    Some(Statistics { detail, deployment })
}

fn deployment(node: &Node, reader: &mut Reader<'_>) -> Option<Deployment> {
    let fields = reader.fields(node, "`deployment`", DEPLOYMENT_KEYS)?;
    if fields.is_empty() {
        reader.note(
            Finding::error(fields.span.clone(), "`deployment` says nothing")
                .with_help("add `stage: \"prod*\"` or `pipeline: \"*-prod\"`, or remove it"),
        );
    }
    Some(Deployment {
        pipeline: fields.get("pipeline").and_then(|node| globs(node, Field::Pipeline, reader)),
        stage: fields.get("stage").and_then(|node| globs(node, Field::Stage, reader)),
    })
}

fn detail(text: &str) -> Result<Detail, Invalid> {
    DETAILS.iter().find(|(name, _)| *name == text).map(|(_, detail)| *detail).ok_or_else(|| {
        Invalid::new(format!("{} is not a detail", quoted(text)))
            .with_help(suggestion(text, DETAILS.map(|(name, _)| name)))
    })
}
