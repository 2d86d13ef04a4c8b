//! What time is it? The ports through which the house learns it and lets it pass.

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

/// A clock that stands still, for tests.
impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        *self
    }
}

/// Where the clock stands still, nobody waits.
impl Timer for Timestamp {
    async fn wait(&self, _: SignedDuration) {}
}
