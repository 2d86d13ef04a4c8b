//! ECS: why tasks stopped, and the service's events about its deployment.

use andon_diagnosis::MessageSource;
use aws_sdk_codepipeline::types::{PipelineDeclaration, StageDeclaration};
use aws_sdk_ecs::types::{Container, DeploymentRolloutState, DesiredStatus, Service as Described, Task};
use futures_util::future::join;
use jiff::Timestamp;

use super::FailureCase;
use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::missing::Question;
use super::resource_ref::Service;
use super::time;

/// The most service events that are recorded.
const MAX_EVENTS: usize = 10;
/// So many stopped tasks are looked at.
const MAX_TASKS: i32 = 20;

pub(super) async fn gather(
    clients: &Regional,
    inquiry: &EvidenceCollector,
    case: FailureCase<'_>,
    name: Option<&Service>,
    deployment: Option<&str>,
) {
    let configured = match name {
        Some(_) => None,
        None => configured(clients, inquiry, case).await,
    };
    let Some(service) = name.or(configured.as_ref()) else { return };
    let (described, tasks) = join(describe(clients, inquiry, service), stopped(clients, inquiry, service)).await;
    let since = case.failure.started;
    tell_of_tasks(inquiry, &tasks, deployment, since);
    if let Some(described) = described {
        tell_of_service(inquiry, &described, since);
    }
}

/// The service that the pipeline's own configuration names for this action.
async fn configured(clients: &Regional, inquiry: &EvidenceCollector, case: FailureCase<'_>) -> Option<Service> {
    let pipeline = case.pipeline.name.as_str();
    let action = case.failure.action.as_ref()?;
    let question = Question {
        service: "CodePipeline",
        permission: "codepipeline:GetPipeline",
        resource: pipeline,
        what: format!("name of the service that {action} deploys"),
    };
    let request = clients.pipelines().get_pipeline().name(pipeline);
    let answer = match inquiry.ask(&question, || request.clone().send()).await {
        Ok(answer) => answer,
        Err(missing) => {
            inquiry.misses(missing.sentence);
            return None;
        }
    };
    let stages = answer.pipeline().map(PipelineDeclaration::stages).unwrap_or_default();
    let declared = stages
        .iter()
        .filter(|stage| case.failure.stage.as_ref().is_none_or(|name| stage.name() == name.as_str()))
        .flat_map(StageDeclaration::actions)
        .find(|declared| declared.name() == action.as_str())?;
    let configuration = declared.configuration()?;
    let cluster = configuration.get("ClusterName").map_or("default", String::as_str).to_owned();
    Some(Service { cluster, name: configuration.get("ServiceName")?.clone() })
}

async fn describe(clients: &Regional, inquiry: &EvidenceCollector, service: &Service) -> Option<Described> {
    let Service { cluster, name } = service;
    let question = question("ecs:DescribeServices", name, format!("service {name} of cluster {cluster}"));
    let request = clients.services().describe_services().cluster(cluster).services(name);
    match inquiry.ask(&question, || request.clone().send()).await {
        Ok(answer) => {
            let described = answer.services.unwrap_or_default().into_iter().next();
            if described.is_none() {
                inquiry.misses(format!("The {} no longer exists", question.what));
            }
            described
        }
        Err(missing) => {
            inquiry.misses(missing.sentence);
            None
        }
    }
}

/// The tasks of the service that ended of late; ECS remembers them for an hour.
async fn stopped(clients: &Regional, inquiry: &EvidenceCollector, service: &Service) -> Vec<Task> {
    let Service { cluster, name } = service;
    let what = || format!("stopped tasks of service {name} of cluster {cluster}");
    let asked = question("ecs:ListTasks", "*", what());
    let request = clients
        .services()
        .list_tasks()
        .cluster(cluster)
        .service_name(name)
        .desired_status(DesiredStatus::Stopped)
        .max_results(MAX_TASKS);
    let arns = match inquiry.ask(&asked, || request.clone().send()).await {
        Ok(answer) => answer.task_arns.unwrap_or_default(),
        // The other question says so too.
        Err(missing) if missing.is_gone => return Vec::new(),
        Err(missing) => {
            inquiry.misses(missing.sentence);
            return Vec::new();
        }
    };
    if arns.is_empty() {
        return Vec::new();
    }
    let asked = question("ecs:DescribeTasks", name, what());
    let request = clients.services().describe_tasks().cluster(cluster).set_tasks(Some(arns));
    match inquiry.ask(&asked, || request.clone().send()).await {
        Ok(answer) => answer.tasks.unwrap_or_default(),
        Err(missing) => {
            inquiry.misses(missing.sentence);
            Vec::new()
        }
    }
}

/// Records why tasks of this deployment stopped, earliest first.
fn tell_of_tasks(inquiry: &EvidenceCollector, tasks: &[Task], deployment: Option<&str>, since: Option<Timestamp>) {
    let is_of_deployment = |task: &&Task| {
        let is_recent = since.is_none_or(|since| task.created_at().and_then(time).is_none_or(|at| at >= since));
        let is_its_own = deployment.is_none() || task.started_by().is_none() || task.started_by() == deployment;
        is_recent && is_its_own && !is_replaced(task)
    };
    let mut tasks: Vec<&Task> = tasks.iter().filter(is_of_deployment).collect();
    tasks.sort_by_key(|task| task.stopped_at().or(task.created_at()).map(aws_smithy_types::DateTime::as_nanos));
    for task in tasks {
        inquiry.hears(MessageSource::Ecs, task.stopped_reason().unwrap_or_default());
        for container in task.containers() {
            inquiry.hears(MessageSource::Ecs, &ended(container).unwrap_or_default());
        }
    }
}

/// Whether a task was ended because another one took its place.
fn is_replaced(task: &Task) -> bool {
    task.stopped_reason().is_some_and(|reason| reason.starts_with("Scaling activity initiated"))
}

/// `Container web exited with code 137: OutOfMemoryError: Container killed due to memory usage`
fn ended(container: &Container) -> Option<String> {
    let reason = container.reason().filter(|reason| !reason.is_empty());
    let code = container.exit_code().filter(|code| *code != 0);
    let name = container.name().unwrap_or("of the task");
    match (code, reason) {
        (Some(code), Some(reason)) => Some(format!("Container {name} exited with code {code}: {reason}")),
        (Some(code), None) => Some(format!("Container {name} exited with code {code}")),
        (None, Some(reason)) => Some(format!("Container {name}: {reason}")),
        (None, None) => None,
    }
}

fn tell_of_service(inquiry: &EvidenceCollector, service: &Described, since: Option<Timestamp>) {
    let failed = service
        .deployments()
        .iter()
        .filter(|deployment| deployment.rollout_state() == Some(&DeploymentRolloutState::Failed));
    let recent = service
        .events()
        .iter()
        .take(MAX_EVENTS)
        .filter(|event| since.is_none_or(|since| event.created_at().and_then(time).is_none_or(|at| at >= since)));
    // The list begins with the latest; what came first explains what came after.
    let mut said: Vec<&str> =
        recent.filter_map(|event| event.message()).filter(|message| !is_routine(message)).collect();
    said.reverse();
    for text in said.into_iter().chain(failed.filter_map(|deployment| deployment.rollout_state_reason())) {
        inquiry.hears_in_sum(MessageSource::Ecs, text);
    }
}

/// What a service says of every deployment, whether it succeeds or not.
fn is_routine(message: &str) -> bool {
    [
        "has reached a steady state",
        "has started ",
        "has stopped ",
        "registered ",
        "has begun draining",
        "deployment completed",
    ]
    .iter()
    .any(|routine| message.contains(routine))
}

fn question<'a>(permission: &'static str, resource: &'a str, what: String) -> Question<'a> {
    Question { service: "ECS", permission, resource, what }
}
