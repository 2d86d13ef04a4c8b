//! What of a pipeline is live where.

use maud::{Markup, html};

use super::Renderer;
use super::moment::outward;
use super::pipeline::Pipeline;
use andon::environment::{Environment, environments};
use andon::history::ChangeSummary;
use andon::name::ExecutionId;

impl Renderer<'_> {
    /// The environments of a pipeline: the change that is live, since when, who approved it, and what is on its way.
    pub(super) fn environments(&self, pipeline: &Pipeline) -> Markup {
        let live = environments(&pipeline.recent, self.names.environments);
        html! {
            @if !live.is_empty() {
                section.card {
                    h3 { "Environments" }
                    table.runs.places {
                        thead { tr { th { "Environment" } th { "Live since" } th { "Change" } th { "Besides" } } }
                        tbody { @for environment in &live { (self.environment(environment, pipeline)) } }
                    }
                }
            }
        }
    }

    fn environment(&self, live: &Environment, pipeline: &Pipeline) -> Markup {
        let id = &pipeline.history.pipeline;
        let name = html! { b { (self.names.environments.name(&id.name, &live.stage)) } };
        let run = |execution: &ExecutionId| self.navigation.run(id, execution, &html! { "run " (execution.short()) });
        html! {
            tr {
                td { (name) }
                td { (self.at(live.since)) " · " (run(&live.execution)) }
                td.change { @if let Some(commit) = &live.commit { (self.linked_change(&ChangeSummary::of(commit))) } }
                td {
                    @if let Some(url) = self.names.environments.application(&id.name, &live.stage) {
                        (outward(&url, &html! { "Open the application" })) " "
                    }
                    @if live.is_rollback { "Rolled back. " }
                    @if let Some(approved) = &live.approved {
                        "Approved " (self.at(approved.at))
                        @if let Some(comment) = &approved.comment { ": " q { (comment) } }
                        ". "
                    }
                    @if let Some(failed) = &live.failed { span.late { "Failed to deploy since: " } (run(failed)) ". " }
                    @if !live.coming.is_empty() {
                        "On its way: " @for execution in &live.coming { (run(execution)) " " }
                    }
                }
            }
        }
    }
}
