//! A customer's own service: its settings, its stacks, and how they are created and removed.
//!
//! Everything is in CloudFormation and in `andon-service.yml`; no other state is kept. So every step can be interrupted
//! and begun again: what is there is looked up, and only what is missing is done.
//!
//! [`settings`], [`detect`], [`cost`] and [`templates`] hold the rules and know no AWS; [`stacks`], [`store`],
//! [`connection`], [`run`] and [`watched`] call it.

pub mod connection;
pub mod cost;
pub mod detect;
pub mod progress;
pub mod run;
pub mod settings;
pub mod stacks;
pub mod store;
pub mod templates;
pub mod watched;
