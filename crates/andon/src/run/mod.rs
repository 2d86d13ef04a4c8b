//! Runs: everything known about one execution of a pipeline.
//!
//! A [`Run`] is a join of its events (see [`crate::join`]): merging the same events in any order, any number of times,
//! gives the same run. It stores facts, one per (attempt, subject, state); everything else is derived from them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::{
    ActionFacts, Attempt, Commit, EvidenceEvent, ExecutionResult, FailedAction, PipelineEvent, PullRequest, Reference,
    Rollback, State, Subject, Trigger,
};
use crate::join::Join;
use crate::links;
use crate::name::{ExecutionId, ExternalId, PipelineId};
use andon_redaction::redact;

mod attempt;
mod change;
mod deployment;
mod explanation;
mod facts;
mod failure;
mod memo;
mod part;
mod services;
mod stage;
mod status;

pub use attempt::Outcome;
pub use change::{ECR, Revision, S3};
pub use deployment::{Deployed, DeploymentRule};
pub use explanation::{Explanation, MAX_CAUSE_LINES};
pub use failure::{Condition, Failure};
pub use part::RunPart;
pub use services::{Deploys, deploying};
pub use stage::{ActionView, StageView};
pub use status::Status;

use facts::{Fact, FactKey, Facts};
use memo::Memo;

/// The longest text taken from an event, in characters; CodePipeline's own limit for a summary is 2,048.
const MAX_LEN: usize = 2048;

/// How long a failure without an explanation is held if there is no redelivery: the event that
/// explains it comes within the same second or so, but not always first.
pub const GRACE: SignedDuration = SignedDuration::from_secs(20);

/// Whether to wait for the event that explains a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitPolicy {
    /// The event was delivered for the first time, and its queue will deliver it again: wait for that.
    Wait,
    /// It has been redelivered some minutes later: no more events are expected.
    GiveUp,
    /// There is no queue: wait until the failure is [`GRACE`] old.
    ByClock(Timestamp),
}

impl WaitPolicy {
    /// Whether a failure of that time has been waited on for long enough.
    pub fn is_over(self, failed: Timestamp) -> bool {
        match self {
            Self::Wait => false,
            Self::GiveUp => true,
            Self::ByClock(now) => now.duration_since(failed) >= GRACE,
        }
    }
}

/// One execution of a pipeline, as far as its events say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The execution.
    pub execution: ExecutionId,
    facts: Facts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trigger: Option<Trigger>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop_comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rollback: Option<Rollback>,
    #[serde(skip)]
    memo: Memo,
}

impl Run {
    /// The facts of one event about its run.
    pub fn of(event: &PipelineEvent) -> Self {
        let fact = Fact {
            at: event.at,
            started: event.started,
            retried: event.retried,
            retried_by: event.retried_by,
            state_name: event.state_name.clone(),
            action: event.action.clone().map(short),
            failed: event.failed_actions.iter().map(short_failed).collect(),
            explanation: None,
        };
        Self {
            pipeline: event.pipeline.clone(),
            execution: event.execution.clone(),
            facts: Facts::one(event.attempt, event.subject.clone(), event.state, fact),
            trigger: event.trigger.clone().map(short_trigger),
            stop_comment: event.comment.as_deref().map(cut),
            rollback: event.rollback.clone(),
            memo: Memo::default(),
        }
    }

    /// The update of a run that explains one of its failures.
    #[must_use = "it is to be recorded"]
    pub fn explained(&self, attempt: Attempt, failure: &Failure, explanation: Explanation) -> Self {
        let subject = match (&failure.stage, &failure.action) {
            (Some(stage), Some(action)) => Subject::Action { stage: stage.clone(), action: action.clone() },
            (Some(stage), None) => Subject::Stage(stage.clone()),
            (None, _) => Subject::Pipeline,
        };
        let fact = Fact { explanation: Some(explanation), ..Fact::at(failure.at) };
        let state = if failure.is_contradicted { State::Contradicted } else { State::Failed };
        self.with(Facts::one(attempt, subject, state, fact))
    }

    /// The update of a run of which another service says that an action failed, or that it was reverted.
    #[must_use = "it is to be recorded"]
    pub fn contradicted_by(&self, attempt: Attempt, subject: Subject, event: &EvidenceEvent) -> Self {
        let said = event.sentence().as_deref().map(cut);
        let region = event.home.as_ref().map_or(&self.pipeline.home.region, |home| &home.region);
        let result = ExecutionResult {
            url: links::service(&event.external, region),
            summary: said,
            external: Some(event.external.clone()),
            error_code: None,
        };
        let action = ActionFacts { result: Some(result), ..ActionFacts::default() };
        let fact = Fact { action: Some(action), ..Fact::at(event.at) };
        let state = if event.is_rollback() { State::Reverted } else { State::Contradicted };
        self.with(Facts::one(attempt, subject, state, fact))
    }

    /// Facts of this run by themselves.
    fn with(&self, facts: Facts) -> Self {
        Self {
            pipeline: self.pipeline.clone(),
            execution: self.execution.clone(),
            facts,
            trigger: None,
            stop_comment: None,
            rollback: None,
            memo: Memo::default(),
        }
    }

    /// The service that contradicted an action, by what it is called there.
    pub fn contradicted_service(&self, attempt: Attempt, subject: &Subject) -> Option<&ExternalId> {
        let said = [State::Contradicted, State::Reverted];
        let fact = said.into_iter().find_map(|state| self.fact(attempt, subject, state))?;
        fact.action.as_ref()?.result.as_ref()?.external.as_ref()
    }

    /// Merges another reading of the same run, and returns whether anything was new.
    pub fn merge(&mut self, other: Self) -> bool {
        let Self { facts, trigger, stop_comment, rollback, .. } = other;
        self.merge_part(RunPart { facts, trigger, stop_comment, rollback })
    }

    fn merge_facts(&mut self, other: Facts) -> bool {
        let touched = other.attempts().clone();
        let is_quiet = other.iter().all(|(key, fact)| self.is_quiet(key, fact));
        let tells_of_pipeline = other.of(&Subject::Pipeline).next().is_some();
        let first_seen = self.facts.first_seen();
        if !self.facts.merge(other) {
            return false;
        }
        if self.facts.has_hearsay() || self.facts.first_seen() != first_seen {
            self.memo.forget_all();
            return true;
        }
        for attempt in touched {
            if is_quiet && self.memo.names_all(attempt) {
                self.memo.forget_ends(attempt);
            } else {
                self.memo.forget(attempt);
            }
        }
        if tells_of_pipeline {
            self.memo.forget_outcomes(Attempt::FIRST);
        }
        true
    }

    /// Whether a fact changes nothing about what failed: of an action that goes on or ends, and has not failed.
    fn is_quiet(&self, key: FactKey<'_>, fact: &Fact) -> bool {
        let FactKey { attempt, subject, state } = key;
        let troubles = [State::Failed, State::Resumed, State::Contradicted, State::Reverted];
        subject.is_action()
            && fact.failed.is_empty()
            && !troubles.contains(&state)
            && troubles.iter().all(|trouble| self.fact(attempt, subject, *trouble).is_none())
    }

    /// Whether it holds all that another reading of it tells.
    pub fn holds(&self, other: &Self) -> bool {
        self.facts.hold(&other.facts)
            && !learn(&mut self.trigger.clone(), other.trigger.clone())
            && !learn(&mut self.stop_comment.clone(), other.stop_comment.clone())
            && !learn(&mut self.rollback.clone(), other.rollback.clone())
    }

    /// How much is known. Of two readings where one holds all of the other, the fuller one weighs more.
    pub fn weight(&self) -> u64 {
        self.facts.weight()
            + u64::from(self.trigger.is_some())
            + u64::from(self.stop_comment.is_some())
            + self.rollback.as_ref().map_or(0, |rollback| 1 + u64::from(rollback.target.is_some()))
    }

    fn facts_of(&self, subject: &Subject) -> impl Iterator<Item = (Attempt, State, &Fact)> + use<'_> {
        self.facts.of(subject)
    }

    fn fact(&self, attempt: Attempt, subject: &Subject, state: State) -> Option<&Fact> {
        self.facts.get(attempt, subject, state)
    }
}

/// Joins what another reading tells; returns whether it was new.
fn learn<T: Clone + PartialEq>(mine: &mut Option<T>, theirs: Option<T>) -> bool
where
    Option<T>: Join,
{
    if theirs.is_none() || *mine == theirs {
        return false;
    }
    let before = mine.clone();
    mine.join(theirs);
    *mine != before
}

/// A text from an event as it is stored: redacted and truncated.
fn cut(text: &str) -> String {
    redact(text).chars().take(MAX_LEN).collect()
}

fn short(mut action: ActionFacts) -> ActionFacts {
    if let Some(result) = &mut action.result {
        result.summary = result.summary.as_deref().map(cut);
        result.url = result.url.take().filter(|url| url.len() <= MAX_LEN);
        result.error_code = result.error_code.as_deref().map(cut);
    }
    action.custom_data = action.custom_data.as_deref().map(cut);
    action.review_link = action.review_link.take().filter(|url| url.len() <= MAX_LEN);
    action
}

fn short_failed(failed: &FailedAction) -> FailedAction {
    FailedAction { information: failed.information.as_deref().map(cut), ..failed.clone() }
}

fn short_trigger(trigger: Trigger) -> Trigger {
    match trigger {
        Trigger::Git(commit) => {
            let cut = |text: Option<String>| text.as_deref().map(cut);
            let Commit { id, message, author, email, authored, repository, host, reference, pull_request, url } =
                *commit;
            Trigger::Git(Box::new(Commit {
                id: cut(id),
                message: cut(message),
                author: cut(author),
                email: cut(email),
                authored,
                repository: cut(repository),
                host: cut(host),
                reference: reference.map(|Reference { name, kind }| Reference { name: self::cut(&name), kind }),
                pull_request: pull_request.map(|PullRequest { number, title, target }| PullRequest {
                    number: self::cut(&number),
                    title: cut(title),
                    target: cut(target),
                }),
                url: cut(url),
            }))
        }
        Trigger::Other { kind, detail } => Trigger::Other { kind: cut(&kind), detail: detail.as_deref().map(cut) },
    }
}
