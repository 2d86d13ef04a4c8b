//! What Andon knows, as tools for AI assistants: a server of the Model Context Protocol.
//!
//! A [`Desk`] answers calls from the ledger; [`serve`] speaks the protocol over a pair of streams, and `http` answers
//! requests one by one. Both hand every call to the desk. Tools only read, unless the configuration allows actions, and then a person confirms each of them.
//!
//! Log lines, commit messages, comments and people's names come from strangers. They stand in members named
//! `untrusted_*`, cleaned and redacted, and nowhere else: not in sentences, not in the descriptions of tools.

mod act;
mod call;
mod catalog;
mod desk;
mod fault;
mod find;
#[cfg(feature = "http")]
pub mod http;
mod page;
mod prompts;
mod resources;
mod seal;
mod server;
mod shown;
pub mod stdio;
#[cfg(feature = "testing")]
pub mod testing;
mod tool;

pub use desk::Desk;
pub use server::{ServeError, serve};

/// Who calls over a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The ARN of a user, or of a session of a role.
    pub arn: String,
    /// Whether they may start actions.
    pub may_act: bool,
}
