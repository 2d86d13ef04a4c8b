//! The actions of a run, as the events that CodePipeline would have sent.
//!
//! The list does not say to which attempt of the run an action execution belongs, but it follows from the order: an attempt
//! starts where an action starts that the previous attempt has already executed. With all executions in the order of their
//! starts, everything after that point, in later stages too, belongs to the new attempt. (An attempt that executed no action
//! leaves no trace in the list and is not counted.)

use std::collections::BTreeSet;

use andon::event::{ActionFacts, Attempt, ExecutionResult, PipelineEvent, Provider, State, Subject};
use andon::name::{ActionExecutionId, ActionName, ExecutionId, ExternalId, PipelineId, Region, StageName};
use andon::run::Run;
use aws_sdk_codepipeline::types::{ActionExecutionDetail, ActionExecutionStatus};
use jiff::Timestamp;

use super::runs::time;

/// The run that the list describes; `None` if no action started.
pub(super) fn as_run(pipeline: &PipelineId, execution: &ExecutionId, details: &[ActionExecutionDetail]) -> Option<Run> {
    let mut known: Vec<Execution<'_>> = details.iter().filter_map(Execution::of).collect();
    known.sort_by(|a, b| (a.started, &a.stage, &a.action).cmp(&(b.started, &b.stage, &b.action)));
    let mut attempt = 1;
    let mut executed = BTreeSet::new();
    let mut run: Option<Run> = None;
    for action in known {
        if !executed.insert((action.stage.clone(), action.action.clone())) {
            attempt += 1;
            executed = BTreeSet::from([(action.stage.clone(), action.action.clone())]);
        }
        for event in action.events(pipeline, execution, Attempt::new(attempt)) {
            let told = Run::of(&event);
            match &mut run {
                Some(run) => {
                    run.merge(told);
                }
                None => run = Some(told),
            }
        }
    }
    run
}

/// One execution of an action, as far as it can be used.
struct Execution<'a> {
    stage: StageName,
    action: ActionName,
    started: Timestamp,
    detail: &'a ActionExecutionDetail,
}

impl<'a> Execution<'a> {
    fn of(detail: &'a ActionExecutionDetail) -> Option<Self> {
        Some(Self {
            stage: StageName::parse(detail.stage_name()?).ok()?,
            action: ActionName::parse(detail.action_name()?).ok()?,
            started: detail.start_time().and_then(time)?,
            detail,
        })
    }

    /// That it began and, if it has, that it ended.
    fn events(&self, pipeline: &PipelineId, execution: &ExecutionId, attempt: Attempt) -> Vec<PipelineEvent> {
        let facts = self.facts();
        let event = |state, at, action| PipelineEvent {
            pipeline: pipeline.clone(),
            execution: execution.clone(),
            attempt,
            subject: Subject::Action { stage: self.stage.clone(), action: self.action.clone() },
            state,
            state_name: None,
            at: to_the_second(at),
            started: Some(self.started),
            retried: None,
            trigger: None,
            replayed: false,
            rollback: None,
            retried_by: None,
            comment: None,
            action: Some(action),
            failed_actions: Vec::new(),
        };
        let mut events = vec![event(State::Started, self.started, ActionFacts { result: None, ..facts.clone() })];
        if let Some(state) = self.detail.status().and_then(ended) {
            let ended = self.detail.last_update_time().and_then(time).unwrap_or(self.started);
            events.push(event(state, ended, facts));
        }
        events
    }

    fn facts(&self) -> ActionFacts {
        let input = self.detail.input();
        let kind = input.and_then(|input| input.action_type_id());
        let configured = |name: &str| {
            let resolved = input?.resolved_configuration().and_then(|values| values.get(name));
            resolved.or_else(|| input?.configuration().and_then(|values| values.get(name))).cloned()
        };
        let provider = kind
            .map(|kind| Provider { category: kind.category().as_str().to_owned(), name: kind.provider().to_owned() });
        let is_approval = provider.as_ref().is_some_and(Provider::is_approval);
        ActionFacts {
            execution: self.detail.action_execution_id().and_then(|id| ActionExecutionId::parse(id).ok()),
            region: input.and_then(|input| input.region()).and_then(|region| Region::parse(region).ok()),
            result: self.result(),
            custom_data: is_approval.then(|| configured("CustomData")).flatten(),
            review_link: is_approval.then(|| configured("ExternalEntityLink")).flatten(),
            provider,
        }
    }

    fn result(&self) -> Option<ExecutionResult> {
        let result = self.detail.output()?.execution_result()?;
        let error = result.error_details();
        let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let result = ExecutionResult {
            url: text(result.external_execution_url()),
            summary: text(result.external_execution_summary()).or_else(|| text(error?.message())),
            external: result.external_execution_id().and_then(|id| ExternalId::parse(id).ok()),
            error_code: text(error.and_then(|error| error.code())),
        };
        (result != ExecutionResult::default()).then_some(result)
    }
}

fn ended(status: &ActionExecutionStatus) -> Option<State> {
    match status {
        ActionExecutionStatus::Succeeded => Some(State::Succeeded),
        ActionExecutionStatus::Failed => Some(State::Failed),
        ActionExecutionStatus::Abandoned => Some(State::Abandoned),
        _ => None,
    }
}

/// Events have times to the second; rounding makes the same moment equal.
fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
