//! How long stages take, and which actions are flaky.

use jiff::Timestamp;
use maud::{Markup, html};

use super::Renderer;
use super::moment::seconds;
use super::pipeline::Pipeline;
use andon::pace::{FlakyAction, StagePace, flaky_actions, stage_paces};
use andon::words::counted;

/// The fewest runs that say what is usual.
const FEWEST: usize = 3;
/// The most runs that are named as unusually long.
const MAX_OUTLIERS: usize = 3;

impl Renderer<'_> {
    /// The stages by how long they take, and the flaky actions, over the latest runs.
    pub(super) fn pace(&self, pipeline: &Pipeline) -> Markup {
        let (mut paces, flaky) = (stage_paces(&pipeline.recent), flaky_actions(&pipeline.recent));
        paces.retain(|pace| pace.typical.runs >= FEWEST);
        let since: Option<Timestamp> = pipeline.recent.iter().map(andon::run::Run::first_seen).min();
        let count = counted(pipeline.recent.len() as u64, "run");
        html! {
            @if let (Some(since), false) = (since, paces.is_empty() && flaky.is_empty()) {
                section.card {
                    h3 { "Stages in the last " (count) ", since " (self.day(since)) }
                    @if !paces.is_empty() {
                        table.runs.paces {
                            thead { tr { th { "Stage" } th { "Usually" } th { "95\u{a0}% within" } th { "Unusually long" } } }
                            tbody { @for pace in &paces { (self.stage_pace(pace, pipeline)) } }
                        }
                    }
                    @if flaky.is_empty() { p.took { "No action failed and passed on the same change." } }
                    @else {
                        h4 { "Flaky: failed and passed on the same change" }
                        ul.flaky { @for action in &flaky { (self.flaky(action, pipeline)) } }
                    }
                }
            }
        }
    }

    fn stage_pace(&self, pace: &StagePace, pipeline: &Pipeline) -> Markup {
        let slow = pace.outliers.iter().rev().take(MAX_OUTLIERS);
        html! {
            tr {
                td { b { (pace.stage) } }
                td { span title={ "median of " (pace.typical.runs) " runs in which it succeeded at once, without waits for approval" } { (seconds(pace.typical.median)) } }
                td { (seconds(pace.typical.p95)) }
                td {
                    @for outlier in slow {
                        (self.navigation.run(&pipeline.history.pipeline, &outlier.execution, &html! { (seconds(outlier.seconds)) }))
                        " " span.took { (self.at(outlier.at)) } " "
                    }
                }
            }
        }
    }

    fn flaky(&self, action: &FlakyAction, pipeline: &Pipeline) -> Markup {
        html! {
            li {
                b { (action.stage) " / " (action.action) } ": on " (action.changes) " of "
                (counted(action.of as u64, "change")) ", last "
                (self.navigation.run(&pipeline.history.pipeline, &action.execution, &html! { (self.viewer.write(action.last, self.now)) }))
            }
        }
    }
}
