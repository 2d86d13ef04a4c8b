//! Matching of spoken names with pipelines: by name, words, sound and abbreviations.
//!
//! The name and the spoken text are split into words, and synonyms are made equal. Then every spoken word, alone or joined with
//! its neighbours ("check out"), is compared with the words of all names. A name's score is the share of the spoken words
//! that it explains. Names that score equally well all match, unless one of them is exactly the spoken text.

use std::collections::HashMap;

mod hearing;
mod lexicon;
mod likeness;
mod score;

use lexicon::is_decisive;
pub(super) use lexicon::is_generic;
use likeness::{LEAST, Letters, Word, similarity};
use score::{Hit, Part, Score, decide, enough, parts};

/// A name this unlike is not even offered.
const UNLIKE: f32 = 0.05;
/// The most names that are offered when none matches.
const MAX_OFFERED: usize = 2;

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
    letters: Letters,
    /// The words in their order.
    length: usize,
    /// The words that say where it is: they may be said with the name, but are no part of it.
    context: usize,
    /// The words and joined neighbours that it is listed under: where they begin, how many they are.
    spans: Vec<(usize, usize, usize)>,
}

/// A word and the names that have it.
#[derive(Debug)]
struct Listed {
    word: Word,
    is_joined: bool,
    /// Where its second word begins, if it is two joined.
    boundary: usize,
    is_strict: bool,
    names: Vec<usize>,
}

/// The result of matching a spoken name, as positions in the index.
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

impl Index {
    /// Prepares the names.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::of_described(names.into_iter().map(|name| (name, String::new())))
    }

    /// Prepares the names, each with what may be said beside it: whose it is, and where.
    pub fn of_described<'n>(names: impl IntoIterator<Item = (&'n str, String)>) -> Self {
        let mut index = Self::default();
        for (name, context) in names {
            index.add(&hearing::of_name(name), &hearing::of_name(&context));
        }
        index
    }

    /// Whether a word stands in any name, in this or in another form of it: "prod" and "production".
    pub(super) fn has_word(&self, word: &str) -> bool {
        hearing::of_name(word).iter().all(|word| self.by_text.contains_key(word))
    }

    fn add(&mut self, words: &[String], context: &[String]) {
        let at = self.names.len();
        let mut spans = Vec::new();
        for count in 1..=2 {
            for (from, span) in words.windows(count).enumerate() {
                spans.push((self.listed(span, at), from, count));
            }
        }
        for count in 1..=2 {
            for (from, span) in context.windows(count).enumerate() {
                spans.push((self.listed(span, at), words.len() + from, count));
            }
        }
        let whole = words.concat();
        self.by_whole.entry(whole.clone()).or_default().push(at);
        let letters = Letters::of(&whole);
        self.names.push(Name { whole, letters, length: words.len(), context: context.len(), spans });
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
        let boundary = span.first().map_or(0, String::len);
        self.words.push(Listed { word, is_joined, boundary, is_strict, names: Vec::new() });
        at
    }

    /// Finds the names that match the spoken text.
    pub fn find(&self, heard: &str) -> Match {
        let words = hearing::of_speech(heard);
        if words.is_empty() {
            return Match::Unknown { nearest: Vec::new() };
        }
        // All of it, and nothing else: as it is spoken or as it is written, since "uno" may be a number or a name.
        let whole = words.concat();
        let spellings = [&whole, &hearing::of_name(heard).concat()];
        let mut named: Vec<usize> =
            spellings.into_iter().filter_map(|whole| self.by_whole.get(whole)).flatten().copied().collect();
        named.sort_unstable();
        named.dedup();
        match named.as_slice() {
            [] => {}
            [one] => return Match::One(*one),
            _ => return Match::Several(named),
        }
        let parts = parts(&words);
        let hits = self.hits(&parts);
        let scores = self.scores(&words, &parts, &hits);
        decide(&scores).unwrap_or_else(|| Match::Unknown { nearest: self.nearest(&whole, &scores) })
    }

    /// The names that are nothing but what was written.
    pub(super) fn exactly(&self, written: &str) -> Vec<usize> {
        self.by_whole.get(&hearing::of_name(written).concat()).cloned().unwrap_or_default()
    }

    /// Every name that explains what was heard, and not only the likeliest ones.
    pub fn explaining(&self, heard: &str) -> Vec<usize> {
        let words = hearing::of_speech(heard);
        let parts = parts(&words);
        let hits = self.hits(&parts);
        let mut found = enough(&self.scores(&words, &parts, &hits));
        found.sort_unstable();
        found
    }

    /// For every word of a name, the similar parts of the spoken text.
    fn hits(&self, parts: &[Part]) -> HashMap<usize, Vec<Hit>> {
        let mut hits: HashMap<usize, Vec<Hit>> = HashMap::new();
        let mut shared = vec![0_u8; self.words.len()];
        for (part, spoken) in parts.iter().enumerate() {
            for at in self.candidates(&spoken.word, &mut shared) {
                let likeness = self
                    .words
                    .get(at)
                    .map_or(0.0, |listed| if self.is_taken(spoken, listed) { 0.0 } else { spoken.likeness(listed) });
                if likeness >= LEAST {
                    hits.entry(at).or_default().push(Hit { part, likeness });
                }
            }
        }
        hits
    }

    /// Whether a word in joined words is a word of other names, and of none of these: then it means one of those.
    fn is_taken(&self, spoken: &Part, listed: &Listed) -> bool {
        let elsewhere = |word: &String| {
            let known = self.by_text.get(word).and_then(|at| self.words.get(*at)).filter(|known| !known.is_joined);
            known.is_some_and(|known| !listed.names.iter().any(|name| known.names.binary_search(name).is_ok()))
        };
        spoken.count > 1 && spoken.word.text != listed.word.text && spoken.inner.iter().any(elsewhere)
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
            names.into_iter().filter_map(|at| Some(Score::of(at, self.names.get(at)?, words, parts, hits))).collect();
        scores.sort_by(|a, b| {
            b.explained.total_cmp(&a.explained).then(b.is_whole.cmp(&a.is_whole)).then(a.name.cmp(&b.name))
        });
        scores
    }

    fn nearest(&self, whole: &str, scores: &[Score]) -> Vec<usize> {
        let explained: HashMap<usize, f32> = scores.iter().map(|score| (score.name, score.explained)).collect();
        let letters = Letters::of(whole);
        let mut near: Vec<(f32, usize)> = Vec::new();
        for (at, name) in self.names.iter().enumerate() {
            let worth = |similarity: f32| similarity * 0.5 + explained.get(&at).unwrap_or(&0.0);
            let worst = near.get(MAX_OFFERED - 1).map_or(UNLIKE, |(worth, _)| *worth);
            // The letters alone tell of most names that they are out of the question.
            if worth(letters.similarity_at_most(&name.letters)) < worst {
                continue;
            }
            let worth = worth(similarity(whole, &name.whole));
            if worth >= UNLIKE {
                near.push((worth, at));
                near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                near.truncate(MAX_OFFERED);
            }
        }
        near.into_iter().map(|(_, at)| at).collect()
    }
}

/// Its pairs of neighbouring letters, its first and its last letter among them.
fn pairs(text: &str) -> Vec<(char, char)> {
    let edged: Vec<char> = [' '].into_iter().chain(text.chars()).chain([' ']).collect();
    let mut pairs: Vec<(char, char)> = edged.iter().copied().zip(edged.iter().copied().skip(1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
