//! `why`: what failed in a run, and why.

use andon::history::{History, RunSummary};
use andon::ledger::Ledger;
use andon::name::{ActionName, StageName};
use andon::run::{Failure, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Here, named};
use crate::fault::Fault;
use crate::find::find;
use crate::page::fitting;
use crate::shown::{Change, Place, Untrusted, Which, id, time};

/// The most failures of a run that are told.
const MAX_FAILURES: usize = 10;
/// The most sentences about what could not be read.
const MAX_MISSING: usize = 3;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME.
    pipeline: String,
    /// Id of a run; without it, the run that failed last.
    run: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Which,
    run: String,
    status: &'static str,
    attempt: u32,
    /// Whether the pipeline is red now; if not, this is the past.
    is_red: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    red_since: Option<String>,
    /// Whether the failure before was of the same action for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as_before: Option<bool>,
    failures: Vec<Told>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    failures_left_out: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
    /// The change that made the pipeline red, if that was an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_by: Option<Change>,
    run_url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    #[serde(flatten)]
    place: Place,
    at: String,
    category: &'static str,
    /// `certain`, `probable`, or `unknown` where no cause was found.
    confidence: &'static str,
    untrusted_cause: Vec<Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_reason: Option<Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_hint: Option<Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_tests: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_log_url: Option<Untrusted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    untrusted_not_read: Vec<Untrusted>,
}

/// The run that a call is about: the named one, or else the one that failed last.
pub(super) fn failed_run<'h>(history: &'h History, run: Option<&str>) -> Result<&'h RunSummary, Fault> {
    if let Some(run) = run {
        return named(history, run);
    }
    let failed = |run: &&RunSummary| run.failure.is_some() || run.status == Status::Failed;
    let last = history.runs().into_iter().rfind(failed);
    last.ok_or_else(|| Fault::told("No failed run of this pipeline is recorded."))
}

pub(crate) async fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let row = find(here.fleet, &input.pipeline)?;
    let pipeline = &row.overview.pipeline;
    let history = here.history(pipeline).await?;
    let summary = failed_run(&history, input.run.as_deref())?;
    let run = here.run(pipeline, summary).await?;
    let failures = run.as_ref().map(|run| run.failures(run.attempt())).unwrap_or_default();
    let (failures, failures_left_out) = fitting(failures.iter().map(Told::of), MAX_FAILURES);
    let mut before = history.runs().into_iter().rev().skip_while(|run| run.execution != summary.execution).skip(1);
    let before = before.find_map(|run| run.failure.as_ref());
    let same_as_before = summary.failure.as_ref().zip(before).map(|(this, before)| this.is_like(before));
    let is_red = row.red_since().is_some();
    let broken_by = row.overview.broken_by.as_ref().filter(|_| is_red).and_then(|broken| broken.first.as_ref());
    Ok(Output {
        which: Which::of(pipeline, here.fleet),
        run: id(summary.execution.as_str()),
        status: summary.status.word(),
        attempt: summary.attempt.number(),
        is_red,
        red_since: row.red_since().map(time),
        same_as_before,
        failures,
        failures_left_out,
        change: summary.change.as_ref().map(Change::of),
        broken_by: broken_by.map(Change::of),
        run_url: andon::links::execution(pipeline, &summary.execution),
    })
}

impl Told {
    fn of(failure: &Failure) -> Self {
        let known = failure.explanation.as_ref();
        let cause = known.map(|known| known.cause.as_slice()).unwrap_or_default();
        let log = failure.result.as_ref().and_then(|result| result.url.as_deref()).and_then(andon::links::checked);
        Self {
            place: Place::of(
                failure.stage.as_ref().map(StageName::as_str),
                failure.action.as_ref().map(ActionName::as_str),
            ),
            at: time(failure.at),
            category: known.map(|known| known.category).unwrap_or_default().into(),
            confidence: match known {
                Some(known) if !known.cause.is_empty() && known.probable => "probable",
                Some(known) if !known.cause.is_empty() => "certain",
                _ => "unknown",
            },
            untrusted_cause: cause.iter().map(|line| Untrusted::line(line)).collect(),
            untrusted_reason: Untrusted::some(failure.own_words()),
            untrusted_hint: Untrusted::some(known.and_then(|known| known.hint.as_deref())),
            failed_tests: known.and_then(|known| known.failed_tests),
            runbook_url: known.and_then(|known| known.link.as_deref()).and_then(andon::links::checked),
            untrusted_log_url: log.as_deref().map(Untrusted::line),
            untrusted_not_read: known
                .map(|known| known.missing.iter().take(MAX_MISSING).map(|text| Untrusted::line(text)).collect())
                .unwrap_or_default(),
        }
    }
}
