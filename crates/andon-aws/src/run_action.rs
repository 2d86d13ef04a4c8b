//! Retry, approve, reject and stop in CodePipeline.

use std::cell::RefCell;
use std::collections::BTreeMap;

use andon::name::{AccountId, Region};
use andon::run_action::{ActionError, ActionErrorKind, Approval, PipelineActions, PlannedAction, Step};
use aws_config::SdkConfig;
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::config::Region as SdkRegion;
use aws_sdk_codepipeline::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_codepipeline::types::{ActionState, ApprovalResult, ApprovalStatus, StageRetryMode, StageState};

use crate::fault::{FaultKind, lacks, said};

/// CodePipeline takes summaries of at most 512 characters, and reasons for a stop of at most 200.
const MAX_SUMMARY_LEN: usize = 512;
const MAX_REASON_LEN: usize = 200;

/// Acts on the pipelines of one account, its own, in whatever region they are.
#[derive(Debug)]
pub struct CodePipelineActions {
    config: SdkConfig,
    account: RefCell<Option<AccountId>>,
    clients: RefCell<BTreeMap<Region, Client>>,
}

impl CodePipelineActions {
    /// Costs nothing; clients are made when they are needed.
    pub fn new(config: &SdkConfig) -> Self {
        Self { config: config.clone(), account: RefCell::default(), clients: RefCell::default() }
    }

    /// Sets the account of the credentials, which a function learns with each event.
    pub fn belongs_to(&self, account: &AccountId) {
        self.account.replace(Some(account.clone()));
    }

    /// A pipeline of the same name in this account must not be acted on in place of another account's.
    fn client(&self, order: &PlannedAction) -> Result<Client, ActionError> {
        let home = &order.pipeline.home;
        match &*self.account.borrow() {
            Some(account) if *account == home.account => {}
            account => {
                let own = account.as_ref().map_or("an unknown account", AccountId::as_str);
                let problem = format!("it is in another account than this function ({own})");
                return Err(ActionError { why: ActionErrorKind::Forbidden, doing: doing(order), problem });
            }
        }
        let mut clients = self.clients.borrow_mut();
        let client = clients.entry(home.region.clone()).or_insert_with_key(|region| {
            let region = SdkRegion::new(region.as_str().to_owned());
            Client::from_conf(aws_sdk_codepipeline::config::Builder::from(&self.config).region(region).build())
        });
        Ok(client.clone())
    }

    async fn answer(
        &self,
        order: &PlannedAction,
        approval: &Approval,
        status: ApprovalStatus,
        reason: &str,
    ) -> Result<(), ActionError> {
        let client = self.client(order)?;
        let name = order.pipeline.name.as_str();
        let state = client.get_pipeline_state().name(name).send().await;
        let state = state.map_err(|error| fault("codepipeline:GetPipelineState", order, &error))?;
        let (action, token) = waiting(state.stage_states(), order, approval).ok_or_else(|| ActionError {
            why: ActionErrorKind::Answered,
            doing: doing(order),
            problem: "the approval of this run is no longer waiting".to_owned(),
        })?;
        let result = ApprovalResult::builder().summary(cut(reason, MAX_SUMMARY_LEN)).status(status).build();
        let result = result.map_err(|error| ActionError {
            why: ActionErrorKind::Unavailable,
            doing: doing(order),
            problem: error.to_string(),
        })?;
        client
            .put_approval_result()
            .pipeline_name(name)
            .stage_name(approval.stage.as_str())
            .action_name(action)
            .token(token)
            .result(result)
            .send()
            .await
            .map_err(|error| fault("codepipeline:PutApprovalResult", order, &error))?;
        Ok(())
    }
}

impl PipelineActions for CodePipelineActions {
    async fn carry_out(&self, order: &PlannedAction, reason: &str) -> Result<(), ActionError> {
        let (name, execution) = (order.pipeline.name.as_str(), order.execution.as_str());
        match &order.step {
            Step::Retry(stage) => {
                let request = self
                    .client(order)?
                    .retry_stage_execution()
                    .pipeline_name(name)
                    .stage_name(stage.as_str())
                    .pipeline_execution_id(execution)
                    .retry_mode(StageRetryMode::FailedActions);
                let sent = request.send().await;
                sent.map(|_| ()).map_err(|error| fault("codepipeline:RetryStageExecution", order, &error))
            }
            Step::Approve(approval) => self.answer(order, approval, ApprovalStatus::Approved, reason).await,
            Step::Reject(approval) => self.answer(order, approval, ApprovalStatus::Rejected, reason).await,
            Step::Stop => {
                let request = self
                    .client(order)?
                    .stop_pipeline_execution()
                    .pipeline_name(name)
                    .pipeline_execution_id(execution)
                    .reason(cut(reason, MAX_REASON_LEN));
                let sent = request.send().await;
                sent.map(|_| ()).map_err(|error| fault("codepipeline:StopPipelineExecution", order, &error))
            }
        }
    }
}

/// The action that waits in the stage for this very run, and the token that answers it. Only approvals have tokens.
fn waiting<'s>(stages: &'s [StageState], order: &PlannedAction, approval: &Approval) -> Option<(&'s str, &'s str)> {
    let stage = stages.iter().find(|stage| stage.stage_name() == Some(approval.stage.as_str()))?;
    if stage.latest_execution()?.pipeline_execution_id() != order.execution.as_str() {
        return None;
    }
    // The one that was named and no other: who may answer it, and was asked about it, need not be so for another.
    let is_it =
        |action: &&ActionState| approval.action.as_ref().is_none_or(|name| action.action_name() == Some(name.as_str()));
    let mut candidates = stage.action_states().iter().filter(is_it);
    candidates.find_map(|action| Some((action.action_name()?, action.latest_execution()?.token()?)))
}

fn doing(order: &PlannedAction) -> String {
    let PlannedAction { pipeline, execution, step } = order;
    let run = execution.short();
    match step {
        Step::Retry(stage) => format!("retry stage {stage} of run {run} of {pipeline}"),
        Step::Approve(approval) => format!("approve stage {} of run {run} of {pipeline}", approval.stage),
        Step::Reject(approval) => format!("reject stage {} of run {run} of {pipeline}", approval.stage),
        Step::Stop => format!("stop run {run} of {pipeline}"),
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn fault<E, R>(permission: &str, order: &PlannedAction, error: &SdkError<E, R>) -> ActionError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let (why, advice) = match error.code().unwrap_or_default() {
        "StageNotRetryableException" => {
            (ActionErrorKind::NotRetryable, "the pipeline has changed since, or nothing failed")
        }
        "NotLatestPipelineExecutionException" => {
            (ActionErrorKind::Overtaken, "a later run has reached this stage: retry that run")
        }
        "ConflictException" | "ConcurrentPipelineExecutionsLimitExceededException" => {
            (ActionErrorKind::Busy, "too many executions are in progress: try again in a moment")
        }
        "InvalidApprovalTokenException" | "ApprovalAlreadyCompletedException" => {
            (ActionErrorKind::Answered, "it has already been answered, or it has expired")
        }
        "PipelineExecutionNotStoppableException" | "DuplicatedStopRequestException" => {
            (ActionErrorKind::NotStoppable, "it has ended or is being stopped")
        }
        _ => match FaultKind::of(error) {
            FaultKind::Gone => (ActionErrorKind::Gone, "it no longer exists"),
            FaultKind::Denied => {
                return ActionError {
                    why: ActionErrorKind::Forbidden,
                    doing: doing(order),
                    problem: lacks(permission, error),
                };
            }
            _ => return ActionError { why: ActionErrorKind::Unavailable, doing: doing(order), problem: said(error) },
        },
    };
    ActionError { why, doing: doing(order), problem: format!("{advice} ({})", said(error)) }
}
