//! The templates of a service and the commands that deploy and remove it, without an account.
//!
//! moto's CloudFormation creates the stacks over HTTP; what it lacks is added in `moto_cloudformation.py`, which also
//! compares the properties with the shapes of the APIs. A stand-in plays the runs of the pipeline and the connection.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "compiled for tests only"
)]

mod down;
mod files;
mod interrupted;
mod page;
mod scaling;
mod template;
mod told;
mod up;
mod wiring;
mod world;
