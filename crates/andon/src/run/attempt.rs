//! Attempts: the start and end of each attempt of a run, a stage or an action.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::status::status_of;
use super::{Fact, Run, Status};
use crate::event::{Attempt, RetriedBy, State, Subject};

/// What is retried sooner, while its run goes on, CodePipeline retries: a person reads first what failed.
const AT_ONCE: SignedDuration = SignedDuration::from_mins(1);

/// How one attempt of a run ended: from the pipeline's own events or, where those are missing, from its actions'.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outcome {
    /// When the attempt started; if unknown, the earliest time seen of it.
    pub started: Timestamp,
    /// Which attempt.
    pub attempt: Attempt,
    /// How it ended.
    pub status: Status,
    /// When it ended.
    pub ended: Timestamp,
    /// Whether `started` was reported, and is not just the earliest time seen.
    pub is_start_known: bool,
    /// Whether it is known that this is how it ended: of a failure, that it is no rejection.
    #[serde(default)]
    pub is_explained: bool,
    /// Whether only stages and actions told of it: the run's own event has not come, or never will.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_implied: bool,
    /// How many attempts after it ended in the same way and are not listed by themselves, in a summary of many attempts.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unlisted: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Run {
    /// The latest attempt that anything is known of.
    pub fn attempt(&self) -> Attempt {
        self.facts.latest_attempt().unwrap_or(Attempt::FIRST)
    }

    /// The attempts that anything is known of, first to last.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.facts.attempts().iter().copied().collect()
    }

    /// When the run started, from the pipeline's own events; `None` while only stages and actions are known.
    pub fn started(&self) -> Option<Timestamp> {
        let exact = self.facts_of(&Subject::Pipeline).filter_map(|(_, _, fact)| fact.started).min();
        exact.or_else(|| self.fact(Attempt::FIRST, &Subject::Pipeline, State::Started).map(|fact| fact.at))
    }

    /// The earliest time known of the run: what it is ordered by.
    pub fn first_seen(&self) -> Timestamp {
        self.started().or(self.facts.first_seen()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Since when its latest attempt has been moving: since its start, or since its last approval.
    pub fn moving_since(&self) -> Timestamp {
        let began = self.attempt_started(self.attempt()).unwrap_or_else(|| self.first_seen());
        let approved = self.approvals().into_iter().filter_map(|(_, approval)| approval.ended).max();
        approved.map_or(began, |approved| approved.max(began))
    }

    /// When an attempt started: the request of the retry, or else the first sign of it; `None` if there is none.
    pub fn attempt_started(&self, attempt: Attempt) -> Option<Timestamp> {
        if attempt == Attempt::FIRST {
            return self.started();
        }
        let request = |(state, fact): (State, &Fact)| fact.retried.or((state == State::Resumed).then_some(fact.at));
        let asked = self.facts_of_attempt(&Subject::Pipeline, attempt).filter_map(request).min();
        let first_sign = || {
            let of_attempt =
                self.facts.iter().filter(|(key, _)| key.attempt == attempt && *key.subject != Subject::Pipeline);
            let sign = |fact: &Fact, state: State| fact.retried.or((!state.is_final()).then_some(fact.at));
            of_attempt.filter_map(|(key, fact)| sign(fact, key.state)).min()
        };
        asked.or_else(first_sign)
    }

    /// The outcome of every attempt that has ended or failed, oldest first. One that CodePipeline retried by itself is none.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let of_attempt = |attempt: &Attempt| {
            let outcomes = self.memo.outcomes(*attempt, || self.outcomes_of(*attempt));
            outcomes.iter().cloned().collect::<Vec<_>>()
        };
        self.facts.attempts().iter().flat_map(of_attempt).collect()
    }

    fn outcomes_of(&self, attempt: Attempt) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = self
            .facts_of_attempt(&Subject::Pipeline, attempt)
            .filter(|(state, _)| state.is_final() && !self.is_retried_by_codepipeline(attempt))
            .map(|(state, fact)| {
                // Events without attempt numbers tell of a retry by `RESUMED` alone.
                let resumed = self.fact(attempt, &Subject::Pipeline, State::Resumed).map(|resumed| resumed.at);
                let began = match resumed {
                    Some(resumed) if attempt == Attempt::FIRST && resumed <= fact.at => Some(resumed),
                    _ => self.attempt_started(attempt),
                };
                let rejected = state == State::Failed && self.is_rejected(attempt);
                // Once its service has said so, what deployed was broken, however long the action went on.
                let contradicted =
                    self.contradicted_at(attempt).filter(|at| state == State::Succeeded && *at <= fact.at);
                Outcome {
                    attempt,
                    status: match state {
                        State::Failed if rejected => Status::Rejected,
                        _ if contradicted.is_some() => Status::Failed,
                        state => status_of(state),
                    },
                    started: began.unwrap_or_else(|| self.first_seen()),
                    is_start_known: began.is_some(),
                    is_explained: state != State::Failed || self.is_explained(attempt),
                    ended: contradicted.unwrap_or(fact.at),
                    is_implied: false,
                    unlisted: 0,
                }
            })
            .collect();
        outcomes.extend(self.implied(attempt));
        outcomes.extend(self.failed_later(attempt));
        outcomes.sort_by_key(|outcome| outcome.ended);
        outcomes
    }

    /// The failure that only stages and actions of an attempt told of.
    fn implied(&self, attempt: Attempt) -> Option<Outcome> {
        // Whoever stops a run that has failed, or edits its pipeline, does not make it green.
        let says_how = |(state, _)| matches!(state, State::Succeeded | State::Failed);
        let is_told = self.facts_of_attempt(&Subject::Pipeline, attempt).any(says_how);
        if is_told || self.reopened(attempt) || self.is_retried_by_codepipeline(attempt) {
            return None;
        }
        let ended = self.failed(attempt).last()?.at;
        let began = self.attempt_started(attempt);
        (!self.is_rejected(attempt)).then(|| Outcome {
            attempt,
            status: Status::Failed,
            started: began.unwrap_or_else(|| self.first_seen()),
            is_start_known: began.is_some(),
            is_explained: self.is_explained(attempt),
            ended,
            is_implied: true,
            unlisted: 0,
        })
    }

    /// The failure that an attempt became after it had succeeded: another service said then that what it deployed is not live.
    pub(crate) fn failed_later(&self, attempt: Attempt) -> Option<Outcome> {
        let succeeded = self.came_to(State::Succeeded, &Subject::Pipeline, attempt)?;
        let ended = self.contradicted_at(attempt)?;
        (ended > succeeded).then_some(Outcome {
            attempt,
            status: Status::Failed,
            // Until then it was live.
            started: ended,
            is_start_known: true,
            is_explained: true,
            ended,
            is_implied: false,
            unlisted: 0,
        })
    }

    /// Whether CodePipeline retried by itself what failed in an attempt: because an event says so or, where none says who
    /// it was, because no person could have been as fast. A run that ended was retried by somebody: CodePipeline retries
    /// while the run goes on.
    pub fn is_retried_by_codepipeline(&self, attempt: Attempt) -> bool {
        let next = Attempt::new(attempt.number().saturating_add(1));
        if self.facts.latest_attempt().is_none_or(|latest| latest <= attempt) {
            return false;
        }
        if let Some(by) = self.facts.retried_by(next) {
            return by == RetriedBy::CodePipeline;
        }
        if self.facts_of_attempt(&Subject::Pipeline, attempt).any(|(state, _)| state.is_final()) {
            return false;
        }
        let failed = self.failed(attempt).last().map(|failure| failure.at);
        let retried = self.attempt_started(next);
        let between = |(failed, retried): (Timestamp, Timestamp)| retried.duration_since(failed);
        failed.zip(retried).map(between).is_some_and(|pause| pause.abs() < AT_ONCE)
    }

    /// Whether an event says that a person retried what failed in an attempt.
    pub fn is_retried_by_a_person(&self, attempt: Attempt) -> bool {
        let next = Attempt::new(attempt.number().saturating_add(1));
        self.facts.retried_by(next) == Some(RetriedBy::Person)
    }

    /// The final states of a subject in an attempt, and their times.
    pub fn ends(&self, subject: &Subject, attempt: Attempt) -> Vec<(State, Timestamp)> {
        self.facts_of_attempt(subject, attempt)
            .filter(|(state, _)| state.is_final())
            .map(|(state, fact)| (state, fact.at))
            .collect()
    }

    /// When the attempt that ended then started, from its events; `None` if none reported it.
    pub fn began(&self, subject: &Subject, attempt: Attempt, ended: Timestamp) -> Option<Timestamp> {
        if *subject == Subject::Pipeline {
            let outcomes = self.memo.outcomes(attempt, || self.outcomes_of(attempt));
            let outcome = outcomes.iter().find(|outcome| outcome.ended == ended)?;
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

    /// When a subject reached a state in an attempt.
    pub fn came_to(&self, state: State, subject: &Subject, attempt: Attempt) -> Option<Timestamp> {
        self.fact(attempt, subject, state).map(|fact| fact.at)
    }
}
