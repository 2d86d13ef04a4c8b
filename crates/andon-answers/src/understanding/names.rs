//! The pipelines that a question names. Every word that may be of a name has to be explained by one.

use std::collections::BTreeSet;

use andon::name::PipelineId;

use super::super::matching::{Match, is_generic};
use super::Parts;
use super::parts::environment;
use super::sentence::Sentence;
use super::words::Word;

/// The most words of an unknown name that are repeated.
pub(super) const MAX_NAME: usize = 6;
/// The fewest letters of a word that may be heard as two: shorter ones are too often two words of a sentence.
const MIN_JOINED: usize = 6;
/// Words of questions that are in many names.
const NAME_WORDS: &[&str] = &[
    "infra",
    "infrastructure",
    "network",
    "cloud",
    "platform",
    "hardware",
    "code",
    "test",
    "tests",
    "lint",
    "customers",
    "customer",
    "recommendations",
    "reports",
    "update",
    "release",
    "deploy",
    "build",
    "push",
    "recommendation",
    "notification",
    "notifications",
    "message",
    "messages",
    "alert",
    "alerts",
    "address",
    "trace",
    "page",
    "ring",
    "call",
    "contact",
    "talk",
    "meeting",
    "sprint",
    "night",
    "click",
    "decision",
    "account",
    "client",
    "tenant",
    "weekly",
    "daily",
    "monthly",
];
/// More pipelines than these are a group and not a name that has to be made clear.
const MAX_NAMESAKES: usize = 4;

/// What pipelines a text may be about.
pub(super) enum Named {
    Nothing,
    These(Vec<PipelineId>),
    OneOf(Vec<PipelineId>),
    Group(String),
    Unknown(String, Vec<PipelineId>),
}

impl Sentence<'_> {
    /// The pipelines that a name means.
    fn meant_by(&self, heard: &str) -> Found {
        Found::of(self.fleet.match_name(heard), |at| self.fleet.pipeline_at(at))
    }

    /// Names that stand there word for word, the longest first: they may have any word in them.
    pub(super) fn exact_names(&mut self, parts: &mut Parts) {
        for count in (1..=8).rev() {
            for at in 0..self.words.len() {
                let Some(window) = self.words.get(at..at + count) else { break };
                let is_new = window.iter().all(|word| !word.is_used);
                let is_name_like = window.iter().any(Word::is_unknown)
                    || (count > 1 && window.iter().skip(1).all(|word| word.is_joined));
                // The words after it belong to a longer name.
                let goes_on = self
                    .words
                    .get(at + count)
                    .is_some_and(|next| next.is_joined || (next.is_unknown() && !next.is_used));
                let comes_before = at > 0
                    && (self.words.get(at).is_some_and(|first| first.is_joined)
                        || self.words.get(at - 1).is_some_and(|before| before.is_unknown() && !before.is_used));
                if !is_new || !is_name_like || goes_on || comes_before {
                    continue;
                }
                let found = self.fleet.called_exactly(&self.joined(at, count));
                if let [one] = found.as_slice() {
                    let pipeline = one.overview.pipeline.clone();
                    if !parts.pipelines.contains(&pipeline) {
                        parts.pipelines.push(pipeline);
                    }
                    self.mark(at, count);
                }
            }
        }
    }

    /// Whether a word has to be explained by a name: it is in no list of words.
    fn must_be_named(word: &Word) -> bool {
        !word.is_used && word.is_unknown()
    }

    /// The pipelines that the words left over name.
    pub(super) fn named(&mut self, parts: &mut Parts) -> Named {
        let musts: Vec<usize> = (0..self.words.len())
            .filter(|at| {
                // A second environment is part of a name: "is kb stg payments green in production".
                let environment = environment(self.text(*at));
                self.words.get(*at).is_some_and(Self::must_be_named)
                    && (environment.is_none() || environment != parts.environment)
            })
            .collect();
        let mut musts: BTreeSet<usize> = musts.into_iter().collect();
        // Words with hyphens between them are one name.
        for at in 1..self.words.len() {
            let is_free = |at: usize| self.words.get(at).is_some_and(|word| !word.is_used);
            let is_chain = self.words.get(at).is_some_and(|word| word.is_joined) && is_free(at) && is_free(at - 1);
            let is_plain = |at: usize| self.words.get(at).is_some_and(|word| word.is("filler"));
            if is_chain && !(is_plain(at) && is_plain(at - 1)) {
                musts.insert(at - 1);
                musts.insert(at);
            }
        }
        // A word of a name that was heard as two: "check out".
        for at in 1..self.words.len() {
            let pair = [at - 1, at];
            let is_free = pair.iter().all(|at| self.words.get(*at).is_some_and(|word| !word.is_used));
            let joined: String = pair.iter().map(|at| self.text(*at)).collect();
            if is_free && joined.chars().count() >= MIN_JOINED && !is_generic(&joined) && self.fleet.has_word(&joined) {
                musts.extend(pair);
            }
        }
        // Words of questions that names have too belong to a name beside them, or to a group of names.
        let said: Vec<usize> =
            (0..self.words.len()).filter(|at| self.words.get(*at).is_some_and(|word| !word.is_used)).collect();
        let only_generic = !musts.is_empty() && musts.iter().all(|at| is_generic(self.text(*at)));
        for at in said {
            let beside = musts.contains(&(at + 1)) || (at > 0 && musts.contains(&(at - 1)));
            let of_group = ["pipelines", "pipeline"].contains(&self.text(at + 1)) && self.fleet.has_word(self.text(at));
            let may_name = NAME_WORDS.contains(&self.text(at));
            let is_telling = self.words.get(at).is_some_and(|word| !word.is("filler"));
            if (may_name && (beside || of_group)) || (only_generic && beside && is_telling) {
                musts.insert(at);
            }
        }
        musts.retain(|at| self.words.get(*at).is_some_and(|word| !word.is_used));
        // An environment beside a name belongs to it; behind "in" it may.
        if musts.is_empty() {
            return Self::where_only(parts);
        }
        let mut groups: Vec<Vec<usize>> = vec![musts.iter().copied().collect()];
        if let Some(found) = self.look_up(&groups, parts) {
            return found;
        }
        // "payments-api and ledger-core", "acme vs globex".
        let splits: Vec<usize> = (0..self.words.len())
            .filter(|at| ["and", "vs", "versus", "or", "than", "to", "with", "against"].contains(&self.text(*at)))
            .filter(|at| musts.iter().any(|must| must < at) && musts.iter().any(|must| must > at))
            .collect();
        for split in splits {
            let (left, right): (Vec<usize>, Vec<usize>) = musts.iter().copied().partition(|at| *at < split);
            groups = vec![left, right];
            if let Some(found) = self.look_up(&groups, parts) {
                return found;
            }
        }
        if let Some(person) = self.stranger(&musts) {
            for at in &musts {
                self.mark(*at, 1);
            }
            parts.people.push(person);
            return Named::Nothing;
        }
        let first = musts.first().copied().unwrap_or_default();
        let last = musts.last().copied().unwrap_or_default();
        let heard = self.heard(&musts, parts, first, last);
        let nearest = self.fleet.nearest(&heard);
        Named::Unknown(heard, nearest)
    }

    /// An environment, customer or place by itself is no name.
    fn where_only(parts: &Parts) -> Named {
        // The name of a pipeline has been found word for word.
        if parts.pipelines.is_empty() { Named::Nothing } else { Named::These(parts.pipelines.clone()) }
    }

    fn heard(&self, musts: &BTreeSet<usize>, parts: &Parts, first: usize, last: usize) -> String {
        let mut said: Vec<String> = Vec::new();
        for at in first..=last {
            if let Some(word) =
                self.words.get(at).filter(|word| musts.contains(&at) || (!word.is("filler") && !word.is_used))
            {
                said.push(word.text.clone());
            }
        }
        said.truncate(MAX_NAME);
        let text = said.join(" ");
        match parts.customers.first() {
            Some(customer) if !text.is_empty() => format!("{customer} {text}"),
            _ => text,
        }
    }

    /// Looks up names: each group of words has to be explained whole.
    fn look_up(&mut self, groups: &[Vec<usize>], parts: &mut Parts) -> Option<Named> {
        let mut found: Vec<PipelineId> = Vec::new();
        let only = groups.len() == 1;
        let customers = parts.customers.clone();
        for (number, group) in groups.iter().enumerate() {
            let owner = if only || customers.len() == groups.len() {
                customers.get(if only { 0 } else { number })
            } else {
                None
            };
            match self.look_up_one(group, owner.map(String::as_str), parts) {
                Found::One(pipeline) => found.push(pipeline),
                Found::Several(all) if only => {
                    let (first, last) = (*group.first()?, *group.last()?);
                    let plural = |at: usize| self.words.get(at).is_some_and(|word| word.text == "pipelines");
                    let is_group = plural(last + 1)
                        || (first > 0 && plural(first - 1))
                        || all.len() > MAX_NAMESAKES
                        || group.iter().any(|at| self.words.get(*at).is_some_and(|word| word.is_plural))
                        || (plural(last + 2) && self.words.get(last + 1).is_some_and(|word| word.is("filler")))
                        || self
                            .words
                            .iter()
                            .any(|word| ["all", "every"].contains(&word.text.as_str()) && !word.is_used);
                    if is_group {
                        let text: Vec<&str> = group.iter().map(|at| self.text(*at)).collect();
                        return Some(Named::Group(text.join(" ")));
                    }
                    return Some(Named::OneOf(all));
                }
                Found::Several(_) | Found::None => return None,
            }
        }
        Some(Named::These(found))
    }

    fn look_up_one(&self, group: &[usize], owner: Option<&str>, parts: &Parts) -> Found {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { return Found::None };
        // Known words beside it that stand in a name may belong to it: "nightly tests".
        let in_names = |at: usize| {
            self.words.get(at).is_some_and(|word| {
                !word.is_used
                    && !word.is("filler")
                    && environment(&word.text).is_none()
                    && self.fleet.has_word(&word.text)
            })
        };
        let mut wider: BTreeSet<usize> = group.iter().copied().collect();
        let (mut from, mut until) = (*first, *last);
        while from > 0 && in_names(from - 1) {
            from -= 1;
            wider.insert(from);
        }
        while in_names(until + 1) {
            until += 1;
            wider.insert(until);
        }
        for at in from..=until {
            if in_names(at) {
                wider.insert(at);
            }
        }
        let narrow: BTreeSet<usize> = group.iter().copied().collect();
        // A word that is only in names is not left out; one that asks something may be.
        let asks = |at: &usize| {
            let cues = [
                "fail", "deploy", "run", "status", "ok", "red", "commit", "wait", "last", "live", "bad", "error",
                "link", "version", "stage", "account",
            ];
            self.words.get(*at).is_some_and(|word| cues.iter().any(|cue| word.is(cue)))
        };
        let may_narrow = wider.difference(&narrow).all(asks);
        let tries = match (wider == narrow, may_narrow) {
            (true, _) => vec![narrow],
            (false, true) => vec![wider, narrow],
            (false, false) => vec![wider],
        };
        for words in tries {
            let mut texts: Vec<String> = words.iter().map(|at| self.text(*at).to_owned()).collect();
            let place = Some(texts.join(" "));
            // What tells where it is, is said with it.
            let mut context: Vec<String> = Vec::new();
            context.extend(owner.map(str::to_owned));
            context.extend(parts.accounts.iter().take(1).cloned());
            context.extend(parts.regions.first().cloned());
            let environment = parts.environment.map(str::to_owned);
            texts.extend(context.iter().cloned());
            texts.extend(environment.clone());
            let with_all = self.meant_by(&texts.join(" "));
            if let Found::None = with_all {
                // "is payments API green in production": an environment that stands apart may be no part of the name.
                let apart = self.environment_is_apart(&words);
                if let (Some(place), true) = (place, environment.is_some() && apart) {
                    let text = [place].into_iter().chain(context).collect::<Vec<_>>().join(" ");
                    match self.meant_by(&text) {
                        Found::None => {}
                        found => return found,
                    }
                }
            } else {
                return with_all;
            }
        }
        Found::None
    }

    fn environment_is_apart(&self, words: &BTreeSet<usize>) -> bool {
        (0..self.words.len()).filter(|at| environment(self.text(*at)).is_some()).all(|at| {
            let beside = |other: usize| words.contains(&other);
            let before = at > 0 && beside(at - 1);
            !before && !beside(at + 1)
        })
    }

    /// The name of a person whom the ledger does not know: "what did Gustavo ship".
    fn stranger(&self, musts: &BTreeSet<usize>) -> Option<String> {
        let first = *musts.first()?;
        if musts.len() > 2 || musts.iter().any(|at| self.words.get(*at).is_none_or(|word| word.is_joined)) {
            return None;
        }
        let what =
            self.words.iter().any(|word| word.text == "what" || word.text == "anything" || word.text == "something");
        let did = first > 0 && ["did", "has", "have"].contains(&self.text(first - 1));
        let by = first > 0 && ["by", "from"].contains(&self.text(first - 1));
        let does =
            self.words.iter().any(|word| word.is("deploy") || word.is("fail") || word.is("commit") || word.is("do"));
        let commits = self.words.iter().any(|word| word.is("commit") || word.is("deploy"));
        ((what && did && does) || (by && commits)).then(|| {
            musts
                .iter()
                .map(|at| self.words.get(*at).map_or("", |word| word.raw.as_str()))
                .collect::<Vec<_>>()
                .join(" ")
        })
    }

    /// What only told which pipeline is meant is no part of its own.
    pub(super) fn settle_where(&self, parts: &mut Parts) {
        let rows: Vec<_> = parts.pipelines.iter().filter_map(|id| self.fleet.row(id)).collect();
        let describes = |word: &str| rows.iter().any(|row| self.fleet.describes(row, word));
        if rows.len() == 1 {
            parts.customers.retain(|customer| !describes(customer));
            parts.accounts.retain(|account| !describes(account));
            parts.regions.retain(|region| !describes(region));
            if parts.environment.is_some_and(describes) {
                parts.environment = None;
            }
        }
    }
}

/// What a name stands for.
enum Found {
    One(PipelineId),
    Several(Vec<PipelineId>),
    None,
}

impl Found {
    fn of(found: Match, id: impl Fn(usize) -> Option<PipelineId>) -> Self {
        match found {
            Match::One(at) => id(at).map_or(Self::None, Self::One),
            Match::Several(all) => Self::Several(all.into_iter().filter_map(id).collect()),
            Match::Unknown { .. } => Self::None,
        }
    }
}
