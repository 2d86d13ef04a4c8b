//! CodeBuild: the phases that failed, the failing test cases of its reports, and the log.
//!
//! The build says where its log is, but that is nearly always CodeBuild's default place. So both are read concurrently, and
//! the log at the default place is used unless the build names another one.

use andon_diagnosis::PhaseContext;
use aws_sdk_codebuild::types::{Build, BuildBatch, LogsLocation, StatusType};
use futures_util::future::join;

use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::log;
use super::missing::{Missing, Question};
use super::reports;
use super::resource_ref::Stream;

/// What a build says of where to look further.
#[derive(Default)]
struct Told {
    kept: Kept,
    /// The ARNs of its reports.
    reports: Vec<String>,
}

/// Where a build says that its log is.
#[derive(Default)]
enum Kept {
    In(Stream),
    Nowhere,
    #[default]
    Unsaid,
}

pub(super) async fn gather(clients: &Regional, inquiry: &EvidenceCollector, project: &str, id: &str) {
    let guess = usual(project, id);
    let (told, guessed) = join(build(clients, inquiry, project, id), log::tail(clients.logs(), inquiry, &guess)).await;
    let Told { kept, reports } = told.unwrap_or_else(|missing| {
        inquiry.misses(missing.sentence);
        Told::default()
    });
    let (stream, tail) = match kept {
        Kept::In(stream) if stream != guess => {
            let tail = log::tail(clients.logs(), inquiry, &stream).await;
            (stream, tail)
        }
        Kept::Nowhere if guessed.is_err() => {
            inquiry.misses(format!("The project {project} writes no log to CloudWatch, so only its phases are known"));
            return reports::gather(clients, inquiry, &reports).await;
        }
        _ => (guess, guessed),
    };
    reports::gather(clients, inquiry, &reports).await;
    match tail {
        Ok(tail) => log::explore(clients.logs(), inquiry, &stream, tail).await,
        Err(missing) => inquiry.misses(missing.sentence),
    }
}

/// Where CodeBuild keeps a log if a project says nothing else.
fn usual(project: &str, id: &str) -> Stream {
    Stream { group: format!("/aws/codebuild/{project}"), name: id.to_owned() }
}

/// Records what the phases say, and returns the place of the log and the reports.
async fn build(clients: &Regional, inquiry: &EvidenceCollector, project: &str, id: &str) -> Result<Told, Missing> {
    let build = format!("{project}:{id}");
    let question = Question {
        service: "CodeBuild",
        permission: "codebuild:BatchGetBuilds",
        resource: project,
        what: format!("build {build}"),
    };
    let request = clients.builds().batch_get_builds().ids(&build);
    let answer = inquiry.ask(&question, || request.clone().send()).await?;
    match answer.builds().first() {
        Some(build) => {
            inquiry.finds(|found| found.phases = phases(build));
            let reports = build.report_arns().to_vec();
            Ok(Told { kept: build.logs().map_or(Kept::Unsaid, kept), reports })
        }
        None => batch(clients, inquiry, project, &build).await,
    }
}

/// An action may run a batch of builds: then the id is the batch's, and its first failed build is used.
async fn batch(clients: &Regional, inquiry: &EvidenceCollector, project: &str, id: &str) -> Result<Told, Missing> {
    let question = Question {
        service: "CodeBuild",
        permission: "codebuild:BatchGetBuildBatches",
        resource: project,
        what: format!("build {id}"),
    };
    let request = clients.builds().batch_get_build_batches().ids(id);
    let answer = inquiry.ask(&question, || request.clone().send()).await?;
    let Some(batch) = answer.build_batches().first() else {
        return Err(Missing {
            sentence: format!("The build {id} no longer exists"),
            is_gone: true,
            is_denied: false,
            may_pass: false,
        });
    };
    inquiry.finds(|found| found.phases = batch_phases(batch));
    let failed = batch.build_groups().iter().filter_map(|group| group.current_build_summary()).find(|build| {
        build.build_status().is_some_and(|status| !matches!(status, StatusType::Succeeded | StatusType::InProgress))
    });
    let stream = failed.and_then(|build| {
        // `arn:aws:codebuild:region:account:build/project:uuid`
        let (_, build) = build.arn()?.split_once(":build/")?;
        let (project, id) = build.split_once(':')?;
        Some(usual(project, id))
    });
    // The log of its build takes the last call, so its reports are left.
    Ok(Told { kept: stream.map_or(Kept::Unsaid, Kept::In), reports: Vec::new() })
}

fn kept(logs: &LogsLocation) -> Kept {
    match (logs.group_name(), logs.stream_name()) {
        (Some(group), Some(name)) => Kept::In(Stream { group: group.to_owned(), name: name.to_owned() }),
        _ if logs.cloud_watch_logs().is_some_and(|logs| logs.status().as_str() == "DISABLED") => Kept::Nowhere,
        _ => Kept::Unsaid,
    }
}

fn phases(build: &Build) -> Vec<PhaseContext> {
    let failed = build.phases().iter().filter(|phase| has_failed(phase.phase_status()));
    failed
        .flat_map(|phase| {
            let name = phase.phase_type().map_or("", |kind| kind.as_str());
            phase.contexts().iter().filter_map(|context| said(name, context.status_code(), context.message()))
        })
        .collect()
}

fn batch_phases(batch: &BuildBatch) -> Vec<PhaseContext> {
    let failed = batch.phases().iter().filter(|phase| has_failed(phase.phase_status()));
    failed
        .flat_map(|phase| {
            let name = phase.phase_type().map_or("", |kind| kind.as_str());
            phase.contexts().iter().filter_map(|context| said(name, context.status_code(), context.message()))
        })
        .collect()
}

/// The last phase has no status, and those that have not ended are in progress.
fn has_failed(status: Option<&StatusType>) -> bool {
    status.is_some_and(|status| !matches!(status, StatusType::Succeeded | StatusType::InProgress))
}

fn said(phase: &str, status: Option<&str>, message: Option<&str>) -> Option<PhaseContext> {
    let (status, message) = (status.unwrap_or_default().trim(), message.unwrap_or_default().trim());
    let says_something = !status.is_empty() || !message.is_empty();
    says_something.then(|| PhaseContext {
        phase: phase.to_owned(),
        status: status.to_owned(),
        message: message.chars().take(4000).collect(),
    })
}
