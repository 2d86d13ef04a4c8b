//! The machine's clock, for `main`; everything else receives the time as an argument.

use andon::clock::Clock;
#[cfg(feature = "lambda")]
use andon::clock::Timer;
use jiff::Timestamp;

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[cfg(feature = "lambda")]
impl Timer for SystemClock {
    async fn wait(&self, span: jiff::SignedDuration) {
        tokio::time::sleep(span.try_into().unwrap_or_default()).await;
    }
}
