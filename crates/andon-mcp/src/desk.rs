//! The desk: takes calls one after the other and answers them from the ledger.

use std::collections::BTreeSet;
use std::rc::Rc;

use andon::account::Accounts;
use andon::clock::{Clock, Timer};
use andon::ledger::Ledger;
use andon::run_action::{PipelineActions, RunAction};
use andon_answers::{Answerer, Locale, Reading as FleetReading, Session, Voice};
use andon_notify::EvidenceSource;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::act::{self, By, Intended};
use crate::call::Reading;
use crate::fault::Fault;
use crate::find::find;
use crate::resources::Resource;
use crate::seal::Seal;
use crate::shown::time;
use crate::tool::{
    Here, ask, delivery, deployments, get_log, get_pipeline, list_pipelines, list_runs, what_changed, why,
};

/// Answers calls from a ledger; what it reads and does goes through its ports.
#[derive(Debug)]
pub struct Desk<L, E, A, C> {
    answers: Answerer<L, C>,
    evidence: E,
    actions: A,
    allowed: BTreeSet<RunAction>,
    clock: C,
}

/// What a desk is asked, and where the answer goes.
#[derive(Debug)]
pub(crate) enum Job {
    /// A reading tool.
    Read(Reading, Reply<Value>),
    /// A resource.
    Resource(Resource, Reply<Value>),
    /// What an acting tool would do.
    Intend(RunAction, act::Input, Reply<Intended>),
    /// To do it: a person has confirmed it. Who acts goes into the record.
    CarryOut(RunAction, Box<Intended>, By, Reply<Value>),
}

pub(crate) type Reply<T> = oneshot::Sender<Result<T, Fault>>;

impl<L: Ledger, E: EvidenceSource, A: PipelineActions, C: Clock + Timer + Clone> Desk<L, E, A, C> {
    /// A desk that only reads.
    pub fn new(ledger: L, evidence: E, actions: A, clock: C) -> Self {
        let answers = Answerer::new(ledger, clock.clone());
        Self { answers, evidence, actions, allowed: BTreeSet::new(), clock }
    }

    /// The same, with what the configuration says: the accounts' names and customers, the zone of days, and the actions
    /// that are allowed.
    #[must_use]
    pub fn configured(mut self, accounts: Accounts, zone: TimeZone, allowed: BTreeSet<RunAction>) -> Self {
        self.answers = self.answers.knowing(accounts, zone);
        self.allowed = allowed;
        self
    }

    /// The time that the desk goes by.
    #[cfg(feature = "http")]
    pub(crate) fn clock(&self) -> &C {
        &self.clock
    }

    /// The actions that are allowed.
    pub(crate) fn allowed(&self) -> &BTreeSet<RunAction> {
        &self.allowed
    }

    /// Takes jobs until there are no more.
    pub(crate) async fn work(&self, mut jobs: mpsc::Receiver<Job>, seal: &Seal) {
        while let Some(job) = jobs.recv().await {
            // Whoever asked may be gone: then nothing is sent.
            match job {
                Job::Read(reading, reply) => drop(reply.send(self.read(reading, seal).await)),
                Job::Resource(resource, reply) => drop(reply.send(self.resource(resource, seal).await)),
                Job::Intend(action, input, reply) => drop(reply.send(self.intend(action, &input, seal).await)),
                Job::CarryOut(action, intended, by, reply) => {
                    drop(reply.send(self.carry_out(action, &intended, &by, seal).await));
                }
            }
        }
    }

    async fn read(&self, reading: Reading, seal: &Seal) -> Result<Value, Fault> {
        let now = self.clock.now();
        if let Reading::Ask(input) = &reading {
            let voice = Voice::of(Locale::EnUs);
            let answer = self.answers.ask(input.question()?, &Session::default(), now, voice).await;
            return shown(ask::Output::of(&answer), None);
        }
        let FleetReading { fleet, stale } = self.fleet().await?;
        let here = Here { ledger: self.answers.ledger(), fleet: &fleet, now, seal };
        let stale = stale.map(time);
        match reading {
            Reading::ListPipelines(input) => shown(list_pipelines::answer(input, &here)?, stale),
            Reading::GetPipeline(input) => shown(get_pipeline::answer(input, &here).await?, stale),
            Reading::Why(input) => shown(why::answer(input, &here).await?, stale),
            Reading::GetLog(input) => shown(get_log::answer(input, &here, &self.evidence).await?, stale),
            Reading::ListRuns(input) => shown(list_runs::answer(input, &here).await?, stale),
            Reading::WhatChanged(input) => shown(what_changed::answer(input, &here).await?, stale),
            Reading::Deployments(input) => shown(deployments::answer(input, &here).await?, stale),
            Reading::Delivery(input) => shown(delivery::answer(input, &here).await?, stale),
            Reading::Ask(_) => Err(Fault::told("Ask again.")),
        }
    }

    async fn resource(&self, resource: Resource, seal: &Seal) -> Result<Value, Fault> {
        let FleetReading { fleet, stale } = self.fleet().await?;
        let here = Here { ledger: self.answers.ledger(), fleet: &fleet, now: self.clock.now(), seal };
        let stale = stale.map(time);
        match resource {
            Resource::Pipelines => shown(list_pipelines::first(&here)?, stale),
            Resource::Pipeline(address) => {
                let row = find(&fleet, &address).map_err(|_| Fault::NoResource("no such pipeline".to_owned()))?;
                shown(get_pipeline::of_row(row, &here).await?, stale)
            }
        }
    }

    async fn intend(&self, action: RunAction, input: &act::Input, seal: &Seal) -> Result<Intended, Fault> {
        if !self.allowed.contains(&action) {
            return Err(Fault::told("Actions are off; set `mcp.actions` in andon.yml."));
        }
        let FleetReading { fleet, stale } = self.fleet().await?;
        if stale.is_some() {
            return Err(Fault::told("The ledger cannot be read now, so nothing is done. Try again in a minute."));
        }
        act::intend(action, input, &Here { ledger: self.answers.ledger(), fleet: &fleet, now: self.clock.now(), seal })
    }

    async fn carry_out(&self, action: RunAction, intended: &Intended, by: &By, seal: &Seal) -> Result<Value, Fault> {
        let FleetReading { fleet, .. } = self.fleet().await?;
        let here = Here { ledger: self.answers.ledger(), fleet: &fleet, now: self.clock.now(), seal };
        shown(act::carry_out(action, intended, by, &here, &self.actions).await?, None)
    }

    async fn fleet(&self) -> Result<FleetReading, Fault> {
        let reading = self.answers.fleet(self.clock.now()).await;
        reading.map(|FleetReading { fleet, stale }| FleetReading { fleet: Rc::clone(&fleet), stale }).ok_or_else(|| {
            Fault::told("The ledger cannot be read now. Try again in a minute; the server's log has the reason.")
        })
    }
}

/// A result as JSON, with when it was read if the ledger could not be read just now.
fn shown(output: impl Serialize, stale_since: Option<String>) -> Result<Value, Fault> {
    let mut value = serde_json::to_value(output).map_err(|_| Fault::told("The result cannot be shown."))?;
    if let (Some(since), Some(members)) = (stale_since, value.as_object_mut()) {
        members.insert("stale_since".to_owned(), json!(since));
    }
    Ok(value)
}
