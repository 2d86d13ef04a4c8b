//! The core of Andon: events, runs, history, alerts and statistics.
//!
//! Invariant: nothing here knows an AWS SDK, HTTP, a clock or the environment. Rules are functions from values to
//! values; whatever has to be done goes through a port, a small trait that another crate implements.

pub mod account;
pub mod alert;
pub mod arn;
pub mod attention;
pub mod author;
pub mod batch;
pub mod board;
pub mod cause;
pub mod clock;
pub mod environment;
pub mod event;
pub mod glob;
pub mod history;
pub mod invalid;
pub mod issue;
pub mod join;
pub mod ledger;
pub mod line;
pub mod links;
pub mod name;
pub mod pace;
pub mod region;
pub mod report;
pub mod run;
pub mod run_action;
pub mod secret;
pub mod service;
pub mod statistics;
pub mod suggest;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod words;
