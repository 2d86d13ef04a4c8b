//! The command line of Andon, and the ports of its domain on one machine.

#[cfg(feature = "aws")]
pub mod aws;
pub mod command;
#[cfg(feature = "aws")]
pub mod deployment;
pub mod json;
pub mod local;
pub mod release;
#[cfg(feature = "aws")]
pub mod service;
pub mod share;
pub mod sqlite;
pub mod system;
pub mod terminal;
pub mod web;
