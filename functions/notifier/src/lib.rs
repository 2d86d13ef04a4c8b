//! The `notifier` function: sends alerts.
//!
//! Each event is merged into the ledger; then the merged state decides which alerts are due, whichever event arrived. Each
//! alert is claimed, sent and settled for each of its destinations. `Err` and a failed record mean "invoke again". What no
//! retry can fix goes to the dead-letter queue and is not retried.

use std::collections::BTreeMap;

use andon::alert::{Alert, Due, Settle, due, from_approval_request};
use andon::batch::{Batch, Invocation, Unfinished};
use andon::clock::{Clock, Timer};
use andon::event::{Age, ApprovalRequest, Attempt, Deleted, Event, EvidenceEvent, PipelineEvent, Received, parse};
use andon::history::History;
use andon::ledger::{
    Added, Archive, Effect, Known, Ledger, LedgerError, NotClaimed, Recorded, Touched, add_all, forget, record,
};
use andon::name::PipelineId;
use andon::run::{Run, WaitPolicy};
use andon_config::Config;
use andon_notify::{DeadLetters, EvidenceSource, Sender};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;

mod claim;
mod deliver;
mod digest;
mod known;
mod mention;
mod muted;
mod quiet;
mod services;
mod sweep;
mod test_alert;
mod time;
mod together;

/// How many of a pipeline's latest runs an approval's own message is looked for in.
const MAX_RUNS: usize = 5;

/// The types of the ports that a notifier works with, as one parameter. A tuple names them, in this order.
pub trait Ports {
    /// See [`Notifier::ledger`].
    type Ledger: Ledger;
    /// See [`Notifier::archive`].
    type Archive: Archive;
    /// See [`Notifier::evidence`].
    type Evidence: EvidenceSource;
    /// See [`Notifier::sender`].
    type Sender: Sender;
    /// See [`Notifier::dead_letters`].
    type DeadLetters: DeadLetters;
    /// See [`Notifier::clock`].
    type Clock: Clock + Timer;
}

impl<L, A, E, S, D, C> Ports for (L, A, E, S, D, C)
where
    L: Ledger,
    A: Archive,
    E: EvidenceSource,
    S: Sender,
    D: DeadLetters,
    C: Clock + Timer,
{
    type Ledger = L;
    type Archive = A;
    type Evidence = E;
    type Sender = S;
    type DeadLetters = D;
    type Clock = C;
}

/// What is open about a failure that CodePipeline may retry.
const SETTLING: &str = "failed; whether CodePipeline retries it is not known yet";

/// The notifier and the ports it needs.
#[derive(Debug)]
pub struct Notifier<P: Ports> {
    /// Where runs, histories and claims are kept.
    pub ledger: P::Ledger,
    /// What CodePipeline itself remembers.
    pub archive: P::Archive,
    /// Where more can be learned about a failure.
    pub evidence: P::Evidence,
    /// What messages are sent with.
    pub sender: P::Sender,
    /// Where events go that cannot be dealt with.
    pub dead_letters: P::DeadLetters,
    /// The time.
    pub clock: P::Clock,
    /// The configuration.
    pub config: Config,
}

/// When events are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timing {
    /// As they are delivered.
    Now,
    /// After quiet hours, which may have been longer than events are news for.
    Deferred,
}

/// What an event is good for.
enum Intake {
    /// What it tells of an attempt of a run, and how new that is.
    Told { attempt: Attempt, run: Box<Run>, age: Age },
    /// An approval's own message.
    Request(Box<ApprovalRequest>),
    /// What another service says of its part.
    Evidence(Box<EvidenceEvent>),
    /// A pipeline was deleted.
    Deleted(Deleted),
    /// Nothing.
    Nothing,
}

/// A run that events of this call were about.
struct UpdatedRun {
    recorded: Recorded,
    /// The attempts that they were about, each with the last event about it: enough to try it again by.
    attempts: BTreeMap<Attempt, usize>,
    wait_policy: WaitPolicy,
}

/// What a batch holds of one pipeline.
#[derive(Default)]
struct Lane {
    /// Approvals' own messages, and the records they came in.
    requests: Vec<(Box<ApprovalRequest>, usize)>,
    /// Its runs, each told of by attempts and records.
    added: Option<Added<(Attempt, usize)>>,
}

/// What makes an alert due.
#[derive(Debug, Clone, Copy)]
enum Cause<'e> {
    /// This event, and it would again.
    Event(&'e Value),
    /// This event, which is too old to alert, unless it is a dead letter that is back.
    Late(&'e Value),
    /// The time: so does the next sweep, unless it is over by then.
    Clock,
}

/// Why an event is not done with.
#[derive(Clone)]
enum Problem {
    /// It may be by the next call.
    Retryable(String),
    /// It never will be; the claim is on what was to be done about it.
    Permanent(String, Option<Effect>),
}

impl<P: Ports> Notifier<P> {
    /// Handles one invocation: an SQS batch, or an event without one.
    ///
    /// The facts of all events are added first, together. Then the pipelines are dealt with side by side, so that none
    /// waits for what another one waits for: all events of a pipeline are merged before anything is told of it, so that
    /// events which came together explain each other, and its runs are told of in the order in which their events came.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Unfinished> {
        match payload.get("andon").and_then(Value::as_str) {
            Some("sweep") => self.sweep(invocation).await,
            Some("test-alert") => self.test_alert(invocation).await,
            _ => self.handle_batch(Batch::open(payload), Timing::Now, invocation).await,
        }
    }

    async fn handle_batch(
        &self,
        mut batch: Batch,
        timing: Timing,
        invocation: &Invocation,
    ) -> Result<Value, Unfinished> {
        let (mut told, mut requests, mut evidence, mut problems) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut deleted, mut ages) = (Vec::new(), BTreeMap::new());
        for index in 0..batch.events.len() {
            match self.read(&batch, index, timing, invocation) {
                Ok(Intake::Told { attempt, run, age }) => {
                    told.push(((attempt, index), *run));
                    ages.insert(index, age);
                }
                Ok(Intake::Request(request)) => requests.push((request, index)),
                Ok(Intake::Evidence(event)) => evidence.push((event, index)),
                Ok(Intake::Deleted(pipeline)) => deleted.push((pipeline, index)),
                Ok(Intake::Nothing) => {}
                Err(malformed) => problems.push((vec![index], Problem::Permanent(malformed, None))),
            }
        }
        let keep = async |(event, index): &(Box<EvidenceEvent>, usize)| {
            let kept = self.keep_evidence(event).await;
            kept.err().map(|error| (vec![*index], Problem::from(error)))
        };
        // What explains a failure is there before the failure is told.
        problems.extend(join_all(evidence.iter().map(keep)).await.into_iter().flatten());
        problems.extend(self.add_what_was_said(&mut told).await);
        let added = add_all(&self.ledger, told).await;
        let mut lanes: BTreeMap<PipelineId, Lane> = BTreeMap::new();
        for added in added {
            let lane = lanes.entry(added.pipeline.clone()).or_default();
            lane.added = Some(added);
        }
        for (request, index) in requests {
            lanes.entry(request.pipeline.clone()).or_default().requests.push((request, index));
        }
        let told = {
            let batch = &batch;
            join_all(lanes.into_values().map(|lane| self.tell_of(lane, &ages, batch, invocation))).await
        };
        for (event, index) in &evidence {
            let cause = batch.event(*index).map_or(Cause::Clock, Cause::Event);
            let failed = self.tell_of_evidence(event, cause, invocation).await;
            problems.extend(failed.into_iter().map(|problem| (vec![*index], problem)));
        }
        for (Deleted { pipeline, at }, index) in deleted {
            match forget(&self.ledger, &pipeline, at).await {
                Ok(true) => tracing::info!(pipeline.name = %pipeline.name, "forgot {pipeline}: it was deleted"),
                Ok(false) => {}
                Err(error) => problems.push((vec![index], error.into())),
            }
        }
        for (records, problem) in problems.into_iter().chain(told.into_iter().flatten()) {
            for record in records {
                self.not_done(&mut batch, record, problem.clone()).await;
            }
        }
        batch.answer()
    }

    /// Reads an event of a batch; an error says what is wrong with it.
    fn read(&self, batch: &Batch, index: usize, timing: Timing, invocation: &Invocation) -> Result<Intake, String> {
        let event = match (batch.event(index), batch.events.get(index)) {
            (Some(event), _) => event,
            (None, Some(Err(malformed))) => return Err(malformed.to_string()),
            (None, _) => return Ok(Intake::Nothing),
        };
        let received = Received { home: invocation.home.clone(), at: self.clock.now() };
        let parsed = parse(event, &received).map_err(|malformed| malformed.to_string())?;
        Ok(match parsed {
            Event::Pipeline(event) => {
                log_read(&event);
                let age = if timing == Timing::Deferred { Age::New } else { event.age(self.clock.now()) };
                Intake::Told { attempt: event.attempt, run: Box::new(Run::of(&event)), age }
            }
            Event::ApprovalRequest(request) => Intake::Request(Box::new(request)),
            Event::Evidence(evidence) => Intake::Evidence(Box::new(evidence)),
            Event::Deleted(deleted) => Intake::Deleted(deleted),
            Event::Unknown(unknown) => {
                tracing::info!(event.unknown = 1, "ignored: {}", unknown.what);
                Intake::Nothing
            }
        })
    }

    async fn record(&self, told: Run) -> Result<Recorded, Problem> {
        let deployment_rule = &self.config.statistics.deployment;
        let recorded = record(&self.ledger, &self.archive, deployment_rule, told).await?;
        log_past(&recorded);
        Ok(recorded)
    }

    /// Has a pipeline's history learn of the events, and sends whatever is due; returns the problems, with the records to
    /// redeliver.
    async fn tell_of(
        &self,
        lane: Lane,
        ages: &BTreeMap<usize, Age>,
        batch: &Batch,
        invocation: &Invocation,
    ) -> Vec<(Vec<usize>, Problem)> {
        let mut problems = Vec::new();
        let touched = match lane.added {
            Some(added) => added.learn(&self.ledger, &self.archive, &self.config.statistics.deployment).await,
            None => Vec::new(),
        };
        for (request, index) in lane.requests {
            let cause = batch.event(index).map_or(Cause::Clock, Cause::Event);
            let failed = self.tell_of_request(&request, cause, invocation).await;
            problems.extend(failed.into_iter().map(|problem| (vec![index], problem)));
        }
        for Touched { mut told_by, recorded } in touched {
            match recorded {
                Err(error) => problems.push((told_by.into_iter().map(|(_, index)| index).collect(), error.into())),
                Ok(recorded) => {
                    log_past(&recorded);
                    told_by.retain(|(_, index)| ages.get(index) != Some(&Age::Replayed));
                    if told_by.is_empty() {
                        continue;
                    }
                    let run = UpdatedRun::of(recorded, told_by, batch, self.clock.now());
                    let records = |problem: &Problem| match problem {
                        // What is tried again is tried with every attempt it was about.
                        Problem::Retryable(_) => run.attempts.values().copied().collect(),
                        // One dead letter for a run is enough.
                        Problem::Permanent(..) => run.attempts.values().copied().last().into_iter().collect(),
                    };
                    let failed = self.tell_of_run(&run, ages, batch, invocation).await;
                    problems.extend(failed.into_iter().map(|problem| (records(&problem), problem)));
                }
            }
        }
        problems
    }

    /// Sends that an approval waits, unless its run's own events have done so or it has been answered.
    async fn tell_of_request(
        &self,
        request: &ApprovalRequest,
        cause: Cause<'_>,
        invocation: &Invocation,
    ) -> Vec<Problem> {
        match self.latest_runs(&request.pipeline).await {
            Err(problem) => vec![problem.into()],
            Ok((runs, history)) => match from_approval_request(request, &runs, history.as_ref()) {
                Some(alert) => self.tell(alert, None, cause, invocation).await,
                None => Vec::new(),
            },
        }
    }

    async fn latest_runs(&self, pipeline: &PipelineId) -> Result<(Vec<Run>, Option<History>), LedgerError> {
        let Some(history) = self.ledger.history(pipeline).await? else { return Ok((Vec::new(), None)) };
        let latest = history.runs().into_iter().rev().take(MAX_RUNS);
        let known = join_all(latest.map(|run| self.ledger.load(pipeline, &run.execution))).await;
        let runs: Result<_, _> = known.into_iter().filter_map(|known| known.map(Known::into_run).transpose()).collect();
        Ok((runs?, Some(history)))
    }

    /// Sends whatever is due for a run; returns the problems.
    async fn tell_of_run(
        &self,
        run: &UpdatedRun,
        ages: &BTreeMap<usize, Age>,
        batch: &Batch,
        invocation: &Invocation,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (attempt, index) in &run.attempts {
            let is_late = ages.get(index) == Some(&Age::Late);
            let of_event = if is_late { Cause::Late } else { Cause::Event };
            let cause = batch.event(*index).map_or(Cause::Clock, of_event);
            let (alerts, open) = match self.due(&run.recorded, *attempt, run.wait_policy).await {
                Ok(due) => due,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            for alert in alerts {
                problems.extend(self.tell(alert, Some(&run.recorded.run), cause, invocation).await);
            }
            if let Some(open) = open.filter(|_| !is_late) {
                let Run { pipeline, execution, .. } = &*run.recorded.run;
                problems.push(Problem::Retryable(format!("run {execution} of {pipeline} {open}")));
            }
        }
        problems
    }

    /// The alerts that are due, after reading from CodePipeline about a failure that no event explains; and what is still
    /// open about a failure.
    ///
    /// It is asked before waiting ends and, in vain or not, before the failure is told without a reason.
    async fn due(
        &self,
        recorded: &Recorded,
        attempt: Attempt,
        wait_policy: WaitPolicy,
    ) -> Result<(Vec<Alert>, Option<&'static str>), Problem> {
        let Recorded { run, history, .. } = recorded;
        let settle = Settle { length: self.config.settle, now: self.clock.now() };
        let Due { alerts, unexplained, settling, unheard } = due(run, history, attempt, WaitPolicy::Wait, settle);
        if !unexplained && !unheard {
            return Ok((alerts, settling.then_some(SETTLING)));
        }
        let looked_up = match self.archive.actions(&run.pipeline, &run.execution).await {
            Ok(Some(told)) => Some(self.record(told).await?),
            Ok(None) => None,
            Err(problem) => {
                tracing::warn!(pipeline.name = %run.pipeline.name, "cannot read evidence: {problem}");
                None
            }
        };
        let Recorded { run, history, .. } = looked_up.as_ref().unwrap_or(recorded);
        let Due { alerts, unexplained, settling, unheard } = due(run, history, attempt, wait_policy, settle);
        let unexplained = unexplained.then_some("failed; the failing action is not known yet");
        let unheard = unheard.then_some("succeeded; how its deployments ended is not known yet");
        Ok((alerts, unexplained.or(unheard).or(settling.then_some(SETTLING))))
    }

    /// Has an event delivered again, or kept among the dead letters where that cannot help.
    async fn not_done(&self, batch: &mut Batch, index: usize, problem: Problem) {
        match problem {
            Problem::Retryable(problem) => {
                tracing::warn!("will retry: {problem}");
                batch.fail(index, problem);
            }
            Problem::Permanent(problem, claim) => {
                tracing::error!("failed permanently: {problem}");
                let event = batch.event(index).unwrap_or(&Value::Null);
                let kept = self.dead_letters.keep(event, &problem).await;
                if let Some(effect) = claim {
                    self.give_up(&effect, kept.then_some(event)).await;
                }
                if !kept {
                    batch.fail(index, problem);
                }
            }
        }
    }
}

impl UpdatedRun {
    /// A run, and the events of a batch that were about it.
    fn of(recorded: Recorded, told_by: Vec<(Attempt, usize)>, batch: &Batch, now: Timestamp) -> Self {
        let wait_policies = told_by.iter().map(|(_, index)| batch.wait_policy(*index, now));
        // One that has come again is enough: what it was waited for has had its time.
        let wait_policy = wait_policies
            .reduce(|policy, other| if other == WaitPolicy::GiveUp { other } else { policy })
            .unwrap_or(WaitPolicy::ByClock(now));
        Self { recorded, attempts: told_by.into_iter().collect(), wait_policy }
    }
}

impl From<NotClaimed> for Problem {
    fn from(error: NotClaimed) -> Self {
        Self::Retryable(error.to_string())
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        Self::Retryable(error.to_string())
    }
}

fn log_past(recorded: &Recorded) {
    if let Some(problem) = &recorded.no_past {
        tracing::warn!(
            pipeline.name = %recorded.run.pipeline.name,
            "continuing without earlier runs of the pipeline: {problem}"
        );
    }
}

fn log_read(event: &PipelineEvent) {
    tracing::debug!(
        pipeline.name = %event.pipeline.name,
        execution.id = %event.execution,
        "read {:?} of {:?}",
        event.state,
        event.subject,
    );
}
