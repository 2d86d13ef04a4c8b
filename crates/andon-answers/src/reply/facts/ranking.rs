//! Which pipeline, customer, account or region is the most or the least of something.

use std::collections::BTreeMap;

use andon::board::PipelineRow;
use andon::name::PipelineId;
use andon::run::Status;

use super::Asked;
use super::ends::End;
use super::words::{and, capital, counted, times};
use crate::understanding::Superlative;

impl<'a> Asked<'a> {
    pub(super) fn ranking(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        use Superlative as S;

        let Some(superlative) = self.parts.superlative else { return self.overview(rows) };
        let span = self.time();
        let mut groups: BTreeMap<String, Vec<&PipelineRow>> = BTreeMap::new();
        for row in rows {
            groups.entry(self.group_of(row)).or_default().push(row);
        }
        let (failed, deployed) = (counts(self.failed(rows, &span)), counts(self.deployed(rows, &span)));
        let count = |counts: &BTreeMap<&PipelineId, usize>, rows: &[&PipelineRow]| -> usize {
            rows.iter().filter_map(|row| counts.get(&row.overview.pipeline)).sum()
        };
        let ended = |rows: &[&PipelineRow]| -> (usize, usize) {
            let (mut bad, mut all) = (0, 0);
            for row in rows {
                for run in self.runs_of(row) {
                    for end in run.outcomes.iter().filter(|end| end.ended >= span.from && end.ended < span.until) {
                        bad += usize::from(end.status == Status::Failed);
                        all += usize::from(matches!(end.status, Status::Failed | Status::Succeeded));
                    }
                }
            }
            (bad, all)
        };
        let flips = |rows: &[&PipelineRow]| rows.iter().map(|row| self.flips(row, span.from)).sum();
        let typical = |rows: &[&PipelineRow]| match rows {
            [row] => row.overview.typical.map(|typical| typical.median),
            _ => None,
        };
        let red = |rows: &[&PipelineRow]| rows.iter().filter_map(|row| row.red_since()).min();
        let mut ranked: Vec<(i64, &PipelineRow, String)> = Vec::new();
        for rows in groups.values() {
            let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            let entry = match superlative {
                S::MostFailing | S::LeastFailing => {
                    let count = count(&failed, rows);
                    (count > 0 || superlative == S::LeastFailing)
                        .then(|| (number(count), format!(" with {}", counted(count, "failure"))))
                }
                S::MostDeployed => {
                    let count = count(&deployed, rows);
                    (count > 0).then(|| (number(count), format!(" with {}", counted(count, "deployment"))))
                }
                S::Worst | S::Best => {
                    let (bad, all) = ended(rows);
                    (all > 0)
                        .then(|| (number(bad * 1000 / all.max(1)), format!(", where {bad} of {all} attempts failed")))
                }
                S::Flakiest => {
                    let count: usize = flips(rows);
                    (count > 0).then(|| {
                        (number(count), format!(", which changed between success and failure {}", times(count)))
                    })
                }
                S::Slowest | S::Fastest => {
                    typical(rows).map(|seconds| (seconds, format!(" with {}", self.span_of(seconds))))
                }
                S::LongestRed => red(rows)
                    .map(|since| (self.now.duration_since(since).as_secs(), format!(", red {}", self.for_long(since)))),
            };
            ranked.extend(entry.zip(rows.first()).map(|((value, text), row)| (value, *row, text)));
        }
        let least_first = matches!(superlative, S::LeastFailing | S::Fastest | S::Best);
        ranked.sort_by_key(|(value, ..)| if least_first { *value } else { -*value });
        let what = ranked_by(superlative);
        let timed = !matches!(superlative, S::Slowest | S::Fastest | S::LongestRed);
        let when = if timed { format!(" {}", span.words) } else { String::new() };
        if ranked.is_empty() {
            let none = match superlative {
                S::LongestRed => format!("None of {} is red.", self.subject(rows)),
                S::MostFailing | S::Flakiest => format!("{} had no failures{when}.", capital(&self.subject(rows))),
                _ => format!("I have no figures for that{when}."),
            };
            return vec![none];
        }
        let wanted = self.parts.count.unwrap_or(3).min(20);
        let items: Vec<String> = ranked.into_iter().take(wanted).map(|(_, row, text)| self.key(row) + &text).collect();
        vec![format!("{what}{}{when}: {}.", self.place(), and(&items))]
    }
}

/// How many ends there are of each pipeline.
fn counts(ends: Vec<End<'_>>) -> BTreeMap<&PipelineId, usize> {
    let mut counts = BTreeMap::new();
    for end in ends {
        *counts.entry(&end.row.overview.pipeline).or_default() += 1;
    }
    counts
}

/// What a ranking is by, as its sentence begins.
fn ranked_by(superlative: Superlative) -> &'static str {
    match superlative {
        Superlative::MostFailing => "Most failures",
        Superlative::LeastFailing => "Fewest failures",
        Superlative::MostDeployed => "Most deployments",
        Superlative::Worst => "Highest share of failed attempts",
        Superlative::Best => "Lowest share of failed attempts",
        Superlative::Flakiest => "Most changes between success and failure",
        Superlative::Slowest => "Longest usual duration (median of the recorded successful runs)",
        Superlative::Fastest => "Shortest usual duration (median of the recorded successful runs)",
        Superlative::LongestRed => "Red for longest",
    }
}
