//! The recorded runs of a pipeline, latest first.

use maud::{Markup, html};

use super::Renderer;
use super::chart::chart;
use super::moment::between;
use super::pipeline::Pipeline;
use super::sign::sign;
use andon::board::{StatusColor, place_of};
use andon::environment::{Environment, environments};
use andon::history::RunSummary;
use andon::name::PipelineId;
use andon::run::Status;

impl Renderer<'_> {
    pub(super) fn runs(&self, pipeline: &Pipeline) -> Markup {
        let (history, shown) = (&pipeline.history, &pipeline.execution);
        let runs = history.runs();
        let live = environments(&pipeline.recent, self.names.environments);
        html! {
            section.card {
                h3 { "Runs" }
                (chart(&runs, history.typical(), self))
                table.runs {
                    thead { tr { th { "Run" } th { "Started" } th { "Duration" } th { "Change" } th { "What failed" } } }
                    tbody {
                        @for run in runs.iter().rev() { (self.past(&history.pipeline, run, *shown == run.execution, &live)) }
                    }
                }
            }
        }
    }

    fn past(&self, pipeline: &PipelineId, run: &RunSummary, is_shown: bool, live: &[Environment]) -> Markup {
        let light = StatusColor::of(run.status);
        let failure = run.failure.as_ref().filter(|_| matches!(run.status, Status::Failed | Status::Rejected));
        html! {
            tr.shown[is_shown] {
                td {
                    (sign(light))
                    @if is_shown { (run.word()) }
                    @else { (self.navigation.run(pipeline, &run.execution, &html! { (run.word()) })) }
                }
                td { (self.at(run.started.unwrap_or(run.first_seen))) }
                td { @if let (Some(started), Some(ended)) = (run.started, run.ended) { (between(started, ended)) } }
                td.change {
                    @if let Some(known) = &run.change { (self.linked_change(known)) }
                    @for place in live.iter().filter(|place| place.execution == run.execution) {
                        " " span.live { "live in " (self.names.environments.name(&pipeline.name, &place.stage)) }
                    }
                }
                td.why {
                    @if let Some(failure) = failure {
                        @if let Some(place) = place_of(failure) { b { (place) } " " }
                        (failure.why().unwrap_or_default())
                    }
                }
            }
        }
    }
}
