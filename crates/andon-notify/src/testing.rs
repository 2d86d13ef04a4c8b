//! A sender that records its calls, for tests.

use std::cell::RefCell;

use andon::ledger::Receipt;
use andon::testing::faults::Faulty;

use crate::destination::Destination;
use crate::message::Message;
use crate::sender::{Outgoing, SendError, Sender};

/// Keeps what it is asked to send.
#[derive(Debug, Default)]
pub struct RecordingSender {
    /// What was sent: the destination's name, the id, the message.
    pub sent: RefCell<Vec<(String, String, Message)>>,
}

impl Sender for RecordingSender {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        self.sent.borrow_mut().push((to.name.to_string(), outgoing.id.to_owned(), outgoing.message.clone()));
        Ok(Receipt::default())
    }

    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

impl<P: Sender> Sender for Faulty<'_, P> {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        let lost = || {
            Err(SendError::Retryable {
                destination: to.name.to_string(),
                problem: "a fault was injected".to_owned(),
                after: None,
            })
        };
        self.faults.around(self.port.send(to, outgoing), lost).await
    }

    fn can_update(&self, to: &Destination) -> bool {
        self.port.can_update(to)
    }

    async fn member(&self, to: &Destination, email: &str) -> Option<String> {
        self.port.member(to, email).await
    }
}
