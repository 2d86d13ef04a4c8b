//! The status of a run, a stage or an action in its latest attempt.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fact, Failure, Run};
use crate::event::{Attempt, State, Subject};

/// The status of a run, a stage or an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is going on.
    InProgress,
    /// In progress, waiting for an approval.
    Waiting,
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// An approval was rejected.
    Rejected,
    /// A user stopped it.
    Stopped,
    /// A newer run took its place.
    Superseded,
    /// The pipeline was edited under it.
    Canceled,
    /// A condition had the stage skipped.
    Skipped,
    /// Its run has ended, and nothing was heard of how it ended itself.
    Unknown,
}

impl Status {
    /// Whether nothing more is expected without a retry.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::InProgress | Self::Waiting)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::InProgress => "running",
            Self::Waiting => "waiting for approval",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Stopped => "stopped",
            Self::Superseded => "superseded",
            Self::Canceled => "canceled",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

impl Run {
    /// The status of the run in its latest attempt.
    pub fn status(&self) -> Status {
        let attempt = self.attempt();
        match self.settled(&Subject::Pipeline, attempt) {
            Some((State::Failed, _)) if self.is_rejected(attempt) => Status::Rejected,
            Some((State::Succeeded, _)) if self.is_contradicted(attempt) => Status::Failed,
            Some((state, _)) => status_of(state),
            None if self.reopened(attempt) => Status::InProgress,
            None => match &*self.failed(attempt) {
                [] if self.waits() => Status::Waiting,
                [] => Status::InProgress,
                failures if failures.iter().all(Failure::is_rejection) => Status::Rejected,
                _ => Status::Failed,
            },
        }
    }

    /// CodePipeline's name of the state that the run is in, where Andon does not know that state.
    pub fn state_name(&self) -> Option<&str> {
        self.facts.state_name(&Subject::Pipeline, self.attempt())
    }

    /// When the run ended, in its latest attempt.
    pub fn ended(&self) -> Option<Timestamp> {
        self.settled(&Subject::Pipeline, self.attempt()).map(|(_, fact)| fact.at)
    }

    /// The final state of a subject in an attempt, unless it was reopened since.
    pub(super) fn settled<'a>(&'a self, subject: &Subject, attempt: Attempt) -> Option<(State, &'a Fact)> {
        self.facts.settled(subject, attempt)
    }

    pub(super) fn reopened(&self, attempt: Attempt) -> bool {
        self.fact(attempt, &Subject::Pipeline, State::Resumed)
            .is_some_and(|resumed| self.facts.failed(attempt).all(|(_, failed)| failed.at <= resumed.at))
    }

    pub(super) fn facts_of_attempt(
        &self,
        subject: &Subject,
        attempt: Attempt,
    ) -> impl Iterator<Item = (State, &Fact)> + use<'_> {
        self.facts.of_attempt(subject, attempt)
    }
}

pub(super) fn status_of(state: State) -> Status {
    match state {
        State::Started | State::Resumed | State::Stopping | State::Other | State::Contradicted | State::Reverted => {
            Status::InProgress
        }
        State::Succeeded => Status::Succeeded,
        State::Failed => Status::Failed,
        State::Stopped | State::Abandoned => Status::Stopped,
        State::Superseded => Status::Superseded,
        State::Canceled => Status::Canceled,
        State::Skipped => Status::Skipped,
    }
}
