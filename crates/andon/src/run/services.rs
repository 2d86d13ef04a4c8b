//! Which action of which run another service's event is about.
//!
//! An action names what it works on only when it has ended. While it waits, its service is found by its name, and only
//! where a single action fits: two pipelines can deploy one service, and a person can deploy it by hand.

use jiff::SignedDuration;

use super::{ActionView, Run, Status};
use crate::event::{Attempt, EvidenceEvent, Subject};
use crate::name::ExternalId;

/// How long after an action has ended its service may still contradict it.
const MAX_LATE: SignedDuration = SignedDuration::from_mins(60);
/// The shortest part of a name by which a service is recognized.
const MIN_PART: usize = 3;

/// How surely an action is the one that an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It may have ended before the event, and its pipeline is called like the service.
    NamedAndEnded,
    /// It is going on, and its pipeline is called like the service.
    Named,
    /// It was contradicted by the same service before.
    SameService,
    /// It names the deployment.
    SameDeployment,
}

/// The run, the attempt and the action that an event is about; `None` where none fits, or more than one.
pub fn action_of<'r>(event: &EvidenceEvent, runs: &'r [Run]) -> Option<(&'r Run, Attempt, Subject)> {
    let mut found: Vec<(Fit, &Run, Attempt, Subject)> = Vec::new();
    for run in runs {
        for stage in run.stages() {
            for action in &stage.actions {
                let subject = Subject::Action { stage: stage.name.clone(), action: action.name.clone() };
                if let Some(fit) = fit(event, run, action, &subject) {
                    found.push((fit, run, action.attempt, subject));
                }
            }
        }
    }
    let best = found.iter().map(|(fit, ..)| *fit).max()?;
    found.retain(|(fit, ..)| *fit == best);
    match found.as_slice() {
        [_] => found.pop().map(|(_, run, attempt, subject)| (run, attempt, subject)),
        _ => None,
    }
}

fn fit(event: &EvidenceEvent, run: &Run, action: &ActionView, subject: &Subject) -> Option<Fit> {
    if !action.provider.as_ref().is_some_and(|provider| event.is_of(&provider.name)) || action.started > event.at {
        return None;
    }
    if run.contradicted_service(action.attempt, subject) == Some(&event.external) {
        return Some(Fit::SameService);
    }
    let external = action.result.as_ref().and_then(|result| result.external.as_ref()).map(ExternalId::as_str);
    let ids = [Some(&event.external), event.deployment.as_ref()];
    if external.is_some_and(|external| ids.into_iter().flatten().any(|id| external.contains(id.as_str()))) {
        return Some(Fit::SameDeployment);
    }
    // What names another deployment is another's.
    if external.is_some() || !is_called_like(event, run, subject) {
        return None;
    }
    match action.ended {
        None => Some(Fit::Named),
        Some(ended) if action.status != Status::Succeeded || event.at.duration_since(ended) > MAX_LATE => None,
        Some(_) => Some(Fit::NamedAndEnded),
    }
}

/// Whether the pipeline or the action has a part of the service's name, or the service one of theirs.
fn is_called_like(event: &EvidenceEvent, run: &Run, subject: &Subject) -> bool {
    // `arn:aws:ecs:region:account:service/cluster/name`
    let service = event.external.as_str().rsplit('/').next().unwrap_or_default().to_lowercase();
    let action = match subject {
        Subject::Action { action, .. } => action.as_str(),
        _ => "",
    };
    let names = format!("{} {action}", run.pipeline.name).to_lowercase();
    let parts = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphanumeric())
            .filter(|part| part.chars().count() >= MIN_PART && !COMMON.contains(part))
            .map(str::to_owned)
            .collect()
    };
    let (mine, theirs) = (parts(&service), parts(&names));
    mine.iter().any(|part| theirs.contains(part))
}

/// Parts of names that say nothing of a service.
const COMMON: [&str; 22] = [
    "service",
    "svc",
    "prod",
    "production",
    "staging",
    "stage",
    "dev",
    "test",
    "deploy",
    "deployment",
    "pipeline",
    "api",
    "app",
    "web",
    "ecs",
    "main",
    "release",
    "cluster",
    "task",
    "live",
    "the",
    "aws",
];
