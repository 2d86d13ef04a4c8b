//! Opsgenie, by its Alert API: `opsgenie: ssm:/andon/opsgenie-key`.

mod request;

use andon::invalid::Invalid;
use andon::secret::SecretRef;

use super::{Choice, DestinationKind, ServiceRegion, Target, Written};

pub use request::{Request, render};

/// An API integration of Opsgenie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opsgenie {
    /// The key of the integration, which is a secret.
    pub key: SecretRef,
    /// Where the account is.
    pub region: ServiceRegion,
}

/// How an integration of Opsgenie is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "opsgenie",
    is_secret: true,
    token: None,
    choices: &[Choice::REGION],
    takes_mentions: false,
    opens_incidents: true,
    read,
};

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    let key = written.text.parse()?;
    Ok(Target::Opsgenie(Opsgenie { key, region: ServiceRegion::chosen(written) }))
}
