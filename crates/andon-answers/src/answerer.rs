//! Answering of questions: reads the ledger as far as a question needs it, within a time limit.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::{Either, select};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::conversation;
use super::course::{Course, course, topic};
use super::on_line::{Seen, seen, seen_on};
use super::reply::{self, Detail, Meaning, Records, facts, no_ledger};
use super::understanding::{Intent, Parts, Understood, understand};
use super::{Answer, Fleet, Kind, Question, Session, Subject, Topic, Voice, turn};
use andon::account::Accounts;
use andon::clock::Timer;
use andon::history::{History, RunSummary};
use andon::ledger::{Ledger, LedgerError};
use andon::name::PipelineId;
use andon::run::Status;
use andon_diagnosis::Runbook;

/// How long the ledger is waited for, all in all.
pub const READ_TIMEOUT: SignedDuration = SignedDuration::from_millis(1000);

/// The most characters of a question that are remembered until it is clear.
const MAX_REMEMBERED: usize = 300;

/// The most earlier runs that are read to find the last decision.
const MAX_DECIDED: usize = 4;

/// Answers questions from a ledger.
#[derive(Debug)]
pub struct Answerer<L, T> {
    pub(super) ledger: L,
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
        let turn = turn::turn(text);
        let goes_on = turn.as_ref().and_then(|turn| conversation::of_same_line(turn, session));
        if let Some(turn) = turn.as_ref().filter(|turn| goes_on.is_none() && !conversation::chooses(turn, session)) {
            return Box::pin(self.answer(turn, session, now, voice)).await;
        }
        let mut deadline = pin!(self.timer.wait(READ_TIMEOUT));
        let Some(Reading { fleet, stale }) = self.read(now, deadline.as_mut()).await else {
            return no_ledger(voice, session);
        };
        // Nothing can be asked of no pipelines.
        if fleet.rows().is_empty() {
            return Meaning::of(&Question::Overview, &fleet, session).answer(voice, now, session, &Detail::default());
        }
        let understands = |text: &str| understand(text, &fleet, now, &self.zone);
        let (said, understood) = match conversation::understood(text, turn, goes_on, &fleet, session, &understands) {
            Ok(understood) => understood,
            Err(question) => return Box::pin(self.answer(&question, session, now, voice)).await,
        };
        let understood = conversation::completed(understood, &fleet, session);
        let session = &Session { asked: None, ..session.clone() };
        let seen = Box::pin(seen(&self.ledger, &fleet, understood, session, deadline.as_mut())).await;
        let (fleet, known, understood) = match seen {
            Seen::Whole(understood) => (fleet, Records::default(), understood),
            Seen::OnLine { fleet, understood, records } => (fleet, records, understood),
            Seen::Late => return no_ledger(voice, session),
            Seen::NoLine { parts, on, lines } => {
                return facts::no_line(&fleet, &parts, &on, &lines, now, voice, session).told_late(stale, voice, now);
            }
        };
        let line = seen_on(&understood, &fleet);
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
                            match select(Box::pin(self.detail(pipeline, &fleet)), deadline).await {
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
                    let records = Box::pin(self.records(&fleet, intent, &parts, known, deadline)).await;
                    let (fleet, parts, records, runbooks) = (&*fleet, &parts, &records, self.runbooks.as_slice());
                    let names_lines = parts.pipelines.len() == 1 || !facts::says_place(intent);
                    let named = RefCell::default();
                    let asked = facts::Asked {
                        fleet,
                        intent,
                        parts,
                        records,
                        runbooks,
                        now,
                        voice,
                        session,
                        names_lines,
                        named,
                    };
                    asked.answer()
                }
            },
        };
        answer.session.line = line;
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
        mut records: Records,
        mut deadline: Pin<&mut impl Future<Output = ()>>,
    ) -> Records {
        for pipeline in facts::needs(fleet, intent, parts) {
            if records.histories.contains_key(&pipeline) {
                continue;
            }
            match select(pin!(self.ledger.history(&pipeline)), deadline.as_mut()).await {
                Either::Left((Ok(Some(history)), _)) => {
                    let history = fleet.narrowed(history);
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
            .history()
            .map(|history| fleet.narrowed(history))
            .and_then(|history| Some(history.runs().iter().rev().find(failed)?.execution.clone()));
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
        let history = known.history().map(|history| fleet.narrowed(history));
        let earlier: Vec<_> = history.iter().flat_map(History::runs).rev().collect();
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
        let history = known.history().map(|history| fleet.narrowed(history));
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
