//! `get_log`: the log of a failed action, or what the ledger has kept of it.

use andon::ledger::Ledger;
use andon::name::{ActionName, StageName};
use andon::run::Failure;
use andon_diagnosis::Log;
use andon_notify::EvidenceSource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Here, why};
use crate::fault::Fault;
use crate::find::find;
use crate::page::fitting;
use crate::shown::{Place, Untrusted, Which, id};

/// The most lines of an excerpt.
const MAX_LINES: usize = 200;
/// The most sentences about what could not be read.
const MAX_MISSING: usize = 3;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME.
    pipeline: String,
    /// Id of a run; without it, the run that failed last.
    run: Option<String>,
    /// Name of the failed action, if several failed.
    action: Option<String>,
    /// Number of the line to centre on; without it, the line that tells most.
    around: Option<usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Which,
    run: String,
    #[serde(flatten)]
    place: Place,
    /// `log`, or `ledger` where the log cannot be read here and only the recorded cause is known.
    source: &'static str,
    lines: Vec<Line>,
    /// How many lines the log has before and after these.
    lines_before: usize,
    lines_after: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    untrusted_not_read: Vec<Untrusted>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    line: usize,
    untrusted_text: Untrusted,
}

pub(crate) async fn answer<L: Ledger, E: EvidenceSource>(
    input: Input,
    here: &Here<'_, L>,
    evidence: &E,
) -> Result<Output, Fault> {
    let row = find(here.fleet, &input.pipeline)?;
    let pipeline = &row.overview.pipeline;
    let history = here.history(pipeline).await?;
    let summary = why::failed_run(&history, input.run.as_deref())?;
    let run = here.run(pipeline, summary).await?;
    let failures = run.as_ref().map(|run| run.failures(run.attempt())).unwrap_or_default();
    let failure = one_of(&failures, input.action.as_deref())?;
    let found = evidence.gather(pipeline, failure).await;
    let cause = failure.explanation.as_ref().map(|known| known.cause.as_slice()).unwrap_or_default();
    let log = &found.evidence.log;
    let (source, window, all) = if log.is_empty() {
        let lines: Vec<Line> = cause.iter().enumerate().map(|(at, text)| Line::of(at, text)).collect();
        let all = lines.len();
        ("ledger", lines, all)
    } else {
        let at = input.around.map(|line| line.saturating_sub(1)).or_else(|| place_of(log, cause));
        let from = at.unwrap_or(log.len()).saturating_sub(MAX_LINES / 2).min(log.len().saturating_sub(MAX_LINES));
        let until = (from + MAX_LINES).min(log.len());
        ("log", (from..until).map(|at| Line::of(at, log.line(at))).collect(), log.len())
    };
    if window.is_empty() {
        return Err(Fault::told("Neither the log nor a cause of this failure is known here."));
    }
    // Redaction looks at lines together: a key can go over several.
    let (lines, _) = fitting(window, MAX_LINES);
    let lines_before = lines.first().map_or(0, |first| first.line.saturating_sub(1));
    let lines_after = all.saturating_sub(lines_before + lines.len());
    let missing = found.missing.iter().take(MAX_MISSING).map(|text| Untrusted::line(text)).collect();
    Ok(Output {
        which: Which::of(pipeline, here.fleet),
        run: id(summary.execution.as_str()),
        place: Place::of(
            failure.stage.as_ref().map(StageName::as_str),
            failure.action.as_ref().map(ActionName::as_str),
        ),
        source,
        lines,
        lines_before,
        lines_after,
        untrusted_not_read: missing,
    })
}

fn one_of<'f>(failures: &'f [Failure], action: Option<&str>) -> Result<&'f Failure, Fault> {
    let names = || {
        let names: Vec<String> =
            failures.iter().filter_map(|failure| Some(id(failure.action.as_ref()?.as_str()))).collect();
        names.join(", ")
    };
    let is_named = |failure: &&Failure, wanted: &str| {
        failure.action.as_ref().is_some_and(|name| name.as_str() == wanted || id(name.as_str()) == wanted)
    };
    match action {
        Some(wanted) => failures
            .iter()
            .find(|failure| is_named(failure, wanted.trim()))
            .ok_or_else(|| Fault::Told(format!("No action of this name failed in this run. Failed: {}.", names()))),
        None => failures.first().ok_or_else(|| Fault::told("Nothing failed in the latest attempt of this run.")),
    }
}

/// Where a log has the line that tells most.
fn place_of(log: &Log, cause: &[String]) -> Option<usize> {
    let first = cause.first().map(|line| line.trim()).filter(|line| !line.is_empty())?;
    (0..log.len()).find(|at| log.line(*at).contains(first))
}

impl Line {
    fn of(at: usize, text: &str) -> Self {
        Self { line: at + 1, untrusted_text: Untrusted::line(text) }
    }
}
