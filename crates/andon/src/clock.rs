//! The clock and the timer, as ports.

use jiff::{SignedDuration, Timestamp};

/// A clock.
pub trait Clock {
    /// The time.
    fn now(&self) -> Timestamp;
}

/// Something that can wait.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait Timer {
    /// Waits for that long.
    async fn wait(&self, span: SignedDuration);
}

/// A clock that does not advance, for tests.
impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        *self
    }
}

/// With a clock that does not advance, there is no waiting.
impl Timer for Timestamp {
    async fn wait(&self, _: SignedDuration) {}
}
