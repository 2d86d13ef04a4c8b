//! The four keys as figures: short in a row, in full on the pipeline's page.

use maud::{Markup, html};

use super::Renderer;
use super::moment::{seconds, shortly};
use andon::history::DoraMetrics;

impl Renderer<'_> {
    pub(super) fn keys(&self, keys: &DoraMetrics) -> Markup {
        let small = |name: &str, value: Option<String>| {
            html! { div { dt { (name) } dd { (value.unwrap_or_else(|| "–".to_owned())) } } }
        };
        let frequency = keys.deployments_per_week(self.now).map(|rate| format!("{}/wk", figure(rate)));
        html! {
            dl.keys title="Deployments per week; median time from commit to deployment; share of failed deployments; median time to recover" {
                (small("deploys", frequency))
                (small("lead", keys.lead_time.map(|median| shortly(median.seconds))))
                (small("failed", keys.change_failure_rate().map(percent)))
                (small("recovery", keys.recovery_time.map(|median| shortly(median.seconds))))
            }
        }
    }

    pub(super) fn keys_in_full(&self, keys: &DoraMetrics) -> Markup {
        let all = keys.deployments + keys.failed;
        html! {
            section.card {
                h3 { "Delivery metrics since " (self.day(keys.since)) }
                dl.facts {
                    @if let Some(rate) = keys.deployments_per_week(self.now) {
                        div { dt { "Deployments" } dd { (figure(rate)) " per week" } }
                    }
                    @if let Some(lead) = keys.lead_time {
                        div { dt { "Lead time, commit to deployment" } dd { (seconds(lead.seconds)) " (median of " (lead.of) ")" } }
                    }
                    @if let Some(rate) = keys.change_failure_rate() {
                        div { dt { "Failed deployments" } dd { (keys.failed) " of " (all) " (" (percent(rate)) ")" } }
                    }
                    @if let Some(recovery) = keys.recovery_time {
                        div { dt { "Time to recover" } dd { (seconds(recovery.seconds)) " (median of " (recovery.of) ")" } }
                    }
                }
            }
        }
    }
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
