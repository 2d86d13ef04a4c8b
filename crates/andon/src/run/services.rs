//! Which action of which run another service's event is about.
//!
//! An action names what it works on only when it has ended. While it waits, its service is found by its name, and only
//! where a single action fits: two pipelines can deploy one service, and a person can deploy it by hand.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{ActionView, Run, Status};
use crate::event::{Application, Attempt, EvidenceEvent, Subject};
use crate::name::{ExternalId, PipelineId};

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
    /// It took the place of the deployment that the service goes back to.
    Replacing,
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
    /// One of several actions of a run: they name what they deploy when they end.
    Unclear,
    /// Nothing that is known for sure to be of one run. These pipelines may have made it: they deploy something at the time,
    /// and it is not known what, or several of them deploy what is called like this. None, if no run can have.
    Unknown {
        /// The pipelines, in order.
        perhaps: BTreeSet<PipelineId>,
    },
}

/// The action that an event of a service is about.
pub fn deploying<'r>(event: &EvidenceEvent, runs: &'r [Run]) -> Deploys<'r> {
    let mut found: Vec<Found<'r>> = Vec::new();
    let mut perhaps = BTreeSet::new();
    let mut actions: Vec<(&Run, Subject, ActionView)> = Vec::new();
    for run in runs {
        for stage in run.stages() {
            let subject =
                |action: &ActionView| Subject::Action { stage: stage.name.clone(), action: action.name.clone() };
            actions.extend(stage.actions.iter().map(|action| (run, subject(action), action.clone())));
        }
    }
    for (run, subject, action) in &actions {
        let replaces = |(other, target, live): &(&Run, Subject, ActionView)| {
            let is_of_it = other.pipeline == run.pipeline && target == subject;
            is_of_it && goes_back_to(event, live) && live.started < action.started
        };
        let replacing = may_be_undone(event, action) && actions.iter().any(replaces);
        let fit = fit(event, run, action, subject).max(replacing.then_some(Fit::Replacing));
        if let Some(fit) = fit {
            let (attempt, subject) = (action.attempt, subject.clone());
            found.push(Found { fit, started: action.started, run, attempt, subject });
        }
        if may_be(event, action) {
            perhaps.insert(run.pipeline.clone());
        }
    }
    let best = found.iter().map(|found| found.fit).max();
    found.retain(|found| Some(found.fit) == best);
    let pipelines: BTreeSet<PipelineId> = found.iter().map(|found| found.run.pipeline.clone()).collect();
    if pipelines.len() > 1 {
        return Deploys::Unknown { perhaps: pipelines };
    }
    // What one pipeline deployed last is what its service speaks of; of actions side by side, the one that is called like it.
    let alike = found.iter().map(|found| likeness(event, &found.subject)).max();
    found.retain(|found| Some(likeness(event, &found.subject)) == alike);
    found.sort_by_key(|found| found.started);
    let Some(Found { run, attempt, subject, .. }) = found.pop() else { return Deploys::Unknown { perhaps } };
    if found.iter().any(|other| other.run.execution == run.execution && other.subject != subject) {
        return Deploys::Unclear;
    }
    Deploys::Action { run, attempt, subject }
}

/// How many parts of what is deployed the name of an action has in it.
fn likeness(event: &EvidenceEvent, subject: &Subject) -> usize {
    let Subject::Action { action, .. } = subject else { return 0 };
    let (action, called) = (action.as_str().to_lowercase(), event.called().to_lowercase());
    let is_in_action = |part: &&&str| part.len() >= MIN_LETTERS && action.contains(**part);
    parts(&called).iter().filter(is_in_action).count()
}

/// An action that an event may be about.
struct Found<'r> {
    fit: Fit,
    started: Timestamp,
    run: &'r Run,
    attempt: Attempt,
    subject: Subject,
}

/// What an action names once it has ended.
fn named(action: &ActionView) -> Option<&str> {
    action.result.as_ref().and_then(|result| result.external.as_ref()).map(ExternalId::as_str)
}

/// Whether a service goes back to what an action deployed.
fn goes_back_to(event: &EvidenceEvent, action: &ActionView) -> bool {
    named(action).is_some_and(|deployment| event.goes_back_to(deployment))
}

/// Whether a service that goes back to an older deployment can be leaving what an action deployed.
fn may_be_undone(event: &EvidenceEvent, action: &ActionView) -> bool {
    let may_be_live = matches!(action.status, Status::Succeeded | Status::InProgress);
    may_be_live && action.started <= event.at && !goes_back_to(event, action)
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
        // Who goes back leaves what failed before, unless something newer has taken its place.
        return Some(if event.is_rollback() { Fit::Replacing } else { Fit::SameService });
    }
    let external = named(action);
    // A stack is called the same in every deployment: once the action has ended, somebody else deploys it.
    if !event.is_of_one_deployment() && action.ended.is_some_and(|ended| event.at > ended) {
        return None;
    }
    let ids = [Some(&event.external), event.deployment.as_ref()];
    if external.is_some_and(|external| event.goes_back_to(external)) {
        return None;
    }
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
    let pipeline = run.pipeline.name.as_str().to_lowercase();
    let action = match subject {
        Subject::Action { action, .. } => action.as_str().to_lowercase(),
        _ => String::new(),
    };
    names(event).iter().any(|service| {
        let service = service.to_lowercase();
        if service == pipeline || service == action {
            return true;
        }
        let (mine, theirs) = (parts(&service), parts(&pipeline));
        let either = theirs.union(&parts(&action)).copied().collect();
        is_within(&mine, &either) || is_within(&theirs, &mine)
    })
}

/// What it is called that is deployed: the service without its cluster, the stack, the application with and without its
/// deployment group.
fn names(event: &EvidenceEvent) -> Vec<String> {
    match &event.application {
        Some(Application { name, group }) => {
            let both = group.as_ref().map(|group| format!("{name}-{group}"));
            [Some(name.clone()), both].into_iter().flatten().collect()
        }
        None => vec![event.called().rsplit('/').next().unwrap_or_default().to_owned()],
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
