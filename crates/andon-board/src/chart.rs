//! The chart of run durations, oldest first: a bar each, with a mark for its outcome.

use maud::{Markup, html};

use super::Renderer;
use super::moment::seconds;
use andon::board::StatusColor;
use andon::history::{MAX_RUNS, RunSummary, Typical};

const STEP: i64 = 20;
const BAR: i64 = 14;
const HEIGHT: i64 = 90;
/// Room beneath for the marks.
const BENEATH: i64 = 14;

pub(super) fn chart(runs: &[&RunSummary], typical: Option<Typical>, view: &Renderer<'_>) -> Markup {
    let runs = runs.get(runs.len().saturating_sub(MAX_RUNS)..).unwrap_or_default();
    let lengths: Vec<i64> = runs.iter().map(|run| length(run, view)).collect();
    let longest = lengths.iter().copied().max().unwrap_or(0);
    if runs.len() < 2 || longest == 0 {
        return html! {};
    }
    let width = STEP * i64::try_from(runs.len().max(10)).unwrap_or(STEP);
    let above = |length: i64| HEIGHT - (length.saturating_mul(HEIGHT - 4) / longest).max(2);
    let usual = typical.map(|typical| typical.median);
    let words = format!("Duration of the last {} runs; longest: {}", runs.len(), seconds(longest));
    html! {
        figure.chart {
            svg viewBox={ "0 0 " (width) " " (HEIGHT + BENEATH) } width=(width) height=(HEIGHT + BENEATH) role="img" aria-label=(words) {
                @for ((index, run), length) in (0..).zip(runs).zip(&lengths) {
                    @let (x, y) = (index * STEP + (STEP - BAR) / 2, above(*length));
                    g class=(StatusColor::of(run.status).word()) {
                        title { (view.viewer.write(run.started.unwrap_or(run.first_seen), view.now)) ": " (run.status.word()) ", " (seconds(*length)) }
                        path d={ "M" (x) " " (y) "h" (BAR) "V" (HEIGHT) "h-" (BAR) "z" } {}
                        path.mark d=(mark(StatusColor::of(run.status), x + BAR / 2)) {}
                    }
                }
                @if let Some(usual) = usual.filter(|usual| *usual <= longest) {
                    path.usual d={ "M0 " (above(usual)) "h" (width) } {}
                }
            }
            figcaption {
                "Last " (runs.len()) " runs. "
                @if let Some(usual) = usual {
                    @if usual <= longest { "Dashed line: median successful run, " } @else { "Median successful run: " }
                    (seconds(usual)) ". "
                }
                "Longest: " (seconds(longest))
            }
        }
    }
}

/// How many seconds a run took, or has been going on for.
fn length(run: &RunSummary, view: &Renderer<'_>) -> i64 {
    let started = run.started.unwrap_or(run.first_seen);
    let end = run.ended.unwrap_or(if run.status.is_final() { started } else { view.now });
    end.duration_since(started).as_secs().max(0)
}

/// A cross for a failure, an exclamation mark, an arrow or a dash for what is neither that nor a success.
fn mark(light: StatusColor, x: i64) -> String {
    let y = HEIGHT + 8;
    match light {
        StatusColor::Red => format!("M{} {}l8 8m0-8l-8 8", x - 4, y - 4),
        StatusColor::Waiting => format!("M{x} {}v5m0 2v1.5", y - 4),
        StatusColor::Running => format!("M{} {}l6 4-6 4z", x - 2, y - 4),
        StatusColor::Green => String::new(),
        StatusColor::Grey => format!("M{} {y}h6", x - 3),
    }
}
