//! Sentences in which CodePipeline and the services behind its actions say themselves why an action failed.
//!
//! They come without a log, and most of them name the fault but not the remedy.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::Category;

/// A sentence, the kind of failure it tells of, and what to do about it.
struct Sentence {
    pattern: &'static str,
    category: Category,
    hint: &'static str,
}

/// What is known of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The kind of failure.
    pub(super) category: Category,
    /// What to do.
    pub(super) hint: String,
}

const fn sentence(pattern: &'static str, category: Category, hint: &'static str) -> Sentence {
    Sentence { pattern, category, hint }
}

/// The first that fits counts: what names its subject stands before what any action can say.
const SENTENCES: &[Sentence] = &[
    sentence(
        r"(?i)no branch \[?(?P<name>[^\]\s]+)\]? (?:was )?found|branch (?P<other>\S+) (?:was |could )?not (?:be )?(?:found|exist)|branch .{0,80}does not exist|BranchDoesNotExist",
        Category::Source,
        "Create the branch again, or set the source action to a branch that exists.",
    ),
    sentence(
        r"(?i)connection.{0,120}(?:not available|is not in (?:an? )?available|pending|not found|does not exist|in an? (?:error|unavailable))",
        Category::Config,
        "Open Settings > Connections in the developer tools console and complete or renew the handshake: the connection is pending or gone.",
    ),
    sentence(
        r"(?i)(?:unable to use connection|UseConnection|(?:permission|authori[sz]ed|access)\b.{0,160}\bconnections?\b|connections?\b.{0,160}(?:permission|not authori[sz]ed|denied))",
        Category::Permission,
        "Allow `codeconnections:UseConnection` and `codestar-connections:UseConnection` on this connection in the role of the pipeline.",
    ),
    sentence(
        r"(?i)(?:repositor(?:y|ies)\b.{0,160}(?:not found|does not exist|could not be found|no longer exists)|could not access the (?:\S+ )?repository|RepositoryDoesNotExist)",
        Category::Source,
        "Check whether the repository was renamed, moved or deleted, and whether the connection may see it; then correct the source action.",
    ),
    sentence(
        r"(?i)image ?definitions?(?:\.json| file)|imageDetail\.json",
        Category::Config,
        "Have the build write the file as a list of {name, imageUri}, and list it under `artifacts` in its buildspec.",
    ),
    sentence(
        r"(?i)(?:artifact (?:bucket|store)|access the amazon s3 bucket|unable to access the (?:input )?artifact|access the artifact with amazon s3 object key|artifact.{0,80}(?:access denied|NoSuchBucket|does not exist)|bucket.{0,120}(?:does not exist|NoSuchBucket|not accessible))",
        Category::Permission,
        "Check that the artifact bucket exists, and that its policy and its KMS key let the role of this action read and write there.",
    ),
    sentence(
        r"(?i)(?:\bassum(?:e|ing)\b.{0,60}\brole|\brole.{0,120}(?:cannot be assumed|could not be assumed|is invalid|is not valid|does not exist|trust)|AssumeRole)",
        Category::Permission,
        "Check that the role exists and that its trust policy allows CodePipeline, or the account of the pipeline, to assume it.",
    ),
    sentence(
        r"(?i)(?:PutJobSuccessResult|PutJobFailureResult|lambda function.{0,80}(?:failed to return|did not return) a result)",
        Category::Config,
        "Have the function call PutJobSuccessResult or PutJobFailureResult with the id of its job on every path, and allow both in its role.",
    ),
    sentence(
        r"(?i)(?:container.{0,120}(?:not found|does not exist|not exist|no container).{0,80}task definition|task definition.{0,120}does not (?:contain|have|include).{0,40}container|did not find the container)",
        Category::Config,
        "Give the container in the image definitions file the name that it has in the task definition.",
    ),
    sentence(
        r"(?i)task definition.{0,120}(?:artifact|file|template).{0,120}(?:read|pars|found|invalid|missing)|(?:read|pars)\w* the task definition",
        Category::Config,
        "Check that the artifact holds the task definition under the configured path, and that it is valid JSON.",
    ),
    sentence(
        r"(?i)(?:cannot have more than \d+ (?:active )?builds? in (?:the )?queue|builds? (?:queue|limit).{0,60}(?:exceed|limit)|AccountLimitExceeded|concurrent builds?.{0,60}(?:exceed|limit))",
        Category::Quota,
        "Wait until other builds have ended and retry, or have the CodeBuild quota of concurrent builds raised.",
    ),
    sentence(
        r"(?i)no instances?\b.{0,80}(?:found|deployment group|match)|deployment group.{0,120}no instances",
        Category::Config,
        "Compare the tags or the Auto Scaling group in the deployment group with those of the instances, and check that they run.",
    ),
    sentence(
        r"(?i)too (?:few healthy|many individual) instances",
        Category::Deploy,
        "Open one of the failed instances in the deployment: the lifecycle event that failed there has the script's log.",
    ),
    sentence(
        r"(?i)(?:service|deployment).{0,80}did not (?:stabili[sz]e|reach a steady state)",
        Category::Deploy,
        "Look at the events of the ECS service and at the reasons and logs of its stopped tasks: the new tasks do not become healthy.",
    ),
    sentence(
        r"(?i)change ?set.{0,160}(?:fail|no changes|didn't contain|not created)|no updates are to be performed",
        Category::Config,
        "Read the status reason of the change set in CloudFormation: mostly there is nothing to change, or a parameter is not valid.",
    ),
    sentence(
        r"(?i)\bJobTimedOut\b|(?:job|action|execution|deployment).{0,80}(?:timed out|exceeded .{0,30}time ?out)|did not (?:complete|finish) (?:with)?in",
        Category::Timeout,
        "See in the service's own console where it stood still; if it only needs longer, raise `timeoutInMinutes` of the action.",
    ),
];

static PATTERNS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    SENTENCES.iter().map(|sentence| RegexBuilder::new(sentence.pattern).unicode(false).build().ok()).collect()
});

/// What is known of a sentence; `None` for any other text.
pub(super) fn of(text: &str) -> Option<Known> {
    let fits = |pattern: &Option<Regex>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(text.as_bytes()));
    let (_, known) = PATTERNS.iter().zip(SENTENCES).find(|(pattern, _)| fits(pattern))?;
    Some(Known { category: known.category, hint: known.hint.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert!(PATTERNS.iter().all(Option::is_some));
    }

    #[test]
    fn what_codepipeline_says_has_a_kind_and_a_remedy() {
        for (text, category) in [
            ("[GitHub] No Branch [release/2026] found for FullRepositoryName [acme-shop/basket]", Category::Source),
            (
                "Connection arn:aws:codestar-connections:eu-west-1:111122223333:connection/x is not available",
                Category::Config,
            ),
            (
                "Unable to use Connection: arn:aws:codestar-connections:x. The provided role does not have sufficient permissions.",
                Category::Permission,
            ),
            ("The deployment timed out because the service did not stabilise", Category::Deploy),
            ("JobTimedOut", Category::Timeout),
            (
                "Insufficient permissions. Unable to access the artifact with Amazon S3 object key 'a/b/c'",
                Category::Permission,
            ),
            (
                "The AWS Lambda function smoke-test failed to return a result. Check the function to verify that it has permission to call the PutJobSuccessResult action",
                Category::Config,
            ),
            ("Cannot have more than 1 builds in queue for the account", Category::Quota),
            (
                "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available",
                Category::Deploy,
            ),
            (
                "CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::111122223333:role/deploy",
                Category::Permission,
            ),
        ] {
            assert_eq!(of(text).map(|known| known.category), Some(category), "{text}");
        }
        assert_eq!(of("cargo test: 3 tests failed"), None);
    }
}
