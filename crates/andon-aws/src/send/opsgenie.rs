//! Opsgenie: the Alert API.

use andon::ledger::Receipt;
use andon::text;
use andon_notify::SendError;
use andon_notify::destination::ServiceRegion;
use andon_notify::destination::opsgenie::Request;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::http::{Fault, Http};

/// What errors call it.
const SERVICE: &str = "Opsgenie";
/// The most characters of an answer that an error repeats.
const MAX_PROBLEM: usize = 200;

/// The base address of the API.
pub(super) const fn api(region: ServiceRegion) -> &'static str {
    match region {
        ServiceRegion::Us => "https://api.opsgenie.com",
        ServiceRegion::Eu => "https://api.eu.opsgenie.com",
    }
}

/// Makes the requests of one alert, one after the other.
pub(super) async fn post(
    http: &Http,
    destination: &str,
    api: &str,
    key: &SecretString,
    requests: &[Request],
) -> Result<Receipt, SendError> {
    for Request { close, body } in requests {
        let address = match close {
            None => format!("{api}/v2/alerts"),
            Some(alias) => format!("{api}/v2/alerts/{}/close?identifierType=alias", andon::links::encode(alias)),
        };
        let request = |client: &reqwest::Client| {
            client.post(address).header("authorization", format!("GenieKey {}", key.expose_secret())).json(body)
        };
        // The same alias again changes nothing, so a request whose answer was lost is simply made again.
        let reply = http.call(SERVICE, request).await.map_err(|fault| fault.repeatable().of(destination))?;
        let was_closed = close.is_some() && reply.status.as_u16() == 404;
        if !reply.status.is_success() && !was_closed {
            let advice = advice(reply.status.as_u16(), &reply.text);
            let problem = format!("Opsgenie rejects the request ({}): {advice}", reply.status);
            return Err(Fault::permanent(problem).of(destination));
        }
    }
    Ok(Receipt::default())
}

/// What Opsgenie says is wrong, with what to do about it.
fn advice(status: u16, answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let said = answer.get("message").and_then(Value::as_str).unwrap_or_default();
    let said: String = text::one_line(said).chars().take(MAX_PROBLEM).collect();
    let what_to_do = match status {
        401 | 403 => {
            "store the key of an API integration that may create alerts, and set `region: eu` if the account is there"
        }
        402 => "the plan of the account does not include the API",
        _ => "see that the integration is turned on",
    };
    if said.is_empty() { what_to_do.to_owned() } else { format!("{said}: {what_to_do}") }
}
