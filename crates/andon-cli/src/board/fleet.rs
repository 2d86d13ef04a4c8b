//! Every pipeline on one page, what wants somebody's eyes first.

use andon::board::{Light, Row, place_of};
use andon::run::Status;
use jiff::Timestamp;
use maud::{Markup, html};

use super::page;
use super::parts::{address, ago, between, change, seconds, sign};
use super::strip::{Bar, strip};

/// The number of runs in a row's strip.
const TREND: usize = 20;

/// The board.
pub fn fleet(rows: &[Row], now: Timestamp) -> Markup {
    let worst = rows.first().map_or(Light::Grey, |row| row.light);
    let red = count(rows, Light::Red);
    let title = if red > 0 { format!("{red} red · Andon") } else { "Andon".to_owned() };
    page(
        &title,
        worst,
        Some(now),
        &html! {
            header {
                h1 { "Andon" }
                (summary(rows))
            }
            main {
                @if rows.is_empty() {
                    p.empty { "No pipeline has been heard of yet. Send its events to " code { "POST /events" } "." }
                }
                @for row in rows { (line(row, now)) }
            }
        },
    )
}

fn count(rows: &[Row], light: Light) -> usize {
    rows.iter().filter(|row| row.light == light).count()
}

fn summary(rows: &[Row]) -> Markup {
    let counts = [
        (Light::Red, "red"),
        (Light::Waiting, "waiting"),
        (Light::Running, "running"),
        (Light::Green, "green"),
        (Light::Grey, "other"),
    ];
    html! {
        ul.summary {
            @for (light, word) in counts {
                @let count = count(rows, light);
                @if count > 0 {
                    li { (sign(light, word)) b { (count) } " " (word) }
                }
            }
        }
    }
}

fn line(row: &Row, now: Timestamp) -> Markup {
    let pipeline = &row.overview.pipeline;
    let word = row.word();
    html! {
        article class={ "row " (row.light.word()) } {
            (sign(row.light, &word))
            div.what {
                h2 { a href=(address(pipeline)) { (pipeline.name) } }
                div.home { (pipeline.home.account) " · " (pipeline.home.region) }
            }
            div.state {
                div.word { (word) }
                div.time { (time(row, now)) }
            }
            div.run {
                (stages(row))
                @if let Some(failure) = row.failure() {
                    div.why {
                        @if let Some(place) = place_of(failure) { b { (place) } " " }
                        (failure.why().unwrap_or("It did not say why."))
                    }
                }
                @if let Some(known) = row.change() {
                    div.change { (change(known)) }
                }
            }
            div.trend { (trend(row)) }
        }
    }
}

/// How long it has been so, and how long it usually is.
fn time(row: &Row, now: Timestamp) -> Markup {
    let latest = &row.overview.latest;
    let is_over = latest.status.is_final();
    html! {
        @if let Some(current) = &latest.current {
            div.now {
                "in " b { (current.stage) @if let Some(action) = &current.action { " / " (action) } }
                " for " (between(current.since, now))
            }
        }
        @if let Some(since) = row.red_since() {
            div {
                "red for " time datetime=(since) { (between(since, now)) }
                @if let Some(streak) = row.overview.standing.streak.as_ref().filter(|streak| streak.count > 1) {
                    ", " (streak.count) " failures in a row"
                }
            }
        } @else if let Some(ended) = latest.ended.filter(|_| is_over) {
            div {
                (ago(ended, now))
                @if let (Status::Succeeded, Some(started)) = (latest.status, latest.started) {
                    ", took " (between(started, ended))
                }
            }
        } @else {
            div { "began " (ago(row.began(), now)) }
        }
        @if let Some(typical) = row.overview.typical.filter(|_| !is_over) {
            div { "usually takes " (seconds(typical.median)) }
        }
    }
}

fn stages(row: &Row) -> Markup {
    html! {
        @if !row.overview.latest.stages.is_empty() {
            ol.stages {
                @for stage in &row.overview.latest.stages {
                    @let light = Light::of(stage.status);
                    li class=(light.word()) { (sign(light, stage.status.word())) (stage.name) }
                }
            }
        }
    }
}

fn trend(row: &Row) -> Markup {
    let trend = &row.overview.trend;
    let bars: Vec<Bar> = trend
        .iter()
        .enumerate()
        .map(|(index, status)| {
            let title = match trend.len() - 1 - index {
                0 => format!("the latest run: {}", status.word()),
                1 => format!("the run before: {}", status.word()),
                before => format!("{before} runs before: {}", status.word()),
            };
            Bar { status: *status, title }
        })
        .collect();
    strip(&bars, TREND)
}
