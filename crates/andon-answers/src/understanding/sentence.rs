//! The words of a question, which of them are used, and what they count, rank and group.

use super::super::fleet::Fleet;
use super::parts::environment;
use super::words::{Word, mended};
use super::{By, Nuance, Parts, Superlative, span};

/// The words of a question, beside the fleet that it is about.
pub(super) struct Sentence<'f> {
    pub(super) words: Vec<Word>,
    pub(super) fleet: &'f Fleet,
}

impl Sentence<'_> {
    /// Whether something of a kind is in it: `@...` for what has been found, or the tag of a word that is left.
    pub(super) fn has(&self, tag: &str, parts: &Parts, several: bool) -> bool {
        match tag {
            "@pipeline" => !parts.pipelines.is_empty() || several || parts.nth.is_some(),
            "@two" => parts.pipelines.len() + parts.customers.len() > 1,
            "@person" => !parts.people.is_empty(),
            "@span" => parts.span.is_some(),
            "@change" => parts.change.is_some(),
            "@scope" => parts.has_scope(),
            "@count" => parts.count.is_some(),
            "@superlative" => parts.superlative.is_some(),
            "@stage" => parts.stage.is_some(),
            "@branch" => !parts.lines.is_empty(),
            "@branches" => !parts.lines.is_empty() && parts.line().is_none(),
            "@by" => parts.by.is_some(),
            "@customers-known" => self.fleet.has_customers(),
            tag => self.words.iter().any(|word| !word.is_used && word.is(tag)),
        }
    }

    /// The word at a place; empty where there is none.
    pub(super) fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// Marks words as used.
    pub(super) fn mark(&mut self, from: usize, count: usize) {
        for word in self.words.iter_mut().skip(from).take(count) {
            word.is_used = true;
        }
    }

    /// Words as they were written.
    pub(super) fn joined(&self, from: usize, count: usize) -> String {
        let texts: Vec<&str> = self.words.iter().skip(from).take(count).map(|word| word.raw.as_str()).collect();
        texts.join(" ")
    }

    /// Takes words with a slip of the keyboard for what they were meant to be, unless they are in a name.
    pub(super) fn mend(&mut self) {
        let fleet = self.fleet;
        for word in self.words.iter_mut().filter(|word| !word.is_used && word.is_unknown()) {
            if environment(&word.text).is_none() && fleet.explaining(&word.text).is_empty() {
                word.tags = mended(&word.text);
            }
        }
    }

    /// Takes the plural of a word in names for that word.
    pub(super) fn plurals(&mut self) {
        let fleet = self.fleet;
        for word in self.words.iter_mut().filter(|word| !word.is_used && word.is_unknown() && word.text.len() > 3) {
            let Some(singular) = word.text.strip_suffix('s') else { continue };
            if !fleet.has_word(&word.text) && fleet.has_word(singular) {
                (word.text, word.is_plural) = (singular.to_owned(), true);
            }
        }
    }

    /// The words after "except", taken out of the sentence.
    pub(super) fn exception(&mut self) -> Option<Vec<Word>> {
        let at = self.words.iter().position(|word| word.is("except"))?;
        let rest = self.words.split_off(at);
        Some(rest.into_iter().skip(1).collect())
    }

    /// Counts, superlatives and what is grouped by.
    pub(super) fn kinds(&mut self, parts: &mut Parts) {
        let free = |tag: &str| self.words.iter().any(|word| !word.is_used && word.is(tag));
        let said = |text: &str| self.words.iter().any(|word| !word.is_used && word.text == text);
        parts.is_who = free("who");
        parts.is_red = free("red") || free("fail") || free("bad") || free("failures") || (free("not") && free("ok"));
        let is_of_times = free("lead") || free("recover") || said("mttr");
        parts.is_count = (said("many") || said("number") || said("count") || said("total")) && !said("often");
        let after = |first: &[&str], second: &[&str]| {
            self.words
                .iter()
                .zip(self.words.iter().skip(1))
                .any(|(a, b)| first.contains(&a.text.as_str()) && second.contains(&b.text.as_str()))
        };
        let is_green = free("ok") && !parts.is_red && !free("not");
        let none_failed = after(&["no", "without", "zero"], &["failure", "failures", "fail", "fails"]);
        let is_without = none_failed || (free("not") && (free("deploy") || free("failures")));
        let only = free("only") || after(&["it", "is", "this"], &["just"]);
        let is_only = only && (free("red") || free("fail") || free("bad") || parts.has_scope());
        let nuances = [
            (Nuance::Green, is_green),
            (Nuance::Running, free("running") && !parts.is_red),
            (Nuance::Without, is_without),
            (Nuance::Only, is_only),
            (Nuance::Times, is_of_times),
        ];
        parts.nuances = nuances.into_iter().filter(|(_, is_so)| *is_so).map(|(nuance, _)| nuance).collect();
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
}
