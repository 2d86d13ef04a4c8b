//! What can be read off a run's facts: how it stands, how each attempt ended, what failed, whose change it was.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fact, Run};
use crate::event::{Attempt, Commit, ExecutionResult, Provider, State, Subject, Trigger};
use crate::explanation::Explanation;
use crate::name::{ActionExecutionId, ActionName, Region, StageName};

/// How a run, a stage or an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is going on.
    InProgress,
    /// It is going on and waits for somebody's approval.
    Waiting,
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// Somebody said no.
    Rejected,
    /// Somebody stopped it.
    Stopped,
    /// A newer run took its place.
    Superseded,
    /// The pipeline was edited under it.
    Canceled,
}

impl Status {
    /// Whether nothing more is expected to happen, unless somebody retries.
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
        }
    }
}

/// How one attempt at a run ended, as the pipeline itself said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outcome {
    /// When the attempt began; where nobody said so, the earliest time seen of it.
    pub started: Timestamp,
    /// Which attempt.
    pub attempt: Attempt,
    /// How it ended.
    pub status: Status,
    /// When it ended.
    pub ended: Timestamp,
    /// Whether `started` was told, and is not just the earliest time seen.
    pub is_start_known: bool,
    /// Whether it is known that this is how it ended: of a failure, that it is no rejection.
    #[serde(default)]
    pub is_explained: bool,
}

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
    /// When the action began.
    pub started: Option<Timestamp>,
    /// Whether only a notification's list has named it, and no event of its own.
    pub is_hearsay: bool,
    /// Why it failed, once somebody has found out.
    pub explanation: Option<Explanation>,
}

impl Failure {
    /// Why it failed: the most telling line, or else the action's own words; `None` where nothing was said.
    pub fn reason(&self) -> Option<&str> {
        let cause = self.explanation.as_ref().and_then(|explanation| explanation.cause.first());
        cause.map(String::as_str).or_else(|| self.own_words())
    }

    /// Why it failed, in the words of the action.
    pub fn own_words(&self) -> Option<&str> {
        self.result.as_ref().and_then(|result| result.summary.as_deref().or(result.error_code.as_deref()))
    }

    /// Whether it is known what failed and what kind of action that is: a failure, or somebody's rejection.
    fn is_explained(&self) -> bool {
        self.action.is_some() && (!self.is_hearsay || self.provider.is_some())
    }

    fn is_rejection(&self) -> bool {
        self.provider.as_ref().is_some_and(Provider::is_approval)
    }
}

/// A stage of a run, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageView {
    /// Its name.
    pub name: StageName,
    /// How it stands.
    pub status: Status,
    /// When it was first seen.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its actions, in the order they were seen.
    pub actions: Vec<ActionView>,
}

/// An action of a run in its latest attempt, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionView {
    /// Its name.
    pub name: ActionName,
    /// How it stands.
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
    /// What an approval wants its reviewer to know.
    pub custom_data: Option<String>,
    /// What an approval wants its reviewer to look at.
    pub review_link: Option<String>,
}

impl Run {
    /// The latest attempt that anything is known of.
    pub fn attempt(&self) -> Attempt {
        self.facts.keys().map(|key| key.attempt).max().unwrap_or(Attempt::FIRST)
    }

    /// The attempts that anything is known of, first to last.
    pub fn attempts(&self) -> Vec<Attempt> {
        let mut attempts: Vec<Attempt> = self.facts.keys().map(|key| key.attempt).collect();
        attempts.dedup();
        attempts
    }

    /// Since when its latest attempt has been moving: since it began, or since somebody last approved of it.
    pub fn moving_since(&self) -> Timestamp {
        let began = self.attempt_started(self.attempt()).unwrap_or_else(|| self.first_seen());
        let approved = self
            .stages()
            .into_iter()
            .flat_map(|stage| stage.actions)
            .filter(|action| action.provider.as_ref().is_some_and(Provider::is_approval))
            .filter_map(|action| action.ended)
            .max();
        approved.map_or(began, |approved| approved.max(began))
    }

    /// How the run stands, in its latest attempt.
    pub fn status(&self) -> Status {
        let attempt = self.attempt();
        match self.settled(&Subject::Pipeline, attempt) {
            Some((State::Failed, _)) if self.is_rejected(attempt) => Status::Rejected,
            Some((state, _)) => status_of(state),
            None if self.reopened(attempt) => Status::InProgress,
            None => match self.failures(attempt).as_slice() {
                [] if self.stages().iter().any(|stage| stage.status == Status::Waiting) => Status::Waiting,
                [] => Status::InProgress,
                failures if failures.iter().all(Failure::is_rejection) => Status::Rejected,
                _ => Status::Failed,
            },
        }
    }

    /// When the run began, as the pipeline itself said; `None` while only stages and actions have been heard of.
    pub fn started(&self) -> Option<Timestamp> {
        let exact = self.facts_of(&Subject::Pipeline).filter_map(|(_, _, fact)| fact.started).min();
        exact.or_else(|| self.fact(Attempt::FIRST, &Subject::Pipeline, State::Started).map(|fact| fact.at))
    }

    /// The earliest time known of the run: what it is ordered by.
    pub fn first_seen(&self) -> Timestamp {
        let seen = self.facts.values().flat_map(|fact| [Some(fact.at), fact.started]).flatten().min();
        self.started().or(seen).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// When the run ended, in its latest attempt.
    pub fn ended(&self) -> Option<Timestamp> {
        self.settled(&Subject::Pipeline, self.attempt()).map(|(_, fact)| fact.at)
    }

    /// When an attempt began: when the retry was asked for, or else the first sign of a retry; `None` if there is none.
    pub fn attempt_started(&self, attempt: Attempt) -> Option<Timestamp> {
        if attempt == Attempt::FIRST {
            return self.started();
        }
        let of_pipeline = |(of, state, fact): (Attempt, State, &Fact)| {
            (of == attempt).then(|| fact.retried.or((state == State::Resumed).then_some(fact.at))).flatten()
        };
        let asked = self.facts_of(&Subject::Pipeline).filter_map(of_pipeline).min();
        let first_sign = || {
            let of_attempt =
                self.facts.iter().filter(|(key, _)| key.attempt == attempt && key.subject != Subject::Pipeline);
            let sign = |fact: &Fact, state: State| fact.retried.or((!state.is_final()).then_some(fact.at));
            of_attempt.filter_map(|(key, fact)| sign(fact, key.state)).min()
        };
        asked.or_else(first_sign)
    }

    /// How every attempt that has ended did so, as the pipeline itself said, oldest first.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = self
            .facts_of(&Subject::Pipeline)
            .filter(|(_, state, _)| state.is_final())
            .map(|(attempt, state, fact)| {
                // Events without attempt numbers tell of a retry by `RESUMED` alone.
                let resumed = self.fact(attempt, &Subject::Pipeline, State::Resumed).map(|resumed| resumed.at);
                let began = match resumed {
                    Some(resumed) if attempt == Attempt::FIRST && resumed <= fact.at => Some(resumed),
                    _ => self.attempt_started(attempt),
                };
                let rejected = state == State::Failed && self.is_rejected(attempt);
                Outcome {
                    attempt,
                    status: if rejected { Status::Rejected } else { status_of(state) },
                    started: began.unwrap_or_else(|| self.first_seen()),
                    is_start_known: began.is_some(),
                    is_explained: state != State::Failed || self.is_explained(attempt),
                    ended: fact.at,
                }
            })
            .collect();
        outcomes.sort_by_key(|outcome| (outcome.attempt, outcome.ended));
        outcomes
    }

    /// What failed in an attempt: its failing actions or, while none is known, the stage or the pipeline alone.
    pub fn failures(&self, attempt: Attempt) -> Vec<Failure> {
        let of_attempt =
            || self.facts.iter().filter(move |(key, _)| key.attempt == attempt && key.state == State::Failed);
        let mut failures: Vec<Failure> = of_attempt()
            .filter_map(|(key, fact)| match &key.subject {
                Subject::Action { stage, action } => Some(Failure {
                    stage: Some(stage.clone()),
                    action: Some(action.clone()),
                    at: fact.at,
                    provider: fact.action.as_ref().and_then(|action| action.provider.clone()),
                    region: fact.action.as_ref().and_then(|action| action.region.clone()),
                    result: fact.action.as_ref().and_then(|action| action.result.clone()),
                    started: fact.started.or_else(|| self.came_to(State::Started, &key.subject, attempt)),
                    is_hearsay: false,
                    explanation: fact.explanation.clone(),
                }),
                _ => None,
            })
            .collect();
        for (_, fact) in of_attempt() {
            for named in &fact.failed {
                if failures.iter().any(|failure| failure.action.as_ref() == Some(&named.action)) {
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
                });
            }
        }
        if failures.is_empty() {
            let unexplained = of_attempt().max_by_key(|(key, fact)| (key.subject.stage(), fact.at));
            failures.extend(unexplained.map(|(key, fact)| Failure {
                stage: key.subject.stage().cloned(),
                action: None,
                at: fact.at,
                provider: None,
                region: None,
                result: None,
                started: None,
                is_hearsay: true,
                explanation: fact.explanation.clone(),
            }));
        }
        failures.sort_by(|a, b| (a.at, &a.stage, &a.action).cmp(&(b.at, &b.stage, &b.action)));
        failures
    }

    /// Whether an attempt ended because somebody said no, and for nothing else.
    pub fn is_rejected(&self, attempt: Attempt) -> bool {
        self.is_rejection(&Subject::Pipeline, attempt)
    }

    /// Whether it is known which actions failed in an attempt.
    pub fn is_explained(&self, attempt: Attempt) -> bool {
        self.failures(attempt).iter().any(Failure::is_explained)
    }

    /// The same for one subject: for a stage, whether an action of that stage is known to have failed.
    pub fn is_explained_for(&self, subject: &Subject, attempt: Attempt) -> bool {
        match subject {
            Subject::Stage(stage) => self
                .failures(attempt)
                .iter()
                .any(|failure| failure.is_explained() && failure.stage.as_ref() == Some(stage)),
            _ => self.is_explained(attempt),
        }
    }

    /// Whether a subject failed in an attempt because somebody said no, and for nothing else.
    pub fn is_rejection(&self, subject: &Subject, attempt: Attempt) -> bool {
        let mut failures = self.failures(attempt);
        match subject {
            Subject::Pipeline | Subject::Unnamed => {}
            Subject::Stage(stage) => failures.retain(|failure| failure.stage.as_ref() == Some(stage)),
            Subject::Action { stage, action } => failures
                .retain(|failure| failure.stage.as_ref() == Some(stage) && failure.action.as_ref() == Some(action)),
        }
        !failures.is_empty() && failures.iter().all(Failure::is_rejection)
    }

    /// The final states of a subject in an attempt, and when it came to them.
    pub fn ends(&self, subject: &Subject, attempt: Attempt) -> Vec<(State, Timestamp)> {
        self.facts_of_attempt(subject, attempt)
            .filter(|(state, _)| state.is_final())
            .map(|(state, fact)| (state, fact.at))
            .collect()
    }

    /// When the attempt at a subject that ended then began, as its events told; `None` if none did.
    pub fn began(&self, subject: &Subject, attempt: Attempt, ended: Timestamp) -> Option<Timestamp> {
        if *subject == Subject::Pipeline {
            let of_end = |outcome: &Outcome| outcome.attempt == attempt && outcome.ended == ended;
            let outcome = self.outcomes().into_iter().find(of_end)?;
            return outcome.is_start_known.then_some(outcome.started);
        }
        let retried = self.retried(subject, attempt).filter(|retried| *retried <= ended);
        // Once a run was retried, what a stage says of its start may be of its first attempt: unless it says it starting.
        let is_own = |state| state == State::Started || attempt == Attempt::FIRST || subject.is_action();
        let told = self.facts_of_attempt(subject, attempt).filter(|(state, _)| is_own(*state));
        let started = told.filter_map(|(_, fact)| fact.started).min();
        retried.or(started).or_else(|| self.came_to(State::Started, subject, attempt))
    }

    /// When a subject was retried in place for this attempt; `None` if the attempt is no retry of it.
    pub fn retried(&self, subject: &Subject, attempt: Attempt) -> Option<Timestamp> {
        let resumed = self.fact(attempt, subject, State::Resumed).map(|fact| fact.retried.unwrap_or(fact.at));
        // All stages speak of the latest retry of their run, whichever stage that was of.
        let is_own = *subject == Subject::Pipeline;
        let told = self.facts_of_attempt(subject, attempt).filter_map(|(_, fact)| fact.retried).min();
        told.filter(|_| is_own).or(resumed)
    }

    /// Whether a subject is an action that somebody has to approve.
    pub fn is_approval(&self, subject: &Subject) -> bool {
        let provider = |(_, _, fact): (Attempt, State, &Fact)| {
            fact.action.as_ref().and_then(|action| action.provider.as_ref()).is_some_and(Provider::is_approval)
        };
        self.facts_of(subject).any(provider)
    }

    /// When a subject came to a state in an attempt.
    pub fn came_to(&self, state: State, subject: &Subject, attempt: Attempt) -> Option<Timestamp> {
        self.fact(attempt, subject, state).map(|fact| fact.at)
    }

    /// The stages in the order they were seen, as they stand.
    pub fn stages(&self) -> Vec<StageView> {
        let mut stages: Vec<StageView> = self.stage_names().map(|name| self.stage(name)).collect();
        stages.sort_by_key(|stage| stage.started);
        stages
    }

    /// What set the run off.
    pub fn trigger(&self) -> Option<&Trigger> {
        self.trigger.as_ref()
    }

    /// Why somebody stopped it.
    pub fn stop_comment(&self) -> Option<&str> {
        self.stop_comment.as_deref()
    }

    /// The change that went through: what the trigger says, filled up with what the source action says.
    pub fn commit(&self) -> Option<Commit> {
        let from_trigger = match &self.trigger {
            Some(Trigger::Git(commit)) => Some((**commit).clone()),
            _ => None,
        };
        let from_source = self
            .facts
            .values()
            .filter_map(|fact| {
                let action = fact.action.as_ref()?;
                source_commit(action.provider.as_ref()?, action.result.as_ref()?)
            })
            .max();
        match (from_trigger, from_source) {
            (Some(commit), Some(source)) => Some(Commit {
                id: commit.id.or(source.id),
                message: commit.message.or(source.message),
                host: commit.host.or(source.host),
                repository: commit.repository.or(source.repository),
                url: commit.url.or(source.url),
                ..commit
            }),
            (commit, source) => commit.or(source),
        }
    }

    /// An action's type, from whatever event of it said so.
    fn provider(&self, name: &ActionName) -> Option<Provider> {
        let mut of_action = self
            .facts
            .iter()
            .filter(|(key, _)| matches!(&key.subject, Subject::Action { action, .. } if action == name));
        of_action.find_map(|(_, fact)| fact.action.as_ref().and_then(|action| action.provider.clone()))
    }

    fn stage(&self, name: &StageName) -> StageView {
        let subject = Subject::Stage(name.clone());
        let mut actions: Vec<ActionView> = self
            .facts
            .keys()
            .filter_map(|key| match &key.subject {
                Subject::Action { stage, action } if stage == name => Some(action),
                _ => None,
            })
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(|action| self.action(name, action))
            .collect();
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
            Some((state, _)) => status_of(state),
            None if any(Status::Failed) => Status::Failed,
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
        let mut known = crate::event::ActionFacts::default();
        for (_, _, fact) in self.facts_of(&subject).filter(|(of, _, _)| *of == attempt) {
            crate::join::Join::join(&mut known, fact.action.clone().unwrap_or_default());
        }
        let approval = known.provider.as_ref().is_some_and(Provider::is_approval);
        let settled = self.settled(&subject, attempt);
        let seen = self.facts_of(&subject).filter(|(of, _, _)| *of == attempt);
        ActionView {
            name: action.clone(),
            status: match settled {
                Some((State::Failed, _)) if approval => Status::Rejected,
                Some((final_state, _)) => status_of(final_state),
                None if approval => Status::Waiting,
                None => Status::InProgress,
            },
            attempt,
            started: seen
                .flat_map(|(_, _, fact)| [Some(fact.at), fact.started])
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

    /// The final state of a subject in an attempt, unless it was reopened since.
    ///
    /// Of two final states the later one counts; one that `RESUMED` came after does not count at all.
    fn settled<'a>(&'a self, subject: &Subject, attempt: Attempt) -> Option<(State, &'a Fact)> {
        let of_attempt = || self.facts_of_attempt(subject, attempt);
        let (state, fact) =
            of_attempt().filter(|(state, _)| state.is_final()).max_by_key(|(state, fact)| (fact.at, *state))?;
        let reopened = of_attempt().any(|(other, resumed)| other == State::Resumed && resumed.at > fact.at);
        (!reopened).then_some((state, fact))
    }

    fn reopened(&self, attempt: Attempt) -> bool {
        self.fact(attempt, &Subject::Pipeline, State::Resumed).is_some_and(|resumed| {
            self.facts
                .iter()
                .filter(|(key, _)| key.attempt == attempt && key.state == State::Failed)
                .all(|(_, failed)| failed.at <= resumed.at)
        })
    }

    fn facts_of_attempt<'a, 's>(
        &'a self,
        subject: &'s Subject,
        attempt: Attempt,
    ) -> impl Iterator<Item = (State, &'a Fact)> + use<'a, 's> {
        self.facts_of(subject).filter(move |(of, _, _)| *of == attempt).map(|(_, state, fact)| (state, fact))
    }
}

fn status_of(state: State) -> Status {
    match state {
        State::Started | State::Resumed | State::Stopping => Status::InProgress,
        State::Succeeded => Status::Succeeded,
        State::Failed => Status::Failed,
        State::Stopped | State::Abandoned => Status::Stopped,
        State::Superseded => Status::Superseded,
        State::Canceled => Status::Canceled,
    }
}

/// The commit in a source action's result. Its summary is the commit's message, or JSON that holds it.
fn source_commit(provider: &Provider, result: &ExecutionResult) -> Option<Commit> {
    if !provider.is_source() || matches!(provider.name.as_str(), "S3" | "ECR") {
        return None;
    }
    let id = result.external.as_ref().map(|external| external.as_str().to_owned());
    let summary = result.summary.as_deref().map(str::trim).filter(|summary| !summary.is_empty());
    let json = summary
        .and_then(|summary| serde_json::from_str::<serde_json::Value>(summary).ok())
        .filter(serde_json::Value::is_object);
    let member = |name: &str| {
        json.as_ref()
            .and_then(|json| json.get(name))
            .and_then(serde_json::Value::as_str)
            .map(|text| text.trim().to_owned())
    };
    let query = |name: &str| {
        let (_, query) = result.url.as_deref()?.split_once('?')?;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.replace("%2F", "/").replace("%2f", "/"))
    };
    let message = if json.is_some() { member("CommitMessage") } else { summary.map(str::to_owned) };
    (id.is_some() || message.is_some()).then(|| Commit {
        id,
        message,
        host: member("ProviderType").or_else(|| Some(provider.name.clone())),
        repository: query("FullRepositoryId"),
        url: result.url.clone(),
        ..Commit::default()
    })
}
