//! The facts of a run, by their subject: whatever is asked of one subject costs the same in a run of a thousand others.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Explanation;
use crate::event::{ActionFacts, Attempt, FailedAction, RetriedBy, State, Subject};
use crate::join::Join;

/// The facts of one state change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fact {
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) started: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retried: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retried_by: Option<RetriedBy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<ActionFacts>,
    /// The failing actions that a notification named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) failed: BTreeSet<FailedAction>,
    /// Why it failed, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) explanation: Option<Explanation>,
}

impl Join for Fact {
    fn join(&mut self, other: Self) {
        self.at.join(other.at);
        self.started.join(other.started);
        self.retried.join(other.retried);
        self.retried_by.join(other.retried_by);
        self.action.join(other.action);
        self.failed.join(other.failed);
        self.explanation.join(other.explanation);
    }
}

impl Join for ActionFacts {
    fn join(&mut self, other: Self) {
        self.execution.join(other.execution);
        self.region.join(other.region);
        self.provider.join(other.provider);
        self.result.join(other.result);
        self.custom_data.join(other.custom_data);
        self.review_link.join(other.review_link);
    }
}

/// What a fact is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct FactKey<'a> {
    pub(super) attempt: Attempt,
    pub(super) subject: &'a Subject,
    pub(super) state: State,
}

type OfSubject = BTreeMap<(Attempt, State), Fact>;

/// The facts, one per subject, attempt and state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    of: BTreeMap<Subject, OfSubject>,
    /// What came to each of the troubled states in each attempt: asking costs the same after a hundred other attempts.
    troubled: BTreeMap<(Attempt, State), BTreeSet<Subject>>,
    /// Who retried for each attempt, where a fact of it says so.
    retried_by: BTreeMap<Attempt, RetriedBy>,
}

impl Facts {
    /// A single fact.
    pub(super) fn one(attempt: Attempt, subject: Subject, state: State, fact: Fact) -> Self {
        let troubled = if matches!(state, State::Failed | State::Contradicted | State::Reverted) {
            BTreeMap::from([((attempt, state), BTreeSet::from([subject.clone()]))])
        } else {
            BTreeMap::new()
        };
        let retried_by = fact.retried_by.map(|by| (attempt, by)).into_iter().collect();
        Self { of: BTreeMap::from([(subject, BTreeMap::from([((attempt, state), fact)]))]), troubled, retried_by }
    }

    /// Each of them alone.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        self.of.into_iter().flat_map(|(subject, facts)| {
            facts.into_iter().map(move |((attempt, state), fact)| Self::one(attempt, subject.clone(), state, fact))
        })
    }

    /// Takes in others; returns whether anything was new.
    pub(super) fn merge(&mut self, other: Self) -> bool {
        let mut changed = false;
        self.troubled.join(other.troubled);
        self.retried_by.join(other.retried_by);
        for (subject, theirs) in other.of {
            let Some(mine) = self.of.get_mut(&subject) else {
                changed |= !theirs.is_empty();
                self.of.insert(subject, theirs);
                continue;
            };
            for (key, fact) in theirs {
                changed |= match mine.get_mut(&key) {
                    None => mine.insert(key, fact).is_none(),
                    Some(known) if *known == fact => false,
                    Some(known) => {
                        let before = known.clone();
                        known.join(fact);
                        *known != before
                    }
                };
            }
        }
        changed
    }

    /// All of them, those of a subject together, first attempt first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FactKey<'_>, &Fact)> {
        self.of.iter().flat_map(|(subject, facts)| {
            facts
                .iter()
                .map(move |((attempt, state), fact)| (FactKey { attempt: *attempt, subject, state: *state }, fact))
        })
    }

    /// All of them without what they are about.
    pub(super) fn values(&self) -> impl Iterator<Item = &Fact> {
        self.of.values().flat_map(BTreeMap::values)
    }

    /// Everything that facts are about.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.of.keys()
    }

    /// The attempts that there are facts of, first to last.
    pub(super) fn attempts(&self) -> BTreeSet<Attempt> {
        self.of.values().flat_map(|facts| facts.keys().map(|(attempt, _)| *attempt)).collect()
    }

    /// The latest attempt that there are facts of.
    pub(super) fn latest_attempt(&self) -> Option<Attempt> {
        self.of.values().filter_map(|facts| facts.last_key_value()).map(|((attempt, _), _)| *attempt).max()
    }

    /// The facts about one subject, first attempt first.
    pub(super) fn of(&self, subject: &Subject) -> impl Iterator<Item = (Attempt, State, &Fact)> + use<'_> {
        let facts = self.of.get(subject).into_iter().flatten();
        facts.map(|((attempt, state), fact)| (*attempt, *state, fact))
    }

    /// The facts about one subject in one attempt.
    pub(super) fn of_attempt(
        &self,
        subject: &Subject,
        attempt: Attempt,
    ) -> impl Iterator<Item = (State, &Fact)> + use<'_> {
        let facts = self.of.get(subject).into_iter().flat_map(move |facts| facts.range(states(attempt)));
        facts.map(|((_, state), fact)| (*state, fact))
    }

    /// What failed in an attempt, in the order of the subjects.
    pub(super) fn failed(&self, attempt: Attempt) -> impl Iterator<Item = (&Subject, &Fact)> + use<'_> {
        self.troubled(attempt, State::Failed)
    }

    /// What another service contradicts in an attempt, in the order of the subjects.
    pub(super) fn contradicted(&self, attempt: Attempt) -> impl Iterator<Item = (&Subject, &Fact)> + use<'_> {
        self.troubled(attempt, State::Contradicted)
    }

    /// What another service took back in an attempt, in the order of the subjects.
    pub(super) fn reverted(&self, attempt: Attempt) -> impl Iterator<Item = (&Subject, &Fact)> + use<'_> {
        self.troubled(attempt, State::Reverted)
    }

    /// Who retried for an attempt, where a fact of it says so; of several, a person.
    pub(super) fn retried_by(&self, attempt: Attempt) -> Option<RetriedBy> {
        self.retried_by.get(&attempt).copied()
    }

    fn troubled(&self, attempt: Attempt, state: State) -> impl Iterator<Item = (&Subject, &Fact)> + use<'_> {
        let subjects = self.troubled.get(&(attempt, state)).into_iter().flatten();
        subjects.filter_map(move |subject| Some((subject, self.get(attempt, subject, state)?)))
    }

    /// One fact.
    pub(super) fn get(&self, attempt: Attempt, subject: &Subject, state: State) -> Option<&Fact> {
        self.of.get(subject)?.get(&(attempt, state))
    }
}

/// All states of an attempt.
fn states(attempt: Attempt) -> RangeInclusive<(Attempt, State)> {
    (attempt, State::FIRST)..=(attempt, State::LAST)
}

#[derive(Serialize)]
struct EntryRef<'a> {
    attempt: Attempt,
    subject: &'a Subject,
    state: State,
    #[serde(flatten)]
    fact: &'a Fact,
}

#[derive(Deserialize)]
struct Entry {
    attempt: Attempt,
    subject: Subject,
    state: State,
    at: Timestamp,
    #[serde(default)]
    started: Option<Timestamp>,
    #[serde(default)]
    retried: Option<Timestamp>,
    #[serde(default)]
    retried_by: Option<RetriedBy>,
    #[serde(default)]
    action: Option<ActionFacts>,
    #[serde(default)]
    failed: BTreeSet<FailedAction>,
    #[serde(default)]
    explanation: Option<Explanation>,
}

/// JSON has no keys but strings, so the facts are written as a list.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(key, fact)| EntryRef {
            attempt: key.attempt,
            subject: key.subject,
            state: key.state,
            fact,
        }))
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut facts = Self::default();
        for entry in Vec::<Entry>::deserialize(deserializer)? {
            // Not flattened: that would read every fact twice.
            let Entry { attempt, subject, state, at, started, retried, retried_by, action, failed, explanation } =
                entry;
            let fact = Fact { at, started, retried, retried_by, action, failed, explanation };
            facts.merge(Self::one(attempt, subject, state, fact));
        }
        Ok(facts)
    }
}
