//! Clocks: the machine's, and one that follows replayed events.

use std::cell::Cell;
use std::rc::Rc;

use andon::clock::{Clock, Timer};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Timer for SystemClock {
    async fn wait(&self, span: SignedDuration) {
        tokio::time::sleep(span.try_into().unwrap_or_default()).await;
    }
}

/// A clock that follows the events it is shown, so that an old recording is as new as on its own day.
#[derive(Debug, Clone)]
pub struct FollowingClock(Rc<Cell<Timestamp>>);

impl FollowingClock {
    /// A clock that has seen no event yet.
    pub fn new() -> Self {
        Self(Rc::new(Cell::new(Timestamp::UNIX_EPOCH)))
    }

    /// Moves on to a time. It never goes back.
    pub fn reach(&self, time: Timestamp) {
        self.0.set(self.0.get().max(time));
    }
}

impl Default for FollowingClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FollowingClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

impl Timer for FollowingClock {
    /// Only events move it on.
    async fn wait(&self, _: SignedDuration) {}
}

/// The year 2200: what claims to be later is a slip or a prank, and must not make everything else look old.
const LATEST: i64 = 7_258_118_400;

/// The time that an event says it happened at, if that can be.
pub(crate) fn time_of(event: &Value) -> Option<Timestamp> {
    let time: Timestamp = event.get("time").and_then(Value::as_str)?.trim().parse().ok()?;
    (time.as_second() < LATEST).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_follows_events_and_never_goes_back() {
        let clock = FollowingClock::new();
        let after = |time: &str| {
            clock.reach(time_of(&serde_json::json!({"time": time})).unwrap_or(Timestamp::UNIX_EPOCH));
            clock.now().to_string()
        };
        assert_eq!(after("2026-11-20T08:17:44Z"), "2026-11-20T08:17:44Z");
        assert_eq!(after("2026-11-20T08:17:43Z"), "2026-11-20T08:17:44Z");
        assert_eq!(after("9999-12-30T00:00:00Z"), "2026-11-20T08:17:44Z");
        assert_eq!(after("noon"), "2026-11-20T08:17:44Z");
    }
}
