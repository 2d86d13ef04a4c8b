//! The pages of one pipeline and of one of its runs.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use maud::{Markup, html};

use super::Renderer;
use super::moment::{between, outward, seconds};
use super::sign::sign;
use andon::board::{PipelineRow, StatusColor};
use andon::history::{History, MAX_RUNS, RunSummary};
use andon::ledger::{Ledger, LedgerError};
use andon::links;
use andon::name::{ExecutionId, PipelineId};
use andon::run::Run;

/// How many of the latest runs are read down to their actions.
const RECENT: usize = 15;

/// A pipeline, and the run of it that is looked at.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The pipeline's history.
    pub history: History,
    /// Which run is looked at.
    pub execution: ExecutionId,
    /// That run down to its actions, where the ledger still has it.
    pub run: Option<Run>,
    /// The latest runs down to their actions.
    pub recent: Vec<Run>,
    /// Whether this run was asked for, and not the pipeline as a whole.
    pub is_of_run: bool,
}

/// Reads a pipeline and one of its runs, the latest if none is named; `None` if nothing is known of such a pipeline.
pub async fn find(
    ledger: &impl Ledger,
    pipeline: &PipelineId,
    execution: Option<&ExecutionId>,
) -> Result<Option<Pipeline>, LedgerError> {
    let Some(history) = ledger.history(pipeline).await? else {
        return Ok(None);
    };
    let is_of_run = execution.is_some();
    let latest = || history.latest().map(|latest| latest.execution.clone());
    let Some(execution) = execution.cloned().or_else(latest) else {
        return Ok(None);
    };
    let mut wanted: Vec<ExecutionId> =
        history.runs().into_iter().rev().take(RECENT).map(|run| run.execution.clone()).collect();
    if !wanted.contains(&execution) {
        wanted.push(execution.clone());
    }
    let loads = wanted.iter().map(|execution| ledger.load(pipeline, execution));
    let known: Vec<_> = stream::iter(loads).buffered(RECENT + 1).try_collect().await?;
    let mut recent: Vec<Run> = known.into_iter().filter_map(andon::ledger::Known::into_run).collect();
    let run = recent.iter().find(|run| run.execution == execution).cloned();
    recent.truncate(RECENT);
    Ok(Some(Pipeline { history, execution, run, recent, is_of_run }))
}

impl Renderer<'_> {
    /// A pipeline in full, or one of its runs.
    pub fn pipeline(&self, pipeline: &Pipeline) -> Markup {
        let Some(overview) = pipeline.history.overview() else {
            return self.sorry("Andon has no runs of this pipeline.");
        };
        let row = PipelineRow::of(overview);
        let is_whole = !pipeline.is_of_run;
        self.frame(&html! {
            (self.head(&row, is_whole))
            @match pipeline.history.run(&pipeline.execution) {
                Some(summary) => { (self.card(&row, summary, pipeline)) }
                None => { p.empty { "Andon has no record of this run (it keeps the last " (MAX_RUNS) ")." } }
            }
            @if is_whole {
                (self.environments(pipeline))
                @if let Some(keys) = &row.overview.keys { (self.keys_in_full(keys, &pipeline.history)) }
                (self.pace(pipeline))
            }
            (self.runs(pipeline))
        })
    }

    fn head(&self, row: &PipelineRow, is_whole: bool) -> Markup {
        let id = &row.overview.pipeline;
        let name = html! { (id.name) };
        html! {
            div class={ "head " (row.light.word()) } {
                (self.navigation.board())
                h2 {
                    (sign(row.light)) " "
                    @if is_whole { (name) } @else { (self.navigation.pipeline(id, &name)) }
                    " " span.word { (row.word()) }
                }
                p {
                    (self.home(&id.home)) " · " (outward(&links::pipeline(id), &html! { "Open in AWS" }))
                    @if let Some(since) = row.red_since() { " · red for " b { (self.roughly_since(since)) } ", since " (self.at(since)) }
                }
                (self.on_it(row))
            }
        }
    }

    /// The run that is looked at.
    fn card(&self, row: &PipelineRow, summary: &RunSummary, pipeline: &Pipeline) -> Markup {
        let id = &row.overview.pipeline;
        let is_latest = summary.execution == row.overview.latest.execution;
        let light = StatusColor::of(summary.status);
        html! {
            section.card {
                h3 {
                    (sign(light)) " " @if is_latest { "Latest run" } @else { "Run" }
                    span class={ "word " (light.word()) } { " " (summary.word()) }
                }
                dl.facts {
                    (fact("Run", &html! {
                        (outward(&links::execution(id, &summary.execution), &html! { code { (summary.execution.short()) } }))
                        @if summary.attempt.number() > 1 { ", attempt " (summary.attempt.number()) }
                    }))
                    (fact("Started", &self.at(summary.started.unwrap_or(summary.first_seen))))
                    @match (summary.started, summary.ended) {
                        (Some(started), Some(ended)) => { (fact("Duration", &html! { (between(started, ended)) })) }
                        (started, None) => { (fact("Running for", &html! { (self.since(started.unwrap_or(summary.first_seen))) })) }
                        (None, Some(ended)) => { (fact("Ended", &self.at(ended))) }
                    }
                    @if let Some(typical) = row.overview.typical {
                        (fact("Usually", &html! {
                            span title={ "median of " (typical.runs) " successful runs" } {
                                (seconds(typical.median)) " (95\u{a0}% within " (seconds(typical.p95)) ")"
                            }
                        }))
                    }
                    @if let Some(known) = &summary.change { (fact("Change", &html! { span.change { (self.linked_change(known)) } })) }
                    @if let Some(line) = &summary.line { @if let Some(name) = line.name() { (fact("Branch", &html! { (name) })) } }
                }
                @if is_latest && !summary.status.is_final() { div.ahead { (self.expected(row)) } }
                @if let Some(run) = &pipeline.run { (self.run(run, pipeline)) }
                (self.fresh_changes(&pipeline.history, summary))
            }
        }
    }
}

pub(super) fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}
