//! Composition of the message for an alert.

use super::context::{Context, clock, date};
use super::mute::told_although;
use super::{About, Cause, Fact, Hint, Link, MAX_CAUSES, Message};
use andon::alert::{Alert, AlertBody, Approval, Failed, FailedRollback, Recovered, RolledBack};
use andon::arn::Arn;
use andon::event::{Attempt, Commit, PullRequest, Reference, ReferenceKind, Trigger};
use andon::history::ChangeSummary;
use andon::name::{ActionName, ExternalId, PipelineId, StageName};
use andon::run::{Condition, Explanation, Failure, MAX_CAUSE_LINES};
use andon::words::{counted, ordinal, span};
use andon::{alert, links};

/// The most notes about missing evidence.
const MAX_NOTES: usize = 3;

/// The most pipelines that are named as possible.
const MAX_POSSIBLE: usize = 5;

const STAYS_RED: &str = "The pipeline stays red until another change succeeds.";

/// The most changes that are named as waiting behind an approval.
const MAX_BEHIND: usize = 5;

/// The message for an alert.
pub fn compose(alert: &Alert, context: &Context<'_>) -> Message {
    let account = alert.pipeline.home.account.as_str();
    Message {
        kind: alert.kind(),
        at: alert.at,
        about: About {
            pipeline: alert.pipeline.clone(),
            account: context.accounts.name(account).to_owned(),
            line: alert.own_line.clone(),
            execution: alert.execution.clone(),
            stage: alert.stage().cloned(),
            action: alert.action().cloned(),
        },
        title: title(alert),
        lead: lead(alert, context),
        facts: facts(alert, context),
        causes: match &alert.body {
            AlertBody::Failed(Failed { failures, .. }) | AlertBody::Rejected { failures, .. } => causes(failures),
            AlertBody::ServiceFailed { service, reason, .. } => {
                vec![Cause { heading: service_kind(service).to_owned(), reason: reason.clone(), lines: Vec::new() }]
            }
            _ => Vec::new(),
        },
        hint: explained(alert).find_map(|explanation| {
            let text = explanation.hint.clone()?;
            Some(Hint { text, url: explanation.link.as_deref().and_then(links::checked) })
        }),
        notes: notes(alert),
        links: links(alert),
        others: Vec::new(),
        deeds: Vec::new(),
        buttons: None,
    }
}

fn title(alert: &Alert) -> String {
    let name = match &alert.line {
        Some(line) => format!("{} ({line})", alert.pipeline.name),
        None => alert.pipeline.name.to_string(),
    };
    match &alert.body {
        AlertBody::Failed(Failed { rollback: Some(rollback), .. }) if rollback.is_stopped => {
            format!("The rollback of {name} was stopped")
        }
        AlertBody::Failed(Failed { failures, rollback: Some(_), .. }) => match place(failures) {
            Some(place) => format!("The rollback of {name} failed in {place}"),
            None => format!("The rollback of {name} failed"),
        },
        AlertBody::ServiceFailed { service, .. } => format!("Deployment of {} {name} failed", service_kind(service)),
        AlertBody::Failed(Failed { failures, streak, .. }) => {
            let again = if streak.count > 1 { " again" } else { "" };
            match (place(failures), failures.first().and_then(|failure| failure.condition)) {
                (Some(place), Some(condition)) => {
                    format!("{name} failed{again} in {place}: {} not met", condition_name(condition))
                }
                (Some(place), None) => format!("{name} failed{again} in {place}"),
                (None, _) => format!("{name} failed{again}"),
            }
        }
        AlertBody::Recovered(recovered) => {
            format!("{name} is green again after {}", counted(recovered.failures, "failure"))
        }
        AlertBody::RolledBack(RolledBack { by_service: true, .. }) => {
            format!("ECS rolled back the deployment of {name}")
        }
        AlertBody::RolledBack(RolledBack { to: Some(to), .. }) => match summary(to) {
            Some(change) => format!("{name} was rolled back to {change}"),
            None => format!("{name} was rolled back"),
        },
        AlertBody::RolledBack(_) => format!("{name} was rolled back"),
        AlertBody::ApprovalNeeded(Approval { stage, action, .. }) => {
            format!("{name} needs approval: {stage} / {action}")
        }
        AlertBody::ApprovalOverdue { approval: Approval { stage, action, .. }, since } => {
            format!(
                "{name} has been waiting {} for approval: {stage} / {action}",
                span(alert.at.duration_since(*since))
            )
        }
        AlertBody::Stuck { running, stage: None, after: Some(after), .. } => {
            format!("{name} has waited after {after} for {}: is the transition disabled?", span(*running))
        }
        AlertBody::Stuck { running, stage, action, .. } => {
            let place = match (stage, action) {
                (Some(stage), Some(action)) => format!(" in {stage} / {action}"),
                (Some(stage), None) => format!(" in {stage}"),
                _ => String::new(),
            };
            format!("{name} appears stuck{place} (running for {})", span(*running))
        }
        AlertBody::NoSuccess { last: Some(_), since } => {
            format!("{name} has not succeeded for {}", span(alert.at.duration_since(*since)))
        }
        AlertBody::NoSuccess { last: None, since } => {
            format!("{name} has never succeeded (first seen {} ago)", span(alert.at.duration_since(*since)))
        }
        AlertBody::Rejected { failures, .. } => match place(failures) {
            Some(place) => format!("{name} was rejected in {place}"),
            None => format!("{name} was rejected"),
        },
        AlertBody::Started => format!("{name} started"),
        AlertBody::Succeeded => format!("{name} succeeded"),
        AlertBody::Stopped { .. } => format!("{name} was stopped"),
        AlertBody::Superseded => format!("{name} was superseded by a newer run"),
        AlertBody::Canceled => match alert.commit.as_ref().and_then(change) {
            Some(change) => {
                format!("The run of {change} in {name} was canceled by a change of the pipeline; nothing has run since")
            }
            None => format!("{name} was canceled by a change of the pipeline; nothing has run since"),
        },
        AlertBody::Approved { approval: Approval { stage, action, .. }, by, .. } => match by {
            Some(by) => format!("{name} was approved by {by}: {stage} / {action}"),
            None => format!("{name} was approved: {stage} / {action}"),
        },
    }
}

/// Where it failed: `Build / UnitTests`, or `Deploy: 4 actions`.
fn place(failures: &[Failure]) -> Option<String> {
    let first = failures.first()?;
    let stage = first.stage.as_ref();
    match (failures, stage, first.action.as_ref()) {
        ([_], Some(stage), Some(action)) => Some(format!("{stage} / {action}")),
        ([_], None, Some(action)) => Some(action.to_string()),
        ([_], Some(stage), None) => Some(stage.to_string()),
        ([_], None, None) => None,
        (all, Some(stage), _) if all.iter().all(|failure| failure.stage.as_ref() == Some(stage)) => {
            Some(format!("{stage}: {} actions", all.len()))
        }
        (all, _, _) => Some(format!("{} actions", all.len())),
    }
}

fn lead(alert: &Alert, context: &Context<'_>) -> Option<String> {
    match &alert.body {
        AlertBody::Failed(Failed { rollback: Some(rollback), .. }) => Some(not_rolled_back(rollback)),
        AlertBody::ServiceFailed { perhaps, .. } => Some(match possible(perhaps) {
            Some(names) => format!("It is not known which pipeline made this deployment: {names} may have."),
            None => "No run of a pipeline is known to have made this deployment.".to_owned(),
        }),
        AlertBody::Failed(failed) if failed.streak.count > 1 => {
            let streak = &failed.streak;
            let same = if failed.is_same_again() { ", in the same place and for the same reason" } else { "" };
            Some(format!("{} failure in a row since {}{same}.", ordinal(streak.count), clock(streak.since, context)))
        }
        AlertBody::Recovered(recovered) => {
            let Recovered { since, outage, attempt, fixed_by, .. } = recovered;
            let same = match fixed_by {
                Some(fixed_by) if fixed_by.is_empty() && *attempt > Attempt::FIRST => {
                    format!(
                        " It succeeded on the {} attempt, with the same change.",
                        ordinal(u64::from(attempt.number()))
                    )
                }
                Some(fixed_by) if fixed_by.is_empty() => " Another run of the same change succeeded.".to_owned(),
                _ => String::new(),
            };
            Some(format!("It was red for {}, since {}.{same}", span(*outage), clock(*since, context)))
        }
        AlertBody::RolledBack(RolledBack { by_service: true, is_running, undone, to, .. }) => {
            let change = undone.as_ref().and_then(subject).unwrap_or_else(|| "The change".to_owned());
            let before = to.as_ref().and_then(subject);
            let live = before.map(|before| format!(" Most likely {before} is live again.")).unwrap_or_default();
            let action =
                if *is_running { "; the action that deployed it still runs" } else { ", whatever the action says" };
            Some(format!("{change} is not live{action}.{live}"))
        }
        AlertBody::RolledBack(RolledBack { undone, .. }) => Some(match undone.as_ref().and_then(subject) {
            Some(change) => format!("{change} is not live. {STAYS_RED}"),
            None => format!("It is not known which change was rolled back. {STAYS_RED}"),
        }),
        AlertBody::ApprovalNeeded(Approval { expires: Some(expires), .. }) => {
            Some(format!("If no one answers by {}, the approval expires and the run fails.", clock(*expires, context)))
        }
        AlertBody::Stuck { usual: Some(usual), .. } => Some(format!("Usually takes {}.", span(*usual))),
        AlertBody::NoSuccess { last: Some(last), .. } => Some(format!("Last success: {}.", clock(*last, context))),
        AlertBody::Rejected { failures, .. } if failures.iter().all(|failure| failure.own_words().is_none()) => {
            Some("No comment was left; the approval may have timed out.".to_owned())
        }
        AlertBody::Approved { comment: Some(comment), .. } | AlertBody::Stopped { comment: Some(comment) } => {
            Some(format!("\u{201c}{}\u{201d}", comment.trim()))
        }
        _ => None,
    }
}

/// What is known after a rollback that did not succeed.
fn not_rolled_back(rollback: &FailedRollback) -> String {
    let (undone, to) = (rollback.undone.as_ref().and_then(subject), rollback.to.as_ref().and_then(summary));
    let aim = match (undone, to) {
        (Some(undone), Some(to)) => format!("{undone} was to be replaced by {to}. "),
        (Some(undone), None) => format!("{undone} was to be rolled back. "),
        (None, Some(to)) => format!("It was to roll back to {to}. "),
        (None, None) => String::new(),
    };
    format!("{aim}It is not known which change is live now. {STAYS_RED}")
}

/// The pipelines that may have made a deployment: `search-blue or search-green`.
fn possible(pipelines: &[PipelineId]) -> Option<String> {
    let names: Vec<&str> = pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
    let (last, others) = names.split_last()?;
    match others {
        [] => Some((*last).to_owned()),
        others if names.len() <= MAX_POSSIBLE => Some(format!("{} or {last}", others.join(", "))),
        _ => Some(format!("one of {} pipelines that were deploying", names.len())),
    }
}

fn facts(alert: &Alert, context: &Context<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label, value: Option<String>, url| {
        facts.extend(value.filter(|value| !value.trim().is_empty()).map(|value| Fact { label, value, url }));
    };
    if let AlertBody::ApprovalNeeded(Approval { custom_data, review_link, .. }) = &alert.body {
        fact("To review", custom_data.clone(), None);
        if let Some(link) = review_link.as_deref().and_then(links::checked) {
            fact("Review URL", Some(link.clone()), Some(link));
        }
    }
    if let AlertBody::ApprovalNeeded(approval) | AlertBody::ApprovalOverdue { approval, .. } = &alert.body {
        fact("Waiting behind it", behind(approval), None);
    }
    fact("Muted", alert.mute.as_ref().map(|muted| told_although(muted, context)), None);
    if let AlertBody::Recovered(Recovered { broken_by: Some(failure), .. }) = &alert.body {
        let place: Vec<&str> =
            [failure.stage.as_ref().map(StageName::as_str), failure.action.as_ref().map(ActionName::as_str)]
                .into_iter()
                .flatten()
                .collect();
        fact("Failed in", Some(place.join(" / ")), None);
    }
    for (label, value, url) in changes(alert) {
        fact(label, Some(value), url);
    }
    if let Some(commit) = &alert.commit {
        fact("Author", commit.author.clone(), None);
        fact("Repository", commit.repository.clone(), None);
        if let Some(PullRequest { number, title, target }) = &commit.pull_request {
            let into = target.as_ref().map(|target| format!("(into {target})"));
            let parts = [Some(format!("#{number}")), title.clone(), into];
            fact("Pull request", Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")), None);
        }
        if let Some(Reference { name, kind }) = &commit.reference {
            fact(if *kind == ReferenceKind::Tag { "Tag" } else { "Branch" }, Some(name.clone()), None);
        }
    }
    if let AlertBody::Failed(Failed { streak: alert::FailureStreak { broken_by: Some(first), .. }, .. }) = &alert.body {
        fact("Broken since", summary(first), first.url.clone());
    }
    if let Some(Trigger::Other { kind, detail }) = &alert.trigger {
        fact("Started by", Some(trigger(kind, detail.as_deref())), None);
    }
    match &alert.body {
        AlertBody::Failed(Failed { attempt, .. }) | AlertBody::Recovered(Recovered { attempt, .. })
            if *attempt > Attempt::FIRST =>
        {
            fact("Attempt", Some(format!("{} (retry)", ordinal(u64::from(attempt.number())))), None);
        }
        _ => {}
    }
    let told_in_title = matches!(alert.body, AlertBody::Stuck { .. });
    if let Some(started) = alert.started.filter(|started| alert.at > *started && !told_in_title) {
        fact("Ran for", Some(span(alert.at.duration_since(started))), None);
    }
    fact("Time", Some(date(alert.at, context)), None);
    facts
}

/// What deploys a service that no pipeline does.
fn service_kind(service: &ExternalId) -> &'static str {
    let service = service.as_str();
    match Arn::parse(service).map(|arn| arn.service) {
        Some("ecs") => "ECS service",
        Some("cloudformation") => "CloudFormation stack",
        _ => "CodeDeploy application",
    }
}

/// The newer changes that an approval holds back.
fn behind(approval: &Approval) -> Option<String> {
    let named: Vec<String> = approval.behind.iter().take(MAX_BEHIND).filter_map(short).collect();
    let more = approval.behind.len() - named.len();
    let more = (more > 0).then(|| format!("{more} more"));
    let all: Vec<String> = named.into_iter().chain(more).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn condition_name(condition: Condition) -> &'static str {
    match condition {
        Condition::Entry => "its entry condition was",
        // An action of which nothing was heard can have failed as well.
        Condition::Success => "its success condition was probably",
    }
}

/// The changes, each with its label and its page: of a run with several sources, what is new first.
fn changes(alert: &Alert) -> Vec<(&'static str, String, Option<String>)> {
    let fixed_by = match &alert.body {
        AlertBody::Recovered(Recovered { fixed_by, .. }) => fixed_by.as_ref().filter(|fixed_by| !fixed_by.is_empty()),
        _ => None,
    };
    let Some(several) = &alert.changes else {
        let label = if fixed_by.is_some() { "Fixed by" } else { "Change" };
        let commit = alert.commit.as_ref();
        return commit.and_then(|commit| Some((label, change(commit)?, links::commit(commit)))).into_iter().collect();
    };
    let told = |label: &'static str| {
        move |change: &ChangeSummary| {
            let source = change.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
            Some((label, format!("{}{source}", short(change)?), change.url.clone()))
        }
    };
    if let Some(fixed_by) = fixed_by {
        return fixed_by.iter().filter_map(told("Fixed by")).collect();
    }
    let (new, same) = (several.new.iter(), several.same.iter());
    new.filter_map(told("Change")).chain(same.filter_map(told("Unchanged"))).collect()
}

/// A change on one line: its short id and the first line of its message.
fn change(commit: &Commit) -> Option<String> {
    short(&ChangeSummary::of(commit))
}

/// The same of a change that is known in short.
fn short(change: &ChangeSummary) -> Option<String> {
    let id = change.id.as_deref().map(|id| id.chars().take(8).collect::<String>());
    let what: Vec<String> = id.into_iter().chain(change.title.clone()).collect();
    (!what.is_empty()).then(|| what.join(" "))
}

/// A change of an earlier run on one line: its short id, the first line of its message, and whose it is.
pub(super) fn summary(change: &ChangeSummary) -> Option<String> {
    let author = change.author.as_deref().map(str::trim).filter(|author| !author.is_empty());
    match (short(change), author) {
        (None, author) => author.map(str::to_owned),
        (Some(what), Some(author)) => Some(format!("{what}, by {author}")),
        (what, None) => what,
    }
}

/// The same where a sentence goes on after it.
fn subject(change: &ChangeSummary) -> Option<String> {
    let summary = summary(change)?;
    let is_closed = short(change).is_none_or(|what| what == summary);
    Some(if is_closed { summary } else { format!("{summary},") })
}

/// Who or what started a run: the last part of an ARN, except for a connection, where it is only an id.
fn trigger(kind: &str, detail: Option<&str>) -> String {
    let name = detail.map(|detail| match detail.strip_prefix("arn:") {
        // A push, a tag or a pull request: its kind is all that is known.
        Some(arn) if arn.contains(":connection/") => None,
        Some(arn) => Some(arn.rsplit('/').next().unwrap_or(arn)),
        // What it names is the run that is undone.
        None if kind == "AutomatedRollback" => Some("CodePipeline"),
        None => Some(detail),
    });
    match name.flatten() {
        Some(name) => format!("{name} ({kind})"),
        None => kind.to_owned(),
    }
}

fn causes(failures: &[Failure]) -> Vec<Cause> {
    let heading = |failure: &Failure| match (&failure.stage, &failure.action) {
        (Some(stage), Some(action)) => format!("{stage} / {action}"),
        (None, Some(action)) => action.to_string(),
        (Some(stage), None) => stage.to_string(),
        (None, None) => "Reported by the pipeline".to_owned(),
    };
    let mut causes: Vec<Cause> = failures
        .iter()
        .take(MAX_CAUSES)
        .map(|failure| Cause {
            heading: heading(failure),
            reason: reason(failure),
            lines: lines(failure, failures.len()),
        })
        .collect();
    if failures.len() > MAX_CAUSES {
        let more = failures.len() - MAX_CAUSES;
        causes.push(Cause {
            heading: format!("and {}", counted(more as u64, "more action")),
            reason: None,
            lines: Vec::new(),
        });
    }
    causes
}

/// The lines of the cause, unless the action's own summary contains them; fewer of each if many actions failed.
fn lines(failure: &Failure, failures: usize) -> Vec<String> {
    let most = if failures > 1 { 4 } else { MAX_CAUSE_LINES };
    let cause = failure.explanation.as_ref().map(|explanation| explanation.cause.as_slice()).unwrap_or_default();
    let own = failure.own_words().unwrap_or_default();
    // A line that is the summary with its error code before it says nothing more.
    let is_own = |line: &str| own.contains(line) || !own.is_empty() && line.ends_with(own.trim());
    let mut lines: Vec<String> = cause.iter().filter(|line| !is_own(line.trim())).take(most).cloned().collect();
    let probable = failure.explanation.as_ref().is_some_and(|explanation| explanation.probable);
    if let Some(first) = lines.first_mut().filter(|_| probable) {
        first.insert_str(0, "Probably: ");
    }
    lines
}

/// The action's own summary, with CodePipeline's error code if it adds something.
fn reason(failure: &Failure) -> Option<String> {
    if let (Some(condition), Some(stage)) = (failure.condition, &failure.stage) {
        return Some(match condition {
            Condition::Entry => format!("{stage} was not entered: its entry condition was not met."),
            Condition::Success => {
                format!("No action of {stage} is known to have failed: its success condition was probably not met.")
            }
        });
    }
    let result = failure.result.as_ref();
    let summary = result.and_then(|result| result.summary.as_deref()).map(str::trim);
    let code =
        result.and_then(|result| result.error_code.as_deref()).map(str::trim).filter(|code| *code != "JobFailed");
    match (summary, code) {
        (Some(summary), Some(code)) => Some(format!("{summary} ({code})")),
        (summary, code) => summary.or(code).map(str::to_owned),
    }
}

fn links(alert: &Alert) -> Vec<Link> {
    let mut links = Vec::new();
    if let AlertBody::Failed(Failed { failures, .. }) = &alert.body {
        let result = failures.iter().find_map(|failure| failure.result.as_ref());
        let log = result.and_then(|result| {
            let page = result.url.as_deref().and_then(links::checked);
            page.or_else(|| result.external.as_ref().and_then(links::log_stream))
        });
        links.extend(log.map(|url| Link { label: "Open log", url }));
    }
    if let AlertBody::ApprovalNeeded(_) | AlertBody::ApprovalOverdue { .. } = &alert.body {
        links.push(Link { label: "Approve or reject", url: links::pipeline(&alert.pipeline) });
    }
    if let AlertBody::ServiceFailed { service, deployment, .. } = &alert.body {
        let page = links::service(service, &alert.pipeline.home.region);
        let page = page.or_else(|| links::service(deployment.as_ref()?, &alert.pipeline.home.region));
        links.extend(page.map(|url| Link { label: "Open service", url }));
        return links;
    }
    match &alert.execution {
        Some(execution) => {
            links.push(Link { label: "Open run", url: links::execution(&alert.pipeline, execution) });
        }
        None if links.is_empty() => {
            links.push(Link { label: "Open pipeline", url: links::pipeline(&alert.pipeline) });
        }
        None => {}
    }
    if let Some(url) = alert.commit.as_ref().and_then(links::commit) {
        links.push(Link { label: "View change", url });
    }
    links
}

/// What was found out about the failures.
fn explained(alert: &Alert) -> impl Iterator<Item = &Explanation> {
    let failures = match &alert.body {
        AlertBody::Failed(Failed { failures, .. }) => failures.as_slice(),
        _ => &[],
    };
    failures.iter().filter_map(|failure| failure.explanation.as_ref())
}

/// What could not be read, each thing once.
fn notes(alert: &Alert) -> Vec<String> {
    let mut notes: Vec<String> = explained(alert).flat_map(|explanation| explanation.missing.iter().cloned()).collect();
    notes.sort();
    notes.dedup();
    notes.truncate(MAX_NOTES);
    if let AlertBody::Failed(Failed { failures, .. }) = &alert.body
        && !failures.is_empty()
        && failures.iter().all(|failure| failure.reason().is_none() && failure.condition.is_none())
    {
        notes.push("CodePipeline gave no reason.".to_owned());
    }
    notes
}
