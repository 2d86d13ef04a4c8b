//! The similarity of two words, by letters and by sound.

use rphonetic::{DoubleMetaphone, Encoder as _};

use super::lexicon::{is_decisive, is_number, sounding_number};

/// The most sounds of a word that are compared.
const MAX_SOUNDS: usize = 12;
/// What words of the same sound are worth.
const SAME_SOUND: f32 = 0.92;
/// What words of nearly the same sound are worth, at most.
const LIKE_SOUND: f32 = 0.85;
/// The letters of words that sound alike have to be so much alike: a sound says nothing of vowels.
const LEAST_LETTERS: f32 = 0.4;
/// What a word is worth that begins a longer one.
const BEGINNING: f32 = 0.88;
/// What is misheard beside a word that was heard has at least so much of it.
const LEAST_REST: f32 = 0.5;
/// Words less alike than this are different words.
pub(super) const LEAST: f32 = 0.62;

/// A word and how it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) sounds: Vec<String>,
}

impl Word {
    pub(super) fn new(text: String) -> Self {
        let sounds = sounds(&text);
        Self { text, sounds }
    }

    /// From 0, different words, to 1, the same.
    pub(super) fn likeness(&self, other: &Self) -> f32 {
        let (mine, theirs) = (self.text.as_str(), other.text.as_str());
        if mine == theirs {
            return 1.0;
        }
        if is_number(mine) || is_number(theirs) {
            let alike = sounding_number(mine) == Some(theirs) || sounding_number(theirs) == Some(mine);
            return if alike { SAME_SOUND } else { 0.0 };
        }
        if is_decisive(mine) && is_decisive(theirs) {
            return 0.0;
        }
        let by_sound = self.by_sound(other);
        let by_letters = by_letters(mine, theirs);
        let likeness = by_sound.max(by_letters);
        if likeness < LEAST { 0.0 } else { likeness }
    }

    /// Whether it may be another that was misheard, beside a word that is the same.
    pub(super) fn is_heard_as(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.text.as_str(), other.text.as_str());
        let is_long = mine.len().min(theirs.len()) > 3;
        let same = |mine: &String| {
            let alike = |theirs: &String| {
                let begins_alike = mine.chars().next() == theirs.chars().next();
                begins_alike && mine.len().min(theirs.len()) > 1 && similarity(mine, theirs) >= LEAST_REST
            };
            other.sounds.iter().any(alike)
        };
        mine == theirs || (is_long && similarity(mine, theirs) >= LEAST_REST) || self.sounds.iter().any(same)
    }

    /// What this is worth as the beginning of a longer word: "notif".
    pub(super) fn as_beginning_of(&self, longer: &Self) -> f32 {
        let is_one = self.text.len() >= 4 && longer.text.starts_with(&self.text);
        if is_one { BEGINNING } else { 0.0 }
    }

    fn by_sound(&self, other: &Self) -> f32 {
        let best = |mine: &String| other.sounds.iter().map(|theirs| same_sound(mine, theirs)).fold(0.0, f32::max);
        let by_sound = self.sounds.iter().map(best).fold(0.0, f32::max);
        if similarity(&self.text, &other.text) >= LEAST_LETTERS { by_sound } else { 0.0 }
    }
}

/// By the sounds of two words; one or two sounds are too few to tell words apart.
fn same_sound(mine: &str, theirs: &str) -> f32 {
    match mine.len().min(theirs.len()) {
        2.. if mine == theirs => SAME_SOUND,
        3.. => similarity(mine, theirs) * LIKE_SOUND,
        _ => 0.0,
    }
}

fn by_letters(mine: &str, theirs: &str) -> f32 {
    // Words of three letters differ by one letter and are still different words.
    if mine.len().min(theirs.len()) < 4 { 0.0 } else { similarity(mine, theirs) }
}

/// How often a text has each letter and digit; everything else counts as one.
#[derive(Debug)]
pub(super) struct Letters {
    counts: [u16; 37],
    length: u16,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mut letters = Self { counts: [0; 37], length: 0 };
        for c in text.chars() {
            let place = match c {
                'a'..='z' => u32::from(c) - u32::from('a'),
                '0'..='9' => u32::from(c) - u32::from('0') + 26,
                _ => 36,
            };
            if let Some(count) = letters.counts.get_mut(place as usize) {
                *count = count.saturating_add(1);
            }
            letters.length = letters.length.saturating_add(1);
        }
        letters
    }

    /// No more than this can be the [`similarity`] of the texts: a letter that only one of them has costs an edit.
    pub(super) fn similarity_at_most(&self, other: &Self) -> f32 {
        let longer = self.length.max(other.length);
        if longer == 0 {
            return 1.0;
        }
        let counts = self.counts.iter().zip(&other.counts);
        let (more, less) = counts.fold((0_u32, 0_u32), |(more, less), (mine, theirs)| {
            (more + u32::from(mine.saturating_sub(*theirs)), less + u32::from(theirs.saturating_sub(*mine)))
        });
        let edits = u16::try_from(more.max(less)).unwrap_or(u16::MAX);
        1.0 - f32::from(edits) / f32::from(longer) + f32::EPSILON
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a number from 0 to 1")]
pub(super) fn similarity(mine: &str, theirs: &str) -> f32 {
    strsim::normalized_damerau_levenshtein(mine, theirs) as f32
}

fn sounds(text: &str) -> Vec<String> {
    // The sounds are those of English, for letters.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Vec::new();
    }
    let metaphone = DoubleMetaphone::new(Some(MAX_SOUNDS));
    let primary = metaphone.encode(text);
    let alternate = metaphone.encode_alternate(text);
    let mut sounds = vec![primary];
    if !sounds.contains(&alternate) {
        sounds.push(alternate);
    }
    sounds
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn letters_never_rule_out_what_is_alike(mine in "[a-e0-2é ]{0,12}", theirs in "[a-e0-2é ]{0,12}") {
            let at_most = Letters::of(&mine).similarity_at_most(&Letters::of(&theirs));
            prop_assert!(similarity(&mine, &theirs) <= at_most, "{at_most}");
        }
    }
}
