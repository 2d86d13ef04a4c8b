//! The latest runs as a strip of bars, oldest first.
//!
//! A failure is a full bar, a success half a bar, everything else lower: the strip is readable without colours. Bars of one
//! colour are one path, because a board has many strips.

use std::fmt::Write as _;

use maud::{Markup, html};

use andon::board::StatusColor;
use andon::run::Status;
use andon::words::counted;

/// The number of runs that there is room for.
const ROOM: usize = 20;
const STEP: usize = 10;
const HEIGHT: usize = 18;

/// The strip; fewer runs than there is room for are at its end.
pub(super) fn strip(trend: &[Status]) -> Markup {
    let trend = trend.get(trend.len().saturating_sub(ROOM)..).unwrap_or_default();
    let lights = [StatusColor::Red, StatusColor::Waiting, StatusColor::Running, StatusColor::Green, StatusColor::Grey];
    let words = words(trend);
    html! {
        svg.strip viewBox={ "0 0 " (ROOM * STEP) " " (HEIGHT) } width=(ROOM * STEP) height=(HEIGHT) preserveAspectRatio="none" role="img" {
            title { (words) }
            @for light in lights {
                @let bars = bars(trend, light);
                @if !bars.is_empty() { path class=(light.word()) d=(bars) {} }
            }
            path.floor d={ "M0 " (HEIGHT) "h" (ROOM * STEP) } {}
        }
    }
}

fn bars(trend: &[Status], light: StatusColor) -> String {
    let offset = ROOM - trend.len();
    let mut path = String::new();
    for (index, _) in trend.iter().enumerate().filter(|(_, status)| StatusColor::of(**status) == light) {
        // The style strokes the line as wide as a bar. Writing to a string cannot fail.
        let _ = write!(path, "M{} {HEIGHT}v-{}", (offset + index) * STEP + STEP / 2, height(light));
    }
    path
}

fn words(trend: &[Status]) -> String {
    let failed = trend.iter().filter(|status| **status == Status::Failed).count();
    let latest = trend.last().map(|status| format!("; latest: {}", status.word())).unwrap_or_default();
    format!("{}, oldest first: {failed} failed{latest}", counted(trend.len() as u64, "run"))
}

fn height(light: StatusColor) -> usize {
    match light {
        StatusColor::Red => HEIGHT,
        StatusColor::Green => 10,
        StatusColor::Running | StatusColor::Waiting => 7,
        StatusColor::Grey => 4,
    }
}
