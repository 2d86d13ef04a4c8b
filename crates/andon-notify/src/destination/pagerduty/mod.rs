//! `PagerDuty`, by the Events API v2: `pagerduty: ssm:/andon/pagerduty-key`.

mod event;

use andon::invalid::Invalid;
use andon::secret::SecretRef;

use super::{Choice, DestinationKind, ServiceRegion, Target, Written};

pub use event::render;

/// A service of `PagerDuty`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerDuty {
    /// The integration key of the service, which is a secret.
    pub key: SecretRef,
    /// Where the account is.
    pub region: ServiceRegion,
}

/// How a service of `PagerDuty` is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "pagerduty",
    is_secret: true,
    token: None,
    choices: &[Choice::REGION],
    takes_mentions: false,
    opens_incidents: true,
    read,
};

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    let key = written.text.parse()?;
    Ok(Target::PagerDuty(PagerDuty { key, region: ServiceRegion::chosen(written) }))
}
