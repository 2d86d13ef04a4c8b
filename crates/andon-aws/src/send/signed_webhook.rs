//! Webhooks of the user's own, signed as Standard Webhooks describes.

use andon::ledger::Receipt;
use andon::secret::WebhookUrl;
use andon_notify::SendError;
use aws_smithy_types::base64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::http::{Fault, Http};

/// What errors call it.
const SERVICE: &str = "the webhook";
/// What secrets in base64 begin with.
const BASE64: &str = "whsec_";
/// The fewest bytes of a secret.
const SHORTEST: usize = 16;

/// Posts an event; the receipt is empty, because a webhook does not say where it went.
pub(super) async fn post(
    http: &Http,
    destination: &str,
    address: &SecretString,
    secret: &SecretString,
    event: &Value,
    now: Timestamp,
) -> Result<Receipt, SendError> {
    let broken = |problem: String| Fault::permanent(problem).of(destination);
    let address = WebhookUrl::parse(address.expose_secret())
        .map_err(|error| broken(format!("the webhook URL is invalid: {error}")))?;
    let (id, time, body) = (id(event), now.as_second().to_string(), event.to_string());
    let signature = key(secret).and_then(|key| sign(&key, &id, &time, &body)).ok_or_else(|| {
        broken(format!("the signing secret is unusable: store {BASE64} with base64, or at least {SHORTEST} characters"))
    })?;
    let request = |client: &reqwest::Client| {
        client
            .post(address.expose())
            .header("content-type", "application/cloudevents+json; charset=utf-8")
            .header("webhook-id", id)
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature)
            .body(body)
    };
    let reply = http.call(SERVICE, request).await.map_err(|fault| fault.of(destination))?;
    match reply.status.as_u16() {
        200..=299 => Ok(Receipt::default()),
        408 | 425 => Err(Fault::retryable(format!("the webhook answers {}", reply.status)).of(destination)),
        300..=399 => {
            Err(broken(format!("the webhook redirects ({}), which is not followed: store the final URL", reply.status)))
        }
        _ => Err(broken(format!("the webhook rejects the event ({}): see the log of the receiver", reply.status))),
    }
}

/// The id of an event, as a header can hold it.
fn id(event: &Value) -> String {
    let id = event.get("id").and_then(Value::as_str).unwrap_or_default();
    id.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}

fn key(secret: &SecretString) -> Option<Vec<u8>> {
    let secret = secret.expose_secret();
    let key = match secret.strip_prefix(BASE64) {
        Some(encoded) => base64::decode(encoded).ok()?,
        None => secret.as_bytes().to_vec(),
    };
    (key.len() >= SHORTEST).then_some(key)
}

fn sign(key: &[u8], id: &str, time: &str, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{time}.{body}").as_bytes());
    Some(format!("v1,{}", base64::encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let key = key(&secret).unwrap();
        let signed = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_short_secret_is_refused() {
        for (secret, fits) in [("whsec_c2hvcnQ=", false), ("fifteen letters", false), ("sixteen letters!", true)] {
            assert_eq!(key(&SecretString::from(secret)).is_some(), fits, "{secret}");
        }
    }
}
