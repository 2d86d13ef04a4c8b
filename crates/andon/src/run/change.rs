//! The trigger of a run, and the revisions that its source actions fetched.

use super::Run;
use crate::event::{
    Commit, ExecutionResult, PullRequest, ReferenceKind, Rollback, State, Subject, Trigger, is_rollback,
};
use crate::line::{Line, MAX_LEN};
use crate::name::{ActionName, ExecutionId};

/// The host of a revision that is a version of an object in S3.
pub const S3: &str = "S3";
/// The host of a revision that is an image in ECR.
pub const ECR: &str = "ECR";

/// What a source action fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The source action.
    pub source: ActionName,
    /// What it fetched; of an object in S3 and of an image, the id is its version or digest.
    pub commit: Commit,
}

impl Run {
    /// What set the run off.
    pub fn trigger(&self) -> Option<&Trigger> {
        self.trigger.as_ref()
    }

    /// The comment of the user who stopped it.
    pub fn stop_comment(&self) -> Option<&str> {
        self.stop_comment.as_deref()
    }

    /// The line of change that its trigger says it belongs to; `None` where no trigger says so.
    pub fn line(&self) -> Option<Line> {
        let Some(Trigger::Git(commit)) = &self.trigger else { return None };
        let short = |text: &str| text.chars().take(MAX_LEN).collect();
        if let Some(PullRequest { number, .. }) = &commit.pull_request {
            return Some(Line::PullRequest(short(number)));
        }
        let reference = commit.reference.as_ref()?;
        match reference.kind {
            ReferenceKind::Branch => Some(Line::Branch(short(&reference.name))),
            ReferenceKind::Tag => Some(Line::Common),
            ReferenceKind::Source => None,
        }
    }

    /// The rollback that it is, if it is one.
    pub fn rollback(&self) -> Option<Rollback> {
        let of_trigger = || match &self.trigger {
            Some(Trigger::Other { kind, .. }) if is_rollback(kind) => Some(Rollback::default()),
            _ => None,
        };
        self.rollback.clone().or_else(of_trigger)
    }

    /// The run that a rollback undoes, where its trigger names it.
    pub fn undone(&self) -> Option<ExecutionId> {
        self.rollback()?;
        match &self.trigger {
            Some(Trigger::Other { detail: Some(detail), .. }) if !detail.starts_with("arn:") => {
                ExecutionId::parse(detail.as_str()).ok()
            }
            _ => None,
        }
    }

    /// What the source actions that succeeded fetched, in the order of their stages and names.
    pub fn revisions(&self) -> Vec<Revision> {
        let sources = self.facts.sources().iter().filter_map(|subject| match subject {
            Subject::Action { action, .. } => Some((subject, action)),
            _ => None,
        });
        sources
            .filter_map(|(subject, source)| {
                let fetched = self.facts_of(subject).filter(|(_, state, _)| *state == State::Succeeded).last();
                let action = fetched?.2.action.as_ref()?;
                let provider = action.provider.as_ref().filter(|provider| provider.is_source())?;
                let commit = revision(&provider.name, action.result.as_ref()?)?;
                Some(Revision { source: source.clone(), commit })
            })
            .collect()
    }

    /// The change: the trigger's commit, completed from the source that fetched it; without one, the first revision.
    pub fn commit(&self) -> Option<Commit> {
        let revisions = self.revisions();
        let Some(Trigger::Git(commit)) = &self.trigger else {
            return revisions.into_iter().next().map(|revision| revision.commit);
        };
        let commit = (**commit).clone();
        let same = revisions.into_iter().find(|revision| is_same_commit(&revision.commit, &commit));
        Some(match same {
            Some(Revision { commit: source, .. }) => Commit {
                id: commit.id.or(source.id),
                message: commit.message.or(source.message),
                host: commit.host.or(source.host),
                repository: commit.repository.or(source.repository),
                url: commit.url.or(source.url),
                ..commit
            },
            None => commit,
        })
    }
}

/// Whether two say the same id, one of them perhaps shortened.
fn is_same_commit(one: &Commit, other: &Commit) -> bool {
    match (one.id.as_deref(), other.id.as_deref()) {
        (Some(one), Some(other)) => one == other || one.len().min(other.len()) >= 7 && is_prefix(one, other),
        _ => false,
    }
}

fn is_prefix(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// The revision in a source action's result. Its summary is the commit's message, or JSON that holds it.
fn revision(provider: &str, result: &ExecutionResult) -> Option<Commit> {
    let id = result.external.as_ref().map(|external| external.as_str().to_owned());
    let summary = result.summary.as_deref().map(str::trim).filter(|summary| !summary.is_empty());
    let json = summary
        .and_then(|summary| serde_json::from_str::<serde_json::Value>(summary).ok())
        .filter(serde_json::Value::is_object);
    let member = |name: &str| {
        json.as_ref()
            .and_then(|json| json.get(name))
            .and_then(serde_json::Value::as_str)
            .map(|text| text.trim().to_owned())
    };
    let query = |name: &str| {
        let (_, query) = result.url.as_deref()?.split_once('?')?;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.replace("%2F", "/").replace("%2f", "/"))
    };
    // A version and a digest have no message: what their actions say is the same once more.
    let is_commit = !matches!(provider, S3 | ECR);
    let message = match &json {
        Some(_) => member("CommitMessage"),
        None => summary.filter(|_| is_commit).map(str::to_owned),
    };
    (id.is_some() || message.is_some()).then(|| Commit {
        id,
        message,
        host: member("ProviderType").or_else(|| Some(provider.to_owned())),
        repository: query("FullRepositoryId"),
        url: result.url.clone(),
        ..Commit::default()
    })
}
