//! Requests as Slack signs them and a function URL hands them over.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// Slack's signature of a body that is sent at a time, in seconds since 1970.
pub fn sign(secret: &str, timestamp: &str, body: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// A request to a function URL, in payload format 2.0.
pub fn request(path: &str, body: &str, timestamp: &str, signature: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": path,
        "headers": {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature},
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": body,
        "isBase64Encoded": false,
    })
}

/// A form as a browser writes it.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        hex::encode_upper(text).as_bytes().chunks(2).fold(String::new(), |mut out, byte| {
            out.push('%');
            out.push_str(&String::from_utf8_lossy(byte));
            out
        })
    };
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}
