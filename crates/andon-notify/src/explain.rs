//! The explanation of a failed action, from its own result, events of other services, and fetched evidence.

use andon::run::{Explanation, MAX_CAUSE_LINES};
use jiff::{SignedDuration, Timestamp};

use andon::event::{EvidenceEvent, EvidenceKind};
use andon::name::PipelineId;
use andon::run::Failure;
use andon_diagnosis::{
    Category, CauseLine, Confidence, Evidence, Message, MessageSource, PhaseContext, Runbook, diagnose, failed_tests,
};

/// How much later than the action's own end another service's word of the same failure may come.
const AFTERWARDS: SignedDuration = SignedDuration::from_mins(5);

/// What could be fetched about a failure.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What is known.
    pub evidence: Evidence,
    /// What could not be read and why, a sentence each: a missing permission is named.
    pub missing: Vec<String>,
}

/// Where more can be learned about a failure than events tell: logs, deployments, stacks.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait EvidenceSource {
    /// Fetches what can be had within a few calls and seconds. It never fails: it says what is missing.
    async fn gather(&self, pipeline: &PipelineId, failure: &Failure) -> Found;
}

/// For machines that can fetch nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEvidenceSource;

impl EvidenceSource for NoEvidenceSource {
    async fn gather(&self, _: &PipelineId, _: &Failure) -> Found {
        Found::default()
    }
}

/// Explains a failure.
pub fn explain(failure: &Failure, kept: &[EvidenceEvent], found: Found, runbooks: &[Runbook]) -> Explanation {
    let Found { mut evidence, missing } = found;
    let of_this_failure = |event: &&EvidenceEvent| {
        event.at <= later(failure.at) && failure.started.is_none_or(|started| event.at >= started)
    };
    for event in kept.iter().filter(of_this_failure) {
        add(&mut evidence, event);
    }
    if let Some(text) = own_words(failure) {
        evidence.messages.push(Message { source: MessageSource::Action, text });
    }
    let worth = evidence.log.len().min(1000) + 10 * evidence.phases.len() + evidence.messages.len();
    let diagnosis = diagnose(&evidence, runbooks);
    let failed_tests = (diagnosis.category == Category::Test).then(|| failed_tests(&evidence.log)).flatten();
    let (hint, link) = match diagnosis.runbook {
        Some(runbook) => (Some(runbook.sentence), runbook.link),
        // What stands among the lines already is no advice.
        None => (diagnosis.hint.filter(|hint| !repeats(hint, &diagnosis.cause)), None),
    };
    Explanation {
        worth: u32::try_from(worth).unwrap_or(u32::MAX),
        category: diagnosis.category,
        probable: !diagnosis.cause.is_empty() && diagnosis.confidence < Confidence::PROBABLE,
        cause: diagnosis.cause.into_iter().take(MAX_CAUSE_LINES).map(|line| line.text).collect(),
        hint,
        link,
        missing,
        failed_tests,
    }
}

fn repeats(hint: &str, cause: &[CauseLine]) -> bool {
    let said = hint.trim_end_matches(['.', '…']);
    cause.iter().any(|line| line.text.contains(said))
}

fn later(at: Timestamp) -> Timestamp {
    at.checked_add(AFTERWARDS).unwrap_or(Timestamp::MAX)
}

/// What the action itself said, unless that says no more than that it failed.
fn own_words(failure: &Failure) -> Option<String> {
    let result = failure.result.as_ref()?;
    let summary = result.summary.as_deref().map(str::trim).filter(|summary| !says_nothing(summary));
    let code = result.error_code.as_deref().filter(|code| *code != "JobFailed");
    match (code, summary) {
        (Some(code), Some(summary)) => Some(format!("{code}: {summary}")),
        (code, summary) => code.or(summary).map(str::to_owned),
    }
}

/// Whether a summary only repeats that it failed: `Build terminated with state: FAILED`, `Deployment d-1 failed`.
fn says_nothing(summary: &str) -> bool {
    summary.is_empty()
        || summary.starts_with("Build terminated with state")
        || (summary.starts_with("Deployment ") && summary.ends_with(" failed") && summary.len() < 60)
}

/// Adds what another service sent about its part.
fn add(evidence: &mut Evidence, event: &EvidenceEvent) {
    let said = event.messages.iter().filter(|text| !is_knock_on(text));
    match event.kind {
        EvidenceKind::Build if evidence.phases.is_empty() => evidence.phases.extend(said.filter_map(|text| {
            let (phase, rest) = text.split_once(": ")?;
            let (status, message) = rest.split_once(": ").unwrap_or(("", rest));
            Some(PhaseContext { phase: phase.to_owned(), status: status.to_owned(), message: message.to_owned() })
        })),
        EvidenceKind::Build => {}
        EvidenceKind::Deployment => evidence.messages.extend(said.map(|text| message(MessageSource::CodeDeploy, text))),
        EvidenceKind::Stack => evidence.messages.extend(said.map(|text| message(MessageSource::CloudFormation, text))),
        EvidenceKind::Service => evidence.messages.extend(said.map(|text| message(MessageSource::Ecs, text))),
    }
}

fn message(source: MessageSource, text: &str) -> Message {
    Message { source, text: text.to_owned() }
}

/// Whether a stack's message is about a resource that was only given up because another one failed.
fn is_knock_on(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.ends_with("cancelled") || text.ends_with("canceled")
}
