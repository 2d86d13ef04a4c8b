//! The sink of alerts and data points on one machine: a callback.

use std::rc::Rc;
use std::{fmt, io};

use andon::ledger::Receipt;
use andon::statistics::{Datum, MetricSink, SinkError};
use andon_notify::message::Message;
use andon_notify::{Destination, Outgoing, SendError, Sender};

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

/// Passes everything that is sent to one callback, in order and before it counts as sent.
#[derive(Clone)]
pub struct CallbackSender(Rc<Tell>);

impl CallbackSender {
    /// A sender that calls a listener.
    pub fn new(tell: impl Fn(&Sent<'_>) -> io::Result<()> + 'static) -> Self {
        Self(Rc::new(tell))
    }
}

impl fmt::Debug for CallbackSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackSender")
    }
}

impl Sender for CallbackSender {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        (self.0)(&Sent::Alert { to, message: outgoing.message }).map(|()| Receipt::default()).map_err(|error| {
            SendError::Retryable { destination: to.name.to_string(), problem: error.to_string(), after: None }
        })
    }

    fn can_update(&self, _: &Destination) -> bool {
        false
    }
}

impl MetricSink for CallbackSender {
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError> {
        data.iter()
            .try_for_each(|datum| (self.0)(&Sent::Datum(datum)))
            .map_err(|error| SinkError { count: data.len(), problem: error.to_string() })
    }
}
