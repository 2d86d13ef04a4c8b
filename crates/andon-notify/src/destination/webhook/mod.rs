//! A webhook of your own: `webhook: ssm:/andon/webhook-url, secret: ssm:/andon/webhook-secret`.

mod event;

use andon::invalid::Invalid;
use andon::secret::SecretRef;

use super::{DestinationKind, Target, Token, Written};

pub use event::{SCHEMA, render};

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its address, which is a secret: it may hold a key.
    pub url: SecretRef,
    /// The secret that requests are signed with.
    pub secret: SecretRef,
}

/// What is wrong without a secret.
const NO_SECRET: &str = "this webhook has no secret to sign requests with";

/// How a webhook is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "webhook",
    is_secret: true,
    token: Some(Token {
        key: "secret",
        shared: None,
        missing: NO_SECRET,
        help: "add `secret: ssm:/andon/webhook-secret`, and let the receiver verify the signature",
    }),
    choices: &[],
    takes_mentions: false,
    opens_incidents: false,
    read,
};

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    let url = written.text.parse()?;
    let secret = written.token.clone().ok_or_else(|| Invalid::new(NO_SECRET))?;
    Ok(Target::Webhook(Webhook { url, secret }))
}
