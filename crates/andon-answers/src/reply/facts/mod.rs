//! Answers from the recorded runs: what happened in a time, in one run, to which change, by whom, and how that compares.
//!
//! These are English: the questions are. Every figure names its time, a list names five and counts the rest, and what
//! the ledger does not hold is said to be unknown.

mod causes;
mod changes;
mod comparison;
mod ends;
mod figures;
mod happened;
mod lines;
mod muted;
mod people;
mod ranking;
mod refusal;
mod run;
mod standing;
mod words;

use std::cell::RefCell;
use std::collections::BTreeMap;

use andon::board::PipelineRow;
use andon::history::History;
use andon::name::PipelineId;
use andon::run::{Run, Status};
use andon_diagnosis::Runbook;
use jiff::{SignedDuration, Timestamp};

use super::Draft;
use super::naming::written;
use crate::understanding::{Intent, Parts};
use crate::{Answer, Fleet, Kind, Phrase, Session, Voice};

pub(in super::super) use people::is_decided;
pub(in super::super) use refusal::{no_line, no_such, refuse};

/// The most pipelines whose histories are read for figures over all of them together.
const MAX_POOLED: usize = 50;
/// The most that is named in one list.
const MAX_NAMED: usize = 5;
/// The most pipelines of an answer that "the third one" may mean.
const MAX_REMEMBERED: usize = 10;

/// What was looked up for a question.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The histories of the pipelines that it may be about.
    pub histories: BTreeMap<PipelineId, History>,
    /// The latest and the last failed run of the one pipeline that it is about.
    pub runs: Vec<Run>,
    /// Whether anything could not be read in time.
    pub is_partial: bool,
    /// The other branches and pull requests on which the one pipeline is red.
    pub also_red: Vec<String>,
}

/// The pipelines whose histories a question needs: of a time, only those with news since it began.
pub(in super::super) fn needs(fleet: &Fleet, intent: Intent, parts: &Parts) -> Vec<PipelineId> {
    use Intent as I;
    let since = match (&parts.span, intent) {
        (Some(span), I::Trend) => {
            let length = span.until.duration_since(span.from).max(SignedDuration::from_hours(7 * 24));
            span.from.checked_sub(length).ok()
        }
        (Some(span), _) => Some(span.from),
        (None, _) => None,
    };
    let wants = matches!(
        intent,
        I::Failures
            | I::Deployments
            | I::Runs
            | I::LastFailure
            | I::Duration
            | I::LastGreen
            | I::Changed
            | I::Change
            | I::Shipped
            | I::Broke
            | I::Ranking
            | I::Trend
            | I::Compare
            | I::SameCause
            | I::History
            | I::Flaky
            | I::Slower
            | I::Customers
            | I::Execution
            | I::Link
            | I::Fixed
            | I::Lines
    );
    let rows = parts.rows(fleet);
    let is_pooled = intent == I::Figures && rows.len() <= MAX_POOLED;
    if !wants && !is_pooled {
        return Vec::new();
    }
    // One line tells of itself in the list.
    let rows: Vec<&PipelineRow> =
        rows.into_iter().filter(|row| intent != I::Lines || row.overview.line.is_some()).collect();
    let recent =
        |row: &&PipelineRow| since.is_none_or(|since| row.news_at() >= since || !row.overview.latest.status.is_final());
    rows.into_iter().filter(recent).map(|row| row.overview.pipeline.clone()).collect()
}

/// Whether the answer about several pipelines says where they are.
pub(in super::super) fn says_place(intent: Intent) -> bool {
    use Intent as I;
    !matches!(intent, I::Why | I::Author | I::Blame | I::OnIt | I::Fixed | I::LastSuccess | I::LastFailure | I::Muted)
        && !matches!(intent, I::Change | I::Compare | I::Stale)
}

/// Whether the runs of the one pipeline have to be read in full.
pub(in super::super) fn needs_runs(intent: Intent) -> bool {
    use Intent as I;
    matches!(intent, I::Stage | I::Decided | I::Started | I::Branch | I::Next | I::Link)
}

/// A question with all that is known for it.
pub(in super::super) struct Asked<'a> {
    pub(in super::super) fleet: &'a Fleet,
    pub(in super::super) intent: Intent,
    pub(in super::super) parts: &'a Parts,
    pub(in super::super) records: &'a Records,
    pub(in super::super) runbooks: &'a [Runbook],
    pub(in super::super) now: Timestamp,
    pub(in super::super) voice: &'a Voice,
    pub(in super::super) session: &'a Session,
    /// Whether a name is followed by the line of change that the question is about: no other part of the answer says it.
    pub(in super::super) names_lines: bool,
    /// The pipelines that the answer names, in its order.
    pub(in super::super) named: RefCell<Vec<PipelineId>>,
}

impl<'a> Asked<'a> {
    /// The answer.
    pub(in super::super) fn answer(&self) -> Answer {
        use Intent as I;
        let rows = self.parts.rows(self.fleet);
        let mut draft = Draft::new(self.voice, self.now, self.session);
        if rows.is_empty() {
            let none = format!("I know no pipelines{}.", self.place());
            draft.kind(Kind::NoSuchPipeline(Vec::new())).speak(none);
            return draft.in_words();
        }
        draft.rows(self.fleet, rows.iter().copied());
        if let [only] = rows.as_slice() {
            draft.session.speak_of(&only.overview.pipeline);
            draft.title(written(self.fleet, only));
        }
        for sentence in self.sentences(&rows, &mut draft) {
            draft.speak(sentence);
        }
        draft.session.named = if rows.len() > 1 { self.named.take() } else { Vec::new() };
        draft.session.named.truncate(MAX_REMEMBERED);
        if let ([only], true) = (rows.as_slice(), matches!(self.intent, I::State | I::Why)) {
            super::muted::of_one(&mut draft, self.fleet, only);
        }
        if !self.records.also_red.is_empty() {
            let lines = self.voice.and(&self.records.also_red);
            draft.say(Phrase::AlsoRed, &[("lines", lines.into())]);
        }
        if self.records.is_partial {
            draft.speak("Some histories could not be read in time, so this may be incomplete.".to_owned());
        }
        if let Some(unused) = self.unused() {
            draft.speak(unused);
        }
        draft.in_words()
    }

    fn sentences(&self, rows: &[&'a PipelineRow], draft: &mut Draft<'_>) -> Vec<String> {
        use Intent as I;
        let one = match rows {
            [only] => Some(*only),
            _ => None,
        };
        match (self.intent, one) {
            (I::Failures, _) => self.failures(rows),
            (I::Deployments, _) => self.deployments(rows),
            (I::Runs, _) => self.runs(rows),
            (I::Ranking, _) => self.ranking(rows),
            (I::Trend, _) => self.trend(rows),
            (I::Compare, _) => self.compare(rows),
            (I::SharedCause, _) => self.shared_cause(rows),
            (I::Customers, _) => self.customers(rows),
            (I::Stale, _) => self.stale(rows),
            (I::Safe, _) => self.safe(rows),
            (I::Shipped | I::Broke, _) => self.people(rows, draft),
            (I::Change, _) if self.parts.change.is_some() => self.where_is(rows),
            (I::LastFailure, _) => self.last_failure(rows),
            (I::LastSuccess, None) => self.last_success(rows),
            (I::Blame, _) => self.blame(rows),
            (I::OnIt, _) => self.on_it(rows),
            (I::Fixed, _) => self.fixed(rows),
            (I::Why, _) => self.whys(rows),
            (I::Author, _) => self.breakers(rows),
            (I::Figures, _) => self.figures(rows),
            (I::Running, _) => self.going(rows, Status::InProgress),
            (I::Waiting, _) => self.going(rows, Status::Waiting),
            (I::List, _) => self.list(rows),
            (I::Lines, _) => self.lines(rows),
            (I::Muted, _) => self.muted(rows),
            (I::Next, Some(row)) => self.next(row),
            (I::Stage, Some(row)) => self.stage(row),
            (I::Duration, Some(row)) => self.duration(row),
            (I::Slower, Some(row)) => self.slower(row),
            (I::RedSince, Some(row)) => self.red_since(row),
            (I::Execution, Some(row)) => self.execution(row),
            (I::Link, Some(row)) => self.link(row),
            (I::Change, Some(row)) => self.live(row),
            (I::Change, None) => self.lives(rows),
            (I::LastGreen, Some(row)) => self.last_green(row),
            (I::Changed, Some(row)) => self.changed(row),
            (I::Started, Some(_)) => self.started(),
            (I::Branch, Some(_)) => self.branch(),
            (I::Decided, Some(row)) => self.decided(row),
            (I::SameCause, Some(row)) => self.same_cause(row),
            (I::History, Some(row)) => self.history(row),
            (I::Flaky, Some(row)) => self.flaky(row),
            _ => self.overview(rows),
        }
    }
}
