//! `CodeBuild`: builds and batches of builds, by id or ARN; reports of tests and their cases.

use serde_json::{Value, json};

use super::codepipeline::put;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct CodeBuild {
    builds: Vec<Value>,
    batches: Vec<Value>,
    reports: Vec<Value>,
    cases: Vec<Value>,
}

impl CodeBuild {
    pub(super) fn put_build(&mut self, build: Value) {
        put(&mut self.builds, build, "id");
    }

    pub(super) fn put_batch(&mut self, batch: Value) {
        put(&mut self.batches, batch, "id");
    }

    /// A report with its test cases, each with the report's ARN.
    pub(super) fn put_report(&mut self, report: Value, cases: Vec<Value>) {
        put(&mut self.reports, report, "arn");
        self.cases.extend(cases);
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let (known, found_as, missing_as) = match operation {
            "BatchGetBuilds" => (&self.builds, "builds", "buildsNotFound"),
            "BatchGetBuildBatches" => (&self.batches, "buildBatches", "buildBatchesNotFound"),
            "BatchGetReports" => (&self.reports, "reports", "reportsNotFound"),
            "DescribeTestCases" => return Ok(self.test_cases(input)),
            _ => {
                let message = format!("CodeBuild stands in without {operation}");
                return Err(Refusal::new("UnknownOperationException", message));
            }
        };
        let ids = input.get("ids").or(input.get("reportArns")).and_then(Value::as_array).cloned().unwrap_or_default();
        if ids.is_empty() || ids.len() > 100 {
            return Err(Refusal::new("InvalidInputException", "ids must hold 1 to 100 build ids"));
        }
        let find = |id: &Value| known.iter().find(|build| build.get("id") == Some(id) || build.get("arn") == Some(id));
        let found: Vec<&Value> = ids.iter().filter_map(find).collect();
        let missing: Vec<&Value> = ids.iter().filter(|id| find(id).is_none()).collect();
        Ok(json!({ found_as: found, missing_as: missing }))
    }

    fn test_cases(&self, input: &Value) -> Value {
        let status = input.pointer("/filter/status");
        let most = input.get("maxResults").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok());
        let asked = |case: &&Value| {
            case.get("reportArn") == input.get("reportArn")
                && status.is_none_or(|status| case.get("status") == Some(status))
        };
        let found: Vec<&Value> = self.cases.iter().filter(asked).take(most.unwrap_or(100)).collect();
        json!({ "testCases": found })
    }
}
