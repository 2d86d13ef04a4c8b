//! Andon's own stack, deployed from the files of a release and removed, without an account.
//!
//! The functions of the release do nothing. moto's CloudFormation creates the stack over HTTP from what the command
//! uploads; what it lacks is added in `moto_cloudformation.py`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "compiled for tests only"
)]

mod alert;
mod deploy;
mod destroy;
mod doctor;
mod refused;
#[path = "../support/mod.rs"]
mod support;
mod world;
