//! Events of other services, kept as evidence of why an action failed.
//!
//! The external id in the action's event links such an event to its run: `project:uuid` of a CodeBuild build, `d-...` of
//! a CodeDeploy deployment, the ARN of a CloudFormation stack.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::member::{home, string, text, time};
use super::{Event, Malformed, Received, Unknown};
use crate::arn::Arn;
use crate::name::{ExternalId, Home};

const WHAT: &str = "an event of a build or a deployment";

/// The most characters of one message.
const MAX_LEN: usize = 4000;
/// The longest name of an application or a deployment group, in characters.
const MAX_NAME_LEN: usize = 100;
/// The most messages of one event.
const MAX: usize = 20;

/// One event of another service about its part of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EvidenceEvent {
    /// What that service calls it.
    pub external: ExternalId,
    /// The deployment of the service that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<ExternalId>,
    /// What CodeDeploy deploys there, and to which machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
    /// Which service, and what it was doing.
    pub kind: EvidenceKind,
    /// The state it reports, in its own words (`FAILED`, `ROLLBACK_COMPLETE`).
    pub state: String,
    /// When.
    pub at: Timestamp,
    /// What it says about a failure, most important first.
    pub messages: Vec<String>,
    /// Where its log is, as group and stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogStream>,
}

/// An application of CodeDeploy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The deployment group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl EvidenceEvent {
    /// What people call what is deployed: `prod/payments` of the ARN of an ECS service, the stack of a stack's ARN, the
    /// application and the deployment group of a CodeDeploy deployment.
    pub fn called(&self) -> String {
        if let Some(Application { name, group }) = &self.application {
            return group.as_ref().map_or_else(|| name.clone(), |group| format!("{name}/{group}"));
        }
        let Some(arn) = Arn::parse(self.external.as_str()) else { return self.external.to_string() };
        let resource = arn.resource;
        let Some((of, name)) = resource.split_once('/') else { return resource.to_owned() };
        if of == "stack" { name.split('/').next().unwrap_or(name).to_owned() } else { name.to_owned() }
    }

    /// Whether it is about one deployment, whose id no other deployment has: a stack is called the same in every one.
    pub fn is_of_one_deployment(&self) -> bool {
        matches!(self.kind, EvidenceKind::Service | EvidenceKind::Deployment)
    }

    /// Whether a deployment failed, so that what it deploys is not live.
    pub fn is_failed_deployment(&self) -> bool {
        match self.kind {
            EvidenceKind::Service => self.state.contains("FAILED"),
            EvidenceKind::Deployment => matches!(self.state.as_str(), "FAILURE" | "FAILED"),
            // A resource that fails takes its stack with it, which then goes back.
            EvidenceKind::Stack => self.state.contains("ROLLBACK"),
            EvidenceKind::Build => false,
        }
    }

    /// What it says in a sentence: most events of CodeDeploy say no more than that a deployment failed.
    pub fn sentence(&self) -> Option<String> {
        let of_deployment = || format!("The CodeDeploy deployment {} failed.", self.external);
        let first = self.messages.first().cloned();
        first.or_else(|| (self.kind == EvidenceKind::Deployment && self.is_failed_deployment()).then(of_deployment))
    }

    /// Whether a service goes back to an earlier deployment.
    pub fn is_rollback(&self) -> bool {
        let says_so = |message: &String| message.to_ascii_lowercase().contains("rolling back");
        self.kind == EvidenceKind::Service && !self.is_failed_deployment() && self.messages.iter().any(says_so)
    }

    /// Whether a service goes back to this deployment: `rolling back to deploymentId ecs-svc/123`.
    pub fn goes_back_to(&self, deployment: &str) -> bool {
        let target = |message: &String| {
            let at = message.to_ascii_lowercase().find("rolling back to")?;
            Some(
                message
                    .get(at..)?
                    .split(|letter: char| letter.is_whitespace() || ".,;'\"".contains(letter))
                    .any(|word| word == deployment),
            )
        };
        self.is_rollback() && self.messages.iter().filter_map(target).any(|is_it| is_it)
    }

    /// What other services' names of the same thing are: what it is filed under as well.
    #[must_use]
    pub fn by_deployment(&self) -> Option<Self> {
        Some(Self { external: self.deployment.clone()?, ..self.clone() })
    }

    /// Whether it is of an action of this provider.
    pub fn is_of(&self, provider: &str) -> bool {
        match self.kind {
            EvidenceKind::Service => matches!(provider, "ECS" | "CodeDeployToECS"),
            EvidenceKind::Deployment => matches!(provider, "CodeDeploy" | "CodeDeployToECS"),
            EvidenceKind::Build => provider == "CodeBuild",
            EvidenceKind::Stack => provider.starts_with("CloudFormation"),
        }
    }

    /// Whether it says anything about a failure: most events of a stack that succeeds or is cleaned up do not.
    pub fn tells_of_failure(&self) -> bool {
        match self.kind {
            EvidenceKind::Build | EvidenceKind::Deployment => true,
            EvidenceKind::Stack => self.state.contains("FAILED") || self.state.contains("ROLLBACK_IN_PROGRESS"),
            EvidenceKind::Service => self.state.contains("FAILED"),
        }
    }
}

/// The service an event of evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A CodeBuild build.
    Build,
    /// A CodeDeploy deployment.
    Deployment,
    /// A CloudFormation stack or one resource of it.
    Stack,
    /// An ECS service's deployment.
    Service,
}

/// A stream of CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogStream {
    /// Its group.
    pub group: String,
    /// Its name.
    pub stream: String,
}

pub(super) fn parse(value: &Value, source: &str, detail_type: &str, received: &Received) -> Result<Event, Malformed> {
    let unknown = || Ok(Event::Unknown(Unknown { what: format!("{detail_type:?} from {source:?}") }));
    let Some(detail @ Value::Object(_)) = value.get("detail") else {
        return Err(Malformed { what: WHAT, member: "detail".to_owned(), problem: "is missing".to_owned() });
    };
    let said = match detail_type {
        "CodeBuild Build State Change" => build(detail),
        "CodeDeploy Deployment State-change Notification" => Some(deployment(detail)),
        "CloudFormation Stack Status Change" | "CloudFormation Resource Status Change" => stack(detail),
        "ECS Deployment State Change" => Some(service(value, detail)),
        _ => return unknown(),
    };
    let Some(Said { external, deployment, application, kind, state, messages, log }) = said else {
        return unknown();
    };
    let missing = |member: &str| Malformed { what: WHAT, member: member.to_owned(), problem: "is missing".to_owned() };
    let external = external.ok_or_else(|| missing("detail (the id of the build, deployment or stack)"))?;
    let external = ExternalId::parse(external).map_err(|error| Malformed {
        what: WHAT,
        member: "detail (the id of the build, deployment or stack)".to_owned(),
        problem: error.to_string(),
    })?;
    let deployment = deployment.and_then(|id| ExternalId::parse(id).ok()).filter(|id| *id != external);
    Ok(Event::Evidence(EvidenceEvent {
        home: Some(home(WHAT, value, Arn::parse(external.as_str()), received)?),
        external,
        deployment,
        application,
        kind,
        state: state.ok_or_else(|| missing("detail (its state)"))?,
        at: time(WHAT, value, "time", "time")?.unwrap_or(received.at),
        messages: messages.into_iter().take(MAX).map(|text| text.chars().take(MAX_LEN).collect()).collect(),
        log,
    }))
}

struct Said {
    external: Option<String>,
    deployment: Option<String>,
    application: Option<Application>,
    kind: EvidenceKind,
    state: Option<String>,
    messages: Vec<String>,
    log: Option<LogStream>,
}

fn build(detail: &Value) -> Option<Said> {
    let information = detail.get("additional-information").unwrap_or(&Value::Null);
    // Builds that no pipeline asked for are none of our business.
    if !text(information, "initiator").is_none_or(|initiator| initiator.starts_with("codepipeline/")) {
        return None;
    }
    let phases = information.get("phases").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let messages = phases
        .iter()
        .filter(|phase| !matches!(text(phase, "phase-status"), None | Some("SUCCEEDED")))
        .flat_map(|phase| {
            let name = text(phase, "phase-type").unwrap_or("a phase");
            let contexts = phase.get("phase-context").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            contexts
                .iter()
                .filter_map(Value::as_str)
                .filter(|context| !matches!(context.trim(), "" | ":"))
                .map(move |context| format!("{name}: {context}"))
        })
        .collect();
    let log = information
        .get("logs")
        .and_then(|logs| Some(LogStream { group: string(logs, "group-name")?, stream: string(logs, "stream-name")? }));
    // `arn:aws:codebuild:region:account:build/project:uuid`
    let external = text(detail, "build-id").map(|id| id.split_once(":build/").map_or(id, |(_, id)| id).to_owned());
    Some(Said {
        external,
        deployment: None,
        application: None,
        kind: EvidenceKind::Build,
        state: string(detail, "build-status"),
        messages,
        log,
    })
}

fn deployment(detail: &Value) -> Said {
    let information = match detail.get("errorInformation") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(value @ Value::Object(_)) => string(value, "ErrorMessage").or_else(|| string(value, "message")),
        _ => None,
    };
    let short = |name: &str| string(detail, name).map(|text| text.chars().take(MAX_NAME_LEN).collect::<String>());
    Said {
        external: string(detail, "deploymentId"),
        deployment: None,
        application: short("application").map(|name| Application { name, group: short("deploymentGroup") }),
        kind: EvidenceKind::Deployment,
        state: string(detail, "state"),
        messages: information.into_iter().collect(),
        log: None,
    }
}

fn stack(detail: &Value) -> Option<Said> {
    let status = detail.get("status-details").unwrap_or(&Value::Null);
    let state = string(status, "status")?;
    let messages = match (text(status, "status-reason"), text(detail, "logical-resource-id")) {
        (Some(reason), Some(resource)) => {
            vec![format!("{resource} ({}): {reason}", text(detail, "resource-type").unwrap_or("a resource"))]
        }
        (Some(reason), None) => vec![reason.to_owned()],
        (None, _) => Vec::new(),
    };
    Some(Said {
        external: string(detail, "stack-id"),
        deployment: None,
        application: None,
        kind: EvidenceKind::Stack,
        state: Some(state),
        messages,
        log: None,
    })
}

fn service(value: &Value, detail: &Value) -> Said {
    let service = value.get("resources").and_then(|resources| resources.get(0)).and_then(Value::as_str);
    Said {
        external: service.map(str::to_owned).or_else(|| string(detail, "deploymentId")),
        deployment: string(detail, "deploymentId"),
        application: None,
        kind: EvidenceKind::Service,
        state: string(detail, "eventName"),
        messages: string(detail, "reason").into_iter().collect(),
        log: None,
    }
}
