//! What goes wrong with a call: told to the model as a result, or a fault of the protocol.

/// Why a call gives no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call was understood and cannot be answered: the model reads why, and what to do.
    Told(String),
    /// The call breaks the protocol: an unknown tool, a foreign cursor. Answered with the error -32602.
    Invalid(String),
    /// There is no such resource.
    NoResource(String),
}

impl Fault {
    /// A fault that the model reads.
    pub(crate) fn told(text: impl Into<String>) -> Self {
        Self::Told(text.into())
    }

    /// The ledger cannot be read.
    pub(crate) fn unread(error: &andon::ledger::LedgerError) -> Self {
        tracing::warn!(%error, "the ledger cannot be read");
        Self::told("The ledger cannot be read now. Try again in a minute; the server's log has the reason.")
    }
}
