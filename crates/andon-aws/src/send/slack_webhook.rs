//! Slack's incoming webhooks.

use andon::ledger::Receipt;
use andon_notify::SendError;
use secrecy::SecretString;
use serde_json::Value;

use super::http::Http;
use super::slack::{SERVICE, advice};
use super::webhook::Webhook;

/// Posts to an incoming webhook.
pub(super) async fn post(
    http: &Http,
    destination: &str,
    address: &SecretString,
    body: &Value,
) -> Result<Receipt, SendError> {
    let webhook = Webhook { service: SERVICE, destination, address };
    webhook
        .post(http, body, |reply| {
            format!("Slack rejects the message to the webhook ({}): {}", reply.status, advice(&reply.text, None))
        })
        .await
}
