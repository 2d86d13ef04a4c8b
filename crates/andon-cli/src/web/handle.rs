//! The handle by which connections ask; a [`worker`](super::worker) answers.

use std::sync::Arc;

use andon::event::Malformed;
use andon::history::Overview;
use andon::ledger::LedgerError;
use andon::name::{ExecutionId, PipelineId};
use andon_board::Pipeline;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::local::{Outcome, PendingError};

/// Where connections ask.
#[derive(Debug, Clone)]
pub(super) struct Handle(mpsc::Sender<Request>);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Pending(#[from] PendingError),
    #[error("{0}")]
    NotSynced(String),
    #[error("Andon is shutting down")]
    Ending,
    #[error("this server only shows the board")]
    OnlyShows,
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, NoAnswer>>;

/// What can be asked.
#[derive(Debug)]
pub(super) enum Request {
    Take(Vec<Result<Value, Malformed>>, Answer<Vec<Outcome>>),
    Pipelines(Answer<Vec<Arc<Overview>>>),
    Pipeline(PipelineId, Option<ExecutionId>, Answer<Option<Pipeline>>),
    Skill(Value, Answer<Value>),
}

impl Handle {
    pub(super) fn new(requests: mpsc::Sender<Request>) -> Self {
        Self(requests)
    }

    /// Has events taken in; says what became of each.
    pub(super) async fn take(&self, events: Vec<Result<Value, Malformed>>) -> Result<Vec<Outcome>, NoAnswer> {
        self.ask(|answer| Request::Take(events, answer)).await
    }

    /// The state of every pipeline.
    pub(super) async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, NoAnswer> {
        self.ask(Request::Pipelines).await
    }

    /// One pipeline in full, and one of its runs: the latest if none is named.
    pub(super) async fn pipeline(
        &self,
        pipeline: PipelineId,
        execution: Option<ExecutionId>,
    ) -> Result<Option<Pipeline>, NoAnswer> {
        self.ask(|answer| Request::Pipeline(pipeline, execution, answer)).await
    }

    /// What the skill replies to a request of Alexa's.
    pub(super) async fn skill(&self, request: Value) -> Result<Value, NoAnswer> {
        self.ask(|answer| Request::Skill(request, answer)).await
    }

    async fn ask<T>(&self, request: impl FnOnce(Answer<T>) -> Request) -> Result<T, NoAnswer> {
        let (answer, answered) = oneshot::channel();
        self.0.send(request(answer)).await.map_err(|_| NoAnswer::Ending)?;
        answered.await.map_err(|_| NoAnswer::Ending)?
    }
}
