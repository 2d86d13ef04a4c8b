//! One run: a picture of its stages and actions, and when each is expected to end.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::Renderer;
use super::moment::{between, outward, roughly, seconds};
use super::pipeline::Pipeline;
use super::sign::telling_sign;
use andon::board::StatusColor;
use andon::event::{Attempt, Provider};
use andon::links;
use andon::pace::{StagePace, stage_paces};
use andon::run::{ActionView, Run, StageView, Status};
use andon::words::counted;

impl Renderer<'_> {
    pub(super) fn run(&self, run: &Run, pipeline: &Pipeline) -> Markup {
        let paces = stage_paces(&pipeline.recent);
        let stages = run.stages();
        html! {
            (self.causes(run, run.attempt()))
            ol.stages {
                @for stage in &stages { (self.stage(stage, paces.iter().find(|pace| pace.stage == stage.name))) }
                @if !run.status().is_final() { (self.ahead(&stages, &paces)) }
            }
            @if let Some(comment) = run.stop_comment() { p.why { b { "Stopped: " } (comment) } }
            (self.approvals(run, &pipeline.history))
            (self.attempts(run))
            (self.revisions(run))
        }
    }

    fn stage(&self, stage: &StageView, pace: Option<&StagePace>) -> Markup {
        let light = StatusColor::of(stage.status);
        html! {
            li class=(light.word()) {
                h4 {
                    (telling_sign(light, stage.word())) (stage.name)
                    @if let Some(state) = &stage.state_name { " " (state) }
                    span.took { (between(stage.started, stage.ended.unwrap_or(self.now))) }
                }
                @if let Some(pace) = pace { (self.progress(stage, pace)) }
                ol.levels {
                    @for level in levels(&stage.actions) {
                        li.side-by-side[level.len() > 1] { ul { @for action in level { (self.action(action)) } } }
                    }
                }
            }
        }
    }

    /// How far a stage is, and when it is expected to end; of one that has ended, whether that took unusually long.
    fn progress(&self, stage: &StageView, pace: &StagePace) -> Markup {
        let usual = pace.typical.median;
        let usually = usually(pace);
        html! {
            @if let Some(end) = expected_end(stage, pace) {
                @let elapsed = self.now.duration_since(stage.started).as_secs().max(0);
                @let percent = elapsed.saturating_mul(100).checked_div(usual).unwrap_or(100).min(100);
                @let words = format!("{} elapsed, {} {}", self.since(stage.started), often(pace), seconds(usual));
                div.progress role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow=(percent) aria-label=(words) title=(words) {
                    i style={ "width:" (percent) "%" } {}
                }
                p.took {
                    (usually) ", "
                    @if end >= self.now { "ends about " (self.at(end)) }
                    @else { span.late { (roughly(elapsed - usual)) " longer than usual" } }
                }
            } @else if !stage.status.is_final() {
                p.took { (usually) " without the wait" }
            } @else if pace.outliers.iter().any(|slow| Some(slow.at) == stage.ended) {
                p.took { span.late { "unusually long: " } (usually) }
            }
        }
    }

    /// The stages that a run has yet to come to, by those of earlier runs.
    fn ahead(&self, stages: &[StageView], paces: &[StagePace]) -> Markup {
        let is_known = |pace: &&StagePace| stages.iter().any(|stage| stage.name == pace.stage);
        let come_to = paces.iter().rposition(|pace| is_known(&pace)).map_or(0, |last| last + 1);
        let going_on = stages.iter().find(|stage| !stage.status.is_final());
        let mut end = going_on.and_then(|stage| {
            let pace = paces.iter().find(|pace| pace.stage == stage.name)?;
            Some(expected_end(stage, pace)?.max(self.now))
        });
        let mut ahead: Vec<(&StagePace, Option<Timestamp>)> = Vec::new();
        for pace in paces.get(come_to..).unwrap_or_default() {
            end = end.and_then(|end| end.checked_add(SignedDuration::from_secs(pace.typical.median)).ok());
            ahead.push((pace, end));
        }
        html! {
            @for (pace, end) in ahead {
                li.grey.ahead {
                    h4 { (pace.stage) span.took { "not yet" } }
                    p.took {
                        (usually(pace))
                        @if let Some(end) = end { ", ends about " (self.at(end)) }
                    }
                }
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
                (telling_sign(light, action.word()))
                div {
                    @match page {
                        Some(page) => { (outward(&page, &html! { (action.name) })) }
                        None => { (action.name) }
                    }
                    span.took {
                        @if let Some(provider) = &action.provider { " " (provider.name) " ·" }
                        " " (between(action.started, action.ended.unwrap_or(self.now)))
                        @if action.attempt > Attempt::FIRST { " · attempt " (action.attempt.number()) }
                    }
                    @if let Some(said) = said.filter(|_| has_more_to_say) { div.why { (said) } }
                    @if action.status == Status::Waiting { (asked(action)) }
                }
            }
        }
    }
}

/// How long a stage takes, and in how many runs that was measured.
fn usually(pace: &StagePace) -> Markup {
    let runs = counted(u64::try_from(pace.typical.runs).unwrap_or(u64::MAX), "run");
    html! { span title={ "median of " (runs) } { (often(pace)) " " (seconds(pace.typical.median)) } }
}

/// What a duration may be called, by how often it was measured.
fn often(pace: &StagePace) -> &'static str {
    match pace.typical.runs {
        1 | 2 => "so far",
        _ => "usually",
    }
}

/// When a stage is expected to end; `None` if it does not go on, waits for a person, or was retried: then its remaining
/// work is not known.
fn expected_end(stage: &StageView, pace: &StagePace) -> Option<Timestamp> {
    let is_approval = |action: &ActionView| action.provider.as_ref().is_some_and(Provider::is_approval);
    let is_plain = !stage.actions.iter().any(|action| action.attempt > Attempt::FIRST || is_approval(action));
    let goes_on = stage.status == Status::InProgress && is_plain;
    goes_on.then(|| stage.started.checked_add(SignedDuration::from_secs(pace.typical.median)).ok()).flatten()
}

/// Actions that went on at the same time, together: each level began when all of the one before had ended.
fn levels(actions: &[ActionView]) -> Vec<Vec<&ActionView>> {
    let mut levels: Vec<Vec<&ActionView>> = Vec::new();
    for action in actions {
        let has_ended = |other: &&ActionView| other.ended.is_some_and(|ended| ended <= action.started);
        match levels.last_mut().filter(|level| !level.iter().all(has_ended)) {
            Some(level) => level.push(action),
            None => levels.push(vec![action]),
        }
    }
    levels
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
