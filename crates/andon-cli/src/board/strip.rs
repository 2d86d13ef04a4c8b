//! The latest runs as a strip of bars, oldest first.
//!
//! A failure is a full bar, a success half of one, everything else lower still: the strip reads without colours.

use andon::board::Light;
use andon::run::Status;
use maud::{Markup, html};

const STEP: usize = 9;
const WIDTH: usize = 7;
const HEIGHT: usize = 24;

/// A run in a strip, and what is said of it.
pub(super) struct Bar {
    pub(super) status: Status,
    pub(super) title: String,
}

/// The strip, with room for `most` bars; fewer stand at its end.
pub(super) fn strip(bars: &[Bar], most: usize) -> Markup {
    let bars = bars.get(bars.len().saturating_sub(most)..).unwrap_or_default();
    let failed = bars.iter().filter(|bar| bar.status == Status::Failed).count();
    let width = most * STEP;
    html! {
        svg.strip viewBox={ "0 0 " (width) " " (HEIGHT) } width=(width) height=(HEIGHT) role="img"
            aria-label={ "The last " (bars.len()) " runs, " (failed) " of them failed" } {
            line.floor x1="0" y1=(HEIGHT) x2=(width) y2=(HEIGHT) {}
            @for (index, bar) in bars.iter().enumerate() {
                @let height = height(bar.status);
                rect class=(Light::of(bar.status).word())
                    x=((most - bars.len() + index) * STEP) y=(HEIGHT - height) width=(WIDTH) height=(height) rx="1.5" {
                    title { (bar.title) }
                }
            }
        }
    }
}

fn height(status: Status) -> usize {
    match Light::of(status) {
        Light::Red => HEIGHT,
        Light::Green => 12,
        Light::Running | Light::Waiting => 8,
        Light::Grey => 5,
    }
}
