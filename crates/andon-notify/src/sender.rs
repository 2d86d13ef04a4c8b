//! Delivery of a message to a destination: the port and its outcomes.

use jiff::SignedDuration;

use serde_json::Value;

use andon::ledger::Receipt;

use crate::destination::Destination;
use crate::mention::Mention;
use crate::message::Message;

/// A message on its way.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'m> {
    /// What is said.
    pub message: &'m Message,
    /// Who is called.
    pub mention: &'m [Mention],
    /// The deduplication id of this message, the same however often it is sent.
    pub id: &'m str,
    /// What was left behind by the message that this one brings up to date, if there is one.
    pub update: Option<&'m Receipt>,
    /// What was left behind by the first message about the same run, if there was one: this one belongs under it.
    pub thread: Option<&'m Receipt>,
}

/// Something that messages can be sent with.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait Sender {
    /// Sends a message, once; trying again is up to the caller.
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError>;

    /// Whether what was sent to this destination can be brought up to date there.
    fn can_update(&self, to: &Destination) -> bool;

    /// The id of the member with this email address there. `None` for everybody who is not found within about a second,
    /// for whatever reason: a message does not wait for that.
    async fn member(&self, _to: &Destination, _email: &str) -> Option<String> {
        None
    }
}

/// Why a message was not sent. None of these texts holds a secret: no token, no webhook's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may go through later.
    #[error("cannot send to {destination} now: {problem}")]
    Retryable {
        /// The destination's name.
        destination: String,
        /// The service's message.
        problem: String,
        /// When the destination asked to be tried again.
        after: Option<SignedDuration>,
    },
    /// It may have arrived: it was sent, and no answer came in time.
    #[error("sent to {destination} without an answer: {problem}")]
    Unanswered {
        /// The destination's name.
        destination: String,
        /// What was waited for.
        problem: String,
    },
    /// It fails permanently until something is changed.
    #[error("cannot send to {destination}: {problem}")]
    Permanent {
        /// The destination's name.
        destination: String,
        /// The service's message, and what to do about it.
        problem: String,
    },
}

/// The destination of events that fail permanently.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait DeadLetters {
    /// Keeps an event for a person to look at, with the reason. `false` if there is no place to keep it: then the queue
    /// that it came from must see to it.
    async fn keep(&self, event: &Value, reason: &str) -> bool;
}

/// No place for dead letters.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDeadLetters;

impl DeadLetters for NoDeadLetters {
    async fn keep(&self, _: &Value, _: &str) -> bool {
        false
    }
}
