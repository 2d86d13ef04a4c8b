//! `CodeBuild`: builds and batches of builds, by id or ARN.

use serde_json::{Value, json};

use super::codepipeline::put;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct CodeBuild {
    builds: Vec<Value>,
    batches: Vec<Value>,
}

impl CodeBuild {
    pub(super) fn put_build(&mut self, build: Value) {
        put(&mut self.builds, build, "id");
    }

    pub(super) fn put_batch(&mut self, batch: Value) {
        put(&mut self.batches, batch, "id");
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let (known, found_as, missing_as) = match operation {
            "BatchGetBuilds" => (&self.builds, "builds", "buildsNotFound"),
            "BatchGetBuildBatches" => (&self.batches, "buildBatches", "buildBatchesNotFound"),
            _ => {
                let message = format!("CodeBuild stands in without {operation}");
                return Err(Refusal::new("UnknownOperationException", message));
            }
        };
        let ids = input.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
        if ids.is_empty() || ids.len() > 100 {
            return Err(Refusal::new("InvalidInputException", "ids must hold 1 to 100 build ids"));
        }
        let find = |id: &Value| known.iter().find(|build| build.get("id") == Some(id) || build.get("arn") == Some(id));
        let found: Vec<&Value> = ids.iter().filter_map(find).collect();
        let missing: Vec<&Value> = ids.iter().filter(|id| find(id).is_none()).collect();
        Ok(json!({ found_as: found, missing_as: missing }))
    }
}
