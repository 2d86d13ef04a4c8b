//! Mutes of a pipeline or a line of change: what they cover, and when they end.

use jiff::Timestamp;

use super::lines::Index;
use super::{History, RunSummary, red};
use crate::attention::{Deed, Mute, Until};
use crate::event::Attempt;
use crate::line::Line;
use crate::name::{ExecutionId, StageName};
use crate::run::{Outcome, Status};

/// A mute, and when it ended for a line of change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MutedLine<'h> {
    /// The mute.
    pub mute: &'h Mute,
    /// When it ended, or ends by the clock; `None` while only a recovery or somebody can end it.
    pub end: Option<Timestamp>,
}

impl MutedLine<'_> {
    /// Whether it holds at a time.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.mute.since <= at && self.end.is_none_or(|end| at < end)
    }
}

impl History {
    /// Records that somebody muted it or a line of it; returns whether it changed anything. What is red by then is what the
    /// mute is about, besides the stages that are given with it.
    pub fn mute(&mut self, mut mute: Mute, deed: Deed) -> bool {
        let index = Index::of(self);
        let standings = self.standings(&index);
        let red = red(&standings).into_iter().filter(|(line, ..)| mute.covers(line));
        let broken = red.filter_map(|(_, health, _)| health.streak.as_ref()).flat_map(|streak| streak.broken.clone());
        let broken: Vec<StageName> = broken.filter(|stage| !mute.stages.contains(stage)).collect();
        mute.stages.extend(broken);
        mute.stages.sort_unstable();
        mute.stages.dedup();
        self.attention.mute(mute, deed)
    }

    /// Records that somebody ended what is muted of a line, or of all of it; returns whether anything was.
    pub fn unmute(&mut self, line: Option<&Line>, deed: Deed) -> bool {
        self.attention.unmute(line, deed)
    }

    /// The mute that held for a line at a time: of several the one that ends last.
    pub fn muted_at(&self, line: &Line, at: Timestamp) -> Option<MutedLine<'_>> {
        let holds = |muted: &MutedLine<'_>| muted.holds(at);
        self.muted_lines(line).into_iter().filter(holds).max_by_key(|muted| muted.end.unwrap_or(Timestamp::MAX))
    }

    /// The latest mute that held for a line at any time of a span.
    pub fn muted_within(&self, line: &Line, from: Timestamp, to: Timestamp) -> Option<MutedLine<'_>> {
        let is_within = |muted: &MutedLine<'_>| {
            let has_begun = muted.mute.since < to;
            has_begun && muted.end.is_none_or(|end| end > from && end > muted.mute.since)
        };
        self.muted_lines(line).into_iter().filter(is_within).max_by_key(|muted| muted.mute.since)
    }

    /// How often attempts of a line failed while it was muted.
    pub fn failures_muted(&self, line: &Line, muted: &MutedLine<'_>) -> u64 {
        let index = Index::of(self);
        let outcomes = index.of_line(line).flat_map(|run| &run.outcomes);
        let failed = outcomes.filter(|outcome| outcome.status == Status::Failed && muted.holds(outcome.ended));
        failed.map(|outcome| 1 + outcome.unlisted).sum()
    }

    /// Whether an attempt of a line failed in a span, its end excluded.
    pub fn has_failed_between(&self, line: &Line, from: Timestamp, to: Timestamp) -> bool {
        let index = Index::of(self);
        let is_within =
            |outcome: &Outcome| outcome.status == Status::Failed && from <= outcome.ended && outcome.ended < to;
        index.of_line(line).any(|run| run.outcomes.iter().any(is_within))
    }

    /// How often it failed under the mutes that somebody ended at a time.
    pub fn failures_until_lifted(&self, at: Timestamp) -> u64 {
        let index = Index::of(self);
        let lifted = self.attention.mutes().iter().filter(|mute| mute.lifted == Some(at));
        let failed = lifted.flat_map(|mute| {
            let runs = index.runs.iter().filter(|run| mute.covers(&index.line(run)));
            let is_within = |outcome: &&Outcome| outcome.status == Status::Failed && mute.holds(outcome.ended);
            runs.flat_map(|run| &run.outcomes).filter(is_within).map(|outcome| 1 + outcome.unlisted)
        });
        failed.sum()
    }

    /// Whether no later attempt of the same line has succeeded or failed.
    pub fn is_last_of_line(&self, execution: &ExecutionId, attempt: Attempt) -> bool {
        let index = Index::of(self);
        let Some(mine) = self.run(execution) else { return false };
        let line = index.line(mine);
        let is_later = |run: &RunSummary, outcome: &Outcome| {
            matches!(outcome.status, Status::Succeeded | Status::Failed)
                && (run.place(), outcome.attempt) > (mine.place(), attempt)
        };
        !index.of_line(&line).any(|run| run.outcomes.iter().any(|outcome| is_later(run, outcome)))
    }

    /// The attempt that failed last of every line that is red.
    pub fn last_failures(&self) -> Vec<(ExecutionId, Attempt)> {
        let index = Index::of(self);
        let standings = self.standings(&index);
        let last = |line: &Line| {
            let failed = |outcome: &&Outcome| outcome.status == Status::Failed;
            index.of_line(line).rev().find_map(|run| {
                let outcome = run.outcomes.iter().rfind(failed)?;
                Some((run.execution.clone(), outcome.attempt))
            })
        };
        red(&standings).into_iter().filter_map(|(line, ..)| last(line)).collect()
    }

    /// The mutes that an overview lists: without those that a recovery has ended.
    pub(super) fn listed_mutes(&self, index: &Index<'_>) -> Vec<Mute> {
        if self.attention.mutes().is_empty() {
            return Vec::new();
        }
        let lines: Vec<Line> = self.standings(index).into_keys().collect();
        let stands = |mute: &&Mute| {
            matches!(mute.until, Until::Time(_))
                || mute.lifted.is_some()
                || lines.iter().any(|line| mute.covers(line) && self.end_of(index, mute, line).is_none())
        };
        self.attention.mutes().iter().filter(stands).cloned().collect()
    }

    fn muted_lines(&self, line: &Line) -> Vec<MutedLine<'_>> {
        let mutes = self.attention.mutes();
        if mutes.is_empty() {
            return Vec::new();
        }
        let index = Index::of(self);
        let covering = mutes.iter().filter(|mute| mute.covers(line));
        covering.map(|mute| MutedLine { mute, end: self.end_of(&index, mute, line) }).collect()
    }

    /// When a mute ended for a line; `None` while it goes on, as far as no clock tells.
    fn end_of(&self, index: &Index<'_>, mute: &Mute, line: &Line) -> Option<Timestamp> {
        let recovered = match mute.until {
            Until::Time(_) => None,
            Until::Recovery => self.recovered_after(index, mute, line),
        };
        mute.end().into_iter().chain(recovered).min()
    }

    /// When a line recovered from what a mute was about: at once, where it was not red by then.
    fn recovered_after(&self, index: &Index<'_>, mute: &Mute, line: &Line) -> Option<Timestamp> {
        let mut health = index.past(self, line);
        for run in index.of_line(line) {
            for outcome in &run.outcomes {
                let was_red = health.is_red();
                health.then(run, outcome);
                if was_red && !health.is_red() && outcome.ended >= mute.since {
                    return Some(outcome.ended);
                }
            }
        }
        // A failed action is told before its run has failed.
        let mine = self.run(&mute.execution).filter(|run| index.line(run) == *line);
        let is_open = mine.is_some_and(|run| !run.status.is_final());
        let streak = health.streak.as_ref().filter(|_| health.is_red());
        let is_about = streak.is_some_and(|streak| {
            let is_in_it = |outcome: &Outcome| outcome.status == Status::Failed && outcome.ended >= streak.first_ended;
            streak.first_ended <= mute.since || mine.is_some_and(|run| run.outcomes.iter().any(is_in_it))
        });
        (!is_open && !is_about).then_some(mute.since)
    }
}
