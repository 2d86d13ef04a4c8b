//! What a run changes: its revisions against those of the run before it in its line.

use super::lines::Index;
use super::{ChangeSummary, History, RunSummary};
use crate::run::Status;

/// The revisions of a run, parted into what is new and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What the run before it in its line did not have, or all of it where there is none to compare with.
    pub new: Vec<ChangeSummary>,
    /// What that run had, too.
    pub same: Vec<ChangeSummary>,
}

impl Changes {
    /// The change in short: the first that is new, or else the first.
    pub fn first(&self) -> Option<&ChangeSummary> {
        self.new.first().or_else(|| self.same.first())
    }

    /// Adds what the trigger says of its commit to the revision that it is, and puts that first.
    fn complete(mut self, change: Option<&ChangeSummary>) -> Self {
        let Some(change) = change else { return self };
        if let Some(at) = self.new.iter().position(|revision| revision.is_same(change)) {
            let source = self.new.remove(at).source;
            self.new.insert(0, ChangeSummary { source, ..change.clone() });
        } else if !self.same.iter().any(|revision| revision.is_same(change)) {
            self.new.insert(0, change.clone());
        }
        self
    }
}

impl RunSummary {
    /// Everything that its sources fetched.
    fn fetched(&self) -> impl Iterator<Item = &ChangeSummary> {
        let alone = if self.revisions.is_empty() { self.change.as_ref() } else { None };
        self.revisions.iter().chain(alone)
    }

    /// What this run has that another one has not; `None` where that is not known of one of them.
    pub fn changed_since(&self, other: &Self) -> Option<Vec<&ChangeSummary>> {
        let mut theirs = other.fetched().peekable();
        theirs.peek()?;
        let theirs: Vec<&ChangeSummary> = theirs.collect();
        let mut mine = self.fetched().peekable();
        mine.peek()?;
        Some(mine.filter(|change| !theirs.iter().any(|other| is_same(change, other))).collect())
    }
}

fn is_same(one: &ChangeSummary, other: &ChangeSummary) -> bool {
    let of_one_source = one.source.is_none() || other.source.is_none() || one.source == other.source;
    of_one_source && one.is_same(other)
}

impl History {
    /// The run of the same line that succeeded last before a run began.
    pub fn last_green_before(&self, run: &RunSummary) -> Option<&RunSummary> {
        let index = Index::of(self);
        let line = index.line(run);
        let is_green = |other: &&RunSummary| {
            other.place() < run.place() && other.status == Status::Succeeded && other.rollback.is_none()
        };
        index.of_line(&line).rfind(is_green)
    }

    /// What came in the runs of a line after one of them up to another, the latest first, each change once.
    pub fn changes_between(&self, since: &RunSummary, run: &RunSummary) -> Vec<ChangeSummary> {
        let index = Index::of(self);
        let line = index.line(run);
        let between = |other: &&RunSummary| {
            other.place() > since.place() && other.place() <= run.place() && other.rollback.is_none()
        };
        let mut changes: Vec<ChangeSummary> = Vec::new();
        for other in index.of_line(&line).rev().filter(between) {
            let of_trigger = other.change.as_ref().filter(|_| !other.revisions.is_empty());
            for change in of_trigger.into_iter().chain(other.fetched()) {
                let is_known = changes.iter().chain(since.fetched()).any(|known| is_same(known, change));
                if !is_known {
                    changes.push(change.clone());
                }
            }
        }
        changes
    }

    /// What a run changes, where it has several sources or none of its changes is new.
    pub fn changes(&self, run: &RunSummary) -> Changes {
        if run.revisions.is_empty() {
            return Changes { new: run.change.clone().into_iter().collect(), same: Vec::new() };
        }
        let index = Index::of(self);
        let line = index.line(run);
        let is_before = |other: &&RunSummary| {
            other.place() < run.place() && other.rollback.is_none() && other.fetched().next().is_some()
        };
        let Some(before) = index.of_line(&line).rfind(is_before) else {
            return Changes { new: run.revisions.clone(), same: Vec::new() }.complete(run.change.as_ref());
        };
        let (same, new) =
            run.revisions.iter().cloned().partition(|change| before.fetched().any(|other| is_same(change, other)));
        Changes { new, same }.complete(run.change.as_ref())
    }

    /// The change of a run in short: what is new in it, as far as that is known.
    pub fn change(&self, run: &RunSummary) -> Option<ChangeSummary> {
        if run.revisions.is_empty() { run.change.clone() } else { self.changes(run).first().cloned() }
    }
}
