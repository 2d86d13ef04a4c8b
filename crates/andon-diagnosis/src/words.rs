//! The words of a line as numbers, and what is known of them: how much each speaks for a cause, and how rare it is.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::too_many_lines,
    reason = "counts of lines and words are small, and a list of features is long"
)]

use std::borrow::Cow;

/// So many buckets for words that speak for or against a cause.
pub(super) const WEIGHTS: usize = 1 << 17;
/// So many buckets for how rare a word is.
pub(super) const RARITIES: usize = 1 << 16;
/// A rarity is a byte: so many times the natural logarithm of how many logs (and one) hold the word.
const PER_LOGARITHM: f32 = 20.0;
/// A word that no more than four logs hold.
const RARE: u8 = 32;
/// Only so many words of a line are looked at.
const MAX_WORDS: usize = 60;
/// A longer word is data.
const MAX_WORD: usize = 40;

/// What is known of words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lexicon<'a> {
    pub(super) bias: f32,
    pub(super) scale: f32,
    /// A weight per bucket of [`words`], in units of `scale`.
    pub(super) weights: Cow<'a, [u8]>,
    /// How many logs were counted.
    pub(super) logs: f32,
    /// A rarity per bucket of [`names`].
    pub(super) rarities: Cow<'a, [u8]>,
}

/// How much a line's words say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rarity {
    pub(super) mean: f32,
    pub(super) most: f32,
    pub(super) sum: f32,
    pub(super) unheard: f32,
    pub(super) rare: f32,
}

impl Lexicon<'_> {
    /// How much the words of a line speak for a cause.
    pub(super) fn score(&self, words: &[u32]) -> f32 {
        let sum: i32 = words
            .iter()
            .map(|word| self.weights.get(bucket(*word, WEIGHTS)).map_or(0, |weight| i32::from(weight.cast_signed())))
            .sum();
        self.bias + self.scale * sum as f32
    }

    /// How much a name tells of a log: the fewer logs hold it, the more.
    pub(super) fn telling(&self, name: u32) -> f32 {
        let known = self.rarities.get(bucket(name, RARITIES)).copied().unwrap_or(0);
        (self.logs + 1.0).ln() - f32::from(known) / PER_LOGARITHM
    }

    /// Whether few logs hold the word.
    pub(super) fn is_rare(&self, name: u32) -> bool {
        self.rarities.get(bucket(name, RARITIES)).is_some_and(|rarity| *rarity <= RARE)
    }

    /// How rare the words of a line are, as [`names`] gives them.
    pub(super) fn rarity(&self, names: &[u32]) -> Rarity {
        let mut found = Rarity::default();
        for name in names {
            let known = self.rarities.get(bucket(*name, RARITIES)).copied().unwrap_or(0);
            let value = self.telling(*name);
            found.sum += value;
            found.most = found.most.max(value);
            found.unheard += f32::from(u8::from(known == 0));
            found.rare += f32::from(u8::from(known <= RARE));
        }
        found.mean = found.sum / names.len().max(1) as f32;
        found
    }
}

/// The byte that stands for a word that so many logs hold.
#[cfg(feature = "training")]
pub(super) fn rarity_of(logs: u32) -> u8 {
    ((logs as f32 + 1.0).ln() * PER_LOGARITHM).round().min(255.0) as u8
}

pub(super) const fn bucket(hash: u32, buckets: usize) -> usize {
    hash as usize % buckets
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: the same on every machine and in every version.
pub(super) const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

pub(super) const fn folded(hash: u64) -> u32 {
    ((hash ^ (hash >> 32)) & 0xffff_ffff) as u32
}

/// The different names of a line in lower case, camel-cased ones in parts: letters only, two at least.
pub(super) fn names(text: &str, out: &mut Vec<u32>) {
    out.clear();
    let (mut hash, mut length, mut before) = (SEED, 0_u32, b' ');
    for byte in text.bytes().chain([b' ']) {
        let inside = byte.is_ascii_alphabetic();
        if length > 0 && (!inside || byte.is_ascii_uppercase() && before.is_ascii_lowercase()) {
            if length >= 2 && !out.contains(&folded(hash)) && out.len() < MAX_WORDS {
                out.push(folded(hash));
            }
            (hash, length) = (SEED, 0);
        }
        if inside {
            hash = step(hash, byte.to_ascii_lowercase());
            length += 1;
        }
        before = byte;
    }
}

/// The hashed words of a line for the linear model: words, pairs, parts of camel-cased names, how the line begins.
pub(super) fn words(text: &str, out: &mut Vec<u32>) {
    out.clear();
    let mut add = |hash: u64| out.push(folded(hash));
    let trimmed = text.trim();
    // How it begins: its first signs, and its first word with them.
    let mut hash = step(SEED, 1);
    for byte in trimmed.bytes().take(4) {
        hash = step(
            hash,
            if byte.is_ascii_digit() {
                b'0'
            } else if byte.is_ascii_lowercase() {
                b'a'
            } else if byte.is_ascii_uppercase() {
                b'A'
            } else {
                byte
            },
        );
    }
    add(hash);
    let mut previous = SEED;
    let mut count = 0;
    for word in trimmed.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
        if count >= MAX_WORDS {
            break;
        }
        count += 1;
        let mut whole = step(SEED, 2);
        let mut part = step(SEED, 2);
        let (mut parts, mut before) = (0, b' ');
        if word.len() > MAX_WORD {
            continue;
        }
        let digits = word.bytes().all(|byte| byte.is_ascii_digit());
        for byte in word.bytes() {
            if byte.is_ascii_uppercase() && before.is_ascii_lowercase() {
                add(part);
                parts += 1;
                part = step(SEED, 2);
            }
            let plain =
                if byte.is_ascii_digit() && !(digits && word.len() == 3) { b'0' } else { byte.to_ascii_lowercase() };
            whole = step(whole, plain);
            part = step(part, plain);
            before = byte;
        }
        if parts > 0 {
            add(part);
        }
        add(whole);
        if count == 1 {
            add(step(whole, 3));
        }
        add(step(step(previous, 4).wrapping_mul(31), 0) ^ whole);
        previous = whole;
    }
    // How it ends.
    let mut hash = step(previous, 5);
    if let Some(last) = trimmed.bytes().last() {
        hash = step(hash, if last.is_ascii_alphanumeric() { b'a' } else { last });
    }
    add(hash);
    out.sort_unstable();
    out.dedup();
}
