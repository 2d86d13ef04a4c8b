//! The cause of a failure as a spoken clause: "two tests failed in unit tests". Never a path, a hash or a trace.

use super::super::spoken::spoken;
use super::super::{Phrase, Voice};
use andon::board::PipelineRow;
use andon::name::{ActionName, StageName};
use andon::run::Explanation;
use andon_diagnosis::Category;

/// The cause and its place; `None` if the cause is unknown.
pub(super) fn sentence(row: &PipelineRow, explanation: Option<&Explanation>, voice: &Voice) -> Option<String> {
    let failure = row.failure()?;
    let category = explanation.map(|known| known.category).or(failure.category).unwrap_or_default();
    let failed_tests = explanation.and_then(|known| known.failed_tests).or(failure.failed_tests);
    let cause = clause(category, failed_tests, voice);
    Some(match (cause, place(failure.stage.as_ref(), failure.action.as_ref())) {
        (Some(cause), Some(place)) => voice.say(Phrase::CauseIn, &[("cause", cause.into()), ("place", place.into())]),
        (Some(cause), None) => voice.say(Phrase::CauseAlone, &[("cause", cause.into())]),
        (None, Some(place)) => voice.say(Phrase::FailedIn, &[("place", place.into())]),
        (None, None) => return None,
    })
}

fn clause(category: Category, failed_tests: Option<u32>, voice: &Voice) -> Option<String> {
    let phrase = match category {
        Category::Test => return Some(voice.counted(Phrase::CauseTest, failed_tests.unwrap_or(0))),
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
