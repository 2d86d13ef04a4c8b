//! The stages and actions of a run in their latest state.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::status::status_of;
use super::{Fact, Run, Status};
use crate::event::{ActionFacts, Attempt, ExecutionResult, Provider, State, Subject};
use crate::join::Join;
use crate::name::{ActionExecutionId, ActionName, StageName};

/// A stage of a run in its current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageView {
    /// Its name.
    pub name: StageName,
    /// Its state.
    pub status: Status,
    /// When it was first seen.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its actions, in the order they were seen.
    pub actions: Vec<ActionView>,
}

/// An action of a run in its latest attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionView {
    /// Its name.
    pub name: ActionName,
    /// Its state.
    pub status: Status,
    /// The attempt that this is of.
    pub attempt: Attempt,
    /// When it was first seen.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What kind of action it is.
    pub provider: Option<Provider>,
    /// The id of this run of it; for an approval, the token that answers it.
    pub execution: Option<ActionExecutionId>,
    /// How it ended.
    pub result: Option<ExecutionResult>,
    /// The approval's custom data for the reviewer.
    pub custom_data: Option<String>,
    /// The approval's URL for review.
    pub review_link: Option<String>,
}

impl StageView {
    /// Nothing goes on in a run that has ended: what did not say how it ended, is not known.
    fn end_with_its_run(&mut self, ended: Timestamp) {
        let actions = self.actions.iter_mut().map(|action| (&mut action.status, &mut action.ended));
        for (status, at) in actions.chain([(&mut self.status, &mut self.ended)]) {
            if !status.is_final() {
                *status = Status::Unknown;
                *at = Some(ended);
            }
        }
    }
}

impl Run {
    /// The stages in the order they were seen.
    pub fn stages(&self) -> Vec<StageView> {
        let mut actions: BTreeMap<&StageName, Vec<&ActionName>> = BTreeMap::new();
        for subject in self.facts.subjects() {
            match subject {
                Subject::Stage(stage) => drop(actions.entry(stage).or_default()),
                Subject::Action { stage, action } => actions.entry(stage).or_default().push(action),
                Subject::Pipeline | Subject::Unnamed => {}
            }
        }
        let mut stages: Vec<StageView> =
            actions.into_iter().map(|(stage, actions)| self.stage(stage, &actions)).collect();
        if let Some(ended) = self.ended() {
            for stage in &mut stages {
                stage.end_with_its_run(ended);
            }
        }
        stages.sort_by_key(|stage| stage.started);
        stages
    }

    /// Whether a subject is an approval action.
    pub fn is_approval(&self, subject: &Subject) -> bool {
        let provider = |(_, _, fact): (Attempt, State, &Fact)| {
            fact.action.as_ref().and_then(|action| action.provider.as_ref()).is_some_and(Provider::is_approval)
        };
        self.facts_of(subject).any(provider)
    }

    fn stage(&self, name: &StageName, actions: &[&ActionName]) -> StageView {
        let subject = Subject::Stage(name.clone());
        let mut actions: Vec<ActionView> = actions.iter().map(|action| self.action(name, action)).collect();
        actions.sort_by(|a, b| (a.started, &a.name).cmp(&(b.started, &b.name)));
        let attempt = self
            .facts_of(&subject)
            .map(|(attempt, _, _)| attempt)
            .chain(actions.iter().map(|action| action.attempt))
            .max();
        let settled = attempt.and_then(|attempt| self.settled(&subject, attempt));
        let any = |status: Status| actions.iter().any(|action| action.status == status);
        let status = match settled {
            Some((State::Failed, _)) if any(Status::Rejected) && !any(Status::Failed) => Status::Rejected,
            Some((State::Succeeded, _)) | None if any(Status::Failed) => Status::Failed,
            Some((state, _)) => status_of(state),
            None if any(Status::Rejected) => Status::Rejected,
            None if any(Status::Waiting) => Status::Waiting,
            None => Status::InProgress,
        };
        let seen = self.facts_of(&subject).flat_map(|(_, _, fact)| [Some(fact.at), fact.started]).flatten();
        StageView {
            name: name.clone(),
            status,
            started: seen.chain(actions.iter().map(|action| action.started)).min().unwrap_or_else(|| self.first_seen()),
            ended: settled.map(|(_, fact)| fact.at),
            actions,
        }
    }

    fn action(&self, stage: &StageName, action: &ActionName) -> ActionView {
        let subject = Subject::Action { stage: stage.clone(), action: action.clone() };
        let attempt = self.facts_of(&subject).map(|(attempt, _, _)| attempt).max().unwrap_or(Attempt::FIRST);
        let mut known = ActionFacts::default();
        for (_, fact) in self.facts_of_attempt(&subject, attempt) {
            known.join(fact.action.clone().unwrap_or_default());
        }
        let approval = known.provider.as_ref().is_some_and(Provider::is_approval);
        let settled = self.settled(&subject, attempt);
        let contradicted = self.fact(attempt, &subject, State::Contradicted).is_some();
        let seen = self.facts_of_attempt(&subject, attempt);
        ActionView {
            name: action.clone(),
            status: match settled {
                Some((State::Failed, _)) if approval => Status::Rejected,
                Some((State::Succeeded, _)) | None if contradicted => Status::Failed,
                Some((final_state, _)) => status_of(final_state),
                None if approval => Status::Waiting,
                None => Status::InProgress,
            },
            attempt,
            started: seen
                .flat_map(|(_, fact)| [Some(fact.at), fact.started])
                .flatten()
                .min()
                .unwrap_or_else(|| self.first_seen()),
            ended: settled.map(|(_, fact)| fact.at),
            provider: known.provider,
            execution: known.execution,
            result: known.result,
            custom_data: known.custom_data,
            review_link: known.review_link,
        }
    }
}
