//! The Lex function as Lambda runs it, with botocore's model of Lex as the judge of its responses.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod conversations;
mod strangers;
mod world;
