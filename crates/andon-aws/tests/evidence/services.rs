//! ECS: stopped tasks and service events.

use serde_json::{Value, json};

use super::*;

const CLUSTER: &str = "arn:aws:ecs:eu-west-1:111122223333:cluster/mobile";
const LINK: &str = "https://console.aws.amazon.com/ecs/home?region=eu-west-1#/clusters/mobile/services/bff/deployments";
const DEPLOYMENT: &str = "ecs-svc/7710245839164450928";

fn failed() -> Failure {
    let mut failure = failure("ECS", DEPLOYMENT);
    failure.result.as_mut().unwrap().url = Some(LINK.to_owned());
    failure
}

fn service() -> Value {
    let event = |at: f64, message: &str| json!({ "id": at.to_string(), "createdAt": minute(at), "message": message });
    json!({
        "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/mobile/bff", "serviceName": "bff",
        "clusterArn": CLUSTER, "status": "ACTIVE",
        "deployments": [
            { "id": DEPLOYMENT, "status": "PRIMARY", "rolloutState": "FAILED",
              "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start." },
            { "id": "ecs-svc/1", "status": "ACTIVE", "rolloutState": "COMPLETED", "rolloutStateReason": "ECS deployment ecs-svc/1 completed." },
        ],
        "events": [
            event(8.0, "(service bff) has started 2 tasks: (task 1) (task 2)."),
            event(7.0, "(service bff) (task 1) failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)."),
            event(6.0, "(service bff) was unable to place a task because no container instance met all of its requirements."),
            event(-90.0, "(service bff) was unable to place a task before all of this began."),
        ],
    })
}

fn task(id: &str, deployment: &str, at: f64, reason: &str, container: &Value) -> Value {
    json!({
        "taskArn": format!("arn:aws:ecs:eu-west-1:111122223333:task/mobile/{id}"), "clusterArn": CLUSTER,
        "group": "service:bff", "desiredStatus": "STOPPED", "lastStatus": "STOPPED", "startedBy": deployment,
        "createdAt": minute(at), "stoppedAt": minute(at + 0.5), "stoppedReason": reason, "containers": [container],
    })
}

#[tokio::test]
async fn the_reasons_of_stopped_tasks_and_the_services_events_are_told() {
    let world = World::new();
    world.aws.put_service(service());
    let killed =
        json!({ "name": "web", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage" });
    let fine = json!({ "name": "web", "exitCode": 0 });
    for task in [
        task("t3", DEPLOYMENT, 4.0, "Essential container in task exited", &killed),
        task("t2", DEPLOYMENT, 2.0, "Essential container in task exited", &killed),
        task("ty", DEPLOYMENT, 3.5, "Scaling activity initiated by (deployment ecs-svc/7710245839164450928)", &fine),
        task("t1", "ecs-svc/1", 3.0, "Scaling activity initiated by (deployment ecs-svc/1)", &fine),
        task("t0", DEPLOYMENT, -30.0, "CannotPullContainerError: long ago", &fine),
        task("tx", "ecs-svc/1", 3.0, "CannotPullContainerError: another deployment", &fine),
    ] {
        world.aws.put_task(task);
    }
    let found = world.gather(&failed()).await;
    assert_eq!(
        messages(&found),
        [
            "Essential container in task exited",
            "Container web exited with code 137: OutOfMemoryError: Container killed due to memory usage",
            "(service bff) was unable to place a task because no container instance met all of its requirements.",
            "(service bff) (task 1) failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x).",
            "ECS deployment circuit breaker: tasks failed to start.",
        ]
    );
    assert_eq!(world.operations(), ["DescribeServices", "DescribeTasks", "ListTasks"]);
    assert_eq!(world.round_trips(&failed()).await, 2);
}

#[tokio::test]
async fn a_service_that_no_event_names_is_named_by_the_pipeline() {
    let world = World::new();
    world.aws.put_service(service());
    world.aws.declare_pipeline(json!({
        "name": "web", "version": 1, "roleArn": "arn:aws:iam::111122223333:role/web",
        "stages": [{ "name": "Deploy", "actions": [{
            "name": "Release", "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "ECS", "version": "1" },
            "configuration": { "ClusterName": "mobile", "ServiceName": "bff" },
        }] }],
    }));
    let found = world.gather(&failure("ECS", DEPLOYMENT)).await;
    assert!(messages(&found).contains(&"ECS deployment circuit breaker: tasks failed to start."));
    assert_eq!(world.operations(), ["DescribeServices", "GetPipeline", "ListTasks"]);
}

#[tokio::test]
async fn a_service_that_is_gone_and_calls_that_are_denied_are_said_to_be() {
    let world = World::new();
    let found = world.gather(&failed()).await;
    assert_eq!(found.missing, ["The service bff of cluster mobile no longer exists"]);
    for operation in ["DescribeServices", "ListTasks"] {
        world.deny(operation);
    }
    let found = world.gather(&failed()).await;
    assert_eq!(
        found.missing,
        [("DescribeServices", "bff"), ("ListTasks", "*")]
            .map(|(operation, resource)| format!("The notifier's role lacks ecs:{operation} on {resource}"))
    );
}
