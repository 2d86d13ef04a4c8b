//! What failures of several pipelines have in common.

use crate::history::FailureSummary;
use crate::name::PipelineId;
use crate::statistics::fingerprint;

/// The most words of a reason that tell one cause from another.
const MAX_WORDS: usize = 16;

/// The fewest words of a reason that tells one cause from all others.
const MIN_WORDS: usize = 3;

/// Identifies the cause of a failure across pipelines: failures with equal keys probably have one cause.
///
/// The key is made of the reason without what differs from pipeline to pipeline: the pipeline's name, numbers, ids,
/// addresses and quoted names. The category is no part of it: it is read from the whole text, of which those are a part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CauseKey(String);

impl CauseKey {
    /// The key of a failure; `None` if no reason is known.
    pub fn of(pipeline: &PipelineId, failure: &FailureSummary) -> Option<Self> {
        let words = common_words(failure.why()?, pipeline.name.as_str());
        (!words.is_empty()).then(|| Self(format!("{:08x}", fingerprint(&words) >> 32)))
    }

    /// The key of a failure whose reason says enough to take another failure with the same key for one of the same cause;
    /// `None` for one such as "exit status 1".
    pub fn telling(pipeline: &PipelineId, failure: &FailureSummary) -> Option<Self> {
        let words = common_words(failure.why()?, pipeline.name.as_str());
        (words.split(' ').count() >= MIN_WORDS).then(|| Self::of(pipeline, failure)).flatten()
    }

    /// The key as eight hexadecimal digits, for addresses and searches.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The words of a reason that failures with the same cause share, in lower case.
fn common_words(reason: &str, pipeline: &str) -> String {
    let reason = reason.to_lowercase();
    let pipeline = pipeline.to_lowercase();
    let outside = outside_quotes(&reason);
    let words = outside
        .split(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '=')
        })
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty() && !names_one_thing(word) && !names(word, &pipeline));
    words.take(MAX_WORDS).collect::<Vec<_>>().join(" ")
}

/// The text without what stands in quotes, unless nothing else is left.
fn outside_quotes(text: &str) -> String {
    let mut outside = String::new();
    let mut until = None;
    let mut before = ' ';
    for character in text.chars() {
        match until {
            Some(end) if character == end => until = None,
            Some(_) => {}
            // An apostrophe within a word is no quote.
            None if matches!(character, '"' | '`') || (character == '\'' && !before.is_alphanumeric()) => {
                until = Some(character);
                outside.push(' ');
            }
            None => outside.push(character),
        }
        before = character;
    }
    if until.is_some() || outside.trim().is_empty() { text.to_owned() } else { outside }
}

/// Whether a word is the pipeline's name, or something called after it.
fn names(word: &str, pipeline: &str) -> bool {
    word == pipeline || (pipeline.len() >= 4 && word.contains(pipeline))
}

/// Whether a word names one thing rather than a kind: a number, an id, a path, a host or an ARN.
fn names_one_thing(word: &str) -> bool {
    let is_hex = word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_hex
        || word.contains(['/', '\\', '@', '*', '_'])
        || word.contains("::")
        || word.chars().any(|c| c.is_ascii_digit())
        || word.matches(['.', ':', '-']).count() > 1
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::name::{AccountId, Home, PipelineName, Region};
    use andon_diagnosis::Category;

    fn key(pipeline: &str, category: Category, reason: &str) -> Option<CauseKey> {
        let home =
            Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let pipeline = PipelineId { home, name: PipelineName::parse(pipeline).unwrap() };
        let failure = FailureSummary {
            stage: None,
            action: None,
            at: Timestamp::UNIX_EPOCH,
            reason: None,
            cause: Some(reason.to_owned()),
            category: Some(category),
            failed_tests: None,
            page: None,
        };
        CauseKey::of(&pipeline, &failure)
    }

    #[test]
    fn what_differs_from_pipeline_to_pipeline_does_not_count() {
        let pairs = [
            (
                "(service orders-api, deployment ecs-svc/1234567890123456789) deployment failed: tasks failed to start.",
                "(service pay-api, deployment ecs-svc/9876543210987654321) deployment failed: tasks failed to start.",
            ),
            (
                "User: arn:aws:sts::111122223333:assumed-role/a/s is not authorized to perform: s3:GetObject",
                "User: arn:aws:sts::444455556666:assumed-role/b/t is not authorized to perform: s3:GetObject",
            ),
            ("Error response: toomanyrequests for \"node:22\"", "Error response: toomanyrequests for \"golang:1.25\""),
            ("Unable to connect to 10.0.3.14:5432", "Unable to connect to 10.9.8.7:5432"),
        ];
        for (one, other) in pairs {
            let mine = key("orders-api", Category::Infrastructure, one);
            assert!(mine.is_some());
            assert_eq!(mine, key("pay-api", Category::Infrastructure, other), "{one} / {other}");
        }
    }

    #[test]
    fn different_causes_have_different_keys() {
        let denied = key("a", Category::Permission, "User x is not authorized to perform: s3:GetObject");
        assert_ne!(denied, key("a", Category::Permission, "Access to the bucket is denied"));
        // The category is read from more than what they share.
        assert_eq!(denied, key("a", Category::Config, "User x is not authorized to perform: s3:GetObject"));
        assert_eq!(key("a", Category::Test, "12345"), None);
    }

    #[test]
    fn a_reason_that_is_all_quotes_counts_as_it_is() {
        assert_ne!(key("a", Category::Test, "'cannot connect'"), key("a", Category::Test, "'out of memory'"));
        assert_eq!(key("a", Category::Test, "Can't connect"), key("b", Category::Test, "Can't connect"));
    }
}
