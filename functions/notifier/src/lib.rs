//! The `notifier` function: sends alerts.
//!
//! Each event is merged into the ledger; then the merged state decides which alerts are due, whichever event arrived. Each
//! alert is claimed, sent and settled for each of its destinations. `Err` and a failed record mean "invoke again". What no
//! retry can fix goes to the dead-letter queue and is not retried.

use std::collections::BTreeMap;

use andon::alert::{Alert, Due, due, from_approval_request};
use andon::batch::{Batch, Invocation, Unfinished};
use andon::clock::{Clock, Timer};
use andon::event::{ApprovalRequest, Attempt, Event, Malformed, PipelineEvent, Received, parse};
use andon::ledger::{Archive, Effect, Ledger, LedgerError, NotClaimed, Recorded, record};
use andon::name::{ExecutionId, PipelineId};
use andon::run::{Run, WaitPolicy};
use andon_config::Config;
use andon_notify::{DeadLetters, EvidenceSource, Sender};
use futures_util::future::join_all;
use serde_json::Value;

mod claim;
mod deliver;
mod quiet;
mod sweep;
mod test_alert;

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

/// What an event asks for once it has been taken in.
enum Intake {
    /// A run has more to say.
    Run(Box<Recorded>, Attempt),
    /// An approval's own message.
    Request(Box<ApprovalRequest>),
    /// Nothing to tell.
    Nothing,
}

/// A run that events of this call were about.
struct UpdatedRun {
    recorded: Recorded,
    /// The attempts that they were about, each with the last event about it: enough to try it again by.
    attempts: BTreeMap<Attempt, usize>,
    wait_policy: WaitPolicy,
}

/// A possible source of alerts, once all events of a batch have been merged.
enum Work {
    /// An approval's own message, and the record it came in.
    Request(Box<ApprovalRequest>, usize),
    /// A run.
    Run(Box<UpdatedRun>),
}

/// What makes an alert due.
#[derive(Debug, Clone, Copy)]
enum Cause<'e> {
    /// This event, and it would again.
    Event(&'e Value),
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
    /// All events are merged before anything is told, so that events which came together explain each other. Then the
    /// pipelines are told of side by side, so that none waits for what another one waits for; the runs of one pipeline
    /// in the order in which their events came.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Unfinished> {
        match payload.get("andon").and_then(Value::as_str) {
            Some("sweep") => self.sweep(invocation).await,
            Some("test-alert") => self.test_alert(invocation).await,
            _ => self.handle_batch(Batch::open(payload), invocation).await,
        }
    }

    async fn handle_batch(&self, mut batch: Batch, invocation: &Invocation) -> Result<Value, Unfinished> {
        let mut touched: Vec<UpdatedRun> = Vec::new();
        let mut stories: Vec<Work> = Vec::new();
        for index in 0..batch.events.len() {
            let taken = match (batch.event(index), batch.events.get(index)) {
                (Some(event), _) => self.take_in(event, invocation).await,
                (None, Some(Err(malformed))) => Err(Problem::Permanent(malformed.to_string(), None)),
                (None, _) => Ok(Intake::Nothing),
            };
            match taken {
                Ok(Intake::Run(recorded, attempt)) => {
                    let wait_policy = batch.wait_policy(index, self.clock.now());
                    touch(&mut touched, *recorded, attempt, index, wait_policy);
                }
                Ok(Intake::Request(request)) => stories.push(Work::Request(request, index)),
                Ok(Intake::Nothing) => {}
                Err(problem) => self.not_done(&mut batch, index, problem).await,
            }
        }
        stories.extend(touched.into_iter().map(Box::new).map(Work::Run));
        let told = {
            let batch = &batch;
            let lanes = by_pipeline(stories).into_iter().map(|stories| async move {
                let mut problems = Vec::new();
                for story in stories {
                    problems.extend(self.tell_of(story, batch, invocation).await);
                }
                problems
            });
            join_all(lanes).await
        };
        for (records, problem) in told.into_iter().flatten() {
            for record in records {
                self.not_done(&mut batch, record, problem.clone()).await;
            }
        }
        batch.answer()
    }

    async fn take_in(&self, event: &Value, invocation: &Invocation) -> Result<Intake, Problem> {
        let received = Received { home: invocation.home.clone(), at: self.clock.now() };
        match parse(event, &received).map_err(|Malformed { what, member, problem }| {
            Problem::Permanent(format!("cannot read {what}: {member} {problem}"), None)
        })? {
            Event::Pipeline(event) => {
                let recorded = self.record(Run::of(&event)).await?;
                log_recorded(&event);
                Ok(Intake::Run(Box::new(recorded), event.attempt))
            }
            Event::ApprovalRequest(request) => Ok(Intake::Request(Box::new(request))),
            Event::Evidence(evidence) if !evidence.tells_of_failure() => Ok(Intake::Nothing),
            Event::Evidence(evidence) => {
                self.ledger.keep_evidence(&evidence).await?;
                Ok(Intake::Nothing)
            }
            Event::Unknown(unknown) => {
                tracing::info!(event.unknown = 1, "ignored: {}", unknown.what);
                Ok(Intake::Nothing)
            }
        }
    }

    async fn record(&self, told: Run) -> Result<Recorded, Problem> {
        let deployment_rule = &self.config.statistics.deployment;
        let recorded = record(&self.ledger, &self.archive, deployment_rule, told).await?;
        if let Some(problem) = &recorded.no_past {
            tracing::warn!(pipeline.name = %recorded.run.pipeline.name, "continuing without earlier runs of the pipeline: {problem}");
        }
        Ok(recorded)
    }

    /// Sends whatever is due; returns the problems, with the records to redeliver.
    async fn tell_of(&self, story: Work, batch: &Batch, invocation: &Invocation) -> Vec<(Vec<usize>, Problem)> {
        match story {
            Work::Request(request, index) => {
                let cause = batch.event(index).map_or(Cause::Clock, Cause::Event);
                let problems = self.tell_of_request(&request, cause, invocation).await;
                problems.into_iter().map(|problem| (vec![index], problem)).collect()
            }
            Work::Run(run) => {
                let records = |problem: &Problem| match problem {
                    // What is tried again is tried with every attempt it was about.
                    Problem::Retryable(_) => run.attempts.values().copied().collect(),
                    // One dead letter for a run is enough.
                    Problem::Permanent(..) => run.attempts.values().copied().last().into_iter().collect(),
                };
                let problems = self.tell_of_run(&run, batch, invocation).await;
                problems.into_iter().map(|problem| (records(&problem), problem)).collect()
            }
        }
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
            Ok(runs) => match from_approval_request(request, &runs) {
                Some(alert) => self.tell(alert, None, cause, invocation).await,
                None => Vec::new(),
            },
        }
    }

    async fn latest_runs(&self, pipeline: &PipelineId) -> Result<Vec<Run>, LedgerError> {
        let Some(history) = self.ledger.history(pipeline).await? else { return Ok(Vec::new()) };
        let latest = history.runs().into_iter().rev().take(MAX_RUNS);
        let known = join_all(latest.map(|run| self.ledger.load(pipeline, &run.execution))).await;
        known.into_iter().filter_map(|known| known.map(|known| Some(known.run?.value)).transpose()).collect()
    }

    /// Sends whatever is due for a run; returns the problems.
    async fn tell_of_run(&self, run: &UpdatedRun, batch: &Batch, invocation: &Invocation) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (attempt, index) in &run.attempts {
            let cause = batch.event(*index).map_or(Cause::Clock, Cause::Event);
            let (alerts, unexplained) = match self.due(&run.recorded, *attempt, run.wait_policy).await {
                Ok(due) => due,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            for alert in alerts {
                problems.extend(self.tell(alert, Some(&run.recorded.run), cause, invocation).await);
            }
            if unexplained {
                let Run { pipeline, execution, .. } = &run.recorded.run;
                let problem = format!("run {execution} of {pipeline} failed; the failing action is not known yet");
                problems.push(Problem::Retryable(problem));
            }
        }
        problems
    }

    /// The alerts that are due, after reading from CodePipeline about a failure that no event explains.
    ///
    /// It is asked before waiting ends and, in vain or not, before the failure is told without a reason.
    async fn due(
        &self,
        recorded: &Recorded,
        attempt: Attempt,
        wait_policy: WaitPolicy,
    ) -> Result<(Vec<Alert>, bool), Problem> {
        let Recorded { run, history, .. } = recorded;
        let Due { alerts, unexplained } = due(run, history, attempt, WaitPolicy::Wait);
        if !unexplained {
            return Ok((alerts, false));
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
        let Due { alerts, unexplained } = due(run, history, attempt, wait_policy);
        Ok((alerts, unexplained))
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

fn touch(touched: &mut Vec<UpdatedRun>, recorded: Recorded, attempt: Attempt, index: usize, wait_policy: WaitPolicy) {
    let key = |run: &Run| -> (PipelineId, ExecutionId) { (run.pipeline.clone(), run.execution.clone()) };
    match touched.iter_mut().find(|known| key(&known.recorded.run) == key(&recorded.run)) {
        Some(known) => {
            known.recorded = recorded;
            known.attempts.insert(attempt, index);
            if wait_policy == WaitPolicy::GiveUp {
                known.wait_policy = wait_policy;
            }
        }
        None => touched.push(UpdatedRun { recorded, attempts: BTreeMap::from([(attempt, index)]), wait_policy }),
    }
}

/// Stories of the same pipeline together, each pipeline's in the order they came.
fn by_pipeline(stories: Vec<Work>) -> Vec<Vec<Work>> {
    let mut lanes: BTreeMap<PipelineId, Vec<Work>> = BTreeMap::new();
    for story in stories {
        let pipeline = match &story {
            Work::Request(request, _) => &request.pipeline,
            Work::Run(run) => &run.recorded.run.pipeline,
        };
        lanes.entry(pipeline.clone()).or_default().push(story);
    }
    lanes.into_values().collect()
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

fn log_recorded(event: &PipelineEvent) {
    tracing::debug!(
        pipeline.name = %event.pipeline.name,
        execution.id = %event.execution,
        "recorded {:?} of {:?}",
        event.state,
        event.subject,
    );
}
