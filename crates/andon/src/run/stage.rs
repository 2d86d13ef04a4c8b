//! The stages and actions of a run in their latest state.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::facts::Stand;
use super::status::status_of;
use super::{Run, Status};
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
    /// CodePipeline's name of its state, where Andon does not know that state.
    pub state_name: Option<String>,
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
    /// CodePipeline's name of its state, where Andon does not know that state.
    pub state_name: Option<String>,
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

/// An action in its latest attempt, without what it says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActionLight<'r> {
    pub(crate) name: &'r ActionName,
    pub(crate) status: Status,
    pub(crate) attempt: Attempt,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

/// A stage and its actions, without what these say of themselves: looking at all of a run costs little.
#[derive(Debug)]
pub(crate) struct StageLook<'r> {
    pub(crate) name: &'r StageName,
    pub(crate) status: Status,
    pub(crate) state_name: Option<&'r str>,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    /// In the order they were seen.
    pub(crate) actions: Vec<ActionLight<'r>>,
}

/// An action, as a subject too, and how it stands.
type Standing<'r> = (&'r ActionName, &'r Subject, Stand);

impl StageView {
    /// The word for its state.
    pub fn word(&self) -> &str {
        self.state_name.as_deref().unwrap_or_else(|| self.status.word())
    }
}

impl ActionView {
    /// The word for its state.
    pub fn word(&self) -> &str {
        self.state_name.as_deref().unwrap_or_else(|| self.status.word())
    }
}

impl StageLook<'_> {
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
        let view = |look: StageLook<'_>| StageView {
            name: look.name.clone(),
            status: look.status,
            state_name: look.state_name.map(str::to_owned),
            started: look.started,
            ended: look.ended,
            actions: look.actions.iter().map(|action| self.action(look.name, action)).collect(),
        };
        self.looks().into_iter().map(view).collect()
    }

    /// The approval actions, in the order of their stages and of when they were seen.
    pub fn approvals(&self) -> Vec<(StageName, ActionView)> {
        let approvals = self.facts.approvals();
        if approvals.is_empty() {
            return Vec::new();
        }
        let stages: BTreeSet<&StageName> = approvals.iter().filter_map(Subject::stage).collect();
        let mut found = Vec::new();
        for look in self.looks().into_iter().filter(|look| stages.contains(look.name)) {
            for action in &look.actions {
                let subject = Subject::Action { stage: look.name.clone(), action: action.name.clone() };
                if approvals.contains(&subject) {
                    found.push((look.name.clone(), self.action(look.name, action)));
                }
            }
        }
        found
    }

    /// Whether an action of a stage deploys.
    pub(crate) fn has_deployment(&self, stage: &StageName) -> bool {
        self.facts.deployments().iter().any(|subject| subject.stage() == Some(stage))
    }

    /// Whether it waits for an approval.
    pub(super) fn waits(&self) -> bool {
        let is_waiting = |look: &StageLook<'_>| look.status == Status::Waiting;
        !self.facts.approvals().is_empty() && self.looks().iter().any(is_waiting)
    }

    /// A look at each stage, in the order they were seen: one way through what all subjects stand at.
    pub(crate) fn looks(&self) -> Vec<StageLook<'_>> {
        let mut stages: BTreeMap<&StageName, (Option<Stand>, Vec<Standing<'_>>)> = BTreeMap::new();
        for (subject, stand) in self.facts.stands() {
            match subject {
                Subject::Stage(stage) => stages.entry(stage).or_default().0 = Some(stand),
                Subject::Action { stage, action } => {
                    stages.entry(stage).or_default().1.push((action, subject, stand));
                }
                Subject::Pipeline | Subject::Unnamed => {}
            }
        }
        let mut looks: Vec<StageLook<'_>> =
            stages.into_iter().map(|(name, (stand, actions))| self.look(name, stand, &actions)).collect();
        if let Some(ended) = self.ended() {
            for look in &mut looks {
                look.end_with_its_run(ended);
            }
        }
        looks.sort_by_key(|look| look.started);
        looks
    }

    /// Whether a subject is an approval action.
    pub fn is_approval(&self, subject: &Subject) -> bool {
        self.facts.approvals().contains(subject)
    }

    fn look<'r>(&'r self, name: &'r StageName, stand: Option<Stand>, actions: &[Standing<'r>]) -> StageLook<'r> {
        let mut actions: Vec<ActionLight<'r>> = actions
            .iter()
            .map(|(action, subject, stand)| ActionLight {
                name: action,
                status: stand.of_action(self.facts.approvals().contains(subject)),
                attempt: stand.attempt,
                started: stand.seen,
                ended: stand.settled.map(|(_, at)| at),
            })
            .collect();
        actions.sort_by_key(|action| (action.started, action.name));
        let attempts = stand.iter().map(|stand| stand.attempt).chain(actions.iter().map(|action| action.attempt));
        let attempt = attempts.max();
        let settled = attempt.and_then(|attempt| match stand {
            Some(stand) if stand.attempt == attempt => stand.settled,
            _ => None,
        });
        let any = |status: Status| actions.iter().any(|action| action.status == status);
        let state_name = attempt.and_then(|attempt| self.facts.state_name(&Subject::Stage(name.clone()), attempt));
        let status = match settled {
            Some((State::Failed, _)) if any(Status::Rejected) && !any(Status::Failed) => Status::Rejected,
            Some((State::Succeeded, _)) | None if any(Status::Failed) => Status::Failed,
            Some((state, _)) => status_of(state),
            None if any(Status::Rejected) => Status::Rejected,
            None if any(Status::Waiting) => Status::Waiting,
            None => Status::InProgress,
        };
        let seen = stand.map(|stand| stand.first_seen).into_iter().chain(actions.iter().map(|action| action.started));
        StageLook {
            name,
            status,
            state_name,
            started: seen.min().unwrap_or_else(|| self.first_seen()),
            ended: settled.map(|(_, at)| at),
            actions,
        }
    }

    fn action(&self, stage: &StageName, light: &ActionLight<'_>) -> ActionView {
        let subject = Subject::Action { stage: stage.clone(), action: light.name.clone() };
        let (mut known, mut of_others) = (ActionFacts::default(), ActionFacts::default());
        for (state, fact) in self.facts_of_attempt(&subject, light.attempt) {
            let facts = if state.is_of_another_service() { &mut of_others } else { &mut known };
            facts.join(fact.action.clone().unwrap_or_default());
        }
        // What another service said stands only where the action itself says nothing.
        known.result = known.result.or(of_others.result);
        ActionView {
            name: light.name.clone(),
            status: light.status,
            state_name: self.facts.state_name(&subject, light.attempt).map(str::to_owned),
            attempt: light.attempt,
            started: light.started,
            ended: light.ended,
            provider: known.provider,
            execution: known.execution,
            result: known.result,
            custom_data: known.custom_data,
            review_link: known.review_link,
        }
    }
}

impl Stand {
    /// The status of an action that stands so.
    fn of_action(self, is_approval: bool) -> Status {
        match self.settled {
            Some((State::Failed, _)) if is_approval => Status::Rejected,
            Some((State::Succeeded, _)) | None if self.is_contradicted => Status::Failed,
            Some((state, _)) => status_of(state),
            None if is_approval => Status::Waiting,
            None => Status::InProgress,
        }
    }
}
