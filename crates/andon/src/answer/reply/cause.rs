//! What went wrong, in a clause that people say: "two tests failed in unit tests". Never a path, a hash or a trace.

use std::sync::LazyLock;

use regex::Regex;

use super::super::spoken::spoken;
use super::super::{Phrase, Voice};
use crate::board::Row;
use crate::diagnosis::Category;
use crate::explanation::Explanation;
use crate::name::{ActionName, StageName};

/// `2 failed`, `2 tests failed`, `Failures: 2`, `2 failing`.
static FAILED_TESTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b([0-9]{1,5}) (?:tests? |specs? |examples? )?(?:failed|failing|failures?)\b|\b(?:failed|failures?): ?([0-9]{1,5})\b").ok()
});

/// How runners begin the line of a test that failed.
const ONE_TEST: [&str; 7] = ["FAILED ", "--- FAIL: ", "● ", "✕ ", "✗ ", "not ok ", "FAIL: "];
/// So many failed tests and more may not all be quoted.
const MOST_QUOTED: u32 = 4;

/// What went wrong and where; `None` where nobody knows what.
pub(super) fn sentence(row: &Row, explanation: Option<&Explanation>, voice: &Voice) -> Option<String> {
    let failure = row.failure()?;
    let category = explanation.map(|known| known.category).or(failure.category).unwrap_or_default();
    let said: Vec<&str> = match explanation {
        Some(known) => known.cause.iter().map(String::as_str).collect(),
        None => failure.why().into_iter().collect(),
    };
    let cause = clause(category, &said, voice);
    Some(match (cause, place(failure.stage.as_ref(), failure.action.as_ref())) {
        (Some(cause), Some(place)) => voice.say(Phrase::CauseIn, &[("cause", cause.into()), ("place", place.into())]),
        (Some(cause), None) => voice.say(Phrase::CauseAlone, &[("cause", cause.into())]),
        (None, Some(place)) => voice.say(Phrase::FailedIn, &[("place", place.into())]),
        (None, None) => return None,
    })
}

fn clause(category: Category, said: &[&str], voice: &Voice) -> Option<String> {
    let phrase = match category {
        Category::Test => return Some(voice.counted(Phrase::CauseTest, failed_tests(said))),
        Category::Compile => Phrase::CauseCompile,
        Category::Lint => Phrase::CauseLint,
        Category::Dependency => Phrase::CauseDependency,
        Category::Config => Phrase::CauseConfig,
        Category::Permission => Phrase::CausePermission,
        Category::Infrastructure => Phrase::CauseInfrastructure,
        Category::Timeout => Phrase::CauseTimeout,
        Category::Quota => Phrase::CauseQuota,
        Category::Deploy => Phrase::CauseDeploy,
        Category::Source => Phrase::CauseSource,
        Category::Unknown => return None,
    };
    Some(voice.say(phrase, &[]))
}

/// How many tests failed, if a line says so or names each of a few; otherwise 0.
fn failed_tests(said: &[&str]) -> u32 {
    let Some(pattern) = FAILED_TESTS.as_ref() else {
        return 0;
    };
    let number = |line: &&str| {
        let found = pattern.captures(line)?;
        found.get(1).or(found.get(2))?.as_str().parse().ok().filter(|count| *count > 0)
    };
    let named = || {
        let starts = |line: &&str| ONE_TEST.iter().any(|start| line.trim_start().starts_with(start));
        // Of many, only some are quoted.
        u32::try_from(said.iter().copied().filter(starts).count()).ok().filter(|count| *count < MOST_QUOTED)
    };
    said.iter().find_map(number).or_else(named).unwrap_or(0)
}

/// A stage or an action in words: the action says more.
pub(super) fn place(stage: Option<&StageName>, action: Option<&ActionName>) -> Option<String> {
    let place = action.map(ActionName::as_str).or(stage.map(StageName::as_str))?;
    Some(spoken(place)).filter(|place| !place.is_empty())
}

/// A text that can be spoken as it is: a short line of words, without paths, hashes, code or addresses.
pub(super) fn speakable(text: &str, longest: usize) -> Option<String> {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_short = line.chars().count() <= longest;
    let plain = |word: &str| {
        let bare = word.trim_matches(['.', ',', ':', ';', '!', '?', '"', '\'', '(', ')', '“', '”']);
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let is_hash = bare.len() >= 7 && digits > 0 && bare.chars().all(|c| c.is_ascii_hexdigit());
        !is_hash
            && digits <= 6
            && bare.chars().count() <= 30
            && !bare.contains([
                '/', '\\', '_', '<', '>', '{', '}', '[', ']', '=', '@', '`', '|', '$', '*', '#', '.', ':', '(',
            ])
    };
    (is_short && !line.is_empty() && line.split(' ').all(plain)).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_failed_tests_is_read_where_it_is_said() {
        let counted = |line: &str| failed_tests(&[line]);
        assert_eq!(counted("=== 2 failed, 14 passed in 3.4s ==="), 2);
        assert_eq!(counted("Tests run: 14, Failures: 3, Errors: 0"), 3);
        assert_eq!(counted("Tests:       1 failed, 41 passed, 42 total"), 1);
        assert_eq!(counted("12 tests failed"), 12);
        assert_eq!(counted("AssertionError: expected 200, got 500"), 0);
        assert_eq!(counted("Failures: 0"), 0);
        assert_eq!(failed_tests(&["FAILED a.py::test_one - x", "E assert", "FAILED a.py::test_two - y"]), 2);
    }

    #[test]
    fn only_what_people_would_say_is_spoken() {
        let said = |text: &str| speakable(text, 100).is_some();
        assert!(said("Pick lists: reserve stock before printing"));
        assert!(said("Run the migration first, then retry the stage."));
        for text in [
            "",
            "see src/main.rs",
            "fix main.rs",
            "revert 4f2a91c",
            "java.lang.NullPointerException",
            "Result<T>",
            "https://example.com",
            "user@example.com",
            "build 20261120081204",
        ] {
            assert!(!said(text), "{text}");
        }
        assert!(speakable(&"word ".repeat(40), 100).is_none());
    }
}
