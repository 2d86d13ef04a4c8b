//! Quotes and suggestions in messages.

use strum::VariantArray;

use crate::invalid::Invalid;

/// The text between backticks, short, without control characters.
pub fn quoted(text: &str) -> String {
    const MAX_LEN: usize = 60;
    let mut shown: String = text.chars().take(MAX_LEN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MAX_LEN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Words in a row: `a`, `b` or `c`.
pub fn listed<'w>(words: impl IntoIterator<Item = &'w str>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// The candidate most similar to the word, if any is similar enough.
pub fn nearest<'w>(word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_ascii_lowercase();
    let tolerance = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_ascii_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= tolerance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?", or the list of all candidates.
pub fn suggestion<'w>(word: &str, candidates: impl IntoIterator<Item = &'w str> + Clone) -> String {
    match nearest(word, candidates.clone()) {
        Some(candidate) => format!("did you mean {}?", quoted(candidate)),
        None => format!("write {}", listed(candidates, "or")),
    }
}

/// The variant of an enumeration that has this name; otherwise what is wrong, with the nearest name. `wrong` makes the
/// sentence from the quoted text.
///
/// # Errors
///
/// [`Invalid`] where no variant has the name.
pub fn named<T>(text: &str, wrong: impl FnOnce(&str) -> String) -> Result<T, Invalid>
where
    T: VariantArray + Copy,
    &'static str: From<T>,
{
    let names = || T::VARIANTS.iter().map(|variant| <&'static str>::from(*variant));
    let found = T::VARIANTS.iter().copied().find(|variant| <&'static str>::from(*variant) == text);
    found.ok_or_else(|| Invalid::new(wrong(&quoted(text))).with_help(suggestion(text, names().collect::<Vec<_>>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_offered_and_a_far_one_is_not() {
        // spellchecker:ignore-next-line
        assert_eq!(nearest("pipline", ["pipeline", "stage"]), Some("pipeline"));
        assert_eq!(nearest("Stage", ["pipeline", "stage"]), Some("stage"));
        assert_eq!(nearest("colour", ["pipeline", "stage"]), None);
    }

    #[test]
    fn without_a_near_miss_every_choice_is_named() {
        assert_eq!(suggestion("colour", ["every", "changes"]), "write `every` or `changes`");
    }

    #[test]
    fn quoted_text_is_short_and_on_one_line() {
        assert_eq!(quoted("a\nb\u{1b}[31m"), "`a b [31m`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
    }
}
