//! Who is called by a message: those whom its route names, and the authors of a change that failed, once in a row of
//! failures.

use andon::alert::{Alert, AlertBody, Failed};
use andon::author::{Author, authors};
use andon::ledger::{Claimed, Effect, Lease};
use andon_notify::{Delivery, Mention, Sender};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::claim::key;
use crate::time::MAX_SEND;
use crate::{Notifier, Ports};

/// What looking up the authors takes at most.
pub(crate) const MAX_LOOKUP: SignedDuration = SignedDuration::from_secs(2);

/// Who is called, and the claim on calling the authors.
#[derive(Default)]
pub(crate) struct Called {
    pub(crate) mention: Vec<Mention>,
    pub(crate) claim: Option<Effect>,
}

impl<P: Ports> Notifier<P> {
    /// Who is called by the first message of an alert. Authors who are not found are not called, and nothing else changes.
    pub(crate) async fn called(
        &self,
        delivery: &Delivery<'_>,
        alert: Option<&Alert>,
        lease: &Lease,
        until: Timestamp,
    ) -> Called {
        let named = delivery.mention.iter().filter(|mention| **mention != Mention::Author);
        let mut called = Called { mention: named.cloned().collect(), claim: None };
        let wants_author = called.mention.len() < delivery.mention.len();
        let Some((alert, failed)) = alert.filter(|_| wants_author).and_then(first_failure) else { return called };
        let authors = alert.commit.as_ref().map(authors).unwrap_or_default();
        let has_time = self.has_time(MAX_LOOKUP + MAX_SEND, until);
        if authors.is_empty() || !has_time {
            return called;
        }
        // Two runs can fail side by side, each as the first.
        let key = key(alert, &streak(alert, failed), delivery.destination);
        let Ok(Claimed::Granted(claim)) = Effect::claim(&self.ledger, key, lease).await else { return called };
        let found = join_all(authors.iter().map(|author| self.member(delivery, author))).await;
        let members = found.into_iter().flatten().map(Mention::User);
        let before = called.mention.len();
        for member in members {
            if !called.mention.contains(&member) {
                called.mention.push(member);
            }
        }
        if called.mention.len() == before {
            self.release(&claim).await;
        } else {
            called.claim = Some(claim);
        }
        called
    }

    /// The id of a member whom a change calls so: as `people` says, or else by the email address.
    async fn member(&self, delivery: &Delivery<'_>, author: &Author) -> Option<String> {
        if let Some(id) = self.config.people.find(author) {
            return Some(id.to_owned());
        }
        self.sender.member(delivery.destination, author.address()?).await
    }

    /// Ends the claim on calling the authors: they were called, or the message did not go out.
    pub(crate) async fn end_call(&self, called: &Called, is_sent: bool) {
        match &called.claim {
            Some(claim) if is_sent => {
                let _ = self.settle(claim, &andon::ledger::Receipt::default()).await;
            }
            Some(claim) => self.release(claim).await,
            None => {}
        }
    }
}

/// The failure, if it is the first since the line was green.
fn first_failure(alert: &Alert) -> Option<(&Alert, &Failed)> {
    match &alert.body {
        AlertBody::Failed(failed) if alert.is_first_in_streak() && failed.rollback.is_none() => Some((alert, failed)),
        _ => None,
    }
}

/// The name of a row of failures: whatever failed in it first, its line was green before at one time.
fn streak(alert: &Alert, failed: &Failed) -> String {
    let line = alert.own_line.name().unwrap_or_default();
    let after = failed.streak.after.map(|after| after.to_string()).unwrap_or_default();
    format!("author/{line}/{after}")
}
