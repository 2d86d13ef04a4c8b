//! Microsoft Teams: the webhook of a workflow in Power Automate.

use andon::ledger::Receipt;
use andon::text;
use andon_notify::SendError;
use secrecy::SecretString;
use serde_json::Value;

use super::http::Http;
use super::webhook::Webhook;

/// What errors call it.
const SERVICE: &str = "Teams";
/// The most characters of the workflow's answer that an error repeats.
const MAX_PROBLEM: usize = 200;

/// Posts a card.
pub(super) async fn post(
    http: &Http,
    destination: &str,
    address: &SecretString,
    body: &Value,
) -> Result<Receipt, SendError> {
    let webhook = Webhook { service: SERVICE, destination, address };
    webhook
        .post(http, body, |reply| {
            format!("Teams rejects the card ({}): {}", reply.status, advice(reply.status.as_u16(), &reply.text))
        })
        .await
}

/// The workflow's error, with what to do about it.
fn advice(status: u16, answer: &str) -> String {
    let error = serde_json::from_str::<Value>(answer).ok();
    let member = |name: &str| error.as_ref()?.get("error")?.get(name)?.as_str();
    let said = match (member("code"), member("message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => answer.to_owned(),
    };
    let said: String = text::one_line(&said).chars().take(MAX_PROBLEM).collect();
    let what_to_do = match (status, member("code").unwrap_or_default()) {
        (_, "WorkflowTriggerIsNotEnabled") => "turn the workflow on in Power Automate",
        (401 | 403, _) => {
            "store the whole URL of the webhook, with its `sig`, and let the workflow take requests from anyone"
        }
        (404 | 410, _) => "the workflow was deleted: create it again, and store its new URL",
        (413, _) => "the card is too large",
        _ => "see the run history of the workflow in Power Automate",
    };
    if said.is_empty() { what_to_do.to_owned() } else { format!("{said}: {what_to_do}") }
}
