//! `PagerDuty`: the Events API v2.

use andon::ledger::Receipt;
use andon::text;
use andon_notify::SendError;
use andon_notify::destination::ServiceRegion;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::http::{Fault, Http};

/// What errors call it.
const SERVICE: &str = "PagerDuty";
/// The most characters of an answer that an error repeats.
const MAX_PROBLEM: usize = 200;

/// The base address of the events API.
pub(super) const fn api(region: ServiceRegion) -> &'static str {
    match region {
        ServiceRegion::Us => "https://events.pagerduty.com",
        ServiceRegion::Eu => "https://events.eu.pagerduty.com",
    }
}

/// Sends the events of one alert, one after the other.
pub(super) async fn post(
    http: &Http,
    destination: &str,
    api: &str,
    key: &SecretString,
    events: Vec<Value>,
) -> Result<Receipt, SendError> {
    for mut event in events {
        if let Some(event) = event.as_object_mut() {
            event.insert("routing_key".to_owned(), json!(key.expose_secret()));
        }
        let request = |client: &reqwest::Client| client.post(format!("{api}/v2/enqueue")).json(&event);
        // The same key again changes nothing, so an event whose answer was lost is simply sent again.
        let reply = http.call(SERVICE, request).await.map_err(|fault| fault.repeatable().of(destination))?;
        if !reply.status.is_success() {
            let problem = format!("PagerDuty rejects the event ({}): {}", reply.status, advice(&reply.text));
            return Err(Fault::permanent(problem).of(destination));
        }
    }
    Ok(Receipt::default())
}

/// What `PagerDuty` says is wrong, with what to do about it.
fn advice(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let errors = answer.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut said: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
    if said.is_empty() {
        said.extend(answer.get("message").and_then(Value::as_str));
    }
    let said: String = text::one_line(&said.join("; ")).chars().take(MAX_PROBLEM).collect();
    let what_to_do = if said.contains("routing_key") {
        "store the integration key of an \"Events API V2\" integration, which has 32 characters"
    } else {
        "see that the integration exists and is of the kind \"Events API V2\""
    };
    if said.is_empty() { what_to_do.to_owned() } else { format!("{said}: {what_to_do}") }
}
