//! One run down to its actions, with the causes of failures.

use maud::{Markup, html};

use super::Renderer;
use super::moment::{between, outward};
use super::sign::telling_sign;
use andon::board::{StatusColor, place_of};
use andon::history::FailureSummary;
use andon::links;
use andon::run::{ActionView, Run, StageView, Status};

impl Renderer<'_> {
    pub(super) fn run(&self, run: &Run) -> Markup {
        html! {
            (causes(run))
            ol.stages { @for stage in run.stages() { (self.stage(&stage)) } }
            @if let Some(comment) = run.stop_comment() { p.why { b { "Stopped: " } (comment) } }
        }
    }

    fn stage(&self, stage: &StageView) -> Markup {
        let light = StatusColor::of(stage.status);
        html! {
            li class=(light.word()) {
                h4 {
                    (telling_sign(light, stage.status.word())) (stage.name)
                    span.took { (between(stage.started, stage.ended.unwrap_or(self.now))) }
                }
                ul { @for action in &stage.actions { (self.action(action)) } }
            }
        }
    }

    fn action(&self, action: &ActionView) -> Markup {
        let light = StatusColor::of(action.status);
        let page = action.result.as_ref().and_then(|result| links::checked(result.url.as_deref()?));
        let said = action.result.as_ref().and_then(|result| result.summary.as_deref());
        let has_more_to_say = matches!(action.status, Status::Failed | Status::Rejected | Status::Stopped);
        html! {
            li title={ "started " (self.viewer.write_in_full(action.started)) } {
                (telling_sign(light, action.status.word()))
                div {
                    @match page {
                        Some(page) => { (outward(&page, &html! { (action.name) })) }
                        None => { (action.name) }
                    }
                    span.took {
                        @if let Some(provider) = &action.provider { " " (provider.name) " ·" }
                        " " (between(action.started, action.ended.unwrap_or(self.now)))
                    }
                    @if let Some(said) = said.filter(|_| has_more_to_say) { div.why { (said) } }
                    @if action.status == Status::Waiting { (asked(action)) }
                }
            }
        }
    }
}

/// The approval's custom data and URL for review.
fn asked(action: &ActionView) -> Markup {
    html! {
        @if let Some(data) = &action.custom_data { div.why { (data) } }
        @if let Some(link) = action.review_link.as_deref().and_then(links::checked) {
            div { (outward(&link, &html! { "Open the review URL" })) }
        }
    }
}

/// Why the actions of the latest attempt failed, as far as that has been found out.
fn causes(run: &Run) -> Markup {
    let failures = run.failures(run.attempt());
    let explained = failures.iter().filter_map(|failure| Some((failure, failure.explanation.as_ref()?)));
    html! {
        @for (failure, explanation) in explained.filter(|(_, why)| !why.cause.is_empty() || why.hint.is_some()) {
            div.cause {
                h4 { "Why " (place_of(&FailureSummary::of(failure)).unwrap_or_else(|| "it".to_owned())) " failed" }
                @if !explanation.cause.is_empty() { pre { (explanation.cause.join("\n")) } }
                @if let Some(hint) = &explanation.hint {
                    p {
                        b { "What to do: " } (hint)
                        @if let Some(page) = explanation.link.as_deref().and_then(links::checked) {
                            " " (outward(&page, &html! { "Runbook" }))
                        }
                    }
                }
            }
        }
    }
}
