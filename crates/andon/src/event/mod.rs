//! Events: every supported wire form is parsed to one [`Event`].
//!
//! Delivery is at-least-once and unordered, and the forms have changed over the years. So parsing requires as little as
//! possible: an event about a pipeline needs its pipeline, its execution id and its state. Everything else may be missing,
//! and numbers may be strings. An unsupported event is [`Event::Unknown`], never an error. A supported event with an invalid
//! member is [`Malformed`], which names the member.

mod approval;
mod cloudtrail;
mod codepipeline;
pub mod envelope;
mod evidence;
mod exception;
mod member;
mod trigger;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::join::join_by_order;
use crate::name::{ActionExecutionId, ActionName, ExecutionId, ExternalId, Home, PipelineId, Region, StageName};

pub use approval::ApprovalRequest;
pub use cloudtrail::Deleted;
pub use evidence::{Application, EvidenceEvent, EvidenceKind, LogStream};
pub(crate) use trigger::is_rollback;

/// Where and when an event was received, for values that the event itself lacks.
#[derive(Debug, Clone)]
pub struct Received {
    /// The account and region of the receiver.
    pub home: Home,
    /// The time of receipt.
    pub at: Timestamp,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A pipeline, a stage or an action changed its state.
    Pipeline(Box<PipelineEvent>),
    /// CodePipeline's SNS message that requests a manual approval.
    ApprovalRequest(ApprovalRequest),
    /// An event of another service about its part of a run.
    Evidence(EvidenceEvent),
    /// A pipeline was deleted.
    Deleted(Deleted),
    /// Something that Andon does not follow.
    Unknown(Unknown),
}

/// An event that is acknowledged and otherwise left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it is, in a few words for the log.
    pub what: String,
}

/// A change of state of a pipeline, a stage or an action.
#[derive(Debug, Clone, PartialEq)]
pub struct PipelineEvent {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// Its run.
    pub execution: ExecutionId,
    /// The attempt of the run: retrying a failed stage keeps the execution id and raises this.
    pub attempt: Attempt,
    /// The subject whose state changed.
    pub subject: Subject,
    /// What it changed to.
    pub state: State,
    /// CodePipeline's name of that state, where it is [`State::Other`].
    pub state_name: Option<String>,
    /// When, to the second.
    pub at: Timestamp,
    /// When the subject started, to the millisecond.
    pub started: Option<Timestamp>,
    /// When the latest retry of the run (or of the stage) started.
    pub retried: Option<Timestamp>,
    /// What set the run off.
    pub trigger: Option<Trigger>,
    /// Whether it was replayed from an archive.
    pub replayed: bool,
    /// The rollback that the run is, if it is one.
    pub rollback: Option<Rollback>,
    /// Who retried the run or the stage, where the event says so.
    pub retried_by: Option<RetriedBy>,
    /// The comment of the user who stopped the run.
    pub comment: Option<String>,
    /// The action's details in an action event.
    pub action: Option<ActionFacts>,
    /// The failing actions that a notification names.
    pub failed_actions: Vec<FailedAction>,
}

/// How new an event is. Whatever it is, it is recorded and measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It may alert.
    New,
    /// It is older than a day: it alerts only where it was a dead letter.
    Late,
    /// It was replayed from an archive: it alerts nobody.
    Replayed,
}

/// How old an event may be to be news.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

impl PipelineEvent {
    /// How new it is.
    pub fn age(&self, now: Timestamp) -> Age {
        if self.replayed {
            Age::Replayed
        } else if now.duration_since(self.at) > MAX_AGE {
            Age::Late
        } else {
            Age::New
        }
    }
}

/// Counts the tries at one run from 1. CodePipeline sends `0.0` for stages that were never retried, `1.0` for
/// pipelines, and older events have no such member: all of them are the first attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(u32);

impl Attempt {
    /// The first attempt.
    pub const FIRST: Self = Self(1);

    /// The attempt with this number; 0 is the first as well.
    pub fn new(number: u32) -> Self {
        Self(number.max(1))
    }

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// The subject of a state: the run, a stage or an action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The run as a whole.
    Pipeline,
    /// One stage of it.
    Stage(StageName),
    /// One action of a stage.
    Action {
        /// The stage.
        stage: StageName,
        /// The action.
        action: ActionName,
    },
    /// A stage or an action whose event does not name it.
    Unnamed,
}

impl Subject {
    /// Whether it is an action.
    pub fn is_action(&self) -> bool {
        matches!(self, Self::Action { .. })
    }

    /// The stage it is, or is in.
    pub fn stage(&self) -> Option<&StageName> {
        match self {
            Self::Stage(stage) | Self::Action { stage, .. } => Some(stage),
            Self::Pipeline | Self::Unnamed => None,
        }
    }
}

/// A state that CodePipeline gives to pipelines, stages and actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It started.
    Started,
    /// A failed stage is being retried in place.
    Resumed,
    /// A stop was requested.
    Stopping,
    /// A state that Andon does not know: it is shown by its name, and nothing follows from it.
    Other,
    /// A newer run took its place while it waited between stages.
    Superseded,
    /// The pipeline's structure was edited under it.
    Canceled,
    /// It was stopped by hand.
    Stopped,
    /// An action was abandoned when its run was stopped.
    Abandoned,
    /// Another service says that it failed, whatever the action itself says.
    Contradicted,
    /// Another service went back to what was there before.
    Reverted,
    /// A condition had the stage skipped.
    Skipped,
    /// It succeeded.
    Succeeded,
    /// It failed; a rejected approval fails too.
    Failed,
}

impl State {
    /// The first in order.
    pub(crate) const FIRST: Self = Self::Started;
    /// The last in order.
    pub(crate) const LAST: Self = Self::Failed;

    /// Whether nothing more happens in this attempt.
    pub fn is_final(self) -> bool {
        !matches!(
            self,
            Self::Started | Self::Resumed | Self::Stopping | Self::Other | Self::Contradicted | Self::Reverted
        )
    }

    /// Whether another service says so.
    pub(crate) fn is_of_another_service(self) -> bool {
        matches!(self, Self::Contradicted | Self::Reverted)
    }

    /// The state by its name in events; `None` for an unknown name.
    ///
    /// Most are in capitals; the services' own lists write `Skipped` and `InProgress`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name: String = name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
        Some(match name.as_str() {
            "STARTED" | "INPROGRESS" => Self::Started,
            "RESUMED" => Self::Resumed,
            "STOPPING" => Self::Stopping,
            "SUPERSEDED" => Self::Superseded,
            "CANCELED" | "CANCELLED" => Self::Canceled,
            "STOPPED" => Self::Stopped,
            "ABANDONED" => Self::Abandoned,
            "SKIPPED" => Self::Skipped,
            "SUCCEEDED" => Self::Succeeded,
            "FAILED" => Self::Failed,
            _ => return None,
        })
    }
}

/// What set a run off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A push, a tag or a pull request that a V2 pipeline watches.
    Git(Box<Commit>),
    /// Anything else, such as `StartPipelineExecution`, a schedule or a webhook.
    Other {
        /// CodePipeline's name of the kind.
        kind: String,
        /// Who or what, mostly an ARN.
        detail: Option<String>,
    },
}

impl Trigger {
    /// Every kind of trigger that is known, as routes match it.
    pub const KINDS: [&'static str; 12] = [
        "pull-request",
        "tag",
        "push",
        "StartPipelineExecution",
        "CreatePipeline",
        "PollForSourceChanges",
        "CloudWatchEvent",
        "PutActionRevision",
        "Webhook",
        "WebhookV2",
        "ManualRollback",
        "AutomatedRollback",
    ];

    /// What set the run off, as routes match it: `pull-request`, `tag`, `push`, or CodePipeline's name of the kind.
    pub fn kind(&self) -> &str {
        match self {
            Self::Other { kind, .. } => kind,
            Self::Git(commit) if commit.pull_request.is_some() => "pull-request",
            Self::Git(commit) if commit.tag().is_some() => "tag",
            Self::Git(_) => "push",
        }
    }
}

impl Commit {
    /// The tag that it was fetched by.
    pub fn tag(&self) -> Option<&str> {
        let reference = self.reference.as_ref()?;
        (reference.kind == ReferenceKind::Tag).then_some(reference.name.as_str())
    }

    /// The branch that it was fetched from.
    pub fn branch(&self) -> Option<&str> {
        let reference = self.reference.as_ref()?;
        (reference.kind != ReferenceKind::Tag).then_some(reference.name.as_str())
    }
}

/// A commit, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Commit {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its message, all lines of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The email address of whoever wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authored: Option<Timestamp>,
    /// `owner/name` of its repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The repository's host: `GitHub`, `GitLab`, `Bitbucket`, `CodeCommit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The branch or the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The pull request that a Git trigger started a run for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequest>,
    /// A page that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A branch or a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "StoredReference")]
pub struct Reference {
    /// Its name, without `refs/heads/` or `refs/tags/`.
    pub name: String,
    /// What it is.
    pub kind: ReferenceKind,
}

/// What a reference is, and who named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceKind {
    /// A branch that a Git trigger started the run for.
    Branch,
    /// A tag that a Git trigger started the run for.
    Tag,
    /// The branch that a source action follows, whatever started the run.
    Source,
}

/// A reference as it is stored; version 0.1 stored its name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredReference {
    Whole { name: String, kind: ReferenceKind },
    Name(String),
}

impl From<StoredReference> for Reference {
    fn from(stored: StoredReference) -> Self {
        match stored {
            StoredReference::Whole { name, kind } => Self { name, kind },
            StoredReference::Name(name) => Self::new(name, ReferenceKind::Source),
        }
    }
}

impl Reference {
    /// A reference by its name, with or without `refs/heads/` or `refs/tags/`.
    pub fn new(name: String, kind: ReferenceKind) -> Self {
        if let Some(tag) = name.strip_prefix("refs/tags/") {
            return Self { name: tag.to_owned(), kind: ReferenceKind::Tag };
        }
        let name = name.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(name);
        Self { name, kind }
    }
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The branch that it is to be merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// What is known of a run that is a rollback, beyond its trigger.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rollback {
    /// The run whose change is deployed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ExecutionId>,
}

/// Who retried a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetriedBy {
    /// CodePipeline itself, because the stage says so.
    CodePipeline,
    /// A person.
    Person,
}

/// What an action's event says beyond its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionFacts {
    /// The id of this run of the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<ActionExecutionId>,
    /// The action's own region, where that is not the pipeline's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What kind of action it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ExecutionResult>,
    /// The approval's custom data for the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<String>,
    /// The approval's URL for review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_link: Option<String>,
}

/// An action's type: its category and who provides it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Provider {
    /// `Source`, `Build`, `Test`, `Deploy`, `Invoke`, `Approval` or `Compute`; open for what comes.
    pub category: String,
    /// `CodeBuild`, `CloudFormation`, `Manual` and so on.
    pub name: String,
}

impl Provider {
    /// Whether it is a manual approval.
    pub fn is_approval(&self) -> bool {
        self.category == "Approval"
    }

    /// Whether it fetches the change.
    pub fn is_source(&self) -> bool {
        self.category == "Source"
    }

    /// Whether it deploys.
    pub fn is_deployment(&self) -> bool {
        self.category == "Deploy"
    }

    /// Whether the id that it gives is that of one deployment, by which its service tells what becomes of it.
    pub fn names_deployments(&self) -> bool {
        matches!(self.name.as_str(), "ECS" | "CodeDeploy" | "CodeDeployToECS")
    }
}

/// The result of an action, from its provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExecutionResult {
    /// A page of the service that ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A sentence, a commit message, a reviewer's comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The id under which the service that ran it knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalId>,
    /// CodePipeline's word for the kind of failure, such as `JobFailed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
}

/// A failing action as a notification of the developer tools names it: without its id and type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailedAction {
    /// Its stage, if the notification names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageName>,
    /// The action.
    pub action: ActionName,
    /// Its message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub information: Option<String>,
}

join_by_order!(Trigger, Commit, Provider, ExecutionResult, ActionExecutionId, Region, Rollback, RetriedBy);

/// An event that is of a known kind but broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {what}: {member} {problem}")]
pub struct Malformed {
    /// What was being read.
    pub what: &'static str,
    /// The member that is wrong, as a path.
    pub member: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads one event, without any envelope (see [`envelope::open`] for those).
pub fn parse(value: &Value, received: &Received) -> Result<Event, Malformed> {
    if !value.is_object() {
        return Err(Malformed {
            what: "an event",
            member: "the event".to_owned(),
            problem: format!("is {}, not an object", member::kind(value)),
        });
    }
    if let Some(request) = approval::parse(value, received)? {
        return Ok(Event::ApprovalRequest(request));
    }
    let source = member::text(value, "source").unwrap_or_default();
    let detail_type =
        member::text(value, "detail-type").or_else(|| member::text(value, "detailType")).unwrap_or_default();
    match source {
        "aws.codepipeline" if detail_type == "AWS API Call via CloudTrail" => cloudtrail::parse(value, received),
        "aws.codepipeline" => codepipeline::parse(value, detail_type, received),
        "aws.codebuild" | "aws.codedeploy" | "aws.cloudformation" | "aws.ecs" => {
            evidence::parse(value, source, detail_type, received)
        }
        _ if detail_type.is_empty() && source.is_empty() => {
            Ok(Event::Unknown(Unknown { what: "an object that is not an event".to_owned() }))
        }
        _ => Ok(Event::Unknown(Unknown { what: format!("{detail_type:?} from {source:?}") })),
    }
}
