//! What the tests run against instead of AWS, Lambda and Slack.
//!
//! - [`emulator`]: moto and dynalite, two independent pieces of other people's work that speak AWS's protocols;
//! - [`runtime_api`]: the Lambda service as a function sees it, to run a function's binary as a process of its own;
//! - [`function_url`]: the address of a function, for clients that speak HTTP;
//! - [`stand_in`]: what the emulators lack, which is `CodePipeline`'s executions and their evidence, and Slack;
//! - [`recorder`]: a proxy in front of an emulator that notes every request, and can make one fail;
//! - [`capacity`]: what calls of DynamoDB cost;
//! - [`browser`]: a real browser, to look at pages as people do;
//! - [`chromium`]: which browser of this machine the tests use;
//! - `aws`: the configuration of the SDK for an emulator;
//! - [`ask`]: a client of AWS's protocols that is no SDK, to prepare an emulator and to look into it;
//! - [`block_kit`]: two judges of whether Slack would take a message;
//! - [`damage`]: where a request can be damaged;
//! - [`shapes`]: an independent judge of whether requests and replies have the shapes that AWS describes.
//!
//! Every server here listens on a free loopback port, runs on a thread of its own, so that a test may block, and ends
//! when it is dropped. Tests share one emulator and keep apart by unique names ([`unique`]).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

pub mod adaptive_card;
pub mod ask;
#[cfg(feature = "aws")]
pub mod aws;
pub mod block_kit;
pub mod browser;
pub mod call;
pub mod capacity;
pub mod chromium;
pub mod damage;
pub mod emulator;
pub mod fault;
pub mod function_url;
mod http;
pub mod recorder;
pub mod runtime_api;
pub mod shapes;
pub mod slack_request;
pub mod stand_in;
pub mod tools;

/// A name that no other test uses, for a table, a topic or a pipeline: `prefix` and a number in letters and digits.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    format!("{prefix}-{micros:x}-{:x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A lock whose poison does not matter: the panic that poisoned it has failed its test already.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
