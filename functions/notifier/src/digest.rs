//! Digests: what is still red, to each destination at the time that its routes ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use andon::alert::{StillRed, still_red};
use andon::batch::Invocation;
use andon::clock::Clock;
use andon::history::Overview;
use andon::ledger::{ClaimKey, Claimed, Effect, Lease};
use andon::name::{PipelineId, PipelineName};
use andon_notify::message::{Context, compose_digest};
use andon_notify::{Delivery, Facts, route};
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::claim::{Granted, SendMode};
use crate::time::MAX_SEND;
use crate::{Notifier, Ports, Problem};

/// The pipeline that a digest names, which is about many.
const PIPELINE: &str = "andon-digest";

/// A digest for a destination: what is red, longest first.
struct Digest<'d> {
    delivery: Delivery<'d>,
    red: Vec<StillRed<'d>>,
}

impl<P: Ports> Notifier<P> {
    /// Sends the digests that are due; gives back how many there are, and the problems.
    ///
    /// Each is claimed by its moment, so that it is sent once, and by the next sweep where this one does not get to it.
    pub(crate) async fn send_digests(
        &self,
        overviews: &[Arc<Overview>],
        invocation: &Invocation,
    ) -> (usize, Vec<Problem>) {
        let digests = self.digests(overviews);
        let sent = digests.iter().map(|((_, moment), digest)| self.send_digest(*moment, digest, invocation));
        let problems: Vec<Problem> = join_all(sent).await.into_iter().filter_map(Result::err).collect();
        (digests.len(), problems)
    }

    /// What each destination is due, by its name and the moment of the digest.
    fn digests<'d>(&'d self, overviews: &'d [Arc<Overview>]) -> BTreeMap<(&'d str, Timestamp), Digest<'d>> {
        let now = self.clock.now();
        let mut digests: BTreeMap<(&str, Timestamp), Digest<'_>> = BTreeMap::new();
        for red in overviews.iter().flat_map(|overview| still_red(overview, now)) {
            for delivery in route(&self.config.routing, &Facts::of_red(&red)) {
                let Some(moment) = delivery.digest.and_then(|time| time.due(now)) else { continue };
                // What failed after that is news, and is in the next one if it lasts.
                if red.since < moment {
                    let key = (delivery.destination.name.as_str(), moment);
                    digests.entry(key).or_insert_with(|| Digest { delivery, red: Vec::new() }).red.push(red);
                }
            }
        }
        for digest in digests.values_mut() {
            digest.red.sort_by_key(|red| red.since);
        }
        digests
    }

    async fn send_digest(
        &self,
        moment: Timestamp,
        digest: &Digest<'_>,
        invocation: &Invocation,
    ) -> Result<(), Problem> {
        let Digest { delivery, red } = digest;
        let name = &delivery.destination.name;
        let too_late = || Problem::Retryable(format!("no time is left in this call to send a digest to {name}"));
        if !self.has_time(MAX_SEND, invocation.until) {
            return Err(too_late());
        }
        let about = PipelineName::parse(PIPELINE).map_err(|error| Problem::Retryable(error.to_string()))?;
        let about = PipelineId { home: invocation.home.clone(), name: about };
        let key = ClaimKey { pipeline: about.clone(), effect: format!("digest/{moment}@{name}") };
        let lease = Lease::new(&invocation.id, self.clock.now(), Lease::LENGTH);
        let Claimed::Granted(effect) = Effect::claim(&self.ledger, key, &lease).await? else { return Ok(()) };
        let context = Context { accounts: self.config.accounts(), zone: &self.config.zone, now: self.clock.now() };
        // Of a single account and Region, it is about those.
        let mut homes = red.iter().map(|red| &red.pipeline.home);
        let home = homes.next().filter(|first| homes.all(|home| home == *first)).unwrap_or(&invocation.home);
        let about = PipelineId { home: home.clone(), ..about };
        let message = compose_digest(red, about, &context);
        let granted = Granted { effect, mode: SendMode::Standalone };
        self.send(&granted, delivery, None, message, invocation).await
    }
}
