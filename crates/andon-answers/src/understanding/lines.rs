//! The branches and pull requests that a question names, and "the second one".
//!
//! A name with a slash or a number behind "PR" is known by its form, another by the ledger or by the words beside it: "on
//! main", "the develop branch". What the ledger does not have is kept as it was said, so that the answer can say so.

use super::super::spoken::plain;
use super::on_line::{PREFIXES, singular};
use super::sentence::Sentence;
use super::words::Word;
use super::{OnLine, Parts, span};

/// The most words of a branch's name.
const MAX_WORDS: usize = 6;

/// Of the words that names of branches begin with, those that mean branches by themselves: "any hotfix".
const ALONE: &[&str] = &["hotfix", "bugfix", "dependabot", "renovate"];
/// Branches that there are in most repositories.
const TRUNKS: &[&str] = &["main", "master", "trunk", "mainline", "develop"];
/// Words before a branch.
const BEFORE: &[&str] = &["on", "onto", "from", "branch", "branches"];
/// Words before a branch that everybody has.
const BEFORE_TRUNK: &[&str] = &["in", "of", "to", "into", "for", "against"];

fn number(text: &str) -> Option<String> {
    let is_digits = !text.is_empty() && text.len() <= 9 && text.chars().all(|c| c.is_ascii_digit());
    if is_digits { Some(text.to_owned()) } else { span::number(text).map(|number| number.to_string()) }
}

impl Sentence<'_> {
    /// Finds the branches and pull requests.
    pub(super) fn lines(&mut self, parts: &mut Parts) {
        self.pull_requests(parts);
        self.paths(parts);
        self.known_branches(parts);
        self.other_branches(parts);
        self.classes(parts);
    }

    fn is_free(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| !word.is_used)
    }

    fn found(&mut self, line: OnLine, at: usize, count: usize, parts: &mut Parts) {
        if !parts.lines.contains(&line) {
            parts.lines.push(line);
        }
        self.mark(at, count);
        // "the develop branch", "branch develop".
        for beside in [Some(at + count), at.checked_sub(1)].into_iter().flatten() {
            if ["branch", "branches"].contains(&self.text(beside)) {
                self.mark(beside, 1);
            }
        }
    }

    /// "PR 17", "pull requests 17 and 18", "#17", "any pull requests".
    fn pull_requests(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            let count = match (self.text(at), self.text(at + 1)) {
                ("pr" | "prs" | "mr" | "mrs", _) => 1,
                ("pull" | "merge", "request" | "requests") => 2,
                _ => continue,
            };
            if !self.is_free(at) {
                continue;
            }
            let mut next = at + count;
            while ["number", "no", "nr", "id"].contains(&self.text(next)) {
                next += 1;
            }
            let mut numbers = Vec::new();
            loop {
                let and = usize::from(!numbers.is_empty() && ["and", "or"].contains(&self.text(next)));
                let Some(number) = number(self.text(next + and)) else { break };
                numbers.push(number);
                next += and + 1;
            }
            let is_plural = self.text(at + count - 1).ends_with('s');
            let is_any =
                at > 0 && ["which", "what", "any", "every", "open", "red", "failing"].contains(&self.text(at - 1));
            if numbers.is_empty() && (is_plural || is_any) {
                self.found(OnLine::PullRequests, at, count, parts);
            }
            for number in numbers {
                self.found(OnLine::PullRequest(number), at, next - at, parts);
            }
        }
        for at in 0..self.words.len() {
            let number = self
                .words
                .get(at)
                .filter(|word| !word.is_used)
                .and_then(|word| word.path.as_deref()?.strip_prefix('#'));
            if let Some(number) = number.map(str::to_owned) {
                self.found(OnLine::PullRequest(number), at, 1, parts);
            }
        }
    }

    /// `release/2`.
    fn paths(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            let Some(path) = self.words.get(at).filter(|word| !word.is_used).and_then(|word| word.path.clone()) else {
                continue;
            };
            let count = 1 + self.words.iter().skip(at + 1).take_while(|word| word.is_joined).count();
            let known = self.fleet.branch(&plain(&path)).map(str::to_owned);
            let is_beside = self.is_after(at, BEFORE) || self.text(at + count) == "branch";
            let is_conventional = PREFIXES.contains(&self.text(at));
            if known.is_some() || is_conventional || is_beside && number(self.text(at)).is_none() {
                self.found(OnLine::Branch(known.unwrap_or(path)), at, count, parts);
            }
        }
    }

    /// Whether one of these words stands before a place, perhaps with "the" between.
    fn is_after(&self, at: usize, before: &[&str]) -> bool {
        let articles = ["the", "its", "their", "our", "branch"];
        let place =
            (0..at).rev().find(|place| !articles.contains(&self.text(*place)) || before.contains(&self.text(*place)));
        place.is_some_and(|place| before.contains(&self.text(place)))
    }

    /// Branches by the names that the ledger has, and those that every repository has.
    fn known_branches(&mut self, parts: &mut Parts) {
        for count in (1..=MAX_WORDS).rev() {
            for at in 0..self.words.len() {
                let Some(window) = self.words.get(at..at + count) else { break };
                let goes_on = self.words.get(at + count).is_some_and(|next| next.is_joined);
                if window.iter().any(|word| word.is_used)
                    || window.first().is_some_and(|first| first.is_joined)
                    || goes_on
                {
                    continue;
                }
                let said = window.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
                let is_trunk = TRUNKS.contains(&said.as_str());
                let known = self.fleet.branch(&said);
                if known.is_none() && !is_trunk {
                    continue;
                }
                let is_plain = window.iter().all(|word| !word.is_unknown() && number(&word.text).is_none());
                let is_named = self.text(at + count).starts_with("branch") || self.is_after(at, &["branch"]);
                let is_of_names = window.iter().all(|word| self.fleet.has_word(&word.text));
                let is_on = self.is_after(at, BEFORE) || (is_trunk && self.is_after(at, BEFORE_TRUNK));
                let by_itself = if count > 1 { !is_plain } else { is_trunk && self.stands_alone(at) };
                if is_named || !is_of_names && (is_on || by_itself) {
                    let name = known.map_or(said.clone(), str::to_owned);
                    self.found(OnLine::Branch(name), at, count, parts);
                }
            }
        }
    }

    /// Whether a word is no part of something else: "is main green", and not "the main problem".
    fn stands_alone(&self, at: usize) -> bool {
        let is_thing = |word: &Word| {
            word.is_unknown()
                || ["bad", "reason", "error", "stage", "customers", "account", "region"].iter().any(|tag| word.is(tag))
        };
        let follows = self.words.get(at + 1).filter(|word| !word.is_used);
        let goes_on = ["of", "branch"].contains(&self.text(at + 1));
        let follows_the = !goes_on && at.checked_sub(1).is_some_and(|before| self.text(before) == "the");
        !follows_the && !follows.is_some_and(is_thing)
    }

    /// "branch checkout-2", "the checkout branch", "on release 9": names that the list of pipelines does not have.
    fn other_branches(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            let is_name = |word: &Word| !word.is_used && word.is_unknown();
            if PREFIXES.contains(&self.text(at)) && self.is_free(at) && self.is_after(at, BEFORE) {
                let next = self.words.get(at + 1).filter(|next| next.text.starts_with(|c: char| c.is_ascii_digit()));
                if let Some(next) = next.filter(|next| !next.is_used) {
                    let joined = self.words.iter().skip(at + 2).take_while(|word| word.is_joined).count();
                    let name =
                        if next.is_joined { self.joined(at, 2 + joined).replace(' ', "-") } else { self.joined(at, 2) };
                    self.found(OnLine::Branch(name), at, 2 + joined, parts);
                }
                continue;
            }
            if self.text(at) != "branch" || !self.is_free(at) {
                continue;
            }
            if self.words.get(at + 1).is_some_and(is_name) {
                let joined = self.words.iter().skip(at + 2).take_while(|word| word.is_joined).count();
                let name = self.joined(at + 1, 1 + joined).replace(' ', "-");
                self.found(OnLine::Branch(name), at + 1, 1 + joined, parts);
            } else if at > 0 && self.words.get(at - 1).is_some_and(is_name) {
                let joined = self.words.iter().take(at).rev().take_while(|word| word.is_joined).count();
                let from = at - 1 - joined.min(at - 1);
                let is_of_names = (from..at).any(|place| self.fleet.has_word(self.text(place)));
                let is_prefix = PREFIXES.contains(&singular(self.text(at - 1)).as_str());
                if !is_of_names && !is_prefix {
                    let name = self.joined(from, at - from).replace(' ', "-");
                    self.found(OnLine::Branch(name), from, at - from, parts);
                }
            }
        }
    }

    /// "release branches", "any hotfix".
    fn classes(&mut self, parts: &mut Parts) {
        for at in 0..self.words.len() {
            let prefix = singular(self.text(at));
            if !self.is_free(at) || !PREFIXES.contains(&prefix.as_str()) {
                continue;
            }
            let of_branches = ["branch", "branches"].contains(&self.text(at + 1));
            let is_unknown = self.words.get(at).is_some_and(Word::is_unknown);
            let is_alone = !self.words.get(at).is_some_and(|word| word.is_joined)
                && !self.words.get(at + 1).is_some_and(|next| next.is_joined);
            let is_any = ALONE.contains(&prefix.as_str()) && is_unknown && !self.fleet.has_word(&prefix);
            if is_alone && (of_branches || is_any) {
                self.found(OnLine::Branches(prefix), at, 1, parts);
            }
        }
    }

    /// "Why did the second one fail": of those that the last answer named.
    pub(super) fn ordinals(&mut self, parts: &mut Parts) {
        let ordinals = ["first", "second", "third", "fourth", "fifth"];
        for at in 0..self.words.len() {
            let place = ordinals.iter().position(|ordinal| *ordinal == self.text(at));
            let one = ["one", "pipeline"].contains(&self.text(at + 1)).then_some(2);
            let of_them =
                (self.text(at + 1) == "of" && ["them", "those", "these"].contains(&self.text(at + 2))).then_some(3);
            if let (Some(place), Some(count), true) = (place, one.or(of_them), self.is_free(at)) {
                parts.nth = Some(place + 1);
                self.mark(at, count);
            }
        }
    }
}
