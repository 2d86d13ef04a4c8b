//! CodePipeline events, in the form of EventBridge and in that of Developer Tools notifications.

use andon_redaction::redact;
use serde_json::Value;

use super::exception;
use super::member::{count, home, kind, name, optional_name, string, text, time};
use super::trigger::{retried_by, rollback, trigger};
use super::{
    ActionFacts, Attempt, Commit, Event, ExecutionResult, FailedAction, Malformed, PipelineEvent, Provider, Received,
    Reference, ReferenceKind, State, Subject, Trigger, Unknown,
};
use crate::arn::Arn;
use crate::name::{ActionName, ExternalId, PipelineId, StageName};

const WHAT: &str = "a CodePipeline event";

/// The most characters of the name of a state.
const MAX_STATE_LEN: usize = 40;

pub(super) fn parse(value: &Value, detail_type: &str, received: &Received) -> Result<Event, Malformed> {
    let malformed = |member: &str, problem: String| Malformed { what: WHAT, member: member.to_owned(), problem };
    let level = match detail_type {
        "CodePipeline Pipeline Execution State Change" => Level::Pipeline,
        "CodePipeline Stage Execution State Change" => Level::Stage,
        "CodePipeline Action Execution State Change" => Level::Action,
        _ => {
            return Ok(Event::Unknown(Unknown { what: format!("{detail_type:?} from \"aws.codepipeline\"") }));
        }
    };
    let detail = match value.get("detail") {
        Some(detail @ Value::Object(_)) => detail,
        None => return Err(malformed("detail", "is missing".to_owned())),
        Some(other) => return Err(malformed("detail", format!("is {}, not an object", kind(other)))),
    };
    let (state, state_name) = match detail.get("state") {
        Some(Value::String(name)) => match State::named(name) {
            Some(state) => (state, None),
            None => (State::Other, Some(state_name(name))),
        },
        None | Some(Value::Null) => return Err(malformed("detail.state", "is missing".to_owned())),
        Some(other) => return Err(malformed("detail.state", format!("is {}, not a string", kind(other)))),
    };
    let additions = value.get("additionalAttributes").unwrap_or(&Value::Null);
    Ok(Event::Pipeline(Box::new(PipelineEvent {
        pipeline: PipelineId {
            home: home(WHAT, value, resource(value), received)?,
            name: name(WHAT, detail, "detail.pipeline", "pipeline")?,
        },
        execution: name(WHAT, detail, "detail.execution-id", "execution-id")?,
        attempt: Attempt::new(count(detail, "pipeline-execution-attempt").unwrap_or(1)),
        subject: subject(level, detail)?,
        state,
        state_name,
        at: time(WHAT, value, "time", "time")?.unwrap_or(received.at),
        started: time(WHAT, detail, "detail.start-time", "start-time")?,
        retried: retried(detail)?,
        trigger: detail.get("execution-trigger").and_then(trigger).or_else(|| source_revision(additions)),
        replayed: string(value, "replay-name").is_some(),
        rollback: rollback(detail),
        retried_by: retried_by(detail),
        comment: string(detail, "stop-execution-comments"),
        action: match level {
            Level::Action => Some(action(detail, additions)?),
            Level::Pipeline | Level::Stage => None,
        },
        failed_actions: failed_actions(detail, additions),
    })))
}

/// The name of a state, freed of what no such name has in it.
fn state_name(name: &str) -> String {
    let is_of_a_name = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | ' ');
    let name: String = name.chars().filter(is_of_a_name).take(MAX_STATE_LEN).collect();
    if name.trim().is_empty() { "unknown".to_owned() } else { name.trim().to_owned() }
}

#[derive(Clone, Copy)]
enum Level {
    Pipeline,
    Stage,
    Action,
}

/// The ARN of the event's resource.
fn resource(value: &Value) -> Option<Arn<'_>> {
    Arn::parse(value.get("resources")?.get(0)?.as_str()?)
}

fn subject(level: Level, detail: &Value) -> Result<Subject, Malformed> {
    let stage = optional_name(WHAT, detail, "detail.stage", "stage")?;
    let action = optional_name(WHAT, detail, "detail.action", "action")?;
    Ok(match (level, stage, action) {
        (Level::Pipeline, _, _) => Subject::Pipeline,
        (Level::Stage, Some(stage), _) => Subject::Stage(stage),
        (Level::Action, Some(stage), Some(action)) => Subject::Action { stage, action },
        (Level::Stage | Level::Action, _, _) => Subject::Unnamed,
    })
}

fn retried(detail: &Value) -> Result<Option<jiff::Timestamp>, Malformed> {
    Ok(match time(WHAT, detail, "detail.last-retry-attempt-time", "last-retry-attempt-time")? {
        Some(retried) => Some(retried),
        None => time(WHAT, detail, "detail.stage-last-retry-attempt-time", "stage-last-retry-attempt-time")?,
    })
}

/// The change that a stage's notification names among its source actions.
fn source_revision(additions: &Value) -> Option<Trigger> {
    let source = additions.get("sourceActions")?.get(0)?;
    let variables = source.get("sourceActionVariables")?;
    let commit = Commit {
        id: string(variables, "CommitId"),
        repository: string(variables, "RepositoryName").or_else(|| string(variables, "FullRepositoryName")),
        reference: string(variables, "BranchName").map(|name| Reference::new(name, ReferenceKind::Source)),
        host: string(source, "sourceActionProvider"),
        ..Commit::default()
    };
    (commit.id.is_some()).then(|| Trigger::Git(Box::new(commit)))
}

fn action(detail: &Value, additions: &Value) -> Result<ActionFacts, Malformed> {
    let result = detail.get("execution-result");
    let member = |name: &str| result.and_then(|result| string(result, name));
    let result = ExecutionResult {
        url: member("external-execution-url").map(|url| redact(&url).into_owned()),
        summary: member("external-execution-summary")
            .or_else(|| string(additions, "additionalInformation"))
            .map(|summary| exception::sentence(&summary).unwrap_or(summary)),
        // Not worth the loss of an alert: an id that cannot be one is as good as none.
        external: member("external-execution-id").and_then(|id| ExternalId::parse(id).ok()),
        error_code: member("error-code"),
    };
    Ok(ActionFacts {
        execution: optional_name(WHAT, detail, "detail.action-execution-id", "action-execution-id")?,
        region: optional_name(WHAT, detail, "detail.region", "region")?,
        provider: detail.get("type").and_then(|kind| {
            Some(Provider { category: string(kind, "category")?, name: string(kind, "provider").unwrap_or_default() })
        }),
        result: (result != ExecutionResult::default()).then_some(result),
        custom_data: string(additions, "customData"),
        review_link: string(additions, "externalEntityLink").map(|url| redact(&url).into_owned()),
    })
}

fn failed_actions(detail: &Value, additions: &Value) -> Vec<FailedAction> {
    let Some(Value::Array(actions)) = additions.get("failedActions") else {
        return Vec::new();
    };
    let stage = text(additions, "failedStage").or_else(|| text(detail, "stage"));
    actions
        .iter()
        .filter_map(|failed| {
            Some(FailedAction {
                stage: stage.and_then(|stage| StageName::parse(stage).ok()),
                action: ActionName::parse(text(failed, "action")?).ok()?,
                information: string(failed, "additionalInformation"),
            })
        })
        .collect()
}
