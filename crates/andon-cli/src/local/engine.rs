//! The notifier and the metrics function on one machine, over one ledger.

use std::cell::{Cell, RefCell};

use andon::batch::Invocation;
use andon::clock::{Clock, Timer};
use andon::event::{Event, Malformed, Received, parse};
use andon::ledger::{Ledger, NoArchive};
use andon::name::{AccountId, Home, Region};
use andon_config::Config;
use andon_notify::DeadLetters;
use jiff::Timestamp;
use metrics::Metrics;
use notifier::Notifier;
use serde_json::{Value, json};

use super::{CallbackSender, LocalEvidence, Pending, PendingError, Shared};

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Whatever it called for has been done.
    Handled,
    /// It is nothing that Andon follows.
    LeftAlone(String),
    /// It will be tried again.
    Pending(String),
    /// It cannot be read.
    Malformed(Malformed),
}

/// Andon on one machine: takes events one at a time.
#[derive(Debug)]
pub struct LocalAndon<L: Ledger, C: Clock + Timer> {
    notifier: Notifier<(Shared<L>, NoArchive, LocalEvidence, CallbackSender, OnStandardError, C)>,
    metrics: Metrics<Shared<L>, NoArchive, CallbackSender, C>,
    ledger: Shared<L>,
    pending: Pending,
    clock: C,
    home: RefCell<Option<Home>>,
    calls: Cell<u64>,
    name: String,
}

impl<L: Ledger, C: Clock + Timer + Clone> LocalAndon<L, C> {
    /// Sets up the handlers.
    pub fn new(ledger: Shared<L>, pending: Pending, sender: CallbackSender, clock: C, config: Config) -> Self {
        let notifier = Notifier {
            ledger: ledger.clone(),
            archive: NoArchive,
            evidence: LocalEvidence::default(),
            sender: sender.clone(),
            dead_letters: OnStandardError,
            clock: clock.clone(),
            config: config.clone(),
        };
        let metrics =
            Metrics { ledger: ledger.clone(), archive: NoArchive, sink: sender, clock: clock.clone(), config };
        // Two processes may work on one ledger: their claims must not be taken for each other's.
        let name = format!("{}-{}", std::process::id(), Timestamp::now().as_nanosecond());
        Self { notifier, metrics, ledger, pending, clock, home: RefCell::default(), calls: Cell::new(0), name }
    }

    /// With evidence about failures from there.
    #[must_use]
    pub fn with_evidence(mut self, evidence: LocalEvidence) -> Self {
        self.notifier.evidence = evidence;
        self
    }

    /// Where state is kept.
    pub fn ledger(&self) -> &Shared<L> {
        &self.ledger
    }

    /// How things are routed and named.
    pub fn config(&self) -> &Config {
        &self.notifier.config
    }

    /// The time.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// The events that are not done with.
    pub fn pending(&self) -> &Pending {
        &self.pending
    }

    /// Settles down in the account and region of the first pipeline event that names them, unless that has been done.
    ///
    /// So a recording of a single account needs no dimensions to tell accounts apart.
    pub fn settle_in<'v>(&self, mut events: impl Iterator<Item = &'v Value>) {
        let mut home = self.home.borrow_mut();
        if home.is_none() {
            *home = events.find_map(home_of);
        }
    }

    /// Takes an event, and keeps it if it is not done with.
    pub async fn take(&self, event: Result<Value, Malformed>) -> Result<Outcome, PendingError> {
        let event = match event {
            Ok(event) => event,
            Err(malformed) => return Ok(Outcome::Malformed(malformed)),
        };
        match parse(&event, &Received { home: self.home(), at: self.clock.now() }) {
            Err(malformed) => return Ok(Outcome::Malformed(malformed)),
            Ok(Event::Unknown(unknown)) => return Ok(Outcome::LeftAlone(unknown.what)),
            Ok(_) => {}
        }
        Ok(match self.handle(&event).await {
            None => Outcome::Handled,
            Some(problem) => {
                self.pending.keep(&event, &problem, self.clock.now())?;
                Outcome::Pending(problem)
            }
        })
    }

    /// Tries again whatever is due; gives back the problems of those that have been tried for long enough.
    pub async fn try_again(&self) -> Result<Vec<String>, PendingError> {
        let mut given_up = Vec::new();
        for waiting in self.pending.due(self.clock.now())? {
            match self.handle(&waiting.event).await {
                None => self.pending.done(&waiting)?,
                Some(problem) => {
                    if !self.pending.again(&waiting, &problem, self.clock.now())? {
                        given_up.push(problem);
                    }
                }
            }
        }
        Ok(given_up)
    }

    /// Sends alerts that are due by the clock: stuck runs, overdue approvals. Returns the problem if it failed.
    pub async fn sweep(&self) -> Option<String> {
        let swept = self.notifier.handle(json!({"andon": "sweep"}), &self.call()).await;
        swept.err().map(|unfinished| unfinished.to_string())
    }

    /// Has both functions handle an event; gives back why it is not done with, if it is not.
    async fn handle(&self, event: &Value) -> Option<String> {
        let told = self.notifier.handle(event.clone(), &self.call()).await;
        let measured = self.metrics.handle(event.clone(), &self.call()).await;
        let mut problems: Vec<String> =
            [told, measured].into_iter().filter_map(Result::err).flat_map(|unfinished| unfinished.problems).collect();
        problems.dedup();
        (!problems.is_empty()).then(|| problems.join("; "))
    }

    /// A unique invocation of a function.
    pub fn call(&self) -> Invocation {
        self.calls.set(self.calls.get() + 1);
        Invocation {
            id: format!("{}-{}", self.name, self.calls.get()),
            home: self.home(),
            function: String::new(),
            until: Timestamp::MAX,
        }
    }

    /// Where it has settled down.
    pub fn home(&self) -> Home {
        self.home.borrow().clone().unwrap_or_else(nowhere)
    }
}

/// The account and region that a pipeline's event names. Evidence may come from the region of a single action.
fn home_of(event: &Value) -> Option<Home> {
    let member = |name: &str| event.get(name).and_then(Value::as_str);
    if member("source") != Some("aws.codepipeline") {
        return None;
    }
    Some(Home { account: AccountId::parse(member("account")?).ok()?, region: Region::parse(member("region")?).ok()? })
}

/// A placeholder for the account and region until they are known.
#[expect(clippy::expect_used, reason = "both texts are written here")]
fn nowhere() -> Home {
    Home {
        account: AccountId::parse("unknown").expect("an account id"),
        region: Region::parse("unknown").expect("a region"),
    }
}

/// Prints events that fail permanently on stderr.
#[derive(Debug, Clone, Copy)]
struct OnStandardError;

impl DeadLetters for OnStandardError {
    async fn keep(&self, _: &Value, reason: &str) -> bool {
        crate::terminal::complain(reason);
        true
    }
}
