//! The score of each name, and the names that match.

use std::collections::HashMap;

use super::lexicon::{canonical, is_decisive, is_generic, is_hollow};
use super::likeness::Word;
use super::{Listed, Match, Name};

/// The share of the spoken text that a name has to explain.
const ENOUGH: f32 = 0.7;
/// Names that explain less than the best by no more than this are as likely.
const MARGIN: f32 = 0.07;
/// What is left of a name's worth that lacks a word that was said.
const LACKING: f32 = 0.6;
/// Words joined to one have to be more alike than single ones.
const LEAST_JOINED: f32 = 0.7;
/// The most words that are joined to one.
const MAX_JOINED: usize = 3;

/// A part of the spoken text: one word, or several joined to one.
pub(super) struct Part {
    pub(super) from: usize,
    pub(super) count: usize,
    pub(super) worth: f32,
    pub(super) word: Word,
    /// The words in it, and neighbours among them joined: what is one of these by itself is not all of it.
    pub(super) inner: Vec<String>,
    /// Whether a word in it is one that many names have, or that tells two names apart: then it is not taken for another.
    pub(super) is_strict: bool,
}

/// A part of the spoken text, found in a name.
#[derive(Clone, Copy)]
pub(super) struct Hit {
    pub(super) part: usize,
    pub(super) likeness: f32,
}

/// How much of the spoken text a name explains, and whether that is the whole name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score {
    pub(super) name: usize,
    pub(super) explained: f32,
    pub(super) is_whole: bool,
}

impl Score {
    /// Gives each part to the word it is most like, the parts that are worth most first.
    pub(super) fn of(
        at: usize,
        name: &Name,
        words: &[String],
        parts: &[Part],
        hits: &HashMap<usize, Vec<Hit>>,
    ) -> Self {
        let mut found: Vec<(f32, &Part, usize, usize)> = Vec::new();
        for (word, from, count) in &name.spans {
            for hit in hits.get(word).into_iter().flatten() {
                found.extend(parts.get(hit.part).map(|part| (hit.likeness * part.worth, part, *from, *count)));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.from.cmp(&b.1.from)).then(a.2.cmp(&b.2)));
        let mut heard = vec![false; words.len()];
        let mut named = vec![false; name.length + name.context];
        let mut explained = 0.0;
        for (value, part, from, count) in found {
            let of_heard = heard.get_mut(part.from..part.from + part.count).unwrap_or_default();
            let of_name = named.get_mut(from..from + count).unwrap_or_default();
            if of_heard.contains(&true) || of_name.contains(&true) {
                continue;
            }
            of_heard.fill(true);
            of_name.fill(true);
            explained += value;
        }
        let all: f32 = words.iter().map(|word| worth(word)).sum();
        let own = named.get(..name.length).unwrap_or_default();
        // Where a pipeline is does not name it.
        let lacks = words.iter().zip(&heard).any(|(word, heard)| !heard && !is_hollow(word)) || !own.contains(&true);
        explained = explained / all * if lacks { LACKING } else { 1.0 };
        Self { name: at, explained, is_whole: own.iter().all(|named| *named) }
    }
}

impl Part {
    /// Whether two joined words have one in common and differ in the other: a long word that both have makes "terraform
    /// vpc" no more like "terraform dns".
    fn differs_in_a_word(&self, listed: &Listed) -> bool {
        let Some((first, last)) = listed.word.text.split_at_checked(listed.boundary).filter(|_| listed.is_joined)
        else {
            return false;
        };
        let mine = self.word.text.as_str();
        let differ = |rest: Option<&str>, other: &str| {
            rest.is_some_and(|rest| !Word::new(rest.to_owned()).is_heard_as(&Word::new(other.to_owned())))
        };
        (self.inner.iter().any(|word| word == first) && differ(mine.strip_prefix(first), last))
            || (self.inner.iter().any(|word| word == last) && differ(mine.strip_suffix(last), first))
    }

    pub(super) fn likeness(&self, listed: &Listed) -> f32 {
        if self.is_strict || listed.is_strict {
            return if self.word.text == listed.word.text { 1.0 } else { 0.0 };
        }
        if self.inner.contains(&listed.word.text) {
            return 0.0;
        }
        let likeness = self.word.likeness(&listed.word);
        match (self.count, listed.is_joined) {
            (1, false) => likeness.max(self.word.as_beginning_of(&listed.word)),
            _ if likeness < LEAST_JOINED || self.differs_in_a_word(listed) => 0.0,
            _ => likeness,
        }
    }
}

/// Every name that explains enough of what was heard.
pub(super) fn enough(scores: &[Score]) -> Vec<usize> {
    scores.iter().take_while(|score| score.explained >= ENOUGH).map(|score| score.name).collect()
}

/// The names that match; `None` if none does.
pub(super) fn decide(scores: &[Score]) -> Option<Match> {
    let best = scores.first().filter(|best| best.explained >= ENOUGH)?;
    let likely: Vec<&Score> = scores
        .iter()
        .take_while(|score| score.explained >= ENOUGH && score.explained >= best.explained - MARGIN)
        .collect();
    let whole: Vec<&Score> = likely.iter().copied().filter(|score| score.is_whole).collect();
    let meant = if whole.is_empty() { likely } else { whole };
    Some(match meant.as_slice() {
        [one] => Match::One(one.name),
        several => Match::Several(several.iter().map(|score| score.name).collect()),
    })
}

/// The spoken words, and neighbours joined to one.
pub(super) fn parts(words: &[String]) -> Vec<Part> {
    let mut parts = Vec::new();
    for count in 1..=MAX_JOINED {
        for (from, span) in words.windows(count).enumerate() {
            let worth = span.iter().map(|word| worth(word)).sum();
            let joined = span.concat();
            let text = canonical(&joined).to_owned();
            let is_strict = count > 1 && span.iter().any(|word| is_generic(word) || is_decisive(word));
            let shorter = (1..count).flat_map(|length| span.windows(length)).map(<[String]>::concat);
            let inner = shorter.map(|inner| canonical(&inner).to_owned()).collect();
            parts.push(Part { from, count, worth, word: Word::new(text), inner, is_strict });
        }
    }
    parts
}

/// How much a word tells.
fn worth(word: &str) -> f32 {
    let length = u8::try_from(word.chars().count().clamp(2, 8)).unwrap_or(8);
    f32::from(length) * if is_generic(word) { 0.3 } else { 1.0 }
}
