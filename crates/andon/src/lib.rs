//! The domain of Andon.
//!
//! Invariant: nothing here knows an AWS SDK, HTTP, a clock or the environment. Rules are functions from values to
//! values; whatever has to be done goes through a port, a small trait that somebody else implements.

pub mod alert;
pub mod answer;
pub mod batch;
pub mod board;
pub mod clock;
pub mod config;
pub mod dashboard;
pub mod delivery;
pub mod event;
pub mod explanation;
pub mod history;
pub mod intervention;
pub mod join;
pub mod ledger;
pub mod message;
pub mod name;
pub mod route;
pub mod run;
pub mod statistics;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod view;
pub mod widget;
