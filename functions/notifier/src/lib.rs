//! Tells people what happened to their pipelines.
//!
//! Each event is merged into the ledger; then the merged state decides what is due, whichever event that was, and each
//! alert is claimed, sent and settled for each of its destinations. `Err` and a failed record mean "call me again";
//! what no retry can mend is kept among the dead letters and never tried again.

use std::collections::BTreeMap;

use andon::alert::{Alert, Due, due};
use andon::batch::{Batch, Invocation, Unfinished};
use andon::clock::Clock;
use andon::config::Config;
use andon::delivery::{DeadLetters, Sender};
use andon::event::{Attempt, Event, Malformed, PipelineEvent, Received, parse};
use andon::explanation::EvidenceSource;
use andon::ledger::{Archive, ClaimKey, Lease, Ledger, LedgerError, Recorded, record};
use andon::name::{ExecutionId, PipelineId};
use andon::run::{Patience, Run};
use serde_json::Value;

mod deliver;
mod quiet;
mod sweep;

/// The notifier and the ports it needs.
#[derive(Debug)]
pub struct Notifier<L, A, E, S, D, C> {
    /// Where runs, histories and claims are kept.
    pub ledger: L,
    /// What CodePipeline itself remembers.
    pub archive: A,
    /// Where more can be learned about a failure.
    pub evidence: E,
    /// What messages are sent with.
    pub sender: S,
    /// Where events go that cannot be dealt with.
    pub dead_letters: D,
    /// The time.
    pub clock: C,
    /// Who is told, and how.
    pub config: Config,
}

/// What an event asks for once it has been taken in.
enum Taken {
    /// A run has more to say.
    Run(Box<Recorded>, Attempt),
    /// An approval's own message.
    Alert(Box<Alert>),
    /// Nothing to tell.
    Nothing,
}

/// A run that events of this call were about.
struct Touched {
    recorded: Recorded,
    /// The attempts that they were about, each with the last event about it: enough to try it again by.
    attempts: BTreeMap<Attempt, usize>,
    patience: Patience,
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
    Later(String),
    /// It never will be; the claim is on what was to be done about it.
    Never(String, Option<(ClaimKey, Lease)>),
}

impl<L: Ledger, A: Archive, E: EvidenceSource, S: Sender, D: DeadLetters, C: Clock> Notifier<L, A, E, S, D, C> {
    /// Handles one call: an SQS batch, or an event without one.
    ///
    /// All events are merged before anything is told, so that events which came together explain each other.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Unfinished> {
        if payload.get("andon").and_then(Value::as_str) == Some("sweep") {
            return self.sweep(invocation).await;
        }
        self.handle_batch(Batch::open(payload), invocation).await
    }

    async fn handle_batch(&self, mut batch: Batch, invocation: &Invocation) -> Result<Value, Unfinished> {
        let mut touched: Vec<Touched> = Vec::new();
        let mut requests: Vec<(usize, Box<Alert>)> = Vec::new();
        for index in 0..batch.events.len() {
            let taken = match (batch.event(index), batch.events.get(index)) {
                (Some(event), _) => self.take_in(event, invocation).await,
                (None, Some(Err(malformed))) => Err(Problem::Never(malformed.to_string(), None)),
                (None, _) => Ok(Taken::Nothing),
            };
            match taken {
                Ok(Taken::Run(recorded, attempt)) => {
                    let patience = batch.patience(index, self.clock.now());
                    touch(&mut touched, *recorded, attempt, index, patience);
                }
                Ok(Taken::Alert(alert)) => requests.push((index, alert)),
                Ok(Taken::Nothing) => {}
                Err(problem) => self.not_done(&mut batch, index, problem).await,
            }
        }
        for (index, alert) in requests {
            let cause = batch.event(index).map_or(Cause::Clock, Cause::Event);
            for problem in self.tell(*alert, None, cause, invocation).await {
                self.not_done(&mut batch, index, problem).await;
            }
        }
        for run in touched {
            for problem in self.tell_of(&run, &batch, invocation).await {
                // One dead letter for a run is enough; what is tried again is tried with every attempt it was about.
                let records: Vec<usize> = match &problem {
                    Problem::Later(_) => run.attempts.values().copied().collect(),
                    Problem::Never(..) => run.attempts.values().copied().last().into_iter().collect(),
                };
                for record in records {
                    self.not_done(&mut batch, record, problem.clone()).await;
                }
            }
        }
        batch.answer()
    }

    async fn take_in(&self, event: &Value, invocation: &Invocation) -> Result<Taken, Problem> {
        let received = Received { home: invocation.home.clone(), at: self.clock.now() };
        match parse(event, &received).map_err(|Malformed { what, member, problem }| {
            Problem::Never(format!("cannot read {what}: {member} {problem}"), None)
        })? {
            Event::Pipeline(event) => {
                let recorded = self.record(Run::of(&event)).await?;
                log_recorded(&event);
                Ok(Taken::Run(Box::new(recorded), event.attempt))
            }
            Event::ApprovalRequest(request) => Ok(Taken::Alert(Box::new(Alert::of_request(&request)))),
            Event::Evidence(evidence) if !evidence.tells_of_failure() => Ok(Taken::Nothing),
            Event::Evidence(evidence) => {
                self.ledger.keep_evidence(&evidence).await?;
                Ok(Taken::Nothing)
            }
            Event::Unknown(unknown) => {
                tracing::info!(event.unknown = 1, "left alone: {}", unknown.what);
                Ok(Taken::Nothing)
            }
        }
    }

    async fn record(&self, told: Run) -> Result<Recorded, Problem> {
        let meant = &self.config.statistics.deployment;
        let recorded = record(&self.ledger, &self.archive, meant, told).await?;
        if let Some(problem) = &recorded.no_past {
            tracing::warn!(pipeline.name = %recorded.run.pipeline.name, "going on without the pipeline's past: {problem}");
        }
        Ok(recorded)
    }

    /// Tells whatever is due about a run; gives back whatever kept it from being told.
    async fn tell_of(&self, run: &Touched, batch: &Batch, invocation: &Invocation) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (attempt, index) in &run.attempts {
            let cause = batch.event(*index).map_or(Cause::Clock, Cause::Event);
            let (alerts, unexplained) = match self.due(&run.recorded, *attempt, run.patience).await {
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
                let problem = format!("run {execution} of {pipeline} failed and nobody said yet where");
                problems.push(Problem::Later(problem));
            }
        }
        problems
    }

    /// What is due, after asking CodePipeline about a failure that no event has explained.
    ///
    /// It is asked before patience has run out and, in vain or not, before the failure is told without a reason.
    async fn due(
        &self,
        recorded: &Recorded,
        attempt: Attempt,
        patience: Patience,
    ) -> Result<(Vec<Alert>, bool), Problem> {
        let Recorded { run, history, .. } = recorded;
        let Due { alerts, unexplained } = due(run, history, attempt, Patience::Wait);
        if !unexplained {
            return Ok((alerts, false));
        }
        let looked_up = match self.archive.actions(&run.pipeline, &run.execution).await {
            Ok(Some(told)) => Some(self.record(told).await?),
            Ok(None) => None,
            Err(problem) => {
                tracing::warn!(pipeline.name = %run.pipeline.name, "cannot look up why it failed: {problem}");
                None
            }
        };
        let Recorded { run, history, .. } = looked_up.as_ref().unwrap_or(recorded);
        let Due { alerts, unexplained } = due(run, history, attempt, patience);
        Ok((alerts, unexplained))
    }

    /// Has an event delivered again, or kept among the dead letters where that cannot help.
    async fn not_done(&self, batch: &mut Batch, index: usize, problem: Problem) {
        match problem {
            Problem::Later(problem) => {
                tracing::warn!("to be tried again: {problem}");
                batch.fail(index, problem);
            }
            Problem::Never(problem, claim) => {
                tracing::error!("cannot be dealt with: {problem}");
                let event = batch.event(index).unwrap_or(&Value::Null);
                let kept = self.dead_letters.keep(event, &problem).await;
                if !kept {
                    batch.fail(index, problem);
                }
                if let Some((key, lease)) = claim {
                    self.give_up(&key, &lease, kept).await;
                }
            }
        }
    }
}

fn touch(touched: &mut Vec<Touched>, recorded: Recorded, attempt: Attempt, index: usize, patience: Patience) {
    let key = |run: &Run| -> (PipelineId, ExecutionId) { (run.pipeline.clone(), run.execution.clone()) };
    match touched.iter_mut().find(|known| key(&known.recorded.run) == key(&recorded.run)) {
        Some(known) => {
            known.recorded = recorded;
            known.attempts.insert(attempt, index);
            if patience == Patience::GiveUp {
                known.patience = patience;
            }
        }
        None => touched.push(Touched { recorded, attempts: BTreeMap::from([(attempt, index)]), patience }),
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        Self::Later(error.to_string())
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
