//! The four keys as figures: short in a row, in full on the pipeline's page.

use maud::{Markup, html};

use super::Renderer;
use super::moment::{seconds, shortly};
use super::trend::weeks;
use andon::history::{Delivery, DoraMetrics, History, Median};

impl Renderer<'_> {
    pub(super) fn keys(&self, keys: &DoraMetrics) -> Markup {
        let small = |name: &str, value: Option<String>| {
            html! { div { dt { (name) } dd { (value.unwrap_or_else(|| "–".to_owned())) } } }
        };
        let frequency = keys.deployments_per_week(self.now).map(|rate| format!("{}/wk", figure(rate)));
        let title = format!(
            "Since {}: deployments per week; median time from commit to deployment; share of failed deployments; median \
             time to recover",
            keys.since.to_zoned(self.viewer.zone.clone()).strftime("%-d %B %Y")
        );
        html! {
            dl.keys title=(title) {
                (small("deploys", frequency))
                (small("lead", keys.lead_time.map(|median| shortly(median.seconds))))
                (small("failed", keys.change_failure_rate().map(percent)))
                (small("recovery", keys.recovery_time.map(|median| shortly(median.seconds))))
            }
        }
    }

    pub(super) fn keys_in_full(&self, keys: &DoraMetrics, history: &History) -> Markup {
        let all = keys.deployments + keys.failed;
        let weeks = weeks(history, keys, self.now);
        html! {
            section.card {
                h3 { "Delivery metrics since " (self.day(keys.since)) }
                dl.facts.delivery {
                    @if let Some(rate) = keys.deployments_per_week(self.now) {
                        div { dt { "Deployments" } dd { (figure(rate)) " per week"
                            (self.trend("Deployments", &weeks, |week| Some(count(week.deployments)), |deployments| format!("{deployments:.0}"))) } }
                    }
                    @if let Some(lead) = keys.lead_time {
                        div { dt { "Lead time, commit to deployment" } dd { (seconds(lead.seconds)) " (median of " (lead.of) ")"
                            (self.trend("Lead time", &weeks, |week| length(week.lead_time), time)) } }
                    }
                    @if let Some(rate) = keys.change_failure_rate() {
                        div { dt { "Failed deployments" } dd { (keys.failed) " of " (all) " (" (percent(rate)) ")"
                            (self.trend("Failed deployments", &weeks, Delivery::change_failure_rate, percent)) } }
                    }
                    @if let Some(recovery) = keys.recovery_time {
                        div { dt { "Time to recover" } dd { (seconds(recovery.seconds)) " (median of " (recovery.of) ")"
                            (self.trend("Time to recover", &weeks, |week| length(week.recovery_time), time)) } }
                    }
                }
                @if weeks.len() > 1 { p.took { "Each bar is a whole week, the latest at the right." } }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few dozen deployments")]
fn count(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "a duration in seconds")]
fn length(median: Option<Median>) -> Option<f64> {
    median.map(|median| median.seconds as f64)
}

#[expect(clippy::cast_possible_truncation, reason = "made of whole seconds")]
fn time(length: f64) -> String {
    shortly(length as i64)
}

/// A number to two figures: `0.4`, `3.5`, `12`.
fn figure(number: f64) -> String {
    if number == 0.0 {
        "0".to_owned()
    } else if number < 9.95 {
        format!("{number:.1}")
    } else {
        format!("{number:.0}")
    }
}

/// A share as a percentage.
fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}
