//! Docker, `BuildKit`, registries, Podman, Kaniko, hadolint.
//!
//! General because the daemon and the registries answer with the error codes of the distribution API, whichever client prints them.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule};

/// What container builds and registries say.
pub(super) const RULES: &[Rule] = &[
    rule("registry", &["toomanyrequests", "pull rate limit", "You have reached your"], r"(?:toomanyrequests|reached your (?:unauthenticated )?pull rate limit)", Weight::Cause, Category::Quota)
        .hint("The registry's pull limit is used up: log in before pulling, or use a mirror (public.ecr.aws, an ECR pull-through cache)."),
    rule("registry", &["pull access denied", "repository does not exist"], r"pull access denied(?: for (?P<image>[^\s,]+))?", Weight::Cause, Category::Permission)
        .hint("Image {image} does not exist or needs a login to that registry before it is pulled."),
    rule("registry", &["no basic auth credentials", "authentication required", "unauthorized:", "denied: requested access", "Unauthorized", "incorrect username or password", "authorization token has expired", "insufficient_scope"], r"(?:no basic auth credentials|unauthorized: |denied: (?:requested access|Your authorization token|User|Permission)|authorization token has expired|incorrect username or password|insufficient_scope|authentication required)", Weight::Cause, Category::Permission)
        .hint("The registry refuses the login: log in (for ECR: aws ecr get-login-password | docker login) in the same step, for the same registry and region."),
    rule("registry", &["manifest unknown", "manifest for", "not found: manifest", "no matching manifest"], r"(?:manifest for (?P<image>\S+) not found|manifest unknown|no matching manifest for (?P<platform>\S+))", Weight::Cause, Category::Dependency)
        .hint("Image {image} does not exist under that tag: correct the tag or publish it."),
    rule("buildkit", &["failed to resolve source metadata", "failed to do request", "failed to solve"], r"(?:failed to solve|ERROR)(?:.*[\s:])?(?P<image>[\w./-]+:[\w.-]+): (?:failed to resolve source metadata.*)?(?:not found|docker\.io.*not found)", Weight::Cause, Category::Dependency).hint("Base image {image} does not exist under that tag."),
    rule("docker", &["Cannot connect to the Docker daemon", "docker daemon is not running", "docker.sock"], r"(?:Cannot connect to the Docker daemon|[Ii]s the docker daemon running|docker daemon is not running|dial unix \S*docker\.sock|failed to connect to the docker API)", Weight::Cause, Category::Infrastructure)
        .hint("There is no Docker daemon where the command runs: in CodeBuild the project needs privileged mode; elsewhere start the service."),
    rule("docker", &["failed to read dockerfile", "unable to prepare context", "Cannot locate Dockerfile", "unable to evaluate symlinks"], r"(?:failed to read dockerfile|unable to (?:prepare context|evaluate symlinks)|Cannot locate (?:specified )?Dockerfile)", Weight::Cause, Category::Config)
        .hint("The Dockerfile or build context is not where the command looks: check the working directory and -f."),
    rule("docker", &["COPY failed", "ADD failed", "failed to compute cache key", "failed to calculate checksum"], r"(?:(?:COPY|ADD) failed: (?P<why>.+)|failed to (?:compute cache key|calculate checksum of ref).*?(?P<path>\S+): not found)", Weight::Cause, Category::Config)
        .hint("A COPY in the Dockerfile names a path that is not in the build context (or is left out by .dockerignore): {path}"),
    rule("docker", &["Dockerfile", "dockerfile parse error", "unknown instruction"], r"(?i)(?:dockerfile parse error.*|unknown instruction: (?:\S+))", Weight::Cause, Category::Config),
    rule("docker", &["invalid reference format", "invalid tag", "requires exactly", "requires at least"], r#"(?:invalid reference format|invalid tag|invalid argument "(?P<what>[^"]+)" for|requires (?:exactly|at least) \d+ argument)"#, Weight::Cause, Category::Config)
        .hint("The image name is malformed, usually because a variable in it is empty."),
    rule("docker", &["exec format error"], r"exec format error", Weight::Cause, Category::Config).hint("The image or binary was built for another processor architecture than the one that runs it."),
    rule("docker", &["no space left on device"], r"[Nn]o space left on device", Weight::Final, Category::Infrastructure).hint("The disk is full: prune images and caches, or take a larger build environment."),
    rule("docker", &["failed to solve", "ERROR: failed to build", "did not complete successfully", "returned a non-zero code"], r"(?:failed to solve: (?:.*)|did not complete successfully: exit code|returned a non-zero code: \d+)", Weight::Summary, Category::Compile),
    rule("docker", &["Error response from daemon"], r"Error response from daemon: (?:.+)", Weight::Tool, Category::Infrastructure),
    rule("docker", &["docker: Error", "docker: '", "unknown flag", "unknown shorthand", "docker-compose", "is not a docker command"], r"^(?:docker: '(?:\S+)' is not a docker command|unknown (?:shorthand )?flag: .*|docker: .*)", Weight::Tool, Category::Config),
    rule("compose", &["services.", "is not supported", "Service '", "yaml: ", "validating "], r"(?:^validating \S+: |^services\.\S+ |Service '\S+' failed to build|service \S+ (?:refers to undefined|has neither))", Weight::Tool, Category::Config),
    rule("compose", &["exited with code"], r"^\S+ exited with code [1-9]", Weight::Summary, Category::Unknown),
    rule("hadolint", &["DL3", "DL4", "SC2"], r"^\S+:\d+ (?:(?:DL|SC)\d{4}) (?:error|warning|info|style)?:? ?(?:.+)", Weight::Cause, Category::Lint),
];
