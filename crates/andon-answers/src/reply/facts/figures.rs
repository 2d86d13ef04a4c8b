//! Delivery figures of several pipelines together.

use andon::board::PipelineRow;
use andon::history::{Delivery, History, Median};

use super::Asked;
use super::words::{capital, counted, times};

impl<'a> Asked<'a> {
    /// Over all measurements of the time: a median of medians is none. Where the histories are too many to read, counts
    /// alone.
    pub(super) fn figures(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let histories: Vec<&History> = rows.iter().filter_map(|row| self.history_of(row)).collect();
        if histories.is_empty() {
            return self.counts(rows);
        }
        let span = self.time();
        let figures = Delivery::over(histories, span.from, span.until);
        let least = if figures.is_partial || self.records.is_partial { "at least " } else { "" };
        let all = figures.deployments + figures.failed;
        if all == 0 {
            return vec![format!("{} did not deploy {}.", capital(&self.subject(rows)), span.words)];
        }
        let mut told = vec![format!(
            "{} deployed {least}{} {}; {} of {} failed.",
            capital(&self.subject(rows)),
            times(figures.deployments),
            span.words,
            figures.failed,
            counted(all, "attempt")
        )];
        let median = |what: &str, median: Option<Median>| match median {
            Some(Median { seconds, of }) => {
                format!("{what}: {} (median of {}).", self.span_of(seconds), counted(of, "measurement"))
            }
            None => format!("{what}: not measured {}.", span.words),
        };
        told.push(median("Lead time from commit to deployment", figures.lead_time));
        told.push(median("Time to recover", figures.recovery_time));
        told
    }

    fn counts(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let keys: Vec<_> = rows.iter().filter_map(|row| row.overview.keys.as_ref()).collect();
        if keys.is_empty() {
            return vec![format!("No deployments of {} are recorded yet.", self.subject(rows))];
        }
        let deployments: usize = keys.iter().map(|keys| keys.deployments).sum();
        let failed: usize = keys.iter().map(|keys| keys.failed).sum();
        let since = keys.iter().map(|keys| keys.since).min().unwrap_or(self.now);
        let mut told = vec![format!(
            "{} deployed {} and failed {}, {} at the earliest.",
            capital(&self.subject(rows)),
            times(deployments),
            times(failed),
            self.voice.since(since, self.now)
        )];
        if deployments + failed > 0 {
            told.push(format!("{} of {} attempts failed.", failed, deployments + failed));
        }
        told.push("Lead and recovery times are given for up to 50 pipelines together.".to_owned());
        told
    }
}
