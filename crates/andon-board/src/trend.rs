//! A figure week by week, as a row of bars.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::Renderer;
use andon::history::{Delivery, DoraMetrics, History};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most weeks that are shown.
const MAX_WEEKS: usize = 8;
const STEP: i64 = 14;
const BAR: i64 = 10;
const HEIGHT: i64 = 24;

/// A week, and how delivery went in it.
pub(super) struct Week {
    until: Timestamp,
    figures: Delivery,
}

/// The weeks until now of which every deployment is known, oldest first.
pub(super) fn weeks(history: &History, keys: &DoraMetrics, now: Timestamp) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut until = now;
    while weeks.len() < MAX_WEEKS {
        let Ok(from) = until.checked_sub(WEEK) else { break };
        if from < keys.since {
            break;
        }
        weeks.push(Week { until, figures: Delivery::over([history], from, until) });
        until = from;
    }
    weeks.reverse();
    weeks
}

impl Renderer<'_> {
    /// A figure of each week; nothing while fewer than two weeks are known.
    pub(super) fn trend(
        &self,
        name: &str,
        weeks: &[Week],
        figure: impl Fn(&Delivery) -> Option<f64>,
        words: impl Fn(f64) -> String,
    ) -> Markup {
        let values: Vec<Option<f64>> = weeks.iter().map(|week| figure(&week.figures)).collect();
        let highest = values.iter().flatten().copied().fold(0.0, f64::max);
        if weeks.len() < 2 || highest <= 0.0 {
            return html! {};
        }
        let said = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), &words);
        let list: Vec<String> = values.iter().map(|value| said(*value)).collect();
        let label = format!("{name} week by week, oldest first: {}", list.join(", "));
        let width = STEP * i64::try_from(weeks.len()).unwrap_or(1);
        html! {
            svg.trend viewBox={ "0 0 " (width) " " (HEIGHT) } width=(width) height=(HEIGHT) role="img" aria-label=(label) {
                @for ((index, week), (value, said)) in (0..).zip(weeks).zip(values.iter().zip(&list)) {
                    @let x = index * STEP + (STEP - BAR) / 2;
                    @let top = HEIGHT - value.map_or(1, |value| height(value / highest));
                    g.grey {
                        title { "Week until " (self.viewer.write_day(week.until)) ": " (said) }
                        path d={ "M" (x) " " (top) "h" (BAR) "V" (HEIGHT) "h-" (BAR) "z" } {}
                    }
                }
            }
        }
    }
}

/// The height of a bar for a share from 0 to 1.
#[expect(clippy::cast_possible_truncation, reason = "at most a few dozen")]
fn height(share: f64) -> i64 {
    ((share * 22.0).round() as i64).clamp(1, HEIGHT)
}
