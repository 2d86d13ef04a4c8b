//! `CodeDeploy`: deployments and what became of their targets.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::codepipeline::text;
use super::paging::page;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct CodeDeploy {
    deployments: HashMap<String, Deployment>,
}

#[derive(Debug, Default)]
struct Deployment {
    info: Option<Value>,
    targets: Vec<Value>,
}

impl CodeDeploy {
    pub(super) fn put_deployment(&mut self, info: Value) {
        let id = text(&info, "deploymentId").to_owned();
        self.deployments.entry(id).or_default().info = Some(info);
    }

    pub(super) fn put_target(&mut self, deployment: &str, target: Value) {
        let targets = &mut self.deployments.entry(deployment.to_owned()).or_default().targets;
        targets.retain(|known| target_id(known) != target_id(&target));
        targets.push(target);
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let id = text(input, "deploymentId");
        let deployment = self.deployments.get(id).ok_or_else(|| {
            Refusal::new("DeploymentDoesNotExistException", format!("The deployment {id} could not be found"))
        });
        match operation {
            "GetDeployment" => Ok(
                json!({ "deploymentInfo": deployment?.info.clone().unwrap_or_else(|| json!({ "deploymentId": id })) }),
            ),
            "ListDeploymentTargets" => {
                let ids: Vec<Value> = deployment?.targets.iter().map(|target| target_id(target).into()).collect();
                page(input, &ids, "targetIds", None, "nextToken")
            }
            "BatchGetDeploymentTargets" => {
                let targets = &deployment?.targets;
                let wanted = input.get("targetIds").and_then(Value::as_array).cloned().unwrap_or_default();
                if wanted.is_empty() || wanted.len() > 25 {
                    return Err(Refusal::new("InstanceIdRequiredException", "targetIds must hold 1 to 25 ids"));
                }
                let find = |id: &Value| targets.iter().find(|target| Some(target_id(target)) == id.as_str()).cloned();
                let found: Option<Vec<Value>> = wanted.iter().map(find).collect();
                let found = found.ok_or_else(|| {
                    Refusal::new("DeploymentTargetDoesNotExistException", "A target id is not part of the deployment")
                })?;
                Ok(json!({ "deploymentTargets": found }))
            }
            _ => Err(Refusal::new("UnknownOperationException", format!("CodeDeploy stands in without {operation}"))),
        }
    }
}

/// A target is `{"deploymentTargetType": .., "instanceTarget": {"targetId": ..}}`, or one of its sisters.
fn target_id(target: &Value) -> &str {
    ["instanceTarget", "ecsTarget", "lambdaTarget", "cloudFormationTarget"]
        .iter()
        .find_map(|kind| target.get(kind)?.get("targetId")?.as_str())
        .unwrap_or_default()
}
