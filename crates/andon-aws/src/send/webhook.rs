//! Webhooks: a secret address that takes a message as JSON, and does not say where the message is.

use andon::ledger::Receipt;
use andon::secret::WebhookUrl;
use andon_notify::SendError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::http::{Fault, Http, Reply};

/// A webhook to post to.
pub(super) struct Webhook<'w> {
    /// Whose it is, as errors call it.
    pub(super) service: &'w str,
    /// The destination's name in the configuration.
    pub(super) destination: &'w str,
    /// Where it is.
    pub(super) address: &'w SecretString,
}

impl Webhook<'_> {
    /// Posts a message; the receipt is empty. `rejected` says what a reply means that is no success.
    pub(super) async fn post(
        &self,
        http: &Http,
        body: &Value,
        rejected: impl FnOnce(&Reply) -> String,
    ) -> Result<Receipt, SendError> {
        let address = WebhookUrl::parse(self.address.expose_secret())
            .map_err(|error| Fault::permanent(format!("the webhook URL is invalid: {error}")).of(self.destination))?;
        let reply = http.call(self.service, |client| client.post(address.expose()).json(body)).await;
        let reply = reply.map_err(|fault| fault.of(self.destination))?;
        if reply.status.is_success() {
            return Ok(Receipt::default());
        }
        Err(Fault::permanent(rejected(&reply)).of(self.destination))
    }
}
