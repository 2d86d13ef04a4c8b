//! One alert to each of its destinations: claim, send, settle.

use andon::alert::Alert;
use andon::batch::Invocation;
use andon::clock::Clock;
use andon::config::Destination;
use andon::delivery::{DeadLetters, Outgoing, SendError, Sender};
use andon::ledger::{Archive, Claim, ClaimKey, Lease, Ledger, Receipt};
use andon::message::{Context, Message, compose};
use andon::name::{ActionName, StageName};
use andon::route::{Delivery, Facts, route};
use futures_util::future::join_all;

use crate::{Notifier, Problem};

/// How often it is tried again to remember that a message is out.
const SETTLE_TRIES: u32 = 2;

impl<L: Ledger, A: Archive, S: Sender, D: DeadLetters, C: Clock> Notifier<L, A, S, D, C> {
    /// Tells an alert wherever the configuration says, unless that has been done.
    ///
    /// The destinations are served side by side: one that is slow or broken does not keep the others waiting.
    pub(crate) async fn tell(&self, alert: &Alert, invocation: &Invocation) -> Result<(), Problem> {
        let facts = Facts {
            account: alert.pipeline.home.account.as_str(),
            region: alert.pipeline.home.region.as_str(),
            pipeline: alert.pipeline.name.as_str(),
            stage: alert.stage().map(StageName::as_str),
            action: alert.action().map(ActionName::as_str),
            category: None,
            kind: alert.kind(),
            first_of_streak: alert.is_first_of_row(),
        };
        let deliveries = route(&self.config, &facts);
        let told = join_all(deliveries.iter().map(|delivery| self.deliver(alert, delivery, invocation))).await;
        let mut outcome = Ok(());
        for result in told {
            match (result, &outcome) {
                (Err(Problem::Never(problem)), _) => outcome = Err(Problem::Never(problem)),
                // What can be tried again must be, even if another destination is lost for good.
                (Err(problem @ Problem::Later(_)), Ok(()) | Err(Problem::Never(_))) => return Err(problem),
                _ => {}
            }
        }
        outcome
    }

    async fn deliver(&self, alert: &Alert, delivery: &Delivery<'_>, invocation: &Invocation) -> Result<(), Problem> {
        let destination = delivery.destination;
        let key =
            ClaimKey { pipeline: alert.pipeline.clone(), effect: format!("{}@{}", alert.effect(), destination.name) };
        let lease = Lease::new(&invocation.id, self.clock.now(), Lease::LENGTH);
        match self.ledger.claim(&key, &lease).await? {
            Claim::Granted => {}
            Claim::Held { until } => {
                return Err(Problem::Later(format!("somebody else is telling {key} until {until}")));
            }
            Claim::Settled(_) => return Ok(()),
        }
        let message = compose(alert, &Context { config: &self.config, now: self.clock.now() });
        self.send(destination, delivery, &message, &key, &lease).await
    }

    async fn send(
        &self,
        destination: &Destination,
        delivery: &Delivery<'_>,
        message: &Message,
        key: &ClaimKey,
        lease: &Lease,
    ) -> Result<(), Problem> {
        let outgoing = Outgoing { message, mention: delivery.mention, id: &key.effect, update: None };
        match self.sender.send(destination, outgoing).await {
            Ok(receipt) => {
                tracing::info!(
                    pipeline.name = %message.about.pipeline.name,
                    alert.kind = %message.kind,
                    "told {}: {}", destination.name, message.title,
                );
                self.remember(key, lease, &receipt).await
            }
            Err(error @ SendError::Later { .. }) => {
                self.release(key, lease).await;
                Err(Problem::Later(error.to_string()))
            }
            Err(error @ SendError::Never { .. }) => {
                let receipt = Receipt { said: Some("undeliverable".to_owned()), ..Receipt::default() };
                self.remember(key, lease, &receipt).await?;
                Err(Problem::Never(error.to_string()))
            }
        }
    }

    /// Remembers that a message is out. If that cannot be done it may go out twice, so it is worth more than one try.
    async fn remember(&self, key: &ClaimKey, lease: &Lease, receipt: &Receipt) -> Result<(), Problem> {
        let mut tries = 0;
        loop {
            match self.ledger.settle(key, lease, receipt).await {
                Ok(()) => return Ok(()),
                Err(error) if tries == SETTLE_TRIES => {
                    tracing::warn!("{key} was told, which could not be remembered: {error}");
                    return Err(error.into());
                }
                Err(_) => tries += 1,
            }
        }
    }

    /// Gives a claim back. If that fails, it is free once its lease has run out.
    async fn release(&self, key: &ClaimKey, lease: &Lease) {
        if let Err(error) = self.ledger.release(key, lease).await {
            tracing::warn!("cannot give {key} back: {error}");
        }
    }
}
