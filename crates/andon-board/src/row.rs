//! The row of one pipeline: state, stage, cause, change, and trend.

use jiff::SignedDuration;
use maud::{Markup, html};

use super::moment::{between, outward, roughly, seconds};
use super::sign::{sign, telling_sign};
use super::strip::strip;
use super::{Navigation, Renderer};
use andon::attention::Until;
use andon::board::{PipelineRow, StatusColor, place_of};
use andon::event::Attempt;
use andon::links;
use andon::run::Status;
use andon::words::counted;

impl Renderer<'_> {
    pub(super) fn row(&self, row: &PipelineRow) -> Markup {
        html! {
            article class={ "row " (row.light.word()) } {
                (sign(row.light))
                (self.who(row))
                div.state {
                    div.word { (row.word()) }
                    (self.times(row))
                    (self.on_it(row))
                }
                div.run {
                    (stages(row))
                    @if let Some(failure) = row.failure() {
                        div.why {
                            @if let Some(place) = place_of(failure) { b { (place) } " " }
                            (failure.why().unwrap_or("No reason reported."))
                        }
                    }
                    @if let Some(known) = row.change() { div.change { (self.change(known)) } }
                    (self.links(row))
                }
                div.past {
                    (strip(&row.overview.trend))
                    @if let Some(keys) = &row.overview.keys { (self.keys(keys)) }
                }
            }
        }
    }

    /// A pipeline in one line: state, since when, place and cause, change, trend.
    pub(super) fn compact_row(&self, row: &PipelineRow) -> Markup {
        html! {
            article class={ "row compact " (row.light.word()) } {
                (sign(row.light))
                (self.who(row))
                div.state {
                    span.word { (row.word()) } " "
                    @match row.red_since() {
                        Some(since) => { "for " b { (self.roughly_since(since)) } }
                        None => { (self.ago(row.news_at())) }
                    }
                    (self.on_it(row))
                }
                div.run {
                    @if let Some(failure) = row.failure() {
                        span.why {
                            @if let Some(place) = place_of(failure) { b { (place) } " " }
                            (failure.why().unwrap_or("No reason reported."))
                        }
                    } @else if let Some(known) = row.change() { span.change { (self.change(known)) } }
                }
                div.past { (strip(&row.overview.trend)) }
                (self.links(row))
            }
        }
    }

    /// Where to go from a row: the log or the failed deployment, the run, the commit, the approval. In CloudWatch, the
    /// run and the commit are a click further, so that the widget stays small.
    fn links(&self, row: &PipelineRow) -> Markup {
        let id = &row.overview.pipeline;
        let latest = &row.overview.latest;
        let page = row.failure().and_then(|failure| links::checked(failure.page.as_deref()?));
        let commit = row.change().and_then(|change| links::checked(change.url.as_deref()?));
        let is_waiting = latest.status == Status::Waiting;
        let is_page = matches!(self.navigation, Navigation::Page(_));
        html! {
            p.links {
                @if let Some(page) = page { (outward(&page, &html! { "Log" })) " " }
                @if is_waiting { (outward(&links::pipeline(id), &html! { "Approve or reject" })) " " }
                @if is_page { (outward(&links::execution(id, &latest.execution), &html! { "Run" })) }
                @if let Some(commit) = commit.filter(|_| is_page) { " " (outward(&commit, &html! { "Commit" })) }
            }
        }
    }

    /// A pipeline without news: its name, its state, its strip.
    pub(super) fn quiet_row(&self, row: &PipelineRow) -> Markup {
        html! {
            article class={ "row quiet " (row.light.word()) } {
                (sign(row.light))
                (self.who(row))
                div.state { span.word { (row.word()) } " " (self.ago(row.news_at())) }
                div.past { (strip(&row.overview.trend)) }
            }
        }
    }

    fn who(&self, row: &PipelineRow) -> Markup {
        let id = &row.overview.pipeline;
        html! {
            div.who {
                h2 { (self.navigation.pipeline(id, &html! { (id.name) })) }
                (self.home(&id.home))
            }
        }
    }

    /// Who is on it, and since when; who muted it, and until when.
    pub(super) fn on_it(&self, row: &PipelineRow) -> Markup {
        html! {
            @if let Some(owner) = &row.overview.owner {
                div.owner { b { (owner.by.name) } " is on it, since " (self.at(owner.since)) }
            }
            @if let Some(mute) = row.overview.mute(None, self.now) {
                div.owner {
                    "muted by " b { (mute.by.name) }
                    @if let Some(line) = &mute.line { " on " (line) }
                    " until "
                    @match mute.until {
                        Until::Time(at) => { (self.at(at)) }
                        Until::Recovery => { "it is green" }
                    }
                }
            }
        }
    }

    /// How long it has been so, and how long it will be.
    fn times(&self, row: &PipelineRow) -> Markup {
        let latest = &row.overview.latest;
        html! {
            @if let Some(since) = row.red_since() {
                div {
                    "red for " b { (self.roughly_since(since)) }
                    @if let Some(streak) = row.overview.health.streak.as_ref().filter(|streak| streak.count > 1) {
                        ", " (counted(streak.count, "failure")) " in a row"
                    }
                }
            } @else if let Some(ended) = latest.ended.filter(|_| latest.status.is_final()) {
                div {
                    (self.ago(ended))
                    @if let (Status::Succeeded, Some(started)) = (latest.status, latest.started) {
                        ", took " (between(started, ended))
                    }
                }
            }
            @if let Some(current) = &latest.current {
                div.now {
                    b { (current.stage) @if let Some(action) = &current.action { " / " (action) } }
                    " for " (self.roughly_since(current.since))
                }
            }
            @if !latest.status.is_final() { (self.expected(row)) }
        }
    }

    /// The progress and ETA of a running execution. There is none while it waits for a person, or
    /// after a retry, whose remaining work is unknown.
    pub(super) fn expected(&self, row: &PipelineRow) -> Markup {
        let began = row.began();
        let usual = row.overview.typical.map(|typical| typical.median).filter(|median| *median > 0);
        let latest = &row.overview.latest;
        let usual = usual.filter(|_| latest.status == Status::InProgress && latest.attempt == Attempt::FIRST);
        let Some(usual) = usual else {
            return html! { div { "started " (self.ago(began)) } };
        };
        let elapsed = self.now.duration_since(began).as_secs().max(0);
        let percent = (elapsed.saturating_mul(100) / usual).min(100);
        let end = began.checked_add(SignedDuration::from_secs(usual)).unwrap_or(began);
        let words = format!("{} elapsed, usually {}", self.since(began), seconds(usual));
        html! {
            div.progress role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow=(percent) aria-label=(words) title=(words) {
                i style={ "width:" (percent) "%" } {}
            }
            @if elapsed <= usual {
                div { "ETA " (self.at(end)) ", in " (roughly(usual - elapsed)) }
            } @else {
                div.late { (roughly(elapsed - usual)) " longer than usual" }
            }
        }
    }
}

/// The stages of the latest run as a line of lights.
fn stages(row: &PipelineRow) -> Markup {
    html! {
        @if !row.overview.latest.stages.is_empty() {
            ol.line {
                @for stage in &row.overview.latest.stages {
                    @let light = StatusColor::of(stage.status);
                    @let word = stage.word();
                    li class=(light.word()) title={ (stage.name) ": " (word) } { (telling_sign(light, word)) (stage.name) }
                }
            }
        }
    }
}
