//! The words of a text, normalised for comparison.

use super::super::spoken::{self, folded};
use super::lexicon::{canonical, is_filler, is_number, letter, number};

/// The most characters of the spoken text that are read; a name has at most a hundred.
const MAX_LEN: usize = 160;
/// The most words that are compared.
const MAX_WORDS: usize = 12;

/// The words of a name.
pub(super) fn of_name(name: &str) -> Vec<String> {
    canonically(split(name, spoken::words))
}

/// The words of the spoken text: spelled letters are joined, numbers are digits, what is no part of a name is
/// left out.
pub(super) fn of_speech(heard: &str) -> Vec<String> {
    let words = split(heard, spoken::words);
    let words = numbered(spelled(words));
    let count = words.len();
    let is_the_one = words.first().is_some_and(|first| is_filler(first));
    let named: Vec<String> = words
        .iter()
        .enumerate()
        .filter(|(at, word)| {
            // "The production one".
            let is_one = is_the_one && at + 1 == count && *word == "1";
            !is_one && !is_filler(word)
        })
        .map(|(_, word)| word.clone())
        .collect();
    canonically(if named.is_empty() { words } else { named })
}

fn split(text: &str, words: fn(&str) -> Vec<String>) -> Vec<String> {
    let start: String = text.chars().take(MAX_LEN).collect();
    words(&start).iter().map(|word| folded(word)).flat_map(|word| by_digits(&word)).take(MAX_WORDS * 2).collect()
}

/// `v2` is `v` and `2`; what people write with a number inside, such as `k8s`, stays.
fn by_digits(word: &str) -> Vec<String> {
    if canonical(word) != word {
        return vec![word.to_owned()];
    }
    let mut parts: Vec<String> = Vec::new();
    let mut was_digit = None;
    for character in word.chars() {
        let is_digit = character.is_ascii_digit();
        match parts.last_mut() {
            Some(part) if was_digit == Some(is_digit) => part.push(character),
            _ => parts.push(character.to_string()),
        }
        was_digit = Some(is_digit);
    }
    parts
}

/// Joins letters that were spelled: "s v c" and "ess vee see" are `svc`, "ess three" is `s 3`.
fn spelled(words: Vec<String>) -> Vec<String> {
    let mut joined = Vec::new();
    let mut run: Vec<String> = Vec::new();
    for word in words.into_iter().map(Some).chain([None]) {
        match word {
            Some(word) if letter(&word).is_some() => run.push(word),
            other => {
                let is_before_number = other.as_deref().is_some_and(|word| number(word).is_some() || is_number(word));
                if run.len() > 1 || is_before_number {
                    let letters: String = run.iter().filter_map(|word| letter(word)).collect();
                    joined.extend(Some(letters).filter(|letters| !letters.is_empty()));
                    run.clear();
                }
                joined.append(&mut run);
                joined.extend(other);
            }
        }
    }
    joined
}

/// Numbers as digits: "twenty one" is `21`.
fn numbered(words: Vec<String>) -> Vec<String> {
    let mut digits: Vec<String> = Vec::new();
    let mut tens: Option<u32> = None;
    for word in words {
        match (number(&word), tens.take()) {
            (Some(ones @ 1..10), Some(before)) => {
                digits.pop();
                digits.push((before + ones).to_string());
            }
            (Some(spoken), _) => {
                tens = Some(spoken).filter(|spoken| *spoken >= 20);
                digits.push(spoken.to_string());
            }
            (None, _) => digits.push(word),
        }
    }
    digits
}

fn canonically(words: Vec<String>) -> Vec<String> {
    let singular = |word: &str| -> String {
        let bare = word.strip_suffix('s').filter(|bare| bare.len() > 3 && !bare.ends_with(['s', 'u', 'i']));
        bare.unwrap_or(word).to_owned()
    };
    words
        .into_iter()
        .map(|word| match canonical(&word) {
            same if same == word && !is_number(&word) => canonical(&singular(&word)).to_owned(),
            other => other.to_owned(),
        })
        .take(MAX_WORDS)
        .collect()
}
