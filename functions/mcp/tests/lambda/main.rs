//! The MCP function as Lambda runs it, behind an address that turns HTTP into its events, with the official client of the
//! protocol as its caller.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod clients;
mod strangers;
mod world;
