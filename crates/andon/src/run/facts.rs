//! The facts of a run, by their subject: whatever is asked of one subject costs the same in a run of a thousand others.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Explanation;
use crate::event::{ActionFacts, Attempt, FailedAction, Provider, RetriedBy, State, Subject};
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
    /// CodePipeline's name of the state, where Andon does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<ActionFacts>,
    /// The failing actions that a notification named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) failed: BTreeSet<FailedAction>,
    /// Why it failed, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) explanation: Option<Explanation>,
}

impl Fact {
    /// That a state was reached, and when.
    pub(super) fn at(at: Timestamp) -> Self {
        Self {
            at,
            started: None,
            retried: None,
            retried_by: None,
            state_name: None,
            action: None,
            failed: BTreeSet::new(),
            explanation: None,
        }
    }
}

impl Join for Fact {
    fn join(&mut self, other: Self) {
        self.at.join(other.at);
        self.started.join(other.started);
        self.retried.join(other.retried);
        self.retried_by.join(other.retried_by);
        self.state_name.join(other.state_name);
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

impl Fact {
    /// The earliest time that it names.
    fn first_seen(&self) -> Timestamp {
        self.started.map_or(self.at, |started| started.min(self.at))
    }

    fn provider(&self) -> Option<&Provider> {
        self.action.as_ref()?.provider.as_ref()
    }

    /// How much it says.
    fn weight(&self) -> u64 {
        let of_action = self.action.as_ref().map_or(0, |action| {
            [
                action.execution.is_some(),
                action.region.is_some(),
                action.provider.is_some(),
                action.result.is_some(),
                action.custom_data.is_some(),
                action.review_link.is_some(),
            ]
            .into_iter()
            .map(u64::from)
            .sum::<u64>()
        });
        1 + u64::from(self.explanation.is_some())
            + u64::from(self.started.is_some())
            + u64::from(self.retried.is_some())
            + u64::from(self.retried_by.is_some())
            + u64::from(self.state_name.is_some())
            + of_action
            + self.failed.len() as u64
    }
}

/// What a fact is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct FactKey<'a> {
    pub(super) attempt: Attempt,
    pub(super) subject: &'a Subject,
    pub(super) state: State,
}

/// How a subject stands in its latest attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) attempt: Attempt,
    /// When the first sign of it came.
    pub(super) seen: Timestamp,
    /// The final state that counts, and when it came.
    pub(super) settled: Option<(State, Timestamp)>,
    pub(super) is_contradicted: bool,
    /// When the first sign of any of its attempts came.
    pub(super) first_seen: Timestamp,
}

/// The facts of one subject, and how it stands by them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OfSubject {
    facts: BTreeMap<(Attempt, State), Fact>,
    stand: Stand,
}

impl OfSubject {
    fn one(attempt: Attempt, state: State, fact: Fact) -> Self {
        let seen = fact.first_seen();
        let stand = Stand { attempt, seen, settled: None, is_contradicted: false, first_seen: seen };
        let mut of = Self { facts: BTreeMap::from([((attempt, state), fact)]), stand };
        of.stand_anew();
        of
    }

    fn of_attempt(&self, attempt: Attempt) -> impl Iterator<Item = (State, &Fact)> {
        self.facts.range(states(attempt)).map(|((_, state), fact)| (*state, fact))
    }

    /// The final state in an attempt, unless it was reopened since.
    ///
    /// Of two final states the later one counts; one that `RESUMED` came after does not count at all.
    fn settled(&self, attempt: Attempt) -> Option<(State, &Fact)> {
        let ends = self.of_attempt(attempt).filter(|(state, _)| state.is_final());
        let (state, fact) = ends.max_by_key(|(state, fact)| (fact.at, *state))?;
        let resumed = self.facts.get(&(attempt, State::Resumed));
        resumed.is_none_or(|resumed| resumed.at <= fact.at).then_some((state, fact))
    }

    /// Looks again at the latest attempt, after facts have come.
    fn stand_anew(&mut self) {
        let Some(((attempt, _), _)) = self.facts.last_key_value() else { return };
        let attempt = *attempt;
        let seen = self.of_attempt(attempt).map(|(_, fact)| fact.first_seen()).min().unwrap_or(self.stand.seen);
        let is_contradicted = self.of_attempt(attempt).any(|(state, _)| state.is_of_another_service());
        self.stand = Stand {
            attempt,
            seen,
            settled: self.settled(attempt).map(|(state, fact)| (state, fact.at)),
            is_contradicted,
            first_seen: self.stand.first_seen,
        };
    }
}

/// What is asked of all facts together, kept up as they come: asking costs the same of the 4th and of the 4,000th.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Noted {
    attempts: BTreeSet<Attempt>,
    first_seen: Option<Timestamp>,
    weight: u64,
    approvals: BTreeSet<Subject>,
    sources: BTreeSet<Subject>,
    deployments: BTreeSet<Subject>,
    /// When a stage was last skipped.
    skipped: Option<Timestamp>,
    /// Whether what some of them say of failed actions hangs on facts of other attempts.
    is_hearsay: bool,
}

impl Noted {
    fn add(&mut self, attempt: Attempt, subject: &Subject, state: State, fact: &Fact) {
        self.attempts.insert(attempt);
        let seen = fact.first_seen();
        self.first_seen = Some(self.first_seen.map_or(seen, |known| known.min(seen)));
        if let Some(provider) = fact.provider() {
            let of_kind = [
                (provider.is_approval(), &mut self.approvals),
                (provider.is_source(), &mut self.sources),
                (provider.is_deployment(), &mut self.deployments),
            ];
            for (is_one, known) in of_kind {
                if is_one && !known.contains(subject) {
                    known.insert(subject.clone());
                }
            }
        }
        if state == State::Skipped {
            self.skipped = self.skipped.max(Some(fact.at));
        }
        self.is_hearsay |= state.is_of_another_service() || !fact.failed.is_empty();
    }

    /// Takes a subject for what its facts now say that it is.
    fn name_kind<'f>(&mut self, subject: &Subject, facts: impl Iterator<Item = &'f Fact>) {
        self.approvals.remove(subject);
        self.sources.remove(subject);
        self.deployments.remove(subject);
        for provider in facts.filter_map(Fact::provider) {
            if provider.is_approval() {
                self.approvals.insert(subject.clone());
            }
            if provider.is_source() {
                self.sources.insert(subject.clone());
            }
            if provider.is_deployment() {
                self.deployments.insert(subject.clone());
            }
        }
    }
}

/// The facts, one per subject, attempt and state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    of: BTreeMap<Subject, OfSubject>,
    /// What came to each of the troubled states in each attempt: asking costs the same after a hundred other attempts.
    troubled: BTreeMap<(Attempt, State), BTreeSet<Subject>>,
    /// Who retried for each attempt, where a fact of it says so.
    retried_by: BTreeMap<Attempt, RetriedBy>,
    noted: Noted,
}

impl Facts {
    /// A single fact.
    pub(super) fn one(attempt: Attempt, subject: Subject, state: State, fact: Fact) -> Self {
        let mut facts = Self::default();
        facts.add(attempt, subject, state, fact);
        facts
    }

    /// Each of them alone.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        self.of.into_iter().flat_map(|(subject, of)| {
            of.facts.into_iter().map(move |((attempt, state), fact)| Self::one(attempt, subject.clone(), state, fact))
        })
    }

    /// Takes in others; returns whether anything was new.
    pub(super) fn merge(&mut self, other: Self) -> bool {
        let mut changed = false;
        for (subject, of) in other.of {
            for ((attempt, state), fact) in of.facts {
                changed |= self.add(attempt, subject.clone(), state, fact);
            }
        }
        changed
    }

    /// Takes in one; returns whether anything was new.
    fn add(&mut self, attempt: Attempt, subject: Subject, state: State, fact: Fact) -> bool {
        let key = (attempt, state);
        let known = self.of.get_mut(&subject);
        let place = known.as_ref().and_then(|known| known.facts.get(&key));
        let mut is_other_kind = false;
        let (before, fact) = match place {
            Some(known) if *known == fact => return false,
            Some(known) => {
                let mut joined = known.clone();
                joined.join(fact);
                if joined == *known {
                    return false;
                }
                is_other_kind = known.provider().is_some() && known.provider() != joined.provider();
                (known.weight(), joined)
            }
            None => (0, fact),
        };
        self.noted.weight = self.noted.weight.saturating_sub(before) + fact.weight();
        self.noted.add(attempt, &subject, state, &fact);
        if matches!(state, State::Failed | State::Contradicted | State::Reverted) {
            self.troubled.entry(key).or_default().insert(subject.clone());
        }
        if let Some(by) = fact.retried_by {
            self.retried_by.entry(attempt).and_modify(|known| known.join(by)).or_insert(by);
        }
        match known {
            Some(known) => {
                if is_other_kind {
                    // Two events disagree on what kind of action it is.
                    let others = |at: &(&(Attempt, State), &Fact)| *at.0 != key;
                    let others = known.facts.iter().filter(others).map(|(_, fact)| fact);
                    self.noted.name_kind(&subject, others.chain([&fact]));
                }
                known.stand.first_seen = known.stand.first_seen.min(fact.first_seen());
                known.facts.insert(key, fact);
                known.stand_anew();
            }
            None => drop(self.of.insert(subject, OfSubject::one(attempt, state, fact))),
        }
        true
    }

    /// Whether these hold all that others tell.
    pub(super) fn hold(&self, other: &Self) -> bool {
        other.iter().all(|(FactKey { attempt, subject, state }, fact)| {
            self.get(attempt, subject, state).is_some_and(|known| {
                *known == *fact || {
                    let mut joined = known.clone();
                    joined.join(fact.clone());
                    joined == *known
                }
            })
        })
    }

    /// All of them, those of a subject together, first attempt first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FactKey<'_>, &Fact)> {
        self.of.iter().flat_map(|(subject, of)| {
            of.facts
                .iter()
                .map(move |((attempt, state), fact)| (FactKey { attempt: *attempt, subject, state: *state }, fact))
        })
    }

    /// The facts of stages.
    pub(super) fn of_stages(&self) -> impl Iterator<Item = (FactKey<'_>, &Fact)> {
        let others = |(subject, _): &(&Subject, &OfSubject)| *subject == &Subject::Pipeline;
        let stages = self.of.iter().skip_while(others);
        stages.take_while(|(subject, _)| matches!(subject, Subject::Stage(_))).flat_map(|(subject, of)| {
            of.facts
                .iter()
                .map(move |((attempt, state), fact)| (FactKey { attempt: *attempt, subject, state: *state }, fact))
        })
    }

    /// Everything that facts are about.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.of.keys()
    }

    /// Everything that facts are about, and how it stands.
    pub(super) fn stands(&self) -> impl Iterator<Item = (&Subject, Stand)> {
        self.of.iter().map(|(subject, of)| (subject, of.stand))
    }

    /// The attempts that there are facts of, first to last.
    pub(super) fn attempts(&self) -> &BTreeSet<Attempt> {
        &self.noted.attempts
    }

    /// The latest attempt that there are facts of.
    pub(super) fn latest_attempt(&self) -> Option<Attempt> {
        self.noted.attempts.last().copied()
    }

    /// The earliest time that any of them names.
    pub(super) fn first_seen(&self) -> Option<Timestamp> {
        self.noted.first_seen
    }

    /// How much they say.
    pub(super) fn weight(&self) -> u64 {
        self.noted.weight
    }

    /// The actions that are approvals.
    pub(super) fn approvals(&self) -> &BTreeSet<Subject> {
        &self.noted.approvals
    }

    /// The actions that fetch sources.
    pub(super) fn sources(&self) -> &BTreeSet<Subject> {
        &self.noted.sources
    }

    /// The actions that deploy.
    pub(super) fn deployments(&self) -> &BTreeSet<Subject> {
        &self.noted.deployments
    }

    /// When a stage was last skipped.
    pub(super) fn skipped(&self) -> Option<Timestamp> {
        self.noted.skipped
    }

    /// Whether what some of them say of failed actions hangs on facts of other attempts.
    pub(super) fn has_hearsay(&self) -> bool {
        self.noted.is_hearsay
    }

    /// CodePipeline's name of the state that a subject is in, where Andon does not know that state.
    pub(super) fn state_name(&self, subject: &Subject, attempt: Attempt) -> Option<&str> {
        if self.settled(subject, attempt).is_some() {
            return None;
        }
        let (_, latest) = self.of_attempt(subject, attempt).max_by_key(|(state, fact)| (fact.at, *state))?;
        latest.state_name.as_deref()
    }

    /// The facts about one subject, first attempt first.
    pub(super) fn of(&self, subject: &Subject) -> impl Iterator<Item = (Attempt, State, &Fact)> + use<'_> {
        let facts = self.of.get(subject).into_iter().flat_map(|of| &of.facts);
        facts.map(|((attempt, state), fact)| (*attempt, *state, fact))
    }

    /// The facts about one subject in one attempt.
    pub(super) fn of_attempt(
        &self,
        subject: &Subject,
        attempt: Attempt,
    ) -> impl Iterator<Item = (State, &Fact)> + use<'_> {
        self.of.get(subject).into_iter().flat_map(move |of| of.of_attempt(attempt))
    }

    /// The final state of a subject in an attempt, unless it was reopened since.
    pub(super) fn settled(&self, subject: &Subject, attempt: Attempt) -> Option<(State, &Fact)> {
        self.of.get(subject)?.settled(attempt)
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
        self.of.get(subject)?.facts.get(&(attempt, state))
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
    state_name: Option<String>,
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
            let Entry { attempt, subject, state, at, started, retried, .. } = entry;
            let Entry { retried_by, state_name, action, failed, explanation, .. } = entry;
            let fact = Fact { at, started, retried, retried_by, state_name, action, failed, explanation };
            facts.add(attempt, subject, state, fact);
        }
        Ok(facts)
    }
}
