//! The command line of Andon, and the ports of its domain on one machine.

pub mod command;
pub mod json;
pub mod local;
pub mod sqlite;
pub mod terminal;
pub mod web;
