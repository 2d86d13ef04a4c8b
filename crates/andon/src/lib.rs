//! The domain of Andon.
//!
//! Invariant: nothing here knows an AWS SDK, HTTP, a clock or the environment. Rules are functions from values to
//! values; whatever has to be done goes through a port, a small trait that somebody else implements.

pub mod event;
pub mod history;
pub mod join;
pub mod ledger;
pub mod name;
pub mod run;
pub mod statistics;
