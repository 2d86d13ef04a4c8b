//! A question understood by its parts: first what it is about, by the ledger's and the configuration's own names, then
//! what is asked, by what is left.
//!
//! No word that may be a name is ever ignored. A name that no pipeline has is said to be unknown, an instruction is
//! recognised as one, and a part that an answer does not use is named in it.

use std::collections::BTreeSet;

use andon::name::PipelineId;
use jiff::Timestamp;
use jiff::tz::TimeZone;

mod instruction;
mod intent;
mod span;
mod words;

pub use instruction::Instruction;
pub use intent::Intent;
pub use span::Span;

use super::fleet::Fleet;
use super::matching::{Match, is_generic};
use super::spoken::folded;
use words::{Word, is_hash, is_version, mended, words};

/// The most words of an unknown name that are repeated.
const MAX_NAME: usize = 6;
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
];
/// More pipelines than these are a group and not a name that has to be made clear.
const MAX_NAMESAKES: usize = 4;

/// What a question is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The pipelines that were named.
    pub pipelines: Vec<PipelineId>,
    /// Customers, as the configuration calls them.
    pub customers: Vec<String>,
    /// Accounts, by their ids.
    pub accounts: Vec<String>,
    /// Regions, by their ids.
    pub regions: Vec<String>,
    /// An environment: `production`, `staging`.
    pub environment: Option<&'static str>,
    /// The words that a group of pipelines has in its names.
    pub group: Option<String>,
    /// People, as they were named.
    pub people: Vec<String>,
    /// A commit's id or a version.
    pub change: Option<String>,
    /// A stage or kind of action.
    pub stage: Option<String>,
    /// A branch.
    pub branch: Option<String>,
    /// A time.
    pub span: Option<Span>,
    /// How many of something.
    pub count: Option<usize>,
    /// By what something is grouped.
    pub by: Option<By>,
    /// The most or the least of what.
    pub superlative: Option<Superlative>,
    /// Whether a number is asked for.
    pub is_count: bool,
    /// Whether people are asked for.
    pub is_who: bool,
    /// Whether what is red is asked for.
    pub is_red: bool,
}

/// By what figures are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum By {
    /// By pipeline.
    Pipeline,
    /// By customer.
    Customer,
    /// By account.
    Account,
    /// By region.
    Region,
}

/// The most or the least of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum Superlative {
    /// The most failures.
    MostFailing,
    /// The fewest failures.
    LeastFailing,
    /// The longest runs.
    Slowest,
    /// The shortest runs.
    Fastest,
    /// The most changes between success and failure.
    Flakiest,
    /// Red for the longest time.
    LongestRed,
    /// The most deployments.
    MostDeployed,
    /// The highest share of failures.
    Worst,
    /// The lowest share of failures.
    Best,
}

/// What was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Understood {
    /// A question, and what it is about.
    Asked(Intent, Parts),
    /// A question whose name may be that of any of these.
    Unclear(Intent, Parts, Vec<PipelineId>),
    /// A name that there is not: what was said, and the nearest.
    NoSuch(Option<Intent>, String, Vec<PipelineId>),
    /// Something that is to be done; to which pipelines, if any was named.
    Refused(Instruction, Parts),
    /// Nothing that can be answered.
    NotUnderstood,
}

/// What pipelines a text may be about.
enum Named {
    Nothing,
    These(Vec<PipelineId>),
    OneOf(Vec<PipelineId>),
    Group(String),
    Unknown(String, Vec<PipelineId>),
}

/// Understands a question.
pub fn understand(text: &str, fleet: &Fleet, now: Timestamp, zone: &TimeZone) -> Understood {
    let mut said = Sentence { words: words(text), fleet };
    let instruction = instruction::find(&said.words).map(|found| {
        said.mark(found.from, found.until - found.from);
        found.instruction
    });
    let mut parts = Parts::default();
    said.exact_names(&mut parts);
    said.changes(&mut parts);
    said.accounts(&mut parts);
    parts.span = span::find(&mut said.words, now, zone);
    let unknown_region = said.regions(&mut parts);
    said.customers(&mut parts);
    said.environments(&mut parts);
    said.stages(&mut parts);
    said.branches(&mut parts);
    said.people(&mut parts);
    said.mend();
    said.kinds(&mut parts);
    if instruction.is_none() && said.words.iter().any(|word| word.is("offtopic") && !word.is_used) {
        return Understood::NotUnderstood;
    }
    let named =
        if let Some(region) = unknown_region { Named::Unknown(region, Vec::new()) } else { said.named(&mut parts) };
    if let Named::These(pipelines) = &named {
        for pipeline in pipelines {
            if !parts.pipelines.contains(pipeline) {
                parts.pipelines.push(pipeline.clone());
            }
        }
        said.settle_where(&mut parts);
    }
    if let Named::Group(group) = &named {
        parts.group = Some(group.clone());
    }
    if let Some(instruction) = instruction {
        if !parts.pipelines.is_empty() {
            parts.environment = None;
        }
        return match named {
            Named::Unknown(heard, nearest) => Understood::NoSuch(None, heard, nearest),
            Named::OneOf(candidates) => {
                parts.pipelines = candidates;
                Understood::Refused(instruction, parts)
            }
            _ => Understood::Refused(instruction, parts),
        };
    }
    let several = matches!(&named, Named::OneOf(_));
    let likely = intent::likeliest(&|tag| said.has(tag, &parts, several));
    match (named, likely) {
        (Named::Unknown(heard, nearest), likely) => {
            let is_sentence = said.words.iter().filter(|word| !word.is_used).count() > MAX_NAME;
            match likely {
                None if is_sentence => Understood::NotUnderstood,
                likely => Understood::NoSuch(likely.map(|(intent, _)| intent), heard, nearest),
            }
        }
        (_, None) => Understood::NotUnderstood,
        (Named::OneOf(candidates), Some((intent, _))) => {
            parts.customers.clear();
            Understood::Unclear(intent, parts, candidates)
        }
        (_, Some((intent, _))) => {
            let is_of_customers = said.words.iter().any(|word| word.text == "customers" && !word.is_used);
            if is_of_customers && matches!(intent, Intent::Deployments | Intent::Failures) {
                parts.by.get_or_insert(By::Customer);
            }
            Understood::Asked(intent, parts)
        }
    }
}

struct Sentence<'f> {
    words: Vec<Word>,
    fleet: &'f Fleet,
}

impl Sentence<'_> {
    fn has(&self, tag: &str, parts: &Parts, several: bool) -> bool {
        match tag {
            "@pipeline" => !parts.pipelines.is_empty() || several,
            "@two" => parts.pipelines.len() + parts.customers.len() > 1,
            "@person" => !parts.people.is_empty(),
            "@span" => parts.span.is_some(),
            "@change" => parts.change.is_some(),
            "@scope" => parts.has_scope(),
            "@count" => parts.count.is_some(),
            "@superlative" => parts.superlative.is_some(),
            "@stage" => parts.stage.is_some(),
            "@branch" => parts.branch.is_some(),
            tag => self.words.iter().any(|word| !word.is_used && word.is(tag)),
        }
    }

    /// The pipelines that a name means.
    fn meant_by(&self, heard: &str) -> Found {
        Found::of(self.fleet.match_name(heard), |at| self.fleet.pipeline_at(at))
    }

    fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    fn mark(&mut self, from: usize, count: usize) {
        for word in self.words.iter_mut().skip(from).take(count) {
            word.is_used = true;
        }
    }

    fn joined(&self, from: usize, count: usize) -> String {
        let texts: Vec<&str> = self.words.iter().skip(from).take(count).map(|word| word.raw.as_str()).collect();
        texts.join(" ")
    }

    /// Names that stand there word for word, the longest first: they may have any word in them.
    fn exact_names(&mut self, parts: &mut Parts) {
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

    fn changes(&mut self, parts: &mut Parts) {
        let found = self.words.iter().position(|word| !word.is_used && (is_version(&word.text) || is_hash(&word.text)));
        if let Some(at) = found {
            parts.change = Some(self.text(at).trim_start_matches('v').to_owned());
            self.mark(at, 1);
        }
    }

    fn accounts(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            let text = self.text(at).to_owned();
            let is_digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            let ids = self.fleet.account_ids();
            if is_digits && text.len() == 12 {
                if ids.contains(text.as_str()) {
                    parts.accounts.push(text);
                    self.mark(at, 1);
                }
                continue;
            }
            if text != "account" {
                continue;
            }
            // "the account ending in 4444", "the account that ends in 5 5 5 5".
            let mut digits = String::new();
            let mut used = Vec::new();
            for (place, word) in self.words.iter().enumerate().skip(at + 1) {
                let number = span::number(&word.text).filter(|_| word.text.len() <= 5);
                match number {
                    Some(_) if word.text.chars().all(|c| c.is_ascii_digit()) => digits.push_str(&word.text),
                    Some(number) => digits.push_str(&number.to_string()),
                    None if digits.is_empty()
                        && ["ending", "ends", "that", "in", "with", "id", "number"].contains(&word.text.as_str()) => {}
                    None => break,
                }
                used.push(place);
            }
            let ending: Vec<String> =
                ids.iter().filter(|id| digits.len() >= 3 && id.ends_with(&digits)).map(|id| (*id).to_owned()).collect();
            if !ending.is_empty() {
                parts.accounts.extend(ending);
                for place in used {
                    self.mark(place, 1);
                }
            }
        }
    }

    /// Regions by their ids and by their cities; gives back one in which there is no pipeline.
    fn regions(&mut self, parts: &mut Parts) -> Option<String> {
        let here = self.fleet.region_ids();
        let mut unknown = None;
        let mut names: Vec<(Vec<String>, &str)> = Vec::new();
        let known: BTreeSet<&str> = andon::region::ids().collect();
        for id in known.union(&here).copied() {
            names.push((id.split('-').map(str::to_owned).collect(), id));
            if let Some(city) = andon::region::city(id) {
                let city: Vec<String> =
                    folded(city).split([' ', '.']).filter(|word| word.len() > 1).map(str::to_owned).collect();
                names.push((city, id));
            }
        }
        // A region by its usual digits-apart form is one word less: "eu-west-1" is typed as it is written.
        names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        for (name, id) in names {
            for at in 0..self.words.len() {
                let window = self.words.get(at..at + name.len()).unwrap_or_default();
                let is_it = !window.is_empty()
                    && window.iter().zip(&name).all(|(word, part)| !word.is_used && word.text == *part);
                if !is_it {
                    continue;
                }
                if here.contains(id) {
                    if !parts.regions.iter().any(|known| known == id) {
                        parts.regions.push(id.to_owned());
                    }
                } else if self.fleet.has_word(&name.concat())
                    || self.fleet.has_word(name.first().map_or("", String::as_str))
                {
                    // Pipelines are called so.
                    continue;
                } else {
                    unknown = Some(self.joined(at, name.len()));
                }
                self.mark(at, name.len());
            }
        }
        unknown
    }

    /// Customers and accounts by the names that the configuration gives them.
    fn customers(&mut self, parts: &mut Parts) {
        for (name, is_customer, ids) in self.fleet.owners() {
            let own: Vec<String> = plain_words(&name);
            if own.is_empty() {
                continue;
            }
            let first_tells = own.first().is_some_and(|first| first.len() >= 4 && words::tags(first).is_empty());
            for length in [own.len(), 1] {
                if length == 1 && own.len() > 1 && !first_tells {
                    continue;
                }
                let wanted = own.get(..length).unwrap_or_default();
                let found = (0..self.words.len()).find(|at| {
                    self.words.get(*at..at + length).is_some_and(|window| {
                        window.iter().zip(wanted).all(|(word, part)| !word.is_used && is_near(&word.text, part))
                    })
                });
                let Some(at) = found else { continue };
                // A name of everyday words is only that where it is named as one.
                let is_plain =
                    self.words.get(at..at + length).is_some_and(|window| window.iter().any(Word::is_unknown));
                if !is_plain && !is_customer {
                    continue;
                }
                self.mark(at, length);
                if is_customer {
                    if !parts.customers.contains(&name) {
                        parts.customers.push(name.clone());
                    }
                } else {
                    parts.accounts.extend(ids.iter().cloned());
                }
                break;
            }
        }
    }

    fn environments(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            let word = self.text(at);
            let Some(environment) = environment(word) else { continue };
            // "is the website live", "which commit is in production": of one pipeline, that is what is deployed.
            if self.words.get(at).is_some_and(|word| word.is_used) {
                continue;
            }
            parts.environment = Some(environment);
        }
    }

    fn stages(&mut self, parts: &mut Parts) {
        let stages = self.fleet.stage_names();
        for at in 0..self.words.len() {
            let is_stage = ["stage", "step", "action", "stages"].contains(&self.text(at));
            if is_stage && at > 0 {
                let before = folded(self.text(at - 1));
                if let Some(stage) = stages.iter().find(|stage| folded(stage) == before) {
                    parts.stage = Some((*stage).to_owned());
                    self.mark(at - 1, 2);
                }
            }
        }
        let kinds = [("test", "Test"), ("tests", "Test"), ("lint", "Lint")];
        for at in 0..self.words.len() {
            let next = self.words.get(at + 1).is_some_and(|word| word.is("failures") || word.is("fail"));
            let unused = self.words.get(at).is_some_and(|word| !word.is_used);
            if let (true, true, Some((_, stage))) =
                (next, unused, kinds.iter().find(|(word, _)| *word == self.text(at)))
            {
                parts.stage = Some((*stage).to_owned());
                self.mark(at, 1);
            }
        }
    }

    fn branches(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            if self.text(at) == "branch"
                && self.words.get(at + 1).is_some_and(|word| !word.is_used && !word.is("filler"))
            {
                let joined = self.words.iter().skip(at + 2).take_while(|word| word.is_joined).count();
                parts.branch = Some(self.joined(at + 1, 1 + joined).replace(' ', "-"));
                self.mark(at + 1, 1 + joined);
            }
        }
    }

    /// People by the names that changes have been made under.
    fn people(&mut self, parts: &mut Parts) {
        for author in self.fleet.people() {
            let names = plain_words(&author);
            for at in 0..self.words.len() {
                let Some(word) = self.words.get(at) else { continue };
                let is_named = !word.is_used && word.is_unknown() && word.text.len() > 2 && names.contains(&word.text);
                if is_named && !self.fleet.has_word(&word.text) {
                    if !parts.people.contains(&author) {
                        parts.people.push(author.clone());
                    }
                    let rest = self.words.iter().skip(at).take_while(|word| names.contains(&word.text)).count();
                    self.mark(at, rest);
                }
            }
        }
    }

    /// Takes words with a slip of the keyboard for what they were meant to be, unless they are in a name.
    fn mend(&mut self) {
        let fleet = self.fleet;
        for word in self.words.iter_mut().filter(|word| !word.is_used && word.is_unknown()) {
            if environment(&word.text).is_none() && fleet.explaining(&word.text).is_empty() {
                word.tags = mended(&word.text);
            }
        }
    }

    /// Counts, superlatives and what is grouped by.
    fn kinds(&mut self, parts: &mut Parts) {
        let free = |tag: &str| self.words.iter().any(|word| !word.is_used && word.is(tag));
        let said = |text: &str| self.words.iter().any(|word| !word.is_used && word.text == text);
        parts.is_who = free("who");
        parts.is_red = free("red") || free("fail") || free("bad") || free("failures") || (free("not") && free("ok"));
        parts.is_count = (said("many") || said("number") || said("count") || said("total")) && !said("often");
        let after = |first: &[&str], second: &[&str]| {
            self.words
                .iter()
                .zip(self.words.iter().skip(1))
                .any(|(a, b)| first.contains(&a.text.as_str()) && second.contains(&b.text.as_str()))
        };
        let by = ["per", "by", "each", "which", "what"];
        let failing = free("fail") || free("bad");
        let most = said("most") || said("top") || (said("worst") && said("rate")) || said("highest") || said("biggest");
        parts.superlative =
            if said("flakiest") || said("flakyest") || (most && free("flaky")) || (free("flaky") && free("which")) {
                Some(Superlative::Flakiest)
            } else if said("slowest") || (said("longest") && !free("red")) {
                Some(Superlative::Slowest)
            } else if said("fastest") || said("quickest") || said("shortest") {
                Some(Superlative::Fastest)
            } else if (said("longest") || said("oldest")) && (free("red") || free("fail")) {
                Some(Superlative::LongestRed)
            } else if (most || said("worst")) && failing && !said("rate") {
                Some(Superlative::MostFailing)
            } else if said("worst") || (said("highest") && said("rate")) {
                Some(Superlative::Worst)
            } else if (said("fewest") || said("least") || said("lowest")) && failing {
                Some(Superlative::LeastFailing)
            } else if said("best") || said("healthiest") {
                Some(Superlative::Best)
            } else if most && free("deploy") {
                Some(Superlative::MostDeployed)
            } else if said("often") && failing && free("which") && said("more") {
                Some(Superlative::MostFailing)
            } else {
                None
            };
        let ranked = parts.superlative.is_some();
        // "the worst customer".
        let of = |kinds: &[&str]| ranked && after(&["worst", "best", "flakiest", "top", "slowest"], kinds);
        parts.by = if of(&["customer", "client"]) || after(&by, &["customer", "client"]) && (ranked || !said("which")) {
            Some(By::Customer)
        } else if of(&["account"]) || after(&by, &["account"]) && (ranked || !said("which")) {
            Some(By::Account)
        } else if of(&["region"]) || after(&by, &["region"]) && (ranked || !said("which")) {
            Some(By::Region)
        } else if after(&["per", "by"], &["pipeline"]) {
            Some(By::Pipeline)
        } else {
            None
        };
        // "top 5", "last 5 runs".
        for at in 0..self.words.len() {
            if self.words.get(at).is_none_or(|word| word.is_used) {
                continue;
            }
            let counts = ["top", "last", "latest", "worst", "slowest", "recent", "flakiest"].contains(&self.text(at));
            let number = span::number(self.text(at + 1)).and_then(|number| usize::try_from(number).ok());
            if let (true, Some(number)) = (counts, number.filter(|number| (1..=50).contains(number))) {
                parts.count = Some(number);
                self.mark(at + 1, 1);
            }
        }
    }

    /// Whether a word has to be explained by a name: it is in no list of words.
    fn must_be_named(word: &Word) -> bool {
        !word.is_used && word.is_unknown()
    }

    /// The pipelines that the words left over name.
    fn named(&mut self, parts: &mut Parts) -> Named {
        let musts: Vec<usize> = (0..self.words.len())
            .filter(|at| self.words.get(*at).is_some_and(Self::must_be_named) && environment(self.text(*at)).is_none())
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
    fn settle_where(&self, parts: &mut Parts) {
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
pub(super) enum Found {
    One(PipelineId),
    Several(Vec<PipelineId>),
    None,
}

impl Found {
    pub(super) fn of(found: Match, id: impl Fn(usize) -> Option<PipelineId>) -> Self {
        match found {
            Match::One(at) => id(at).map_or(Self::None, Self::One),
            Match::Several(all) => Self::Several(all.into_iter().filter_map(id).collect()),
            Match::Unknown { .. } => Self::None,
        }
    }
}

impl Parts {
    /// Whether it is about some of the pipelines and not about all.
    pub fn has_scope(&self) -> bool {
        !self.customers.is_empty()
            || !self.accounts.is_empty()
            || !self.regions.is_empty()
            || self.environment.is_some()
            || self.group.is_some()
    }
}

/// The environment that a word names.
fn environment(word: &str) -> Option<&'static str> {
    Some(match word {
        "production" | "prod" | "prd" => "production",
        "staging" | "stg" => "staging",
        "development" | "dev" => "development",
        "preproduction" | "preprod" => "preproduction",
        "sandbox" => "sandbox",
        "uat" => "uat",
        "qa" => "qa",
        _ => return None,
    })
}

/// The words of a name in the configuration.
pub(super) fn plain_words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded).collect()
}

/// Whether a word is another, but for its umlaut's spelling, a possessive or one letter.
fn is_near(said: &str, name: &str) -> bool {
    // spellchecker:ignore-next-line
    let umlauts = |word: &str| word.replace("ue", "u").replace("oe", "o").replace("ae", "a").replace("ss", "s");
    let (said, name) = (umlauts(said), umlauts(name));
    let is_possessive = said.strip_suffix('s').is_some_and(|bare| bare == name);
    said == name
        || is_possessive
        || (name.chars().count() >= 5
            && said.chars().next() == name.chars().next()
            && strsim::osa_distance(&said, &name) <= 1)
}
