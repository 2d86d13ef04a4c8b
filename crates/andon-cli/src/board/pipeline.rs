//! One pipeline: its latest run down to the actions, and the runs before it.

use andon::board::{Light, Row, place_of};
use andon::history::{FailureSummary, History, RunSummary};
use andon::message::console;
use andon::run::{ActionView, Run, StageView, Status};
use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::{ago, between, change, seconds, sign};
use super::strip::{Bar, strip};
use super::{page, sorry};

/// The page of a pipeline.
pub fn pipeline(history: &History, run: Option<&Run>, now: Timestamp) -> Markup {
    let Some(overview) = history.overview() else {
        return sorry("No run of this pipeline has been heard of.");
    };
    let row = Row::of(overview);
    let id = &row.overview.pipeline;
    let word = row.word();
    let runs = history.runs();
    page(
        &format!("{} · {word} · Andon", id.name),
        row.light,
        Some(now),
        &html! {
            header {
                p.back { a href="/" { "Andon" } }
                h1 { (sign(row.light, &word)) (id.name) " " span.word { (word) } }
                p.home { (id.home.account) " · " (id.home.region) " · " a href=(console::pipeline(id)) rel="noreferrer" { "open in AWS" } }
            }
            main {
                section.card {
                    (facts(&row, now))
                    @if let Some(run) = run { (latest(run, now)) (causes(run)) }
                }
                section.card {
                    h2 { "Runs" }
                    (trend(&runs))
                    table.runs {
                        thead { tr { th {} th { "Began" } th { "Took" } th { "Change" } th { "What failed" } } }
                        tbody { @for run in runs.iter().rev() { (past(run, now)) } }
                    }
                }
            }
        },
    )
}

fn facts(row: &Row, now: Timestamp) -> Markup {
    let latest = &row.overview.latest;
    html! {
        h2 { "Latest run" }
        dl.facts {
            dt { "Run" }
            dd { a href=(console::execution(&row.overview.pipeline, &latest.execution)) rel="noreferrer" { code { (latest.execution.short()) } }
                @if latest.attempt.number() > 1 { ", attempt " (latest.attempt.number()) } }
            dt { "Began" }
            dd { (ago(row.began(), now)) }
            @if let Some(ended) = latest.ended {
                dt { "Ended" }
                dd { (ago(ended, now)) @if let Some(started) = latest.started { ", after " (between(started, ended)) } }
            }
            @if let Some(since) = row.red_since() {
                dt { "Red for" }
                dd { (between(since, now)) }
            }
            @if let Some(known) = &latest.change { dt { "Change" } dd.change { (change(known)) } }
            @if let Some(typical) = row.overview.typical {
                dt { "Usually takes" }
                dd { (seconds(typical.median)) " (" (typical.runs) " successful runs, 95 in 100 within " (seconds(typical.p95)) ")" }
            }
        }
    }
}

fn latest(run: &Run, now: Timestamp) -> Markup {
    html! {
        ol.line { @for stage in run.stages() { (stage_card(&stage, now)) } }
        @if let Some(comment) = run.stop_comment() { p.why { "Stopped: " (comment) } }
    }
}

/// Why the actions of the latest attempt failed, as far as that has been found out.
fn causes(run: &Run) -> Markup {
    let failures = run.failures(run.attempt());
    let explained = failures.iter().filter_map(|failure| Some((failure, failure.explanation.as_ref()?)));
    html! {
        @for (failure, explanation) in explained.filter(|(_, why)| !why.cause.is_empty() || why.hint.is_some()) {
            div.cause {
                h3 { (place_of(&FailureSummary::of(failure)).unwrap_or_default()) }
                @if !explanation.cause.is_empty() { pre { (explanation.cause.join("\n")) } }
                @if let Some(hint) = &explanation.hint {
                    p { (hint) @if let Some(page) = explanation.link.as_deref().and_then(console::checked) {
                        " " a href=(page) rel="noreferrer" { "Runbook" }
                    } }
                }
            }
        }
    }
}

fn stage_card(stage: &StageView, now: Timestamp) -> Markup {
    let light = Light::of(stage.status);
    html! {
        li class=(light.word()) {
            h3 { (sign(light, stage.status.word())) (stage.name) span.took { (between(stage.started, stage.ended.unwrap_or(now))) } }
            ul.actions { @for action in &stage.actions { (action_line(action, now)) } }
        }
    }
}

fn action_line(action: &ActionView, now: Timestamp) -> Markup {
    let light = Light::of(action.status);
    let page = action.result.as_ref().and_then(|result| console::checked(result.url.as_deref()?));
    let said = action.result.as_ref().and_then(|result| result.summary.as_deref());
    html! {
        li {
            (sign(light, action.status.word()))
            div {
                @if let Some(page) = page { a href=(page) rel="noreferrer" { (action.name) } } @else { (action.name) }
                @if let Some(provider) = &action.provider { span.provider { " " (provider.name) } }
                span.took { " " (between(action.started, action.ended.unwrap_or(now))) }
                @if let Some(said) = said.filter(|_| matches!(action.status, Status::Failed | Status::Rejected | Status::Stopped)) {
                    div.why { (said) }
                }
                @if let Some(data) = action.custom_data.as_deref().filter(|_| action.status == Status::Waiting) {
                    div.why { (data) }
                }
            }
        }
    }
}

fn trend(runs: &[&RunSummary]) -> Markup {
    let bars: Vec<Bar> = runs
        .iter()
        .map(|run| {
            let began = run.started.unwrap_or(run.first_seen);
            let title = run.change.as_ref().and_then(|change| change.title.as_deref()).unwrap_or_default();
            Bar {
                status: run.status,
                title: format!(
                    "{}, {}: {} {title}",
                    run.execution.short(),
                    began.strftime("%e %b %H:%M"),
                    run.status.word()
                ),
            }
        })
        .collect();
    strip(&bars, andon::history::KEPT)
}

fn past(run: &RunSummary, now: Timestamp) -> Markup {
    let light = Light::of(run.status);
    html! {
        tr {
            td { (sign(light, run.status.word())) span.word { (run.status.word()) } }
            td { (ago(run.started.unwrap_or(run.first_seen), now)) }
            td { @if let (Some(started), Some(ended)) = (run.started, run.ended) { (between(started, ended)) } }
            td.change { @if let Some(known) = &run.change { (change(known)) } }
            td.why {
                @if let Some(failure) = run.failure.as_ref().filter(|_| matches!(run.status, Status::Failed | Status::Rejected)) {
                    @if let Some(place) = place_of(failure) { b { (place) } " " }
                    (failure.why().unwrap_or_default())
                }
            }
        }
    }
}
