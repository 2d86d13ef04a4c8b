//! Answering of questions: reads the ledger as far as a question needs it, within a time limit.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;

use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};

use super::reply::{Detail, Meaning, no_ledger};
use super::{Answer, Fleet, Question, Session, Voice};
use andon::clock::Timer;
use andon::history::RunSummary;
use andon::ledger::{Ledger, LedgerError};
use andon::name::PipelineId;
use andon::run::Status;

/// How long the ledger is waited for, all in all.
pub const READ_TIMEOUT: SignedDuration = SignedDuration::from_millis(1000);

/// Answers questions from a ledger.
#[derive(Debug)]
pub struct Answerer<L, T> {
    ledger: L,
    timer: T,
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
        Self { ledger, timer, last: RefCell::new(None) }
    }

    /// The ledger.
    pub fn ledger(&self) -> &L {
        &self.ledger
    }

    /// Answers a question. Never fails: what the ledger does not give in time is left out, and that is said.
    pub async fn answer(&self, question: &Question, session: &Session, now: Timestamp, voice: &Voice) -> Answer {
        let mut deadline = pin!(self.timer.wait(READ_TIMEOUT));
        let reading = if Meaning::needs_ledger(question) {
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
                    None => Fleet::new(overviews),
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
            Some(execution) if execution == latest.execution => known.run.map(|run| run.value),
            Some(execution) if row.red_since().is_some() => {
                self.ledger.load(pipeline, &execution).await?.run.map(|run| run.value)
            }
            _ => None,
        };
        Ok(Detail { history, failed: run })
    }
}
