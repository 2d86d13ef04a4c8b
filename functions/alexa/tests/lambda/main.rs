//! The Alexa function as Lambda runs it: its own binary, a ledger in DynamoDB, asked by clients that know Alexa.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod actions;
mod bounds;
mod conversations;
mod judges;
mod start;
mod talk;
mod utterances;
mod world;
