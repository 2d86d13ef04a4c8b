//! The command line of Andon, and the ports of its domain on one machine.

pub mod sqlite;
