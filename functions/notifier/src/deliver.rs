//! One alert to each of its destinations: claim, explain, send, settle.

use andon::alert::{Alert, AlertBody};
use andon::batch::Invocation;
use andon::clock::{Clock, Timer};
use andon::ledger::{Archive, ClaimKey, Claimed, Effect, Lease, Ledger, Receipt};
use andon::name::{ActionName, StageName};
use andon::run::Run;
use andon_notify::message::{Context, Message, compose};
use andon_notify::{DeadLetters, Delivery, Destination, EvidenceSource, Facts, Outgoing, SendError, Sender, route};
use futures_util::future::{join, join_all};
use jiff::{SignedDuration, Timestamp};

use crate::{Cause, Notifier, Problem};

/// How long a destination is waited for that asks to wait: less than it takes a queue to deliver again.
const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// What a second try, and remembering it, takes at most.
const SECOND_TRY: SignedDuration = SignedDuration::from_secs(8);

/// A claim that was granted, and where it leads.
struct Granted<'d> {
    delivery: &'d Delivery<'d>,
    effect: Effect,
    form: SendMode,
}

/// How a message is sent.
enum SendMode {
    /// By itself.
    Standalone,
    /// As the first about its run: later ones belong under it, so it is remembered as such.
    ThreadStart {
        /// The claim of being the first.
        thread: Effect,
    },
    /// Under the first about its run.
    Reply(Receipt),
    /// Replaces the earlier message.
    Update(Receipt),
}

impl<L: Ledger, A: Archive, E: EvidenceSource, S: Sender, D: DeadLetters, C: Clock + Timer> Notifier<L, A, E, S, D, C> {
    /// Sends an alert to its destinations, unless that has been done.
    ///
    /// The destinations are served side by side: one that is slow or broken does not keep the others waiting. What a
    /// failure comes from is found out only once there is somebody to tell, and kept for whoever asks next.
    pub(crate) async fn tell(
        &self,
        mut alert: Alert,
        run: Option<&Run>,
        cause: Cause<'_>,
        invocation: &Invocation,
    ) -> Vec<Problem> {
        let mut explained = Vec::new();
        if self.config.routing.is_by_category() {
            explained = self.explain(&mut alert).await;
        }
        let (deliveries, mut problems) =
            self.hold_back(&alert, route(&self.config.routing, &facts(&alert)), cause).await;
        let claims = join_all(deliveries.iter().map(|delivery| self.claim(&alert, delivery, invocation))).await;
        let mut granted = Vec::new();
        for claim in claims {
            match claim {
                Ok(claim) => granted.extend(claim),
                Err(problem) => problems.push(problem),
            }
        }
        if granted.is_empty() {
            return problems;
        }
        if !self.config.routing.is_by_category() {
            explained = self.explain(&mut alert).await;
        }
        let content_fingerprint = alert.content_fingerprint();
        let message = compose(
            &alert,
            &Context { accounts: self.config.accounts(), zone: &self.config.zone, now: self.clock.now() },
        );
        let told =
            granted.iter().map(|granted| self.send(granted, &message, content_fingerprint.as_ref(), invocation.until));
        problems.extend(join_all(told).await.into_iter().filter_map(Result::err));
        if let (Some(run), AlertBody::Failed(failed)) = (run, &alert.body) {
            for failure in explained.into_iter().filter_map(|index| failed.failures.get(index)) {
                let Some(explanation) = failure.explanation.clone() else { continue };
                // For boards and for the next alert; this one has been told, so a failure here costs nothing but that.
                if let Err(Problem::Retryable(problem)) =
                    self.record(run.explained(failed.attempt, failure, explanation)).await
                {
                    tracing::warn!("cannot store why {} failed: {problem}", run.pipeline.name);
                }
            }
        }
        problems
    }

    async fn claim<'d>(
        &self,
        alert: &Alert,
        delivery: &'d Delivery<'d>,
        invocation: &Invocation,
    ) -> Result<Option<Granted<'d>>, Problem> {
        let destination = delivery.destination;
        let key = |effect: String| key(alert, &effect, destination);
        let lease = Lease::new(&invocation.id, self.clock.now(), Lease::LENGTH);
        let receipt = match Effect::claim(&self.ledger, key(alert.dedup_key()), &lease).await? {
            Claimed::Settled(receipt) => receipt,
            Claimed::Granted(effect) => {
                let threaded = alert.execution.as_ref().filter(|_| self.sender.can_update(destination));
                let Some(execution) = threaded else {
                    return Ok(Some(Granted { delivery, effect, form: SendMode::Standalone }));
                };
                let form = match Effect::claim(&self.ledger, key(format!("thread/{execution}")), &lease).await {
                    Ok(Claimed::Granted(thread)) => SendMode::ThreadStart { thread },
                    Ok(Claimed::Settled(first)) => SendMode::Reply(first),
                    Err(problem) => {
                        self.release(&effect).await;
                        return Err(problem.into());
                    }
                };
                return Ok(Some(Granted { delivery, effect, form }));
            }
        };
        // It has been told. Where a message can be brought up to date, it is, once for each thing there is to add.
        let Some(content_fingerprint) = alert.content_fingerprint().filter(|_| self.sender.can_update(destination))
        else {
            return Ok(None);
        };
        if receipt.id.is_none() || receipt.said.as_ref() == Some(&content_fingerprint) {
            return Ok(None);
        }
        let more = key(format!("{}/{content_fingerprint}", alert.dedup_key()));
        match Effect::claim(&self.ledger, more, &lease).await? {
            Claimed::Granted(effect) => Ok(Some(Granted { delivery, effect, form: SendMode::Update(receipt) })),
            Claimed::Settled(_) => Ok(None),
        }
    }

    /// Finds out why each action of a failure failed, unless that is known; gives back which were found out now.
    async fn explain(&self, alert: &mut Alert) -> Vec<usize> {
        let AlertBody::Failed(failed) = &mut alert.body else { return Vec::new() };
        let unknown: Vec<usize> = (0..failed.failures.len().min(andon_notify::message::MAX_CAUSES))
            .filter(|index| failed.failures.get(*index).is_some_and(|failure| failure.explanation.is_none()))
            .collect();
        let pipeline = &alert.pipeline;
        let found =
            join_all(unknown.iter().filter_map(|index| failed.failures.get(*index)).map(|failure| async move {
                let external = failure.result.as_ref().and_then(|result| result.external.as_ref());
                let kept = async {
                    match external {
                        Some(external) => self.ledger.evidence(external).await.unwrap_or_default(),
                        None => Vec::new(),
                    }
                };
                let (kept, found) = join(kept, self.evidence.gather(pipeline, failure)).await;
                andon_notify::explain(failure, &kept, found, &self.config.runbooks)
            }))
            .await;
        for (index, explanation) in unknown.iter().zip(found) {
            if let Some(failure) = failed.failures.get_mut(*index) {
                failure.explanation = Some(explanation);
            }
        }
        unknown
    }

    async fn send(
        &self,
        granted: &Granted<'_>,
        message: &Message,
        content_fingerprint: Option<&String>,
        until: Timestamp,
    ) -> Result<(), Problem> {
        let Granted { delivery, effect, form } = granted;
        let destination: &Destination = delivery.destination;
        let (update, thread) = match form {
            SendMode::Standalone | SendMode::ThreadStart { .. } => (None, None),
            SendMode::Reply(first) => (None, Some(first)),
            SendMode::Update(before) => (Some(before), None),
        };
        // An addition to what was said calls nobody a second time.
        let mention = if update.is_some() { &[] } else { delivery.mention };
        let outgoing = Outgoing { message, mention, id: &effect.key.effect, update, thread };
        match self.send_patiently(destination, outgoing, until).await {
            Ok(mut receipt) => {
                tracing::info!(
                    pipeline.name = %message.about.pipeline.name,
                    alert.kind = %message.kind,
                    "sent {}: {}", destination.name, message.title,
                );
                receipt.said = content_fingerprint.cloned();
                if let SendMode::ThreadStart { thread } = form {
                    self.settle(thread, &receipt).await?;
                }
                self.settle(effect, &receipt).await
            }
            Err(error @ SendError::Retryable { .. }) => {
                self.release(effect).await;
                self.release_thread(form).await;
                Err(Problem::Retryable(error.to_string()))
            }
            Err(error @ SendError::Permanent { .. }) => {
                self.release_thread(form).await;
                Err(Problem::Permanent(error.to_string(), Some(effect.clone())))
            }
        }
    }

    /// Sends a message, and once more after a while where the destination asks for it and there is the time.
    ///
    /// Otherwise the queue delivers again, which takes minutes.
    async fn send_patiently(
        &self,
        destination: &Destination,
        outgoing: Outgoing<'_>,
        until: Timestamp,
    ) -> Result<Receipt, SendError> {
        let sent = self.sender.send(destination, outgoing).await;
        let Err(SendError::Retryable { after: Some(after), .. }) = sent else { return sent };
        let in_time = |after| self.clock.now().checked_add(after + SECOND_TRY).is_ok_and(|done| done <= until);
        if after > MAX_RETRY_AFTER || !in_time(after) {
            return sent;
        }
        tracing::info!("{} asks to retry in {} s", destination.name, after.as_secs());
        self.clock.wait(after).await;
        self.sender.send(destination, outgoing).await
    }

    async fn release_thread(&self, form: &SendMode) {
        if let SendMode::ThreadStart { thread } = form {
            self.release(thread).await;
        }
    }

    async fn settle(&self, effect: &Effect, receipt: &Receipt) -> Result<(), Problem> {
        effect.settle(&self.ledger, receipt).await.map_err(|error| {
            tracing::warn!("{error}");
            Problem::Retryable(error.to_string())
        })
    }

    /// Ends the claim on what can never be sent: for good once it is among the dead letters, otherwise to be tried again.
    pub(crate) async fn give_up(&self, effect: &Effect, kept: bool) {
        if !kept {
            return self.release(effect).await;
        }
        let receipt = Receipt { said: Some("undeliverable".to_owned()), ..Receipt::default() };
        if let Err(error) = effect.settle(&self.ledger, &receipt).await {
            tracing::warn!("a dead letter may be written twice: {error}");
        }
    }

    async fn release(&self, effect: &Effect) {
        if let Err(error) = effect.release(&self.ledger).await {
            tracing::warn!("{error}");
        }
    }
}

/// The claim on an effect at a destination.
pub(crate) fn key(alert: &Alert, effect: &str, destination: &Destination) -> ClaimKey {
    ClaimKey { pipeline: alert.pipeline.clone(), effect: format!("{effect}@{}", destination.name) }
}

fn facts(alert: &Alert) -> Facts<'_> {
    Facts {
        account: alert.pipeline.home.account.as_str(),
        region: alert.pipeline.home.region.as_str(),
        pipeline: alert.pipeline.name.as_str(),
        stage: alert.stage().map(StageName::as_str),
        action: alert.action().map(ActionName::as_str),
        category: alert.category(),
        kind: alert.kind(),
        first_of_streak: alert.is_first_in_streak(),
    }
}
