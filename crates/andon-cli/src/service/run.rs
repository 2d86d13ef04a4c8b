//! The runs of a pipeline: the latest one, a new one, and one followed until a person is needed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::error::ProvideErrorMetadata as _;
use aws_sdk_codepipeline::primitives::DateTime;
use aws_sdk_codepipeline::types::{
    ActionCategory, ActionExecutionDetail, ActionExecutionFilter, ActionExecutionStatus, ActionTypeId,
    PipelineExecutionStatus, PipelineExecutionSummary, StageTransitionType,
};
use jiff::{SignedDuration, Timestamp};

use super::progress::{Progress, Sign};
use crate::aws::Session;

/// The stage that is closed while a service is removed, so that no push deploys it again.
const FIRST_DEPLOYMENT: &str = "Acceptance";
/// Why it is closed.
const BEING_REMOVED: &str = "andon down removes the service";

/// The runs of one pipeline.
#[derive(Debug)]
pub struct Runs<'a> {
    session: &'a Session,
    client: Client,
    pipeline: String,
    /// How long to wait before asking again.
    pace: Duration,
}

/// One run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: PipelineExecutionStatus,
    /// When it started.
    pub started: Timestamp,
}

/// How far a run went.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// It waits for an approval.
    Waits,
    /// It went through.
    Succeeded,
    /// An action failed.
    Failed(Box<ActionExecutionDetail>),
    /// It ended in another way, such as stopped, or failed without an action that did.
    Other(PipelineExecutionStatus),
}

impl<'a> Runs<'a> {
    /// Of a pipeline.
    pub fn new(session: &'a Session, pipeline: &str, pace: Duration) -> Self {
        Self { session, client: Client::new(&session.config), pipeline: pipeline.to_owned(), pace }
    }

    /// The run that started last.
    pub async fn latest(&self) -> anyhow::Result<Option<Run>> {
        let answer = self.client.list_pipeline_executions().pipeline_name(&self.pipeline).max_results(1).send().await;
        let answer = answer.map_err(|error| self.session.plain(&self.doing("list the runs"), &error))?;
        Ok(answer.pipeline_execution_summaries().first().and_then(Run::of))
    }

    /// Starts a run and gives back its id.
    pub async fn start(&self) -> anyhow::Result<String> {
        let answer = self.client.start_pipeline_execution().name(&self.pipeline).send().await;
        let answer = answer.map_err(|error| self.session.plain(&self.doing("start a run"), &error))?;
        answer.pipeline_execution_id().map(str::to_owned).context("CodePipeline started a run without an id")
    }

    /// Follows a run, with a line for each action, until it ends or waits for an approval.
    pub async fn follow(&self, id: &str, progress: &mut Progress) -> anyhow::Result<End> {
        let since = Instant::now();
        let mut failed_before = false;
        let mut shown: BTreeMap<String, ActionExecutionStatus> = BTreeMap::new();
        loop {
            // The status first: whatever ended before it was asked for is among the actions that are asked for next.
            let status = self.status(id).await?;
            let mut actions = self.actions(id).await?;
            actions.sort_by_key(|action| action.start_time().map(DateTime::as_nanos));
            for action in &actions {
                let (Some(key), Some(now)) = (action.action_execution_id(), action.status()) else { continue };
                if *now != ActionExecutionStatus::InProgress && shown.get(key) != Some(now) {
                    shown.insert(key.to_owned(), now.clone());
                    show(action, progress)?;
                }
            }
            let running = |action: &&ActionExecutionDetail| action.status() == Some(&ActionExecutionStatus::InProgress);
            if let Some(approval) = actions.iter().filter(running).find(|action| is_approval(action)) {
                progress.item(Sign::Waits, &place(approval), "waits for an approval", None)?;
                return Ok(End::Waits);
            }
            match status {
                PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping => {
                    let running: Vec<String> = actions.iter().filter(running).map(place).collect();
                    let waits_for = if running.is_empty() { "the next stage".to_owned() } else { running.join(", ") };
                    progress.wait(&waits_for, since);
                    tokio::time::sleep(self.pace).await;
                }
                PipelineExecutionStatus::Succeeded => return Ok(End::Succeeded),
                // CodePipeline may be about to retry the stage by itself.
                PipelineExecutionStatus::Failed if !failed_before => {
                    failed_before = true;
                    tokio::time::sleep(self.pace).await;
                }
                status => {
                    let failed =
                        |action: &&ActionExecutionDetail| action.status() == Some(&ActionExecutionStatus::Failed);
                    let last = actions.iter().rfind(failed).cloned();
                    return Ok(last.map_or(End::Other(status), |action| End::Failed(Box::new(action))));
                }
            }
        }
    }

    /// Keeps runs out of the stages that deploy. A pipeline that is gone needs no keeping.
    pub async fn close(&self) -> anyhow::Result<()> {
        let request = self.client.disable_stage_transition().pipeline_name(&self.pipeline);
        let request = request.stage_name(FIRST_DEPLOYMENT).transition_type(StageTransitionType::Inbound);
        match request.reason(BEING_REMOVED).send().await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), Some("PipelineNotFoundException" | "StageNotFoundException")) => {
                Ok(())
            }
            Err(error) => Err(self.session.plain(&self.doing("close the deploying stages"), &error)),
        }
    }

    /// Lets runs into the stages that deploy again, where [`Runs::close`] kept them out.
    pub async fn reopen(&self) -> anyhow::Result<bool> {
        let doing = self.doing("look at the stages");
        let state = self.client.get_pipeline_state().name(&self.pipeline).send().await;
        let state = state.map_err(|error| self.session.plain(&doing, &error))?;
        let closed = state.stage_states().iter().any(|stage| {
            stage.stage_name() == Some(FIRST_DEPLOYMENT)
                && stage.inbound_transition_state().and_then(|transition| transition.disabled_reason())
                    == Some(BEING_REMOVED)
        });
        if closed {
            let request = self.client.enable_stage_transition().pipeline_name(&self.pipeline);
            let request = request.stage_name(FIRST_DEPLOYMENT).transition_type(StageTransitionType::Inbound);
            request.send().await.map_err(|error| self.session.plain(&self.doing("open the stages"), &error))?;
        }
        Ok(closed)
    }

    async fn status(&self, id: &str) -> anyhow::Result<PipelineExecutionStatus> {
        let request = self.client.get_pipeline_execution().pipeline_name(&self.pipeline).pipeline_execution_id(id);
        let answer = request.send().await.map_err(|error| self.session.plain(&self.doing("look at a run"), &error))?;
        let status = answer.pipeline_execution().and_then(|run| run.status().cloned());
        Ok(status.unwrap_or(PipelineExecutionStatus::InProgress))
    }

    async fn actions(&self, id: &str) -> anyhow::Result<Vec<ActionExecutionDetail>> {
        let filter = ActionExecutionFilter::builder().pipeline_execution_id(id).build();
        let request = self.client.list_action_executions().pipeline_name(&self.pipeline).filter(filter);
        let mut pages = request.into_paginator().items().send();
        let mut actions = Vec::new();
        while let Some(action) = pages.next().await {
            actions.push(action.map_err(|error| self.session.plain(&self.doing("read the actions"), &error))?);
        }
        Ok(actions)
    }

    fn doing(&self, what: &str) -> String {
        format!("{what} of the pipeline {}", self.pipeline)
    }
}

impl Run {
    fn of(summary: &PipelineExecutionSummary) -> Option<Self> {
        Some(Self {
            id: summary.pipeline_execution_id()?.to_owned(),
            status: summary.status()?.clone(),
            started: Timestamp::from_nanosecond(summary.start_time()?.as_nanos()).ok()?,
        })
    }

    /// Whether it ended without success.
    pub fn is_failed(&self) -> bool {
        matches!(self.status, PipelineExecutionStatus::Failed | PipelineExecutionStatus::Stopped)
    }
}

/// Where an action is: `Build / Image`.
pub fn place(action: &ActionExecutionDetail) -> String {
    format!("{} / {}", action.stage_name().unwrap_or_default(), action.action_name().unwrap_or_default())
}

/// What an action said of its result, where that is more than nothing.
pub fn said(action: &ActionExecutionDetail) -> Option<String> {
    let result = action.output()?.execution_result()?;
    let error = result.error_details().and_then(|error| error.message());
    error.or(result.external_execution_summary()).map(str::to_owned)
}

fn show(action: &ActionExecutionDetail, progress: &mut Progress) -> anyhow::Result<()> {
    let began = action.start_time().and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok());
    let ended = action.last_update_time().and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok());
    let took = began.zip(ended).map(|(began, ended)| ended.duration_since(began).max(SignedDuration::ZERO));
    let (sign, what) = match action.status() {
        Some(ActionExecutionStatus::Succeeded) => (Sign::Done, String::new()),
        Some(ActionExecutionStatus::Failed) => (Sign::Failed, said(action).unwrap_or_default()),
        _ => (Sign::Note, "abandoned".to_owned()),
    };
    progress.item(sign, &place(action), &what, took)?;
    Ok(())
}

fn is_approval(action: &ActionExecutionDetail) -> bool {
    let category = action.input().and_then(|input| input.action_type_id()).map(ActionTypeId::category);
    category == Some(&ActionCategory::Approval)
}
