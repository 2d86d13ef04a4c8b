//! Stacks: prepared as change sets, executed and removed with progress, and taken up again wherever they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::types::{
    Capability, Change, ChangeAction, ChangeSetStatus, ChangeSetType, DeploymentMode, Parameter, Replacement,
    ResourceStatus, Stack as Described, StackEvent, StackStatus, Tag, TemplateStage,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::progress::{Progress, Sign};
use crate::aws::Session;

/// The name of the change set, one at a time for each stack.
const CHANGE_SET: &str = "andon";
/// The longest that CloudFormation may take to compute a change set.
const MAX_COMPUTATION: Duration = Duration::from_mins(5);

/// The stacks of an account and region.
#[derive(Debug)]
pub struct Stacks<'a> {
    session: &'a Session,
    client: Client,
    /// How long to wait before asking again.
    pace: Duration,
}

/// A stack as it is.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: StackStatus,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// What its template was given.
    pub parameters: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The role that CloudFormation changes it with; none if it does that with the rights of whoever asks.
    pub role: Option<String>,
    /// When it was last created or updated.
    pub changed: Option<Timestamp>,
}

/// What a stack should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Its template.
    pub template: String,
    /// Where the template is, if it is not sent along: one that is too large for that.
    pub url: Option<String>,
    /// The template's parameters.
    pub parameters: Vec<(String, String)>,
    /// Whether resources that were changed or deleted by hand become again what the template says.
    pub repairs: bool,
    /// Its tags.
    pub tags: Vec<(&'static str, String)>,
}

/// One change of a change set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ResourceChange {
    /// What happens: `add`, `modify`, `replace` or `remove`.
    pub action: &'static str,
    /// The resource's name in the template.
    pub name: String,
    /// Its type, such as `AWS::ECS::Service`.
    pub kind: String,
}

/// A change set that waits to be executed.
#[derive(Debug)]
pub struct Prepared {
    /// The id of the change set.
    id: String,
    wanted: Wanted,
    is_new: bool,
    /// What it would do.
    pub changes: Vec<ResourceChange>,
}

impl Prepared {
    /// Whether it does what is wanted now.
    pub fn is(&self, wanted: &Wanted) -> bool {
        self.wanted == *wanted
    }
}

/// What became of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is new.
    Created,
    /// It changed.
    Updated,
    /// It was as it should be.
    Unchanged,
}

impl<'a> Stacks<'a> {
    /// Of a session.
    pub fn new(session: &'a Session, pace: Duration) -> Self {
        Self { session, client: Client::new(&session.config), pace }
    }

    /// Whose they are.
    pub fn session(&self) -> &'a Session {
        self.session
    }

    /// A stack; `None` if there is none.
    pub async fn find(&self, name: &str) -> anyhow::Result<Option<Stack>> {
        let answer = match self.client.describe_stacks().stack_name(name).send().await {
            Ok(answer) => answer,
            Err(error) if error.message().is_some_and(|message| message.contains("does not exist")) => return Ok(None),
            Err(error) => return Err(self.session.plain(&format!("look for the stack {name}"), &error)),
        };
        let described = answer.stacks().first().map(Stack::of);
        Ok(described.filter(|stack| stack.status != StackStatus::DeleteComplete))
    }

    /// Every stack with a tag.
    pub async fn tagged(&self, tag: &str) -> anyhow::Result<Vec<Stack>> {
        let mut pages = self.client.describe_stacks().into_paginator().send();
        let mut stacks = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.session.plain("list the stacks", &error))?;
            stacks.extend(page.stacks().iter().map(Stack::of).filter(|stack| stack.tags.contains_key(tag)));
        }
        Ok(stacks)
    }

    /// A stack that nothing happens to: waits for what is going on. What a failed creation left is as good as none.
    pub async fn settled(&self, name: &str, progress: &mut Progress) -> anyhow::Result<Option<Stack>> {
        let since = Instant::now();
        loop {
            let Some(stack) = self.find(name).await? else { return Ok(None) };
            match &stack.status {
                // A change set was prepared for a stack that is not there yet.
                StackStatus::ReviewInProgress => return Ok(None),
                status if is_wreck(status) => return Ok(None),
                StackStatus::UpdateRollbackFailed => bail!(
                    "the stack {name} could not be rolled back: `aws cloudformation continue-update-rollback {} \
                     --stack-name {name}` does it once the cause is gone; {}",
                    self.session.cli_options(),
                    self.reason(&stack).await
                ),
                status if goes_on(status) => {
                    progress.wait(&format!("{name} is {}", in_words(status)), since);
                    tokio::time::sleep(self.pace).await;
                }
                _ => return Ok(Some(stack)),
            }
        }
    }

    /// Removes what a failed creation or deletion left, in whose place nothing can be created.
    pub async fn clear(&self, name: &str, progress: &mut Progress) -> anyhow::Result<()> {
        match self.find(name).await? {
            Some(stack) if is_wreck(&stack.status) => {
                progress.item(Sign::Note, name, "removes what a failed attempt left", None)?;
                self.delete(&stack, progress).await
            }
            _ => Ok(()),
        }
    }

    /// A stack that may be deleted: waits for what is going on.
    pub async fn idle(&self, name: &str, progress: &mut Progress) -> anyhow::Result<Option<Stack>> {
        let since = Instant::now();
        loop {
            match self.find(name).await? {
                Some(stack) if goes_on(&stack.status) => {
                    progress.wait(&format!("{name} is {}", in_words(&stack.status)), since);
                    tokio::time::sleep(self.pace).await;
                }
                found => return Ok(found),
            }
        }
    }

    /// What it takes to make a stack what it should be; `None` if it is so already.
    pub async fn prepare(&self, wanted: &Wanted, existing: Option<&Stack>) -> anyhow::Result<Option<Prepared>> {
        let name = &wanted.name;
        let doing = format!("prepare the stack {name}");
        if let Some(existing) = existing
            && !wanted.repairs
            && self.is_so(wanted, existing).await?
        {
            return Ok(None);
        }
        self.discard(name).await?;
        let kind = if existing.is_some() { ChangeSetType::Update } else { ChangeSetType::Create };
        let parameters = wanted
            .parameters
            .iter()
            .map(|(key, value)| Parameter::builder().parameter_key(key).parameter_value(value).build())
            .collect();
        let tags = wanted.tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build()).collect();
        let request = self.client.create_change_set().stack_name(name).change_set_name(CHANGE_SET);
        let request = request.change_set_type(kind).set_parameters(Some(parameters));
        // An empty list would remove the tags that a stack has from elsewhere.
        let request = request.set_tags((!wanted.tags.is_empty()).then_some(tags));
        let request = request.capabilities(Capability::CapabilityIam);
        let request = match &wanted.url {
            Some(url) => request.template_url(url),
            None => request.template_body(&wanted.template),
        };
        let request = request.set_deployment_mode(wanted.repairs.then_some(DeploymentMode::RevertDrift));
        // A transform can add any resource, so it has to be agreed to.
        let has_transform = wanted.template.lines().any(|line| line.starts_with("Transform:"));
        let request = if has_transform { request.capabilities(Capability::CapabilityAutoExpand) } else { request };
        let created = request.send().await.map_err(|error| self.session.plain(&doing, &error))?;
        // By its id: another change set of this name may take its place.
        let id = created.id().unwrap_or(CHANGE_SET).to_owned();
        let deadline = Instant::now() + MAX_COMPUTATION;
        let mut changes = Vec::new();
        let mut next = None;
        loop {
            let request = self.client.describe_change_set().stack_name(name).change_set_name(&id);
            let answer = request.set_next_token(next.take()).send().await;
            let answer = answer.map_err(|error| self.session.plain(&doing, &error))?;
            let reason = answer.status_reason().unwrap_or_default();
            match answer.status() {
                Some(ChangeSetStatus::CreateComplete) => {
                    changes.extend(answer.changes().iter().filter_map(ResourceChange::of));
                    next = answer.next_token().map(str::to_owned);
                    if next.is_none() {
                        break;
                    }
                }
                Some(ChangeSetStatus::Failed) if is_no_change(reason) => {
                    self.discard(name).await?;
                    return Ok(None);
                }
                Some(ChangeSetStatus::Failed) => {
                    self.discard(name).await?;
                    bail!("cannot {doing}: {reason}");
                }
                _ if Instant::now() > deadline => bail!("cannot {doing}: CloudFormation still computes the changes"),
                _ => tokio::time::sleep(self.pace).await,
            }
        }
        changes.sort();
        Ok(Some(Prepared { id, wanted: wanted.clone(), is_new: existing.is_none(), changes }))
    }

    /// Whether a stack is what it should be: what computes no change set takes no time.
    pub async fn is_so(&self, wanted: &Wanted, existing: &Stack) -> anyhow::Result<bool> {
        let given = |(key, value): &(String, String)| existing.parameters.get(key) == Some(value);
        let tagged = |(key, value): &(&str, String)| existing.tags.get(*key) == Some(value);
        if !wanted.parameters.iter().all(given) || !wanted.tags.iter().all(tagged) {
            return Ok(false);
        }
        let request = self.client.get_template().stack_name(&existing.name).template_stage(TemplateStage::Original);
        let answer = request.send().await;
        let doing = format!("read the template of {}", existing.name);
        let answer = answer.map_err(|error| self.session.plain(&doing, &error))?;
        Ok(answer.template_body().is_some_and(|template| template.trim() == wanted.template.trim()))
    }

    /// Forgets what was prepared for a stack.
    pub async fn discard(&self, name: &str) -> anyhow::Result<()> {
        let gone = |message: &str| message.contains("does not exist");
        match self.client.delete_change_set().stack_name(name).change_set_name(CHANGE_SET).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.message().is_some_and(gone) || error.code() == Some("ChangeSetNotFound") => Ok(()),
            Err(error) => Err(self.session.plain(&format!("discard the change set of {name}"), &error)),
        }
    }

    /// Executes what was prepared, with a line for each resource.
    pub async fn execute(&self, prepared: &Prepared, progress: &mut Progress) -> anyhow::Result<(Stack, Outcome)> {
        let name = &prepared.wanted.name;
        let mut events = Events::since_now(self, name).await?;
        let request = self.client.execute_change_set().stack_name(name).change_set_name(&prepared.id);
        request.send().await.map_err(|error| self.session.plain(&format!("deploy the stack {name}"), &error))?;
        let since = Instant::now();
        loop {
            tokio::time::sleep(self.pace).await;
            let has_begun = events.has_begun;
            let stack = self.find(name).await?;
            events.show(self, name, progress).await?;
            let Some(stack) = stack else { bail!("the stack {name} was deleted while it was being deployed") };
            match &stack.status {
                // The status may still be the one before it, unless an event had told of the beginning earlier.
                _ if !has_begun && since.elapsed() < MAX_COMPUTATION => {
                    progress.wait(&format!("{name}: {}", events.waits_for()), since);
                }
                StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete => {
                    let outcome = if prepared.is_new { Outcome::Created } else { Outcome::Updated };
                    return Ok((stack, outcome));
                }
                StackStatus::UpdateCompleteCleanupInProgress => progress.wait(&format!("cleaning up {name}"), since),
                status if goes_on(status) => {
                    progress.wait(&format!("{name}: {}", events.waits_for()), since);
                }
                status => {
                    let reason = match events.failure.take() {
                        Some(failure) => failure,
                        None => self.reason(&stack).await,
                    };
                    bail!("the stack {name} is {}: {reason}", in_words(status));
                }
            }
        }
    }

    /// Deletes a stack, with a line for each resource.
    pub async fn delete(&self, stack: &Stack, progress: &mut Progress) -> anyhow::Result<()> {
        let name = &stack.name;
        // By its id, a stack is found after it has gone.
        let mut events = Events::since_now(self, &stack.id).await?;
        let request = self.client.delete_stack().stack_name(&stack.id);
        request.send().await.map_err(|error| self.session.plain(&format!("delete the stack {name}"), &error))?;
        let since = Instant::now();
        loop {
            tokio::time::sleep(self.pace).await;
            let status = self.find(&stack.id).await?.map(|stack| stack.status);
            events.show(self, &stack.id, progress).await?;
            match status {
                None => return Ok(()),
                Some(StackStatus::DeleteFailed) => {
                    let reason = events.failure.take().unwrap_or_default();
                    bail!("the stack {name} cannot be deleted: {reason}");
                }
                Some(_) => progress.wait(&format!("{name}: {}", events.waits_for()), since),
            }
        }
    }

    /// What the latest failure of a stack said.
    async fn reason(&self, stack: &Stack) -> String {
        let answer = self.client.describe_stack_events().stack_name(&stack.id).send().await;
        let events = answer.map(|answer| answer.stack_events.unwrap_or_default()).unwrap_or_default();
        // The first failure of the latest operation: what follows is given up because of it.
        let begins = |event: &&StackEvent| {
            let status = event.resource_status().map(ResourceStatus::as_str).unwrap_or_default();
            is_of_stack(event) && matches!(status, "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS")
        };
        let failed = events.iter().take_while(|event| !begins(event)).filter(|event| is_failure(event)).last();
        failed.map_or_else(|| "its events say no reason".to_owned(), told)
    }

    async fn events(&self, stack: &str, until: Option<&str>) -> anyhow::Result<Vec<StackEvent>> {
        let mut pages = self.client.describe_stack_events().stack_name(stack).into_paginator().send();
        let mut events = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                // A stack that is new has none yet, and one that has gone may have none any more.
                Err(error) if error.message().is_some_and(|message| message.contains("does not exist")) => break,
                Err(error) => return Err(self.session.plain("read the events of a stack", &error)),
            };
            for event in page.stack_events.unwrap_or_default() {
                if until.is_some() && event.event_id() == until {
                    return Ok(events);
                }
                events.push(event);
            }
        }
        Ok(events)
    }
}

impl Stack {
    fn of(described: &Described) -> Self {
        let changed = described.last_updated_time().or(described.creation_time());
        Self {
            id: described.stack_id().or(described.stack_name()).unwrap_or_default().to_owned(),
            name: described.stack_name().unwrap_or_default().to_owned(),
            status: described.stack_status().cloned().unwrap_or(StackStatus::CreateComplete),
            outputs: described
                .outputs()
                .iter()
                .filter_map(|output| Some((output.output_key()?.to_owned(), output.output_value()?.to_owned())))
                .collect(),
            parameters: described
                .parameters()
                .iter()
                .filter_map(|given| Some((given.parameter_key()?.to_owned(), given.parameter_value()?.to_owned())))
                .collect(),
            tags: described
                .tags()
                .iter()
                .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
                .collect(),
            role: described.role_arn().map(str::to_owned),
            changed: changed.and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok()),
        }
    }
}

impl ResourceChange {
    fn of(change: &Change) -> Option<Self> {
        let change = change.resource_change()?;
        let replaced = matches!(change.replacement(), Some(Replacement::True));
        Some(Self {
            action: match change.action() {
                Some(ChangeAction::Add) => "add",
                Some(ChangeAction::Remove) => "remove",
                _ if replaced => "replace",
                _ => "modify",
            },
            name: change.logical_resource_id().unwrap_or_default().to_owned(),
            kind: change.resource_type().unwrap_or_default().to_owned(),
        })
    }
}

/// The events of a stack, each shown once.
#[derive(Debug, Default)]
struct Events {
    last: Option<String>,
    started: BTreeMap<String, Timestamp>,
    going_on: BTreeSet<String>,
    failure: Option<String>,
    /// Whether anything about the stack itself came.
    has_begun: bool,
}

impl Events {
    async fn since_now(stacks: &Stacks<'_>, stack: &str) -> anyhow::Result<Self> {
        let answer = stacks.client.describe_stack_events().stack_name(stack).send().await;
        let events = match answer {
            Ok(answer) => answer.stack_events.unwrap_or_default(),
            Err(error) if error.message().is_some_and(|message| message.contains("does not exist")) => Vec::new(),
            Err(error) => return Err(stacks.session.plain("read the events of a stack", &error)),
        };
        let latest = events.into_iter().next();
        Ok(Self { last: latest.and_then(|event| event.event_id), ..Self::default() })
    }

    /// Shows what came since the last time.
    async fn show(&mut self, stacks: &Stacks<'_>, stack: &str, progress: &mut Progress) -> anyhow::Result<()> {
        let news = stacks.events(stack, self.last.as_deref()).await?;
        if let Some(newest) = news.first() {
            self.last = newest.event_id().map(str::to_owned);
        }
        self.has_begun |= news.iter().any(is_of_stack);
        for event in news.iter().rev().filter(|event| !is_of_stack(event)) {
            self.show_one(event, progress).context("cannot write the progress")?;
        }
        Ok(())
    }

    fn show_one(&mut self, event: &StackEvent, progress: &mut Progress) -> std::io::Result<()> {
        let name = event.logical_resource_id().unwrap_or_default().to_owned();
        let kind = event.resource_type().unwrap_or_default();
        let kind = kind.strip_prefix("AWS::").unwrap_or(kind);
        let at = event.timestamp().and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok());
        let status = event.resource_status().map(|status| status.as_str().to_owned()).unwrap_or_default();
        if status.ends_with("_IN_PROGRESS") {
            self.started.entry(name.clone()).or_insert_with(|| at.unwrap_or_default());
            self.going_on.insert(name);
            return Ok(());
        }
        self.going_on.remove(&name);
        let began = self.started.remove(&name);
        let took = began.zip(at).map(|(began, at)| at.duration_since(began).max(SignedDuration::ZERO));
        if is_failure(event) {
            let reason = told(event);
            // The first one is the cause; the others are given up because of it.
            if self.failure.is_none() {
                self.failure = Some(reason);
            }
            return progress.item(Sign::Failed, &name, event.resource_status_reason().unwrap_or_default(), None);
        }
        let verb = if status.starts_with("DELETE") { "removed" } else { "" };
        progress.item(Sign::Done, &name, format!("{kind} {verb}").trim_end(), took)
    }

    fn waits_for(&self) -> String {
        let names: Vec<&str> = self.going_on.iter().map(String::as_str).collect();
        if names.is_empty() { "CloudFormation".to_owned() } else { names.join(", ") }
    }
}

fn is_of_stack(event: &StackEvent) -> bool {
    event.physical_resource_id() == event.stack_id()
}

fn is_failure(event: &StackEvent) -> bool {
    let failed = event.resource_status().is_some_and(|status| status.as_str().ends_with("_FAILED"));
    failed && !event.resource_status_reason().is_some_and(|reason| reason.contains("cancelled"))
}

fn told(event: &StackEvent) -> String {
    let name = event.logical_resource_id().unwrap_or_default();
    format!("{name}: {}", event.resource_status_reason().unwrap_or("no reason is given"))
}

/// Whether nothing can be created in its place.
pub fn is_wreck(status: &StackStatus) -> bool {
    matches!(status, StackStatus::RollbackComplete | StackStatus::RollbackFailed | StackStatus::DeleteFailed)
}

/// A change set that waits for its execution is no work in progress.
fn goes_on(status: &StackStatus) -> bool {
    status.as_str().ends_with("_IN_PROGRESS") && *status != StackStatus::ReviewInProgress
}

fn is_no_change(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

/// `UPDATE_ROLLBACK_COMPLETE` as people write it.
fn in_words(status: &StackStatus) -> String {
    status.as_str().replace('_', " ").to_lowercase()
}
