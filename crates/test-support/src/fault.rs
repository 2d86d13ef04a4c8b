//! What can be made to go wrong with a request, once or until further notice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::lock;

/// What goes wrong with a request to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with AWS's own kind of error, and nothing is done.
    Error {
        /// The HTTP status, such as 400.
        status: u16,
        /// The error's code, such as `ThrottlingException`.
        code: String,
        /// The error's message.
        message: String,
    },
    /// It is answered rightly, but late.
    Delay(Duration),
    /// It is never answered, and nothing is done.
    Hang,
    /// The connection is closed, and nothing is done.
    Close,
    /// What it asks for is done, and the connection is closed before the answer: the client cannot know.
    LostReply,
}

impl Fault {
    /// An error of AWS's kind.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error { status, code: code.to_owned(), message: message.to_owned() }
    }

    /// Too many requests.
    pub fn throttled() -> Self {
        Self::error(400, "ThrottlingException", "Rate exceeded")
    }

    /// AWS has a bad moment.
    pub fn unavailable() -> Self {
        Self::error(503, "ServiceUnavailableException", "The service is temporarily unavailable")
    }
}

/// The faults that wait for their operation.
#[derive(Debug)]
pub(crate) struct Faults<F>(Arc<Mutex<HashMap<String, Waiting<F>>>>);

#[derive(Debug)]
struct Waiting<F> {
    /// `None` where all goes well.
    next: VecDeque<Option<F>>,
    standing: Option<F>,
}

impl<F: Clone> Faults<F> {
    /// The next request for the operation fails this way; called again, the one after it.
    pub(crate) fn once(&self, operation: &str, fault: F) {
        self.sequence(operation, [Some(fault)]);
    }

    /// The next requests for the operation go as these say, one after the other.
    pub(crate) fn sequence(&self, operation: &str, faults: impl IntoIterator<Item = Option<F>>) {
        self.of(operation, |waiting| waiting.next.extend(faults));
    }

    /// Every request for the operation fails this way, after those of [`Faults::once`].
    pub(crate) fn standing(&self, operation: &str, fault: F) {
        self.of(operation, |waiting| waiting.standing = Some(fault));
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// What goes wrong with this request, if anything.
    pub(crate) fn next(&self, operation: &str) -> Option<F> {
        let mut faults = lock(&self.0);
        let waiting = faults.get_mut(operation)?;
        waiting.next.pop_front().unwrap_or_else(|| waiting.standing.clone())
    }

    fn of(&self, operation: &str, change: impl FnOnce(&mut Waiting<F>)) {
        let mut faults = lock(&self.0);
        change(faults.entry(operation.to_owned()).or_insert_with(|| Waiting { next: VecDeque::new(), standing: None }));
    }
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<F> Clone for Faults<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
