//! The resource behind a failed action: its external id, link and summary name the build, the deployment or the stack that did
//! the work.
//!
//! The shape of an id takes precedence over the provider's name: every action that runs on CodeBuild names a log as Commands
//! does, and a notification may not name a provider at all.

use andon::arn::Arn;
use andon::name::{AccountId, Region, StageName};
use andon::run::Failure;

/// What an action leads to, and where that is if its name says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourceRef {
    pub(super) trace: Resource,
    pub(super) account: Option<AccountId>,
    pub(super) region: Option<Region>,
}

/// What did the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
    Build {
        project: String,
        id: String,
    },
    Log(Stream),
    Deployment(String),
    Stack {
        stack: Option<String>,
        change_set: Option<String>,
    },
    Service {
        name: Option<Service>,
        deployment: Option<String>,
    },
    Function(String),
    /// The rules of a stage.
    Conditions(StageName),
}

/// A stream of CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stream {
    pub(super) group: String,
    pub(super) name: String,
}

/// An ECS service within its cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) cluster: String,
    pub(super) name: String,
}

impl Resource {
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Build { .. } => "build",
            Self::Log(_) => "log",
            Self::Deployment(_) => "deployment",
            Self::Stack { .. } => "stack",
            Self::Service { .. } => "service",
            Self::Function(_) => "function",
            Self::Conditions(_) => "stage",
        }
    }
}

impl ResourceRef {
    /// `None` where there is nothing to follow: the action's own words are all there is.
    pub(super) fn of(failure: &Failure) -> Option<Self> {
        if let (Some(_), Some(stage)) = (failure.condition, &failure.stage) {
            return Some(Self { trace: Resource::Conditions(stage.clone()), account: None, region: None });
        }
        let result = failure.result.as_ref();
        let id = result.and_then(|result| result.external.as_ref()).map_or("", |id| id.as_str());
        let url = result.and_then(|result| result.url.as_deref()).unwrap_or_default();
        let summary = result.and_then(|result| result.summary.as_deref()).unwrap_or_default();
        let provider = failure.provider.as_ref().map_or("", |provider| provider.name.as_str());
        let trace = match provider {
            // Its configuration names the service, even where the event does not.
            "ECS" => Some(ecs(id, url)),
            "Lambda" => function(url, summary),
            "CodeBuild" => id
                .split_once(':')
                .filter(|_| !id.starts_with("arn:"))
                .map(|(project, id)| Resource::Build { project: project.to_owned(), id: id.to_owned() }),
            _ => None,
        };
        let trace = trace.or_else(|| named_by(id)).or_else(|| linked_by(url)).or_else(|| {
            let word = summary.split_whitespace().find(|word| is_deployment(word))?;
            Some(Resource::Deployment(word.to_owned()))
        })?;
        let arn = match &trace {
            Resource::Stack { stack, change_set } => {
                stack.as_ref().or(change_set.as_ref()).and_then(|arn| Arn::parse(arn))
            }
            _ => Arn::parse(id),
        };
        Some(Self {
            account: arn.as_ref().and_then(|arn| AccountId::parse(arn.account).ok()),
            region: arn.as_ref().and_then(|arn| Region::parse(arn.region).ok()),
            trace,
        })
    }
}

fn named_by(id: &str) -> Option<Resource> {
    if let Some(Arn { service, resource, .. }) = Arn::parse(id) {
        return match service {
            "logs" => {
                let (group, stream) = resource.strip_prefix("log-group:")?.split_once(":log-stream:")?;
                Some(Resource::Log(Stream { group: group.to_owned(), name: stream.to_owned() }))
            }
            "cloudformation" if resource.starts_with("changeSet/") => {
                Some(Resource::Stack { stack: None, change_set: Some(id.to_owned()) })
            }
            "cloudformation" if resource.starts_with("stack/") => {
                Some(Resource::Stack { stack: Some(id.to_owned()), change_set: None })
            }
            "codebuild" => build(resource.strip_prefix("build/")?),
            "ecs" => Some(ecs(id, "")),
            _ => None,
        };
    }
    if is_deployment(id) {
        return Some(Resource::Deployment(id.to_owned()));
    }
    build(id)
}

fn linked_by(url: &str) -> Option<Resource> {
    let url = url.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/");
    let arn = |name: &str| {
        let (_, value) = url.split_once(name)?;
        let value = value.split(['&', '#']).next().filter(|value| Arn::parse(value).is_some())?;
        Some(value.to_owned())
    };
    let (stack, change_set) = (arn("stackId="), arn("changeSetId="));
    if stack.is_some() || change_set.is_some() {
        return Some(Resource::Stack { stack, change_set });
    }
    let mut parts = url.split(['/', '?', '&', '#']);
    if url.contains("/codebuild/") {
        return parts.find_map(build);
    }
    if url.contains("/codedeploy/") {
        return parts.find(|part| is_deployment(part)).map(|id| Resource::Deployment(id.to_owned()));
    }
    service_of_link(&url).map(|name| Resource::Service { name: Some(name), deployment: None })
}

/// `project:uuid`
fn build(id: &str) -> Option<Resource> {
    let (project, id) = id.split_once(':')?;
    let is_uuid = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (is_uuid && !project.is_empty()).then(|| Resource::Build { project: project.to_owned(), id: id.to_owned() })
}

/// `d-89UY4MNR5`
fn is_deployment(word: &str) -> bool {
    word.strip_prefix("d-").is_some_and(|rest| {
        rest.len() >= 6 && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

fn ecs(id: &str, url: &str) -> Resource {
    let named = Arn::parse(id).and_then(|arn| {
        let mut parts = arn.resource.strip_prefix("service/")?.split('/');
        let (cluster, name) = (parts.next()?, parts.next());
        // The old form of the ARN names no cluster.
        let (cluster, name) = name.map_or(("default", cluster), |name| (cluster, name));
        Some(Service { cluster: cluster.to_owned(), name: name.to_owned() })
    });
    let deployment = id.starts_with("ecs-svc/").then(|| id.to_owned());
    Resource::Service { name: named.or_else(|| service_of_link(url)), deployment }
}

/// `.../clusters/mobile/services/mobile-bff/deployments?region=eu-west-1`
fn service_of_link(url: &str) -> Option<Service> {
    let (_, rest) = url.split_once("/clusters/")?;
    let (cluster, rest) = rest.split_once("/services/")?;
    let name = rest.split(['/', '?', '&', '#']).next()?;
    let is_name = |text: &str| !text.is_empty() && !text.contains(['/', '?', '&', '#']);
    (is_name(cluster) && is_name(name)).then(|| Service { cluster: cluster.to_owned(), name: name.to_owned() })
}

/// CodePipeline names the function in the link to it, or in what it says of one that never answered.
fn function(url: &str, summary: &str) -> Option<Resource> {
    let linked = url.split_once("/functions/").map(|(_, rest)| rest);
    let named = linked.or_else(|| summary.split_once("AWS Lambda function ").map(|(_, rest)| rest))?;
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = named.split(|c| !is_of_name(c)).next().filter(|name| !name.is_empty())?;
    Some(Resource::Function(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use andon::event::{ExecutionResult, Provider};
    use andon::name::ExternalId;

    use super::*;

    fn lead(provider: &str, id: &str, url: &str, summary: &str) -> Option<ResourceRef> {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ResourceRef::of(&Failure {
            stage: None,
            action: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            provider: text(provider).map(|name| Provider { category: "Deploy".to_owned(), name }),
            region: None,
            result: Some(ExecutionResult {
                url: text(url),
                summary: text(summary),
                external: ExternalId::parse(id).ok(),
                error_code: None,
            }),
            started: None,
            is_hearsay: false,
            is_contradicted: false,
            condition: None,
            explanation: None,
        })
    }

    fn trace(provider: &str, id: &str, url: &str, summary: &str) -> Option<Resource> {
        lead(provider, id, url, summary).map(|lead| lead.trace)
    }

    #[test]
    fn a_build_is_named_by_its_project_and_its_uuid() {
        let id = "web-unit-tests:fd90c10e-e934-4f16-a125-5e3012cc15ec";
        let link = format!("https://console.aws.amazon.com/codebuild/home?region=eu-west-1#/builds/{id}/view/new");
        let build = Resource::Build {
            project: "web-unit-tests".to_owned(),
            id: "fd90c10e-e934-4f16-a125-5e3012cc15ec".to_owned(),
        };
        assert_eq!(trace("CodeBuild", id, "", ""), Some(build.clone()));
        assert_eq!(
            trace("", &format!("arn:aws:codebuild:eu-west-1:111122223333:build/{id}"), "", ""),
            Some(build.clone())
        );
        assert_eq!(trace("", "", &link, "Build terminated with state: FAILED"), Some(build));
    }

    #[test]
    fn a_log_is_named_with_its_account_and_its_region() {
        let arn = "arn:aws:logs:us-west-2:444455556666:log-group:/aws/codepipeline/web:log-stream:57c50aea/a388b1f9";
        let lead = lead("Commands", arn, "", "").unwrap();
        let stream = Stream { group: "/aws/codepipeline/web".to_owned(), name: "57c50aea/a388b1f9".to_owned() };
        assert_eq!(lead.trace, Resource::Log(stream));
        assert_eq!((lead.account.unwrap().as_str(), lead.region.unwrap().as_str()), ("444455556666", "us-west-2"));
    }

    #[test]
    fn a_deployment_is_found_even_where_only_the_summary_names_it() {
        let deployment = Some(Resource::Deployment("d-C3XYEM1QF".to_owned()));
        assert_eq!(trace("CodeDeploy", "d-C3XYEM1QF", "", ""), deployment);
        assert_eq!(trace("CodeDeployToECS", "", "", "Deployment d-C3XYEM1QF failed"), deployment);
        let link = "https://console.aws.amazon.com/codedeploy/home?region=eu-west-1#/deployments/d-C3XYEM1QF";
        assert_eq!(trace("", "", link, ""), deployment);
    }

    #[test]
    fn a_stack_and_a_change_set_are_named_by_arn_or_link() {
        let stack = "arn:aws:cloudformation:us-east-1:111122223333:stack/web/dc21b9d6";
        let change_set = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/web-change/9b1c";
        let found = |stack: Option<&str>, change_set: Option<&str>| {
            Some(Resource::Stack { stack: stack.map(str::to_owned), change_set: change_set.map(str::to_owned) })
        };
        assert_eq!(trace("CloudFormation", stack, "", ""), found(Some(stack), None));
        assert_eq!(trace("CloudFormation", change_set, "", ""), found(None, Some(change_set)));
        let link = format!(
            "https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/changeset/detail?stackId={}&changeSetId={}",
            stack.replace(':', "%3A").replace('/', "%2F"),
            change_set
        );
        assert_eq!(trace("CloudFormation", "", &link, ""), found(Some(stack), Some(change_set)));
    }

    #[test]
    fn a_service_is_named_by_arn_or_link_and_may_be_unnamed() {
        let service = |cluster: &str, name: &str| Some(Service { cluster: cluster.to_owned(), name: name.to_owned() });
        let link = "https://console.aws.amazon.com/ecs/home?region=eu-west-1#/clusters/mobile/services/bff/deployments";
        let deployment = Some("ecs-svc/7710245839164450928".to_owned());
        for (id, url, name, deployment) in [
            ("arn:aws:ecs:eu-west-1:111122223333:service/mobile/bff", "", service("mobile", "bff"), None),
            ("arn:aws:ecs:eu-west-1:111122223333:service/bff", "", service("default", "bff"), None),
            ("ecs-svc/7710245839164450928", link, service("mobile", "bff"), deployment.clone()),
            ("ecs-svc/7710245839164450928", "", None, deployment),
            ("", "", None, None),
        ] {
            assert_eq!(trace("ECS", id, url, ""), Some(Resource::Service { name, deployment }), "{id} {url}");
        }
    }

    #[test]
    fn a_function_that_never_answered_is_named_by_the_summary() {
        let summary = "The AWS Lambda function smoke-test failed to return a result. Check the function.";
        assert_eq!(trace("Lambda", "", "", summary), Some(Resource::Function("smoke-test".to_owned())));
        assert_eq!(trace("Lambda", "17", "", "Three of twelve pages are broken"), None);
    }

    #[test]
    fn anything_else_leads_nowhere() {
        for id in
            ["", "arn:", "arn:aws:s3:::bucket", "9cefcc253f4ad48c2117f28f4dfbff084b689be4", "a:b", "d-", ":", "d-x y"]
        {
            assert_eq!(trace("S3", id, "https://example.com/codebuild/x", ""), None, "{id}");
        }
    }
}
