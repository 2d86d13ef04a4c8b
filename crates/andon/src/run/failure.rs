//! Failures of a run, told apart from rejections.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::Run;
use crate::event::{Attempt, ExecutionResult, Provider, State, Subject};
use crate::name::{ActionName, Region, StageName};
use crate::run::Explanation;

/// One thing that failed in an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The stage, if it is known.
    pub stage: Option<StageName>,
    /// The action, if it is known.
    pub action: Option<ActionName>,
    /// When it failed.
    pub at: Timestamp,
    /// What kind of action it is.
    pub provider: Option<Provider>,
    /// The action's own region.
    pub region: Option<Region>,
    /// How it ended.
    pub result: Option<ExecutionResult>,
    /// When the action started.
    pub started: Option<Timestamp>,
    /// Whether it is known only from a notification's list, without an event of its own.
    pub is_hearsay: bool,
    /// Why it failed, once known.
    pub explanation: Option<Explanation>,
    /// Whether another service says so, and the action itself says nothing or the contrary.
    pub is_contradicted: bool,
    /// The condition that was not met, where no action failed.
    pub condition: Option<Condition>,
}

/// A condition of a stage that was not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It was not met before any action of the stage ran.
    Entry,
    /// It was not met although all actions of the stage succeeded.
    Success,
}

impl Failure {
    /// Why it failed: the most informative line, or else the action's own summary; `None` if there is neither.
    pub fn reason(&self) -> Option<&str> {
        let cause = self.explanation.as_ref().and_then(|explanation| explanation.cause.first());
        cause.map(String::as_str).or_else(|| self.own_words())
    }

    /// Why it failed, in the words of the action.
    pub fn own_words(&self) -> Option<&str> {
        self.result.as_ref().and_then(|result| result.summary.as_deref().or(result.error_code.as_deref()))
    }

    /// The page that the action names for its result, such as the log of a build.
    pub fn page(&self) -> Option<&str> {
        self.result.as_ref()?.url.as_deref()
    }

    /// Whether it is known what failed and whether it is a failure or a rejection.
    fn is_explained(&self) -> bool {
        self.action.is_some() && (!self.is_hearsay || self.provider.is_some())
    }

    pub(super) fn is_rejection(&self) -> bool {
        self.provider.as_ref().is_some_and(Provider::is_approval)
    }
}

impl Run {
    /// What failed in an attempt: its failing actions or, while none is known, the stage or the pipeline alone.
    ///
    /// What failed and was retried within the same attempt counts only once the run itself has failed.
    pub fn failures(&self, attempt: Attempt) -> Vec<Failure> {
        self.failed(attempt).iter().cloned().collect()
    }

    /// The same, worked out once.
    pub(crate) fn failed(&self, attempt: Attempt) -> Arc<[Failure]> {
        self.memo.failures(attempt, || self.failures_of(attempt))
    }

    fn failures_of(&self, attempt: Attempt) -> Vec<Failure> {
        let has_failed = self.fact(attempt, &Subject::Pipeline, State::Failed).is_some();
        let of_attempt = || {
            let failed = self.facts.failed(attempt);
            failed.filter(|(subject, fact)| has_failed || !self.is_overcome(subject, attempt, fact.at))
        };
        let mut failures: Vec<Failure> = of_attempt()
            .filter_map(|(subject, fact)| match subject {
                Subject::Action { stage, action } => Some(Failure {
                    stage: Some(stage.clone()),
                    action: Some(action.clone()),
                    at: fact.at,
                    provider: fact.action.as_ref().and_then(|action| action.provider.clone()),
                    region: fact.action.as_ref().and_then(|action| action.region.clone()),
                    result: fact.action.as_ref().and_then(|action| action.result.clone()),
                    started: fact.started.or_else(|| self.came_to(State::Started, subject, attempt)),
                    is_hearsay: false,
                    explanation: fact.explanation.clone(),
                    is_contradicted: false,
                    condition: None,
                }),
                _ => None,
            })
            .collect();
        failures.extend(self.contradicted(attempt));
        let mut known: BTreeSet<ActionName> = failures.iter().filter_map(|failure| failure.action.clone()).collect();
        for (_, fact) in of_attempt() {
            for named in &fact.failed {
                if !known.insert(named.action.clone()) {
                    continue;
                }
                failures.push(Failure {
                    stage: named.stage.clone(),
                    action: Some(named.action.clone()),
                    at: fact.at,
                    provider: self.provider(&named.action),
                    region: None,
                    result: named
                        .information
                        .clone()
                        .map(|summary| ExecutionResult { summary: Some(summary), ..ExecutionResult::default() }),
                    started: None,
                    is_hearsay: true,
                    explanation: None,
                    is_contradicted: false,
                    condition: None,
                });
            }
        }
        if failures.is_empty() {
            let unexplained = of_attempt().filter(|(subject, _)| !self.is_cut_off(subject, attempt));
            let unexplained = unexplained.max_by_key(|(subject, fact)| (subject.stage(), fact.at));
            failures.extend(unexplained.map(|(subject, fact)| Failure {
                stage: subject.stage().cloned(),
                action: None,
                at: fact.at,
                provider: None,
                region: None,
                result: None,
                started: None,
                is_hearsay: true,
                explanation: fact.explanation.clone(),
                is_contradicted: false,
                condition: subject.stage().and_then(|stage| self.unmet(stage, attempt)),
            }));
        }
        failures.sort_by(|a, b| (a.at, &a.stage, &a.action).cmp(&(b.at, &b.stage, &b.action)));
        failures
    }

    /// The actions of an attempt of which another service says that they failed, without their own word for it.
    fn contradicted(&self, attempt: Attempt) -> Vec<Failure> {
        self.facts
            .contradicted(attempt)
            .filter_map(|(subject, fact)| match subject {
                Subject::Action { stage, action } if self.fact(attempt, subject, State::Failed).is_none() => {
                    Some(Failure {
                        stage: Some(stage.clone()),
                        action: Some(action.clone()),
                        at: fact.at,
                        provider: self.provider(action),
                        region: None,
                        result: fact.action.as_ref().and_then(|action| action.result.clone()),
                        started: self.came_to(State::Started, subject, attempt),
                        is_hearsay: false,
                        explanation: fact.explanation.clone(),
                        is_contradicted: true,
                        condition: None,
                    })
                }
                _ => None,
            })
            .collect()
    }

    /// What other services say against actions of an attempt: that they failed, or were taken back.
    fn spoken_against(&self, attempt: Attempt) -> impl Iterator<Item = (&Subject, Timestamp)> {
        self.facts.contradicted(attempt).chain(self.facts.reverted(attempt)).map(|(subject, fact)| (subject, fact.at))
    }

    /// Whether another service says that an action of an attempt failed, or took back what it deployed.
    pub fn is_contradicted(&self, attempt: Attempt) -> bool {
        self.spoken_against(attempt).next().is_some()
    }

    /// When another service first said so.
    pub fn contradicted_at(&self, attempt: Attempt) -> Option<Timestamp> {
        self.spoken_against(attempt).map(|(_, at)| at).min()
    }

    /// When another service first said so of an action of a stage.
    pub(super) fn contradicted_in(&self, stage: &StageName, attempt: Attempt) -> Option<Timestamp> {
        let of_stage = self.spoken_against(attempt).filter(|(subject, _)| subject.stage() == Some(stage));
        of_stage.map(|(_, at)| at).min()
    }

    /// Whether another service had said so by then.
    pub(crate) fn is_contradicted_by(&self, attempt: Attempt, at: Timestamp) -> bool {
        self.contradicted_at(attempt).is_some_and(|contradicted| contradicted <= at)
    }

    /// When another service went back to what was there before, in an attempt, and at which action.
    pub fn reverted(&self, attempt: Attempt) -> Option<(&Subject, Timestamp)> {
        self.facts.reverted(attempt).map(|(subject, fact)| (subject, fact.at)).next()
    }

    /// The condition that must have failed a stage: none of its actions did.
    fn unmet(&self, stage: &StageName, attempt: Attempt) -> Option<Condition> {
        let actions = self.facts.subjects().filter(|subject| subject.is_action() && subject.stage() == Some(stage));
        let mut known = actions.filter(|subject| self.facts_of_attempt(subject, attempt).next().is_some()).peekable();
        if known.peek().is_none() {
            // Without a word of its start, its actions may have been missed as well.
            let started = self.came_to(State::Started, &Subject::Stage(stage.clone()), attempt);
            return started.map(|_| Condition::Entry);
        }
        let has_succeeded = |subject: &Subject| self.came_to(State::Succeeded, subject, attempt).is_some();
        known.all(has_succeeded).then_some(Condition::Success)
    }

    /// Whether a stage failed only because its pipeline was edited under it: an action of it was canceled.
    fn is_cut_off(&self, subject: &Subject, attempt: Attempt) -> bool {
        let Subject::Stage(stage) = subject else { return false };
        let mut actions = self.facts.subjects().filter(|other| other.is_action() && other.stage() == Some(stage));
        actions.any(|action| self.came_to(State::Canceled, action, attempt).is_some())
    }

    /// Whether a subject that failed succeeded later in the same attempt, or its stage is being retried in it.
    fn is_overcome(&self, subject: &Subject, attempt: Attempt, failed: Timestamp) -> bool {
        let has_succeeded = self.came_to(State::Succeeded, subject, attempt).is_some_and(|at| at > failed);
        let stage = subject.stage().cloned().map(Subject::Stage);
        let resumed = stage.and_then(|stage| self.came_to(State::Resumed, &stage, attempt));
        has_succeeded || resumed.is_some_and(|at| at >= failed)
    }

    /// Whether an attempt ended because of a rejection alone.
    pub fn is_rejected(&self, attempt: Attempt) -> bool {
        self.is_rejection(&Subject::Pipeline, attempt)
    }

    /// Whether it is known which actions failed in an attempt.
    pub fn is_explained(&self, attempt: Attempt) -> bool {
        self.failed(attempt).iter().any(Failure::is_explained)
    }

    /// The same for one subject: for a stage, whether an action of that stage is known to have failed.
    pub fn is_explained_for(&self, subject: &Subject, attempt: Attempt) -> bool {
        match subject {
            Subject::Stage(stage) => self
                .failed(attempt)
                .iter()
                .any(|failure| failure.is_explained() && failure.stage.as_ref() == Some(stage)),
            _ => self.is_explained(attempt),
        }
    }

    /// Whether a subject failed in an attempt because of a rejection alone.
    pub fn is_rejection(&self, subject: &Subject, attempt: Attempt) -> bool {
        let failed = self.failed(attempt);
        let is_of_subject = |failure: &&Failure| match subject {
            Subject::Pipeline | Subject::Unnamed => true,
            Subject::Stage(stage) => failure.stage.as_ref() == Some(stage),
            Subject::Action { stage, action } => {
                failure.stage.as_ref() == Some(stage) && failure.action.as_ref() == Some(action)
            }
        };
        let mut failures = failed.iter().filter(is_of_subject).peekable();
        failures.peek().is_some() && failures.all(Failure::is_rejection)
    }

    /// An action's type, from any of its events.
    fn provider(&self, name: &ActionName) -> Option<Provider> {
        let mut of_action = self
            .facts
            .iter()
            .filter(|(key, _)| matches!(key.subject, Subject::Action { action, .. } if action == name));
        of_action.find_map(|(_, fact)| fact.action.as_ref().and_then(|action| action.provider.clone()))
    }
}
