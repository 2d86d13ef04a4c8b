//! ECS: service events, stopped reasons, the agent.
//!
//! General because the reasons start with fixed error names (`CannotPullContainerError`, `ResourceInitializationError`), whoever prints them.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, some};

/// Why tasks do not start or do not stay.
pub(super) const RULES: &[Rule] = &[
    rule("ecs", &["unable to assume the role"], r"unable to assume the role '?(?P<role>[^'\s]+)", Weight::Cause, Category::Permission).hint("{role} cannot be assumed: its trust policy must name the service, and the role must exist."),
    rule("ecs", &["CannotPull", "pull image manifest", "pulling container"], r"(?:CannotPull\w*|pull(?:ing)? (?:image|container)).*(?P<why>i/o timeout|context deadline exceeded|connection refused|no such host|net/http: request canceled|TLS handshake timeout)", Weight::Cause, Category::Infrastructure)
        .hint("The task cannot reach the registry ({why}): it needs a route out (public address or NAT) or VPC endpoints for ECR and S3."),
    rule("ecs", &["CannotPull"], r"CannotPull\w*.*(?:toomanyrequests|rate limit)", Weight::Cause, Category::Quota)
        .hint("The registry's pull limit is used up: authenticate, or pull through an ECR cache."),
    rule("ecs", &["CannotPull"], r"CannotPull\w*.*(?:denied|not authorized|no basic auth|[Ff]orbidden|403|unauthorized)", Weight::Cause, Category::Permission)
        .hint("The task's execution role may not pull the image (or the repository does not exist): allow ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:GetAuthorizationToken."),
    rule("ecs", &["CannotPull"], r"CannotPull\w*", Weight::Cause, Category::Dependency)
        .hint("The task definition names an image or tag that the registry does not have."),
    rule("ecs", &["while pulling container", "image"], r#"(?:pulling container.*err="(?:Error: )?(?P<why>[^"]+)"|image \S+ not found)"#, Weight::Cause, Category::Dependency)
        .hint("Compare image name, tag, region and platform in the task definition with what the registry holds, and the rights of the execution role."),
    rule("ecs", &["ResourceInitializationError"], r"ResourceInitializationError.*(?:AccessDenied|not authorized)", Weight::Cause, Category::Permission)
        .hint("The task's execution role may not read a secret or pull the image: grant what the message names."),
    rule("ecs", &["ResourceInitializationError"], r"ResourceInitializationError.*(?:i/o timeout|deadline exceeded|connection issue|RequestCanceled|connect: |dial tcp)", Weight::Cause, Category::Infrastructure)
        .hint("The task cannot reach Secrets Manager, SSM or ECR from its subnet: it needs a route out or VPC endpoints."),
    rule("ecs", &["ResourceInitializationError"], r"ResourceInitializationError.*invalid character", Weight::Cause, Category::Config)
        .hint("A secret that the task definition reads by JSON key does not hold valid JSON."),
    rule("ecs", &["ResourceInitializationError"], r"ResourceInitializationError:? ?(?:.*)", Weight::Cause, Category::Config),
    rule("ecs", &["OutOfMemory", "OOM"], r"OutOfMemory(?:Error)?: [Cc]ontainer killed", Weight::Final, Category::Infrastructure)
        .hint("The container used more memory than its limit: raise the task's memory or find the leak."),
    rule("ecs", &["unable to place a task", "was unable to place"], r"was unable to place a task.*(?:insufficient|no container instance|not enough|RESOURCE:|memory|CPU|capacity)", Weight::Cause, Category::Infrastructure)
        .hint("The cluster has no room for the task: add capacity or lower the task's CPU and memory."),
    rule("ecs", &["unable to place a task"], r"was unable to place a task(?:.*Reason: (?:.*))?", Weight::Cause, Category::Deploy),
    rule("ecs", &["failed ELB health checks", "health checks failed", "failed container health checks", "is unhealthy"], r"(?:failed ELB health checks|is unhealthy in .*target-group|health checks failed|failed container health checks)", Weight::Cause, Category::Deploy)
        .hint("Tasks start but fail the health check: compare its path, port, grace period and security groups with what the container serves."),
    rule("ecs", &["Essential container in task exited"], r"Essential container in task exited", Weight::Tool, Category::Deploy)
        .quote(&[some(r#"(?i)"?(?:exitCode|reason)"?"#, 6, 2)])
        .hint("The container ended by itself; its own log (awslogs) has the reason."),
    rule("ecs", &["CannotStartContainerError", "CannotCreateContainerError", "ContainerRuntimeError", "CannotInspectContainer"], r"(?:CannotStartContainerError|CannotCreateContainerError|ContainerRuntime\w*Error):? ?(?:.*)", Weight::Cause, Category::Config),
    rule("ecs", &["circuit breaker"], r"(?i)deployment (?:failed|circuit breaker).*", Weight::Summary, Category::Deploy),
    rule("ecs", &["tasks failed to start", "service did not stabilize", "Max attempts exceeded"], r"(?:tasks failed to start|did not stabilize|Waiter ServicesStable failed: Max attempts exceeded)", Weight::Summary, Category::Deploy)
        .hint("The service did not become stable; its events and the stopped tasks' reasons say why."),
];
