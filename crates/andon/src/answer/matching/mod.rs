//! Which pipeline is called that? By its name, by its words, by their sound and by what people shorten them to.
//!
//! A name and what was heard are both taken apart into words; words that stand for one another are made the same. Then
//! every word that was heard, alone or joined with its neighbours ("check out"), is looked for among the words of all
//! names, and each name is worth as much as it explains of what was heard. Names that explain it equally well are all
//! meant, unless one of them is nothing but what was said.

use std::collections::HashMap;

mod hearing;
mod lexicon;
mod likeness;

use lexicon::{is_decisive, is_generic};
use likeness::{LEAST, Word, similarity};

/// A name has to explain so much of what was heard.
const ENOUGH: f32 = 0.7;
/// Names that explain less than the best by no more than this are as likely.
const MARGIN: f32 = 0.07;
/// What is left of a name's worth that lacks an environment or a number that was said.
const LACKING: f32 = 0.6;
/// A name this unlike is not even offered.
const UNLIKE: f32 = 0.2;
/// Words joined to one have to be more alike than single ones.
const LEAST_JOINED: f32 = 0.7;
/// The most words that are joined to one.
const MOST_JOINED: usize = 3;
/// The most names that are offered when none is meant.
const MOST_OFFERED: usize = 2;

/// The names of a fleet, prepared for being looked for.
#[derive(Debug, Default)]
pub struct Index {
    names: Vec<Name>,
    /// Every word of any name, and two neighbours joined to one: compared once, however many names have it.
    words: Vec<Listed>,
    by_text: HashMap<String, usize>,
    by_sound: HashMap<String, Vec<usize>>,
    by_pair: HashMap<(char, char), Vec<usize>>,
    by_whole: HashMap<String, Vec<usize>>,
}

/// A name by its words.
#[derive(Debug)]
struct Name {
    whole: String,
    /// The words in their order.
    length: usize,
    /// The words and joined neighbours that it is listed under: where they begin, how many they are.
    spans: Vec<(usize, usize, usize)>,
}

/// A word and the names that have it.
#[derive(Debug)]
struct Listed {
    word: Word,
    is_joined: bool,
    is_strict: bool,
    names: Vec<usize>,
}

/// What a name that was heard stands for, by the places of the names in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// This one.
    One(usize),
    /// One of these, the likeliest first.
    Several(Vec<usize>),
    /// None; these, at most two, are the nearest.
    Unknown {
        /// The nearest, the nearest first.
        nearest: Vec<usize>,
    },
}

/// A part of what was heard: one word, or some joined to one.
struct Part {
    from: usize,
    count: usize,
    worth: f32,
    word: Word,
    /// Whether a word in it is one that many names have, or that tells two names apart: then it is not taken for another.
    is_strict: bool,
}

/// A part of what was heard, found in a name.
#[derive(Clone, Copy)]
struct Hit {
    part: usize,
    likeness: f32,
}

/// How much of what was heard a name explains, and whether that is all of the name.
#[derive(Debug, Clone, Copy)]
struct Score {
    name: usize,
    explained: f32,
    is_whole: bool,
}

impl Index {
    /// Prepares the names.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut index = Self::default();
        for name in names {
            index.add(&hearing::of_name(name));
        }
        index
    }

    fn add(&mut self, words: &[String]) {
        let at = self.names.len();
        let mut spans = Vec::new();
        for count in 1..=2 {
            for (from, span) in words.windows(count).enumerate() {
                spans.push((self.listed(span, at), from, count));
            }
        }
        let whole = words.concat();
        self.by_whole.entry(whole.clone()).or_default().push(at);
        self.names.push(Name { whole, length: words.len(), spans });
    }

    fn listed(&mut self, span: &[String], name: usize) -> usize {
        let at = match self.by_text.get(&span.concat()) {
            Some(at) => *at,
            None => self.new_word(span),
        };
        if let Some(listed) = self.words.get_mut(at)
            && listed.names.last() != Some(&name)
        {
            listed.names.push(name);
        }
        at
    }

    fn new_word(&mut self, span: &[String]) -> usize {
        let (at, text) = (self.words.len(), span.concat());
        self.by_text.insert(text.clone(), at);
        for pair in pairs(&text) {
            let listed = self.by_pair.entry(pair).or_default();
            if listed.last() != Some(&at) {
                listed.push(at);
            }
        }
        let word = Word::new(text);
        for sound in &word.sounds {
            self.by_sound.entry(sound.clone()).or_default().push(at);
        }
        let is_joined = span.len() > 1;
        let is_strict = is_joined && span.iter().any(|word| is_generic(word) || is_decisive(word));
        self.words.push(Listed { word, is_joined, is_strict, names: Vec::new() });
        at
    }

    /// Which name was heard.
    pub fn find(&self, heard: &str) -> Match {
        let words = hearing::of_speech(heard);
        if words.is_empty() {
            return Match::Unknown { nearest: Vec::new() };
        }
        // All of it, and nothing else.
        let whole = words.concat();
        match self.by_whole.get(&whole).map(Vec::as_slice) {
            Some([one]) => return Match::One(*one),
            Some(several) => return Match::Several(several.to_vec()),
            None => {}
        }
        let parts = parts(&words);
        let hits = self.hits(&parts);
        let scores = self.scores(&words, &parts, &hits);
        decide(&scores).unwrap_or_else(|| Match::Unknown { nearest: self.nearest(&whole, &scores) })
    }

    /// For every word of a name, the parts of what was heard that are like it.
    fn hits(&self, parts: &[Part]) -> HashMap<usize, Vec<Hit>> {
        let mut hits: HashMap<usize, Vec<Hit>> = HashMap::new();
        let mut shared = vec![0_u8; self.words.len()];
        for (part, spoken) in parts.iter().enumerate() {
            for at in self.candidates(&spoken.word, &mut shared) {
                let likeness = self.words.get(at).map_or(0.0, |listed| spoken.likeness(listed));
                if likeness >= LEAST {
                    hits.entry(at).or_default().push(Hit { part, likeness });
                }
            }
        }
        hits
    }

    /// The words that may be like this one: of its sound, or with a third of its pairs of letters.
    fn candidates(&self, word: &Word, shared: &mut [u8]) -> Vec<usize> {
        shared.fill(0);
        let pairs = pairs(&word.text);
        let enough = u8::try_from(pairs.len().div_ceil(3)).unwrap_or(u8::MAX);
        let mut found: Vec<usize> = Vec::new();
        found.extend(self.by_text.get(&word.text));
        found.extend(lexicon::sounding_number(&word.text).and_then(|number| self.by_text.get(number)));
        for sound in &word.sounds {
            found.extend(self.by_sound.get(sound).into_iter().flatten());
        }
        for at in pairs.iter().filter_map(|pair| self.by_pair.get(pair)).flatten() {
            if let Some(count) = shared.get_mut(*at) {
                *count = count.saturating_add(1);
                if *count == enough {
                    found.push(*at);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn scores(&self, words: &[String], parts: &[Part], hits: &HashMap<usize, Vec<Hit>>) -> Vec<Score> {
        let telling = |at: &&usize| {
            hits.get(at)
                .into_iter()
                .flatten()
                .filter_map(|hit| parts.get(hit.part))
                .any(|part| !is_generic(&part.word.text))
        };
        // Words that every other name has are only looked at where there are no others.
        let mut found: Vec<&usize> = hits.keys().filter(telling).collect();
        if found.is_empty() {
            found = hits.keys().collect();
        }
        let mut names: Vec<usize> = found
            .into_iter()
            .filter_map(|at| self.words.get(*at))
            .flat_map(|listed| listed.names.iter().copied())
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut scores: Vec<Score> =
            names.into_iter().filter_map(|at| self.score(at, self.names.get(at)?, words, parts, hits).into()).collect();
        scores.sort_by(|a, b| {
            b.explained.total_cmp(&a.explained).then(b.is_whole.cmp(&a.is_whole)).then(a.name.cmp(&b.name))
        });
        scores
    }

    /// Gives each part to the word it is most like, the parts that are worth most first.
    fn score(
        &self,
        at: usize,
        name: &Name,
        words: &[String],
        parts: &[Part],
        hits: &HashMap<usize, Vec<Hit>>,
    ) -> Score {
        let mut found: Vec<(f32, &Part, usize, usize)> = Vec::new();
        for (word, from, count) in &name.spans {
            for hit in hits.get(word).into_iter().flatten() {
                found.extend(parts.get(hit.part).map(|part| (hit.likeness * part.worth, part, *from, *count)));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.from.cmp(&b.1.from)).then(a.2.cmp(&b.2)));
        let mut heard = vec![false; words.len()];
        let mut named = vec![false; name.length];
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
        let lacks = words.iter().zip(&heard).any(|(word, heard)| !heard && is_decisive(word));
        explained = explained / all * if lacks { LACKING } else { 1.0 };
        Score { name: at, explained, is_whole: named.iter().all(|named| *named) }
    }

    fn nearest(&self, whole: &str, scores: &[Score]) -> Vec<usize> {
        let mut near: Vec<(f32, usize)> =
            self.names.iter().enumerate().map(|(at, name)| (similarity(whole, &name.whole) * 0.5, at)).collect();
        for score in scores {
            if let Some((worth, _)) = near.get_mut(score.name) {
                *worth += score.explained;
            }
        }
        near.retain(|(worth, _)| *worth >= UNLIKE);
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.into_iter().take(MOST_OFFERED).map(|(_, at)| at).collect()
    }
}

impl Part {
    fn likeness(&self, listed: &Listed) -> f32 {
        if self.is_strict || listed.is_strict {
            return if self.word.text == listed.word.text { 1.0 } else { 0.0 };
        }
        let likeness = self.word.likeness(&listed.word);
        match (self.count, listed.is_joined) {
            (1, false) => likeness.max(self.word.as_beginning_of(&listed.word)),
            _ if likeness < LEAST_JOINED => 0.0,
            _ => likeness,
        }
    }
}

/// The names that are meant; `None` if none is.
fn decide(scores: &[Score]) -> Option<Match> {
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

/// The words that were heard, and neighbours among them joined to one.
fn parts(words: &[String]) -> Vec<Part> {
    let mut parts = Vec::new();
    for count in 1..=MOST_JOINED {
        for (from, span) in words.windows(count).enumerate() {
            let worth = span.iter().map(|word| worth(word)).sum();
            let joined = span.concat();
            let text = lexicon::canonical(&joined).to_owned();
            let is_strict = count > 1 && span.iter().any(|word| is_generic(word) || is_decisive(word));
            parts.push(Part { from, count, worth, word: Word::new(text), is_strict });
        }
    }
    parts
}

/// How much a word tells.
fn worth(word: &str) -> f32 {
    let length = u8::try_from(word.chars().count().clamp(2, 8)).unwrap_or(8);
    f32::from(length) * if is_generic(word) { 0.3 } else { 1.0 }
}

/// Its pairs of neighbouring letters, its first and its last letter among them.
fn pairs(text: &str) -> Vec<(char, char)> {
    let edged: Vec<char> = [' '].into_iter().chain(text.chars()).chain([' ']).collect();
    let mut pairs: Vec<(char, char)> = edged.iter().copied().zip(edged.iter().copied().skip(1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
