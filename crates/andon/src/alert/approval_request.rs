//! The message of an approval action, matched with its run: the message does not name the run.

use super::due::approvals;
use super::{Alert, AlertBody, Approval};
use crate::event::{ApprovalRequest, Attempt};
use crate::history::History;
use crate::run::{ActionView, Run};

/// The alert for an approval's own message; none if the approval has been answered.
///
/// Among these runs, the latest of its pipeline, its own is looked for: by the token, or, where events carry none, as
/// the latest that waits there. The alert is then the run's, so that it is told once whichever of the two came first
/// knows. A message that comes before its run's events is told by itself, under the name of its token.
pub fn from_approval_request(request: &ApprovalRequest, runs: &[Run], history: Option<&History>) -> Option<Alert> {
    let by_token = runs.iter().find(|run| {
        action(run, request).is_some_and(|action| action.execution.is_some() && action.execution == request.token)
    });
    if let Some(run) = by_token {
        return waiting(run, request, history);
    }
    let unnamed = |run: &&Run| action(run, request).is_some_and(|action| action.execution.is_none());
    let latest = runs.iter().filter(unnamed).max_by_key(|run| run.first_seen());
    latest.and_then(|run| waiting(run, request, history)).or_else(|| Some(alone(request)))
}

/// The action that a request is about, in its current state in a run.
fn action(run: &Run, request: &ApprovalRequest) -> Option<ActionView> {
    let stage = run.stages().into_iter().find(|stage| stage.name == request.stage)?;
    stage.actions.into_iter().find(|action| action.name == request.action)
}

/// The run's own alert about it, with what only the message knows.
fn waiting(run: &Run, request: &ApprovalRequest, history: Option<&History>) -> Option<Alert> {
    approvals(run, history).into_iter().find_map(|alert| match alert.body {
        AlertBody::ApprovalNeeded(approval) if approval.stage == request.stage && approval.action == request.action => {
            let approval = Approval {
                expires: approval.expires.or(request.expires),
                custom_data: approval.custom_data.or_else(|| request.custom_data.clone()),
                review_link: approval.review_link.or_else(|| request.review_link.clone()),
                ..approval
            };
            Some(Alert { body: AlertBody::ApprovalNeeded(approval), ..alert })
        }
        _ => None,
    })
}

fn alone(request: &ApprovalRequest) -> Alert {
    let approval = Approval {
        stage: request.stage.clone(),
        action: request.action.clone(),
        token: request.token.clone(),
        attempt: Attempt::FIRST,
        expires: request.expires,
        custom_data: request.custom_data.clone(),
        review_link: request.review_link.clone(),
        behind: Vec::new(),
    };
    Alert::alone(request.pipeline.clone(), request.at, AlertBody::ApprovalNeeded(approval))
}
