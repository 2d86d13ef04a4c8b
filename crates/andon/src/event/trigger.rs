//! What set a run off, and who retried it: members whose names are partly undocumented, so every likely spelling is read.

use serde_json::Value;

use super::member::{count, instant, string, text};
use super::{Commit, PullRequest, Reference, ReferenceKind, RetriedBy, Rollback, Trigger};
use crate::name::ExecutionId;

/// The kinds of trigger of a rollback, and the execution type, without case and punctuation.
const ROLLBACKS: [&str; 3] = ["manualrollback", "automatedrollback", "rollback"];

/// Members that name the run whose change is deployed again.
const TARGETS: [&str; 6] = [
    "rollback-target-pipeline-execution-id",
    "rollbackTargetPipelineExecutionId",
    "rollback-target-execution-id",
    "target-pipeline-execution-id",
    "targetPipelineExecutionId",
    "target-execution-id",
];
/// Members that say who retried a stage.
const TRIGGERS: [&str; 7] = [
    "latest-retry-trigger",
    "latestRetryTrigger",
    "retry-trigger",
    "retryTrigger",
    "stage-retry-trigger",
    "stage-last-retry-trigger",
    "last-retry-trigger",
];
/// Members that count CodePipeline's own retries of a stage.
const ATTEMPTS: [&str; 3] = ["auto-stage-retry-attempt", "autoStageRetryAttempt", "auto-retry-attempt"];

/// Reads what set a run off.
pub(super) fn trigger(value: &Value) -> Option<Trigger> {
    let kind = first(value, &["trigger-type", "triggerType"]);
    let commit = commit(value);
    match kind {
        // A rollback's own trigger says more than any commit beside it.
        Some(kind) if commit == Commit::default() || is_rollback(&kind) => {
            Some(Trigger::Other { kind, detail: first(value, &["trigger-detail", "triggerDetail"]) })
        }
        _ => (commit != Commit::default()).then(|| Trigger::Git(Box::new(commit))),
    }
}

fn commit(value: &Value) -> Commit {
    Commit {
        id: first(value, &["commit-id", "commitId"]),
        message: first(value, &["commit-message", "commitMessage"]),
        author: first(value, &["author-display-name", "author-id"]),
        email: first(value, &["author-email", "authorEmail"]),
        authored: text(value, "author-date").and_then(|text| instant(text).ok()),
        repository: first(value, &["full-repository-name", "fullRepositoryName"]),
        host: first(value, &["provider-type", "providerType"]),
        reference: reference(value),
        pull_request: pull_request(value),
        url: None,
    }
}

/// The branch or the tag.
fn reference(value: &Value) -> Option<Reference> {
    let of_kind = |kind, names: &[&str]| Some(Reference::new(first(value, names)?, kind));
    of_kind(ReferenceKind::Branch, &["branch-name", "branchName", "branch"])
        .or_else(|| of_kind(ReferenceKind::Tag, &["tag-name", "tagName", "tag"]))
        .or_else(|| of_kind(ReferenceKind::Branch, &["pull-request-source-branch", "source-branch", "head-branch"]))
        .or_else(|| {
            let reference = first(value, &["reference-name", "ref"])?;
            let kind = if reference.starts_with("refs/heads/") {
                ReferenceKind::Branch
            } else if reference.starts_with("refs/tags/") {
                ReferenceKind::Tag
            } else {
                return None;
            };
            Some(Reference::new(reference, kind))
        })
}

/// The pull request: its members beside those of the commit, or in an object of their own.
fn pull_request(value: &Value) -> Option<PullRequest> {
    let own = ["pull-request", "pullRequest", "git-pull-request", "gitPullRequest"];
    let own = own.iter().find_map(|name| value.get(*name)).unwrap_or(&Value::Null);
    let member = |names: &[&str]| {
        let prefixed = names.iter().flat_map(|name| [format!("pull-request-{name}"), format!("pullRequest-{name}")]);
        let prefixed = prefixed.chain(names.iter().map(|name| format!("pullRequest{}", capital(name))));
        prefixed
            .into_iter()
            .find_map(|name| number_or_text(value, &name))
            .or_else(|| names.iter().find_map(|name| number_or_text(own, name)))
    };
    let of_reference = || {
        let reference = first(value, &["reference-name", "ref"])?;
        let number = reference.strip_prefix("refs/pull/").or_else(|| reference.strip_prefix("refs/merge-requests/"))?;
        number.split('/').next().map(str::to_owned)
    };
    let number = member(&["id", "number"])
        .or_else(|| number_or_text(value, "pr-id"))
        .or_else(|| number_or_text(value, "pr-number"))
        .or_else(|| own.as_str().map(str::to_owned).or_else(|| own.as_u64().map(|number| number.to_string())))
        .or_else(of_reference)?;
    let number = number.trim().trim_start_matches(['#', '!']).to_owned();
    (!number.is_empty()).then(|| PullRequest {
        number,
        title: member(&["title"]),
        target: member(&["target-branch", "base-branch", "destination-branch", "targetBranch"]),
    })
}

/// The rollback that a run is, from its trigger and what its event says beside it.
pub(super) fn rollback(detail: &Value) -> Option<Rollback> {
    let trigger = detail.get("execution-trigger").unwrap_or(&Value::Null);
    let told = first(trigger, &["trigger-type", "triggerType"]).is_some_and(|kind| is_rollback(&kind))
        || first(detail, &["execution-type", "executionType", "pipeline-execution-type"])
            .is_some_and(|kind| is_rollback(&kind));
    let beside = ["rollback-metadata", "rollbackMetadata"];
    let beside = beside.iter().find_map(|name| detail.get(*name).or_else(|| trigger.get(*name)));
    let target = beside
        .and_then(|beside| first(beside, &TARGETS))
        .or_else(|| first(detail, &TARGETS))
        .or_else(|| first(trigger, &TARGETS));
    let target = target.and_then(|id| ExecutionId::parse(id).ok());
    (told || beside.is_some_and(Value::is_object) || target.is_some()).then_some(Rollback { target })
}

/// Whether a kind of trigger, or of execution, is that of a rollback.
pub(crate) fn is_rollback(kind: &str) -> bool {
    ROLLBACKS.contains(&plain(kind).as_str())
}

/// Whether a retry was CodePipeline's own or a person's, where an event says so.
pub(super) fn retried_by(detail: &Value) -> Option<RetriedBy> {
    let beside = ["retry-stage-metadata", "retryStageMetadata", "stage-retry-metadata", "retry-metadata"];
    let beside = beside.iter().find_map(|name| detail.get(*name)).unwrap_or(&Value::Null);
    let named = |value: &Value| {
        let kind = plain(&first(value, &TRIGGERS)?);
        if kind.starts_with("auto") {
            Some(RetriedBy::CodePipeline)
        } else {
            kind.starts_with("manual").then_some(RetriedBy::Person)
        }
    };
    let counted = |value: &Value| {
        let is_retry = |name: &str| count(value, name).is_some_and(|attempt| attempt > 0);
        ATTEMPTS.iter().any(|name| is_retry(name)).then_some(RetriedBy::CodePipeline)
    };
    let trigger = detail.get("execution-trigger").unwrap_or(&Value::Null);
    let of_trigger = || {
        let kind = plain(&first(trigger, &["trigger-type", "triggerType"])?);
        match kind.as_str() {
            "automatedstageretry" => Some(RetriedBy::CodePipeline),
            "manualstageretry" => Some(RetriedBy::Person),
            _ => None,
        }
    };
    named(detail).or_else(|| named(beside)).or_else(of_trigger).or_else(|| counted(detail)).or_else(|| counted(beside))
}

fn first(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| string(value, name))
}

fn number_or_text(value: &Value, name: &str) -> Option<String> {
    string(value, name).or_else(|| count(value, name).map(|number| number.to_string()))
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn commit_of(value: &Value) -> Commit {
        match trigger(value) {
            Some(Trigger::Git(commit)) => *commit,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pull_request_is_read_in_every_likely_spelling() {
        for value in [
            json!({"commit-id": "c0ffee1", "pull-request-id": "412", "pull-request-title": "Coupons"}),
            json!({"commit-id": "c0ffee1", "pull-request-number": 412, "pull-request-title": "Coupons"}),
            json!({"commit-id": "c0ffee1", "pullRequestId": "#412", "pullRequestTitle": "Coupons"}),
            json!({"commit-id": "c0ffee1", "pull-request": {"id": "412", "title": "Coupons"}}),
            json!({"commit-id": "c0ffee1", "gitPullRequest": {"number": 412.0, "title": "Coupons"}}),
        ] {
            let pull_request = commit_of(&value).pull_request.unwrap();
            assert_eq!(
                (pull_request.number.as_str(), pull_request.title.as_deref()),
                ("412", Some("Coupons")),
                "{value}"
            );
        }
        assert_eq!(
            commit_of(&json!({"ref": "refs/pull/7/merge", "commit-id": "c0ffee1"})).pull_request.unwrap().number,
            "7"
        );
    }

    #[test]
    fn a_branch_named_like_a_tag_is_a_branch() {
        let reference = commit_of(&json!({"branch-name": "v1.2.0"})).reference.unwrap();
        assert_eq!((reference.name.as_str(), reference.kind), ("v1.2.0", ReferenceKind::Branch));
        let reference = commit_of(&json!({"branch-name": "refs/heads/main"})).reference.unwrap();
        assert_eq!((reference.name.as_str(), reference.kind), ("main", ReferenceKind::Branch));
        let reference = commit_of(&json!({"branch-name": "refs/tags/v2"})).reference.unwrap();
        assert_eq!((reference.name.as_str(), reference.kind), ("v2", ReferenceKind::Tag));
    }

    #[test]
    fn a_trigger_without_details_says_nothing() {
        assert_eq!(trigger(&json!({})), None);
        assert_eq!(trigger(&json!({"branch-name": "  ", "commit-id": null})), None);
        assert_eq!(trigger(&json!("push")), None);
    }

    #[test]
    fn a_rollback_is_known_by_its_trigger_its_type_or_its_target() {
        for detail in [
            json!({"execution-trigger": {"trigger-type": "ManualRollback"}}),
            json!({"execution-trigger": {"trigger-type": "AUTOMATED_ROLLBACK"}}),
            json!({"execution-type": "ROLLBACK"}),
            json!({"rollback-metadata": {"rollback-target-pipeline-execution-id": "e-1"}}),
        ] {
            assert!(rollback(&detail).is_some(), "{detail}");
        }
        assert_eq!(rollback(&json!({"execution-type": "STANDARD"})), None);
        let target = rollback(&json!({"rollbackMetadata": {"rollbackTargetPipelineExecutionId": "e-1"}}));
        assert_eq!(target.unwrap().target.unwrap().as_str(), "e-1");
    }

    #[test]
    fn who_retried_is_read_where_an_event_says_so() {
        for detail in [
            json!({"retry-stage-metadata": {"latest-retry-trigger": "AutomatedStageRetry"}}),
            json!({"retry-trigger": "AutomatedStageRetry"}),
            json!({"auto-stage-retry-attempt": 1.0}),
            json!({"execution-trigger": {"trigger-type": "AutomatedStageRetry"}}),
        ] {
            assert_eq!(retried_by(&detail), Some(RetriedBy::CodePipeline), "{detail}");
        }
        let manual =
            json!({"retryStageMetadata": {"latestRetryTrigger": "ManualStageRetry", "autoStageRetryAttempt": 1}});
        assert_eq!(retried_by(&manual), Some(RetriedBy::Person));
        assert_eq!(retried_by(&json!({"auto-stage-retry-attempt": 0})), None);
    }
}
