//! What a question names beside pipelines: changes, accounts, regions, customers, environments, stages, branches, people.

use std::collections::BTreeSet;

use super::super::spoken::folded;
use super::parts::environment;
use super::sentence::Sentence;
use super::words::{self, Word, is_hash, is_version};
use super::{Parts, span};

impl Sentence<'_> {
    pub(super) fn changes(&mut self, parts: &mut Parts) {
        let found = self.words.iter().position(|word| !word.is_used && (is_version(&word.text) || is_hash(&word.text)));
        if let Some(at) = found {
            parts.change = Some(self.text(at).trim_start_matches('v').to_owned());
            self.mark(at, 1);
        }
    }

    pub(super) fn accounts(&mut self, parts: &mut Parts) {
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
    pub(super) fn regions(&mut self, parts: &mut Parts) -> Option<String> {
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
    pub(super) fn customers(&mut self, parts: &mut Parts) {
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

    pub(super) fn environments(&mut self, parts: &mut Parts) {
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

    pub(super) fn stages(&mut self, parts: &mut Parts) {
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
        let kinds = [
            ("test", "Test"),
            ("tests", "Test"),
            ("lint", "Lint"),
            ("permission", "Permission"),
            ("permissions", "Permission"),
            ("timeout", "Timeout"),
            ("timeouts", "Timeout"),
            ("quota", "Quota"),
            ("dependency", "Dependency"),
            ("dependencies", "Dependency"),
            ("compile", "Compile"),
            ("compilation", "Compile"),
            ("infrastructure", "Infrastructure"),
        ];
        for at in 0..self.words.len() {
            // "test failures", "permission errors", "due to a timeout", "any timeouts".
            let fails = |word: &Word| word.is("failures") || word.is("fail") || word.is("error") || word.is("bad");
            let next = self.words.get(at + 1).is_some_and(fails)
                || (at > 0 && ["due", "any", "with"].contains(&self.text(at - 1)))
                || (at > 1
                    && self.text(at - 2) == "due"
                    && self.words.get(at - 1).is_some_and(|word| word.is("filler")));
            let unused = self.words.get(at).is_some_and(|word| !word.is_used);
            if let (true, true, Some((_, stage))) =
                (next, unused, kinds.iter().find(|(word, _)| *word == self.text(at)))
            {
                parts.stage = Some((*stage).to_owned());
                self.mark(at, 1);
            }
        }
    }

    /// People by the names that changes have been made under.
    pub(super) fn people(&mut self, parts: &mut Parts) {
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
}

/// The words of a name in the configuration.
fn plain_words(name: &str) -> Vec<String> {
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
