//! The words of a report, whatever it is written in.

use andon::history::{ChangeSummary, Delivery, Median};
use andon::report::{Outage, PipelineReport};
use andon::words::span;
use jiff::{SignedDuration, Timestamp};

use super::Document;

/// The most rows of each list.
pub(super) const MAX_LISTED: usize = 100;

impl Document<'_> {
    /// What the report is about, and how sure it is.
    pub(super) fn period(&self) -> String {
        let figures = &self.figures;
        let last = figures.until.checked_sub(SignedDuration::from_secs(1)).unwrap_or(figures.until);
        let zone = self.zone.iana_name().unwrap_or("UTC");
        let written = self.now.to_zoned(self.zone.clone()).strftime("%-d %B %Y, %H:%M");
        format!("{} to {} ({zone}). Written {written}.", self.day(figures.from), self.day(last))
    }

    /// What is left out, if anything is.
    pub(super) fn caveats(&self) -> Vec<String> {
        let partial = self.figures.pipelines.iter().filter(|one| one.figures.is_partial || one.known_since.is_some());
        let say = |one: &PipelineReport| {
            let since = one.known_since.map(|since| format!(" Its runs are recorded since {}.", self.day(since)));
            let more = if one.figures.is_partial { " There were more deployments than these." } else { "" };
            format!("{}:{}{more}", one.pipeline.name, since.unwrap_or_default())
        };
        partial.take(MAX_LISTED).map(say).collect()
    }

    /// The figures of all pipelines, each with what it is called.
    pub(super) fn totals(&self) -> Vec<(&'static str, String)> {
        let total = &self.figures.total;
        let red: SignedDuration = self.figures.pipelines.iter().map(|one| one.red).sum();
        vec![
            ("Pipelines", self.figures.pipelines.len().to_string()),
            ("Deployments", total.deployments.to_string()),
            ("Failed deployments", failed(total)),
            ("Lead time, commit to deployment", median(total.lead_time)),
            ("Time to recover", median(total.recovery_time)),
            ("Outages", self.figures.outages.len().to_string()),
            ("Red, all pipelines together", span(red)),
        ]
    }

    pub(super) fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%-d %B %Y").to_string()
    }

    pub(super) fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%-d %b, %H:%M").to_string()
    }

    /// A pipeline with its account.
    pub(super) fn named(&self, one: &PipelineReport) -> String {
        let account = one.pipeline.home.account.as_str();
        format!("{} ({}, {})", one.pipeline.name, self.accounts.name(account), one.pipeline.home.region)
    }

    pub(super) fn until(&self, outage: &Outage) -> String {
        match outage.until {
            Some(until) => format!("{}, after {}", self.moment(until), span(until.duration_since(outage.since))),
            None => "still red at the end".to_owned(),
        }
    }
}

pub(super) fn failed(figures: &Delivery) -> String {
    match figures.change_failure_rate() {
        Some(rate) => {
            let all = figures.deployments + figures.failed;
            format!("{} of {all} ({:.0} %)", figures.failed, rate * 100.0)
        }
        None => "none".to_owned(),
    }
}

pub(super) fn median(known: Option<Median>) -> String {
    known.map_or_else(
        || "not known".to_owned(),
        |median| format!("{} (median of {})", span(SignedDuration::from_secs(median.seconds)), median.of),
    )
}

/// Why it failed, in one line.
pub(super) fn cause(outage: &Outage) -> String {
    let why = outage.failure.as_ref().and_then(|failure| failure.why()).map(str::to_owned);
    let parts: Vec<String> = [outage.place(), why].into_iter().flatten().collect();
    if parts.is_empty() { "not known".to_owned() } else { parts.join(": ") }
}

/// A change in one line.
pub(super) fn change(change: &ChangeSummary) -> String {
    let id = change.id.as_ref().map(|id| id.chars().take(8).collect::<String>());
    let author = change.author.as_ref().map(|author| format!("by {author}"));
    [id, change.title.clone(), author].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
