//! Answering of questions: reads the ledger as far as a question needs it, within a time limit.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::{Either, select};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::reply::{self, Detail, Meaning, Records, facts, no_ledger};
use super::understanding::{Intent, Parts, Understood, understand};
use super::{Answer, Fleet, Group, Kind, Pending, Question, Session, Subject, Topic, Voice, turn};
use andon::account::Accounts;
use andon::board::{PipelineRow, StatusColor};
use andon::clock::Timer;
use andon::history::RunSummary;
use andon::ledger::{Ledger, LedgerError};
use andon::name::PipelineId;
use andon::run::Status;
use andon_diagnosis::Runbook;

/// How long the ledger is waited for, all in all.
pub const READ_TIMEOUT: SignedDuration = SignedDuration::from_millis(1000);

/// The most characters of a question that are remembered until it is clear.
const MAX_REMEMBERED: usize = 300;

/// The most words of a reply that says which one is meant.
const MAX_CHOICE: usize = 4;

/// The most earlier runs that are read to find the last decision.
const MAX_DECIDED: usize = 4;

/// Answers questions from a ledger.
#[derive(Debug)]
pub struct Answerer<L, T> {
    ledger: L,
    timer: T,
    /// What accounts are called, and whose they are.
    accounts: Rc<Accounts>,
    /// Where "today" begins at midnight.
    zone: TimeZone,
    /// What the team knows of failures.
    runbooks: Vec<Runbook>,
    /// The fleet as it was last read: used when the ledger is slow, and to keep its names prepared.
    last: RefCell<Option<(Rc<Fleet>, Timestamp)>>,
}

/// The pipelines, and since when that may be out of date.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The pipelines.
    pub fleet: Rc<Fleet>,
    /// When they were read, if the ledger could not be read just now.
    pub stale: Option<Timestamp>,
}

impl<L: Ledger, T: Timer> Answerer<L, T> {
    /// A desk with this ledger.
    pub fn new(ledger: L, timer: T) -> Self {
        Self {
            ledger,
            timer,
            accounts: Rc::default(),
            zone: TimeZone::UTC,
            runbooks: Vec::new(),
            last: RefCell::new(None),
        }
    }

    /// The same, with what the configuration says: the accounts' names and customers, and the zone of days.
    #[must_use]
    pub fn knowing(mut self, accounts: Accounts, zone: TimeZone) -> Self {
        self.accounts = Rc::new(accounts);
        self.zone = zone;
        self
    }

    /// The same, with what the team knows of failures: it is told as the next step.
    #[must_use]
    pub fn with_runbooks(mut self, runbooks: Vec<Runbook>) -> Self {
        self.runbooks = runbooks;
        self
    }

    /// The ledger.
    pub fn ledger(&self) -> &L {
        &self.ledger
    }

    /// Answers a question. Never fails: what the ledger does not give in time is left out, and that is said.
    pub async fn answer(&self, question: &Question, session: &Session, now: Timestamp, voice: &Voice) -> Answer {
        let mut deadline = pin!(self.timer.wait(READ_TIMEOUT));
        let reading = if Meaning::needs_ledger(question, session) {
            self.read(now, deadline.as_mut()).await
        } else {
            Some(Reading { fleet: Rc::default(), stale: None })
        };
        let Some(Reading { fleet, stale }) = reading else {
            return no_ledger(voice, session);
        };
        let meaning = Meaning::of(question, &fleet, session);
        let detail = match meaning.wants() {
            Some(pipeline) if stale.is_none() => match select(pin!(self.detail(pipeline, &fleet)), deadline).await {
                Either::Left((detail, _)) => detail.unwrap_or_default(),
                Either::Right(_) => Detail::default(),
            },
            _ => Detail::default(),
        };
        meaning.answer(voice, now, session, &detail).told_late(stale, voice, now)
    }

    /// Answers a question as somebody has typed it, in English. Never fails.
    pub async fn ask(&self, text: &str, session: &Session, now: Timestamp, voice: &Voice) -> Answer {
        if let Some(turn) = turn::turn(text) {
            return self.answer(&turn, session, now, voice).await;
        }
        let mut deadline = pin!(self.timer.wait(READ_TIMEOUT));
        let Some(Reading { fleet, stale }) = self.read(now, deadline.as_mut()).await else {
            return no_ledger(voice, session);
        };
        // Nothing can be asked of no pipelines.
        if fleet.rows().is_empty() {
            return Meaning::of(&Question::Overview, &fleet, session).answer(voice, now, session, &Detail::default());
        }
        // One of those that were asked about comes first: "prod" is that one, whatever else it may be.
        if let Some(Pending::WhichOne { candidates, .. }) = &session.pending
            && text.split_whitespace().count() <= MAX_CHOICE
            && fleet.among(candidates, text).is_some()
        {
            return self.answer(&Question::Named(Subject::Heard(text.to_owned())), session, now, voice).await;
        }
        // What answers a question back completes the question that it was about.
        let mut said = text.to_owned();
        let mut understood = understand(&said, &fleet, now, &self.zone);
        if let (Some(asked), true) = (&session.asked, is_reply(&understood)) {
            let completed = format!("{asked} {text}");
            let again = understand(&completed, &fleet, now, &self.zone);
            if matches!(&again, Understood::Asked(..)) {
                (said, understood) = (completed, again);
            }
        }
        let session = &Session { asked: None, ..session.clone() };
        let mut answer = match understood {
            Understood::NotUnderstood => reply::not_understood(voice, now, session, &fleet),
            Understood::NoSuch(_, heard, nearest) => facts::no_such(&fleet, &heard, &nearest, now, voice, session),
            Understood::Refused(instruction, parts) => facts::refuse(instruction, &fleet, &parts, now, voice, session),
            Understood::Unclear(intent, _, candidates) => {
                let topic = topic(intent).unwrap_or(Topic::Status);
                let subject = Subject::Known(candidates);
                let found = fleet.find(&subject, session);
                reply::which_one(&found, &fleet, topic, session, now, voice)
            }
            Understood::Asked(intent, mut parts) => match course(intent, &mut parts, &fleet, session) {
                Course::Question(question) => {
                    let meaning = Meaning::of(&question, &fleet, session);
                    let detail = match meaning.wants() {
                        Some(pipeline) if stale.is_none() => {
                            match select(pin!(self.detail(pipeline, &fleet)), deadline).await {
                                Either::Left((detail, _)) => detail.unwrap_or_default(),
                                Either::Right(_) => Detail::default(),
                            }
                        }
                        _ => Detail::default(),
                    };
                    meaning.answer(voice, now, session, &detail)
                }
                Course::Which(candidates) => {
                    let topic = topic(intent).unwrap_or(Topic::Status);
                    let found = fleet.known(&candidates);
                    reply::which_one(&found, &fleet, topic, session, now, voice)
                }
                Course::Facts => {
                    let records = self.records(&fleet, intent, &parts, deadline).await;
                    let (fleet, parts, records, runbooks) = (&*fleet, &parts, &records, self.runbooks.as_slice());
                    let named = RefCell::default();
                    facts::Asked { fleet, intent, parts, records, runbooks, now, voice, session, named }.answer()
                }
            },
        };
        // A question that was not understood is not completed by a reply.
        if answer.reprompt.is_some() && answer.kind != Kind::NotUnderstood {
            answer.session.asked = Some(said.chars().take(MAX_REMEMBERED).collect());
        }
        answer.told_late(stale, voice, now)
    }

    /// What a question needs of the ledger beside the list of pipelines; what cannot be read in time is left out.
    async fn records(
        &self,
        fleet: &Fleet,
        intent: Intent,
        parts: &Parts,
        mut deadline: Pin<&mut impl Future<Output = ()>>,
    ) -> Records {
        let mut records = Records::default();
        for pipeline in facts::needs(fleet, intent, parts) {
            match select(pin!(self.ledger.history(&pipeline)), deadline.as_mut()).await {
                Either::Left((Ok(Some(history)), _)) => {
                    records.histories.insert(history.pipeline.clone(), history);
                }
                Either::Left((Ok(None), _)) => {}
                Either::Left((Err(_), _)) => records.is_partial = true,
                Either::Right(_) => {
                    records.is_partial = true;
                    return records;
                }
            }
        }
        if let (true, [pipeline]) = (facts::needs_runs(intent), parts.pipelines.as_slice()) {
            let runs = async {
                if intent == Intent::Decided {
                    self.decided_runs(pipeline, fleet).await
                } else {
                    self.latest_runs(pipeline, fleet).await
                }
            };
            match select(pin!(runs), deadline).await {
                Either::Left((Ok(runs), _)) => records.runs = runs,
                _ => records.is_partial = true,
            }
        }
        records
    }

    /// The latest run of a pipeline in full, and the last one that failed if that is another.
    async fn latest_runs(&self, pipeline: &PipelineId, fleet: &Fleet) -> Result<Vec<andon::run::Run>, LedgerError> {
        let mut runs = Vec::new();
        let Some(row) = fleet.row(pipeline) else { return Ok(runs) };
        let known = self.ledger.load(pipeline, &row.overview.latest.execution).await?;
        let failed = |run: &&&RunSummary| matches!(run.status, Status::Failed | Status::Rejected | Status::Stopped);
        let last = known
            .history
            .as_ref()
            .and_then(|history| Some(history.value.runs().iter().rev().find(failed)?.execution.clone()));
        runs.extend(known.into_run());
        if let Some(execution) = last.filter(|execution| *execution != row.overview.latest.execution) {
            runs.extend(self.ledger.load(pipeline, &execution).await?.into_run());
        }
        Ok(runs)
    }

    /// The latest runs, until one of them was approved, rejected or stopped.
    async fn decided_runs(&self, pipeline: &PipelineId, fleet: &Fleet) -> Result<Vec<andon::run::Run>, LedgerError> {
        let Some(row) = fleet.row(pipeline) else { return Ok(Vec::new()) };
        let known = self.ledger.load(pipeline, &row.overview.latest.execution).await?;
        let earlier: Vec<_> = known.history.iter().flat_map(|history| history.value.runs()).rev().collect();
        let earlier = earlier.into_iter().filter(|run| run.execution != row.overview.latest.execution);
        let mut runs: Vec<andon::run::Run> = known.run.into_iter().map(Arc::unwrap_or_clone).collect();
        for run in earlier.take(MAX_DECIDED) {
            if runs.last().is_some_and(facts::is_decided) {
                break;
            }
            runs.extend(self.ledger.load(pipeline, &run.execution).await?.into_run());
        }
        Ok(runs)
    }

    /// Every pipeline, to offer names or render a board; `None` if the ledger has never answered.
    pub async fn fleet(&self, now: Timestamp) -> Option<Reading> {
        self.read(now, pin!(self.timer.wait(READ_TIMEOUT))).await
    }

    /// The pipelines as they were last read.
    pub fn known(&self) -> Option<Rc<Fleet>> {
        self.last.borrow().as_ref().map(|(fleet, _)| Rc::clone(fleet))
    }

    async fn read(&self, now: Timestamp, deadline: Pin<&mut impl Future<Output = ()>>) -> Option<Reading> {
        let last = self.last.borrow().clone();
        match select(pin!(self.ledger.pipelines()), deadline).await {
            Either::Left((Ok(overviews), _)) => {
                let fleet = Rc::new(match &last {
                    Some((last, _)) => last.renewed(overviews),
                    None => Fleet::new(overviews).with_accounts(Rc::clone(&self.accounts)),
                });
                *self.last.borrow_mut() = Some((Rc::clone(&fleet), now));
                Some(Reading { fleet, stale: None })
            }
            Either::Left((Err(_), _)) | Either::Right(_) => last.map(|(fleet, at)| Reading { fleet, stale: Some(at) }),
        }
    }

    /// What the list does not say of a pipeline: its history, and the run that failed last.
    async fn detail(&self, pipeline: &PipelineId, fleet: &Fleet) -> Result<Detail, LedgerError> {
        let Some(row) = fleet.row(pipeline) else {
            return Ok(Detail::default());
        };
        let latest = &row.overview.latest;
        let known = self.ledger.load(pipeline, &latest.execution).await?;
        let history = known.history.map(|history| history.value);
        let failed = |run: &&&RunSummary| run.status == Status::Failed;
        let last_failed = history
            .as_ref()
            .and_then(|history| history.runs().iter().rev().find(failed).map(|run| run.execution.clone()));
        let run = match last_failed {
            Some(execution) if execution == latest.execution => known.run,
            Some(execution) if row.red_since().is_some() => self.ledger.load(pipeline, &execution).await?.run,
            _ => None,
        };
        Ok(Detail { history, failed: run.map(Arc::unwrap_or_clone) })
    }
}

/// Whether it may be the reply to a question back: a name, a customer or a place and nothing else.
fn is_reply(understood: &Understood) -> bool {
    match understood {
        Understood::Asked(Intent::State | Intent::Overview, _) | Understood::NotUnderstood => true,
        Understood::Unclear(intent, ..) => matches!(intent, Intent::State | Intent::Overview),
        Understood::NoSuch(intent, ..) => intent.is_none(),
        Understood::Asked(..) | Understood::Refused(..) => false,
    }
}

/// What is told of one pipeline in every language.
fn topic(intent: Intent) -> Option<Topic> {
    Some(match intent {
        Intent::State => Topic::Status,
        Intent::Why => Topic::Why,
        Intent::Author => Topic::Change,
        Intent::LastSuccess => Topic::LastDeployment,
        Intent::Figures => Topic::Keys,
        _ => return None,
    })
}

/// How a question is answered.
enum Course {
    /// By an answer that there is in every language.
    Question(Question),
    /// From the records.
    Facts,
    /// By asking which of these is meant.
    Which(Vec<PipelineId>),
}

/// Whether a question is about one pipeline: of several, nothing is told together.
fn is_about_one(intent: Intent, parts: &Parts) -> bool {
    matches!(
        intent,
        Intent::State
            | Intent::Next
            | Intent::Stage
            | Intent::Duration
            | Intent::Slower
            | Intent::RedSince
            | Intent::Execution
            | Intent::Link
            | Intent::LastGreen
            | Intent::Changed
            | Intent::Started
            | Intent::Branch
            | Intent::Decided
            | Intent::SameCause
            | Intent::History
            | Intent::Flaky
    ) || (intent == Intent::Change && parts.change.is_none() && !parts.has_scope())
}

/// The pipelines of a customer or place that a question about one of them can be about.
fn fitting<'f>(intent: Intent, rows: &[&'f PipelineRow]) -> Vec<&'f PipelineRow> {
    let fits = |row: &&&PipelineRow| {
        let status = row.overview.latest.status;
        match intent {
            Intent::Decided => matches!(status, Status::Waiting | Status::Rejected | Status::Stopped),
            Intent::Duration | Intent::Slower => !status.is_final(),
            Intent::Stage => !status.is_final() || row.light == StatusColor::Red,
            _ => row.light == StatusColor::Red,
        }
    };
    rows.iter().filter(fits).copied().collect()
}

/// How a question is answered; what it is about is completed.
fn course(intent: Intent, parts: &mut Parts, fleet: &Fleet, session: &Session) -> Course {
    let id = |row: &PipelineRow| row.overview.pipeline.clone();
    if is_about_one(intent, parts) && parts.pipelines.is_empty() {
        let rows = parts.rows(fleet);
        if parts.has_scope() {
            match (rows.as_slice(), fitting(intent, &rows).as_slice()) {
                ([], _) => {}
                ([only], _) | (_, [only]) => parts.settle(vec![id(only)]),
                (all, []) => return Course::Which(all.iter().map(|row| id(row)).collect()),
                (_, some) => return Course::Which(some.iter().map(|row| id(row)).collect()),
            }
        } else if let Some(last) = session.spoken_of.first().filter(|last| fleet.row(last).is_some()) {
            parts.pipelines.push(last.clone());
        } else {
            let [only] = fleet.rows() else {
                let topic = topic(intent).unwrap_or(Topic::Status);
                return Course::Question(Question::About(topic, Subject::Last));
            };
            parts.pipelines.push(id(only));
        }
    }
    let is_plain = parts.span.is_none() && !parts.has_scope() && parts.stage.is_none() && parts.branch.is_none();
    let is_plain = is_plain && !parts.has(crate::understanding::Nuance::Only);
    Course::Question(match (intent, parts.pipelines.as_slice()) {
        (_, [only]) if is_plain && topic(intent).is_some() => {
            let subject = Subject::Known(vec![only.clone()]);
            Question::About(topic(intent).unwrap_or(Topic::Status), subject)
        }
        (Intent::Why | Intent::Author, []) if is_plain => {
            Question::About(topic(intent).unwrap_or(Topic::Why), Subject::Last)
        }
        (Intent::Overview, []) if is_plain && parts.is_red && !parts.is_count => Question::List(Group::Failing),
        (Intent::Overview, []) if is_plain => Question::Overview,
        (Intent::Running, []) if is_plain => Question::List(Group::Running),
        (Intent::Waiting, []) if is_plain => Question::List(Group::Waiting),
        (Intent::Figures, []) if is_plain && !parts.has(crate::understanding::Nuance::Times) => Question::Keys,
        _ => return Course::Facts,
    })
}
