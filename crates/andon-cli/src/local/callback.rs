//! The sink of alerts and data points on one machine: a callback and, for `andon serve`, the destinations themselves.

use std::rc::Rc;
use std::{fmt, io};

use andon::ledger::Receipt;
use andon::statistics::{Datum, MetricSink, SinkError};
use andon_notify::message::Message;
use andon_notify::{Destination, Outgoing, SendError, Sender};

#[cfg(feature = "aws")]
use crate::terminal::complain;

/// Something that is sent: an alert or a data point.
#[derive(Debug, Clone, Copy)]
pub enum Sent<'s> {
    /// An alert, to one of its destinations.
    Alert {
        /// Where it would go.
        to: &'s Destination,
        /// What it says.
        message: &'s Message,
    },
    /// A metric datum.
    Datum(&'s Datum),
}

type Tell = dyn Fn(&Sent<'_>) -> io::Result<()>;

/// Passes everything that is sent to one callback, in order and before it counts as sent. With an outbox, alerts go to
/// their destinations first.
#[derive(Clone)]
pub struct CallbackSender {
    tell: Rc<Tell>,
    #[cfg(feature = "aws")]
    outbox: Option<Rc<crate::aws::outbox::Outbox>>,
}

impl CallbackSender {
    /// A sender that calls a listener.
    pub fn new(tell: impl Fn(&Sent<'_>) -> io::Result<()> + 'static) -> Self {
        Self {
            tell: Rc::new(tell),
            #[cfg(feature = "aws")]
            outbox: None,
        }
    }

    /// The same, which really sends alerts to the destinations that can be reached.
    #[cfg(feature = "aws")]
    #[must_use]
    pub fn sending(self, outbox: crate::aws::outbox::Outbox) -> Self {
        Self { outbox: Some(Rc::new(outbox)), ..self }
    }

    #[cfg(feature = "aws")]
    fn outbox_for(&self, to: &Destination) -> Option<&crate::aws::outbox::Outbox> {
        self.outbox.as_deref().filter(|outbox| outbox.obstacle(to).is_none())
    }
}

impl fmt::Debug for CallbackSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackSender")
    }
}

impl Sender for CallbackSender {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        #[cfg(feature = "aws")]
        if let Some(outbox) = self.outbox_for(to) {
            let sent = outbox.send(to, outgoing).await.inspect_err(|error| complain(&error.to_string()))?;
            // It has arrived, whether or not somebody can read it here.
            let _ = (self.tell)(&Sent::Alert { to, message: outgoing.message });
            return Ok(sent);
        }
        (self.tell)(&Sent::Alert { to, message: outgoing.message }).map(|()| Receipt::default()).map_err(|error| {
            SendError::Retryable { destination: to.name.to_string(), problem: error.to_string(), after: None }
        })
    }

    #[cfg(feature = "aws")]
    fn can_update(&self, to: &Destination) -> bool {
        self.outbox_for(to).is_some_and(|outbox| outbox.can_update(to))
    }

    #[cfg(feature = "aws")]
    async fn member(&self, to: &Destination, email: &str) -> Option<String> {
        match self.outbox_for(to) {
            Some(outbox) => outbox.member(to, email).await,
            None => None,
        }
    }

    #[cfg(not(feature = "aws"))]
    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

impl MetricSink for CallbackSender {
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError> {
        data.iter()
            .try_for_each(|datum| (self.tell)(&Sent::Datum(datum)))
            .map_err(|error| SinkError { count: data.len(), problem: error.to_string() })
    }
}
