//! Which action of which run another service's event is about.
//!
//! An action names what it works on only when it has ended. While it waits, its service is found by its name, and only
//! where a single action fits: two pipelines can deploy one service, and a person can deploy it by hand.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{ActionView, Run, Status};
use crate::event::{Attempt, EvidenceEvent, Subject};
use crate::name::ExternalId;

/// How long after an action has ended its service may still contradict it.
const MAX_LATE: SignedDuration = SignedDuration::from_mins(60);
/// The fewest letters by which a service is recognized.
const MIN_LETTERS: usize = 3;

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

/// What an event of a service is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Deploys<'r> {
    /// An action of a run.
    Action {
        /// The run.
        run: &'r Run,
        /// The attempt at the action.
        attempt: Attempt,
        /// The action.
        subject: Subject,
    },
    /// One of several, or of one whose service is not known.
    Unclear,
    /// Nothing that any of the runs does.
    Nothing,
}

/// The action that an event of a service is about.
pub fn deploying<'r>(event: &EvidenceEvent, runs: &'r [Run]) -> Deploys<'r> {
    let mut found: Vec<(Fit, &Run, Attempt, Subject)> = Vec::new();
    let mut is_unclear = false;
    for run in runs {
        for stage in run.stages() {
            for action in &stage.actions {
                let subject = Subject::Action { stage: stage.name.clone(), action: action.name.clone() };
                if let Some(fit) = fit(event, run, action, &subject) {
                    found.push((fit, run, action.attempt, subject));
                }
                is_unclear |= may_be(event, action);
            }
        }
    }
    let best = found.iter().map(|(fit, ..)| *fit).max();
    found.retain(|(fit, ..)| Some(*fit) == best);
    match (found.pop(), found.is_empty(), is_unclear) {
        (Some((_, run, attempt, subject)), true, _) => Deploys::Action { run, attempt, subject },
        (Some(_), false, _) | (None, _, true) => Deploys::Unclear,
        (None, _, false) => Deploys::Nothing,
    }
}

/// Whether an action goes on of which it is not known what it deploys.
fn may_be(event: &EvidenceEvent, action: &ActionView) -> bool {
    let is_of = action.provider.as_ref().is_some_and(|provider| event.is_of(&provider.name));
    let names_it = action.result.as_ref().is_some_and(|result| result.external.is_some());
    is_of && !names_it && !action.status.is_final() && action.started <= event.at
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

/// Whether the pipeline or the action is called like the service: the same, or all that the one name says is in the other.
///
/// A shared part is not enough: `billing-worker` does not deploy `billing-report`.
fn is_called_like(event: &EvidenceEvent, run: &Run, subject: &Subject) -> bool {
    let service = name_of(&event.external).to_lowercase();
    let pipeline = run.pipeline.name.as_str().to_lowercase();
    let action = match subject {
        Subject::Action { action, .. } => action.as_str().to_lowercase(),
        _ => String::new(),
    };
    if service == pipeline || service == action {
        return true;
    }
    let (mine, theirs) = (parts(&service), parts(&pipeline));
    let either = theirs.union(&parts(&action)).copied().collect();
    is_within(&mine, &either) || is_within(&theirs, &mine)
}

/// What a service or a stack is called: `arn:aws:ecs:region:account:service/cluster/name`,
/// `arn:aws:cloudformation:region:account:stack/name/id`.
fn name_of(external: &ExternalId) -> &str {
    let mut segments = external.as_str().rsplit('/');
    let last = segments.next().unwrap_or_default();
    match (segments.next(), segments.next()) {
        (Some(name), Some(of)) if of.ends_with(":stack") => name,
        _ => last,
    }
}

/// The parts of a name that say something.
fn parts(name: &str) -> BTreeSet<&str> {
    name.split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty() && !COMMON.contains(part))
        .collect()
}

/// Whether some parts, long enough to say something, are all among others.
fn is_within(some: &BTreeSet<&str>, others: &BTreeSet<&str>) -> bool {
    let letters: usize = some.iter().map(|part| part.chars().count()).sum();
    letters >= MIN_LETTERS && some.is_subset(others)
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
