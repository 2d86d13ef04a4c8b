//! What time is it? The port through which the house learns it.

use jiff::Timestamp;

/// A clock.
pub trait Clock {
    /// The time.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for tests.
impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        *self
    }
}
