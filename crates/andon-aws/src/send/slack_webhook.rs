//! Slack's incoming webhooks.

use andon::ledger::Receipt;
use andon::secret::WebhookUrl;
use andon_notify::SendError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::http::{Fault, Http};
use super::slack::{SERVICE, advice};

/// Posts to an incoming webhook; the receipt is empty, because Slack does not say how to find the message again.
pub(super) async fn post(
    http: &Http,
    destination: &str,
    address: &SecretString,
    body: &Value,
) -> Result<Receipt, SendError> {
    let address = WebhookUrl::parse(address.expose_secret())
        .map_err(|error| Fault::permanent(format!("the webhook URL is invalid: {error}")).of(destination))?;
    let reply = http.call(SERVICE, |client| client.post(address.expose()).json(body)).await;
    let reply = reply.map_err(|fault| fault.of(destination))?;
    if reply.status.is_success() {
        return Ok(Receipt::default());
    }
    let problem = format!("Slack rejects the message to the webhook ({}): {}", reply.status, advice(&reply.text, None));
    Err(Fault::permanent(problem).of(destination))
}
