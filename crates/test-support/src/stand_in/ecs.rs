//! ECS: services with their events, and tasks with the reasons why they stopped.

use serde_json::{Value, json};

use super::codepipeline::{put, text};
use super::paging::page;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct Ecs {
    services: Vec<Value>,
    tasks: Vec<Value>,
}

impl Ecs {
    pub(super) fn put_service(&mut self, service: Value) {
        put(&mut self.services, service, "serviceArn");
    }

    pub(super) fn put_task(&mut self, task: Value) {
        put(&mut self.tasks, task, "taskArn");
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let cluster = input.get("cluster").and_then(Value::as_str).unwrap_or("default");
        match operation {
            "DescribeServices" => described(&self.services, cluster, input, "services", "serviceArn", 10),
            "DescribeTasks" => described(&self.tasks, cluster, input, "tasks", "taskArn", 100),
            "ListTasks" => {
                let status = input.get("desiredStatus").and_then(Value::as_str).unwrap_or("RUNNING");
                let service = input.get("serviceName").and_then(Value::as_str).map(last_part);
                let wanted = |task: &&Value| {
                    is(text(task, "clusterArn"), cluster)
                        && text(task, "desiredStatus") == status
                        && service.is_none_or(|name| text(task, "group") == format!("service:{name}"))
                };
                let arns: Vec<Value> =
                    self.tasks.iter().filter(wanted).map(|task| text(task, "taskArn").into()).collect();
                page(input, &arns, "taskArns", Some(("maxResults", 100)), "nextToken")
            }
            _ => Err(Refusal::new("UnknownOperationException", format!("ECS stands in without {operation}"))),
        }
    }
}

/// What was asked for by name or ARN, and as failures what is not there.
fn described(
    known: &[Value],
    cluster: &str,
    input: &Value,
    member: &str,
    arn: &str,
    most: usize,
) -> Result<Value, Refusal> {
    let wanted = input.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    if wanted.is_empty() || wanted.len() > most {
        return Err(Refusal::new("InvalidParameterException", format!("{member} must hold 1 to {most} names")));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in wanted.iter().filter_map(Value::as_str) {
        match known.iter().find(|item| is(text(item, arn), name) && is(text(item, "clusterArn"), cluster)) {
            Some(item) => found.push(item.clone()),
            None => failures.push(json!({ "arn": name, "reason": "MISSING" })),
        }
    }
    Ok(json!({ member: found, "failures": failures }))
}

/// Whether an ARN is meant by a name, which may be the ARN itself.
fn is(arn: &str, name: &str) -> bool {
    arn == name || last_part(arn) == name
}

fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
