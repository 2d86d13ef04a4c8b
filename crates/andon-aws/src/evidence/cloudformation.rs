//! CloudFormation: the resource that failed first.
//!
//! A stack's events are listed newest first; those of earlier operations follow those of the one that failed. Everything that
//! fails after the first failure fails because of it: resources are canceled, and the stack is rolled back.

use andon::run::Failure;
use andon_diagnosis::MessageSource;
use aws_sdk_cloudformation::types::StackEvent;
use futures_util::future::join;
use jiff::{SignedDuration, Timestamp};

use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::missing::Question;
use super::time;

/// How much later than the action's end its operation's last event may be.
const AFTERWARDS: SignedDuration = SignedDuration::from_mins(2);
/// How many stacks deep a failure is followed.
const DEPTH: usize = 3;

pub(super) async fn gather(
    clients: &Regional,
    inquiry: &EvidenceCollector,
    failure: &Failure,
    stack: Option<&str>,
    change_set: Option<&str>,
) {
    let of_stack = async {
        if let Some(stack) = stack {
            operation(clients, inquiry, failure, stack).await;
        }
    };
    let of_change_set = async {
        if let Some(change_set) = change_set {
            why_not_made(clients, inquiry, change_set).await;
        }
    };
    join(of_stack, of_change_set).await;
}

/// Records the first failure of the operation; for a nested stack, the first failure inside it.
async fn operation(clients: &Regional, inquiry: &EvidenceCollector, failure: &Failure, stack: &str) {
    let mut stack = stack.to_owned();
    let mut told = None;
    for _ in 0..DEPTH {
        let Some(first) = first_failure(clients, inquiry, failure, &stack).await else { break };
        let nested = nested(&first, &stack);
        told = Some(said(&first));
        match nested {
            Some(nested) => stack = nested,
            None => break,
        }
    }
    if let Some(told) = told {
        inquiry.hears(MessageSource::CloudFormation, &told);
    }
}

/// Reads back to the beginning of the operation.
async fn first_failure(
    clients: &Regional,
    inquiry: &EvidenceCollector,
    failure: &Failure,
    stack: &str,
) -> Option<StackEvent> {
    let question = Question {
        service: "CloudFormation",
        permission: "cloudformation:DescribeStackEvents",
        resource: stack,
        what: format!("events of stack {}", name(stack)),
    };
    let mut search = Search::new(stack, failure);
    let mut token = None;
    loop {
        let request = clients.stacks().describe_stack_events().stack_name(stack).set_next_token(token.take());
        let answer = match inquiry.ask(&question, || request.clone().send()).await {
            Ok(answer) => answer,
            Err(missing) => {
                inquiry.misses(missing.sentence);
                break;
            }
        };
        let events = answer.stack_events.unwrap_or_default();
        inquiry.has_read(events.iter().map(size).sum());
        for event in events {
            search.sees(event);
        }
        token = answer.next_token.filter(|token| !token.is_empty());
        if search.is_over || token.is_none() {
            break;
        }
    }
    search.first()
}

/// The walk back through an operation.
struct Search<'a> {
    stack: &'a str,
    since: Option<Timestamp>,
    until: Timestamp,
    resource: Option<StackEvent>,
    stack_itself: Option<StackEvent>,
    is_over: bool,
}

impl<'a> Search<'a> {
    fn new(stack: &'a str, failure: &Failure) -> Self {
        Self {
            stack,
            since: failure.started,
            until: failure.at.checked_add(AFTERWARDS).unwrap_or(Timestamp::MAX),
            resource: None,
            stack_itself: None,
            is_over: false,
        }
    }

    /// Takes the next older event.
    fn sees(&mut self, event: StackEvent) {
        let at = event.timestamp().and_then(time);
        if self.is_over || at.is_some_and(|at| at > self.until) {
            return;
        }
        if at.zip(self.since).is_some_and(|(at, since)| at < since) {
            self.is_over = true;
            return;
        }
        let status = event.resource_status().map_or("", |status| status.as_str()).to_owned();
        let is_stack = event.physical_resource_id().is_some_and(|id| id == self.stack || Some(id) == event.stack_id());
        if !is_stack {
            if status.ends_with("_FAILED") && !is_given_up(&event) {
                self.resource = Some(event);
            }
            return;
        }
        // These begin an operation; a roll-back or a clean-up is part of one.
        self.is_over = matches!(
            status.as_str(),
            "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS" | "IMPORT_IN_PROGRESS"
        );
        let says_why = event.resource_status_reason().is_some_and(|reason| !reason.is_empty());
        if !self.is_over && says_why && (status.ends_with("_FAILED") || status.contains("ROLLBACK")) {
            self.stack_itself = Some(event);
        }
    }

    /// The failure that all others come from. Some, such as those of a template, belong to no resource.
    fn first(self) -> Option<StackEvent> {
        self.resource.or(self.stack_itself)
    }
}

/// Whether a resource did not fail, but was given up because another one had.
fn is_given_up(event: &StackEvent) -> bool {
    event.resource_status_reason().is_some_and(|reason| {
        let reason = reason.to_ascii_lowercase();
        let reason = reason.trim_end_matches(['.', ' ']);
        reason.ends_with("cancelled") || reason.ends_with("canceled")
    })
}

/// The stack that failed inside of this one.
fn nested(event: &StackEvent, within: &str) -> Option<String> {
    let is_stack = event.resource_type() == Some("AWS::CloudFormation::Stack");
    let id = event.physical_resource_id().filter(|id| is_stack && *id != within && Some(*id) != event.stack_id())?;
    id.contains(":stack/").then(|| id.to_owned())
}

/// As CloudFormation's own tools print it: `CREATE_FAILED | AWS::S3::Bucket | Archive | it is there already`.
fn said(event: &StackEvent) -> String {
    let status = event.resource_status().map_or("", |status| status.as_str());
    let reason = event.resource_status_reason().unwrap_or_default();
    let kind = event.resource_type().unwrap_or_default();
    let name = event.logical_resource_id().unwrap_or_default();
    [status, kind, name, reason].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" | ")
}

/// A change set that was never made has no events; it keeps the reason itself.
async fn why_not_made(clients: &Regional, inquiry: &EvidenceCollector, change_set: &str) {
    let question = Question {
        service: "CloudFormation",
        permission: "cloudformation:DescribeChangeSet",
        resource: change_set,
        what: format!("change set {}", name(change_set)),
    };
    let request = clients.stacks().describe_change_set().change_set_name(change_set);
    match inquiry.ask(&question, || request.clone().send()).await {
        Ok(answer) if answer.status().is_some_and(|status| status.as_str() == "FAILED") => {
            inquiry.hears(MessageSource::CloudFormation, answer.status_reason().unwrap_or_default());
        }
        Ok(_) => {}
        Err(missing) => inquiry.misses(missing.sentence),
    }
}

/// `arn:aws:cloudformation:eu-west-1:111122223333:stack/web/dc21b9d6` is `web`.
fn name(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or(arn)
}

fn size(event: &StackEvent) -> usize {
    let texts = [event.resource_properties(), event.resource_status_reason(), event.physical_resource_id()];
    texts.into_iter().flatten().map(str::len).sum::<usize>() + 200
}
