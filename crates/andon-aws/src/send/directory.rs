//! The members of Slack workspaces by their email addresses, kept for a while. Whoever is not found is not called, and
//! nobody waits for a Slack that does not answer.

use std::cell::RefCell;
use std::collections::BTreeMap;

use andon::secret::SecretRef;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::http::{Fault, Http};
use super::slack::Slack;

/// How long an answer is kept: who is a member stays one; who is none may join.
const FOUND: SignedDuration = SignedDuration::from_hours(24);
const NOT_FOUND: SignedDuration = SignedDuration::from_hours(6);
/// How long nobody is looked up after Slack did not answer, or asked to slow down.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// How long nobody is looked up after Slack refused to tell, as the app may not ask.
const REFUSED: SignedDuration = SignedDuration::from_mins(10);
/// The most addresses that are kept.
const MAX_KNOWN: usize = 2000;

/// Until when an answer is kept, and the member's id.
type Known = (Timestamp, Option<String>);

/// What is known of members: by the token of the app that asked, because each workspace has members of its own.
#[derive(Debug, Default)]
pub(super) struct Directory {
    known: RefCell<BTreeMap<(SecretRef, String), Known>>,
    paused: RefCell<BTreeMap<SecretRef, Timestamp>>,
}

impl Directory {
    /// The id of the member with this address.
    pub(super) async fn find(
        &self,
        (http, slack): (&Http, &Slack),
        (reference, token): (&SecretRef, &SecretString),
        email: &str,
        now: Timestamp,
    ) -> Option<String> {
        let key = (reference.clone(), email.to_lowercase());
        if let Some((until, known)) = self.known.borrow().get(&key)
            && *until > now
        {
            return known.clone();
        }
        if self.paused.borrow().get(reference).is_some_and(|until| *until > now) {
            return None;
        }
        let after = |length: SignedDuration| now.checked_add(length).unwrap_or(Timestamp::MAX);
        let answer = slack.member(http, token, email).await;
        let (until, found) = match answer {
            Ok(Some(id)) => (after(FOUND), Some(id)),
            Ok(None) => (after(NOT_FOUND), None),
            Err(fault) => {
                let (pause, problem) = match fault {
                    Fault::Permanent { problem } => (REFUSED, problem),
                    Fault::Retryable { problem, after } => (after.unwrap_or(PAUSE).max(PAUSE), problem),
                    Fault::Unanswered { problem } => (PAUSE, problem),
                };
                tracing::warn!("authors are not mentioned for {} s: {problem}", pause.as_secs());
                self.paused.borrow_mut().insert(reference.clone(), after(pause));
                return None;
            }
        };
        let mut known = self.known.borrow_mut();
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(key, (until, found.clone()));
        found
    }
}
