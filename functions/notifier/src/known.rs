//! What an alert says, once it is known: why it failed, and in which words.

use andon::alert::{Alert, AlertBody};
use andon::clock::Clock;
use andon::ledger::Ledger;
use andon_notify::EvidenceSource;
use andon_notify::message::{Context, Message, compose};
use futures_util::future::{join, join_all};
use jiff::SignedDuration;

use crate::{Notifier, Ports};

/// What finding out the cause of a failure takes at most.
pub(crate) const MAX_EXPLAIN: SignedDuration = SignedDuration::from_secs(3);

/// An alert once it is known what to say.
pub(crate) struct Known {
    pub(crate) alert: Alert,
    pub(crate) message: Message,
    /// The failures whose cause was found out now, by their index.
    pub(crate) explained: Vec<usize>,
}

impl<P: Ports> Notifier<P> {
    /// Finds out why it failed, and puts it into words.
    pub(crate) async fn know(&self, mut alert: Alert) -> Known {
        let explained = self.explain(&mut alert).await;
        let context = Context { accounts: self.config.accounts(), zone: &self.config.zone, now: self.clock.now() };
        let message = compose(&alert, &context);
        Known { alert, message, explained }
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
}
