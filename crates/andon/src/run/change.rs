//! The trigger of a run, and its commit.

use super::Run;
use crate::event::{Commit, ExecutionResult, Provider, Trigger};

impl Run {
    /// What set the run off.
    pub fn trigger(&self) -> Option<&Trigger> {
        self.trigger.as_ref()
    }

    /// The comment of the user who stopped it.
    pub fn stop_comment(&self) -> Option<&str> {
        self.stop_comment.as_deref()
    }

    /// The commit: from the trigger, completed from the source action.
    pub fn commit(&self) -> Option<Commit> {
        let from_trigger = match &self.trigger {
            Some(Trigger::Git(commit)) => Some((**commit).clone()),
            _ => None,
        };
        let from_source = self
            .facts
            .values()
            .filter_map(|fact| {
                let action = fact.action.as_ref()?;
                source_commit(action.provider.as_ref()?, action.result.as_ref()?)
            })
            .max();
        match (from_trigger, from_source) {
            (Some(commit), Some(source)) => Some(Commit {
                id: commit.id.or(source.id),
                message: commit.message.or(source.message),
                host: commit.host.or(source.host),
                repository: commit.repository.or(source.repository),
                url: commit.url.or(source.url),
                ..commit
            }),
            (commit, source) => commit.or(source),
        }
    }
}

/// The commit in a source action's result. Its summary is the commit's message, or JSON that holds it.
fn source_commit(provider: &Provider, result: &ExecutionResult) -> Option<Commit> {
    if !provider.is_source() || matches!(provider.name.as_str(), "S3" | "ECR") {
        return None;
    }
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
    let message = if json.is_some() { member("CommitMessage") } else { summary.map(str::to_owned) };
    (id.is_some() || message.is_some()).then(|| Commit {
        id,
        message,
        host: member("ProviderType").or_else(|| Some(provider.name.clone())),
        repository: query("FullRepositoryId"),
        url: result.url.clone(),
        ..Commit::default()
    })
}
