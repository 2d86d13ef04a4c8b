//! Requests as a function URL hands them over, and answers to them.

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde_json::{Value, json};

/// A request, its body as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
    pub(crate) body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    status: u16,
    body: Option<Value>,
}

impl Request {
    /// Reads a request in payload format 2.0; `None` for what is none.
    pub(crate) fn read(payload: &Value) -> Option<Self> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let headers = payload.get("headers").and_then(Value::as_object);
        let header = |name: &str| {
            let value = headers?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            value.and_then(|(_, value)| value.as_str()).map(str::to_owned)
        };
        let body = text(payload.get("body"));
        let is_encoded = payload.get("isBase64Encoded").and_then(Value::as_bool) == Some(true);
        Some(Self {
            method: text(payload.pointer("/requestContext/http/method")),
            path: text(payload.get("rawPath")),
            timestamp: header("x-slack-request-timestamp").unwrap_or_default(),
            signature: header("x-slack-signature").unwrap_or_default(),
            body: if is_encoded { base64::decode(body).ok()? } else { body.into_bytes() },
        })
    }

    /// The fields of the form in the body.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

impl Response {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, body: None }
    }

    /// An answer in JSON.
    pub(crate) fn json(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    pub(crate) fn into_json(self) -> Value {
        let Self { status, body } = self;
        match body {
            Some(body) => {
                json!({"statusCode": status, "headers": {"content-type": "application/json"}, "body": body.to_string()})
            }
            None => json!({"statusCode": status, "body": ""}),
        }
    }
}

impl From<Result<(), Response>> for Response {
    /// What was taken is acknowledged with nothing.
    fn from(taken: Result<(), Self>) -> Self {
        taken.err().unwrap_or_else(|| Self::empty(200))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_the_same_however_it_is_handed_over() {
        let plain = json!({"rawPath": "/slack/commands", "body": "a=b+c%26&d=%F0%9F%91%A9", "isBase64Encoded": false});
        let encoded =
            json!({"rawPath": "/slack/commands", "body": "YT1iK2MlMjYmZD0lRjAlOUYlOTElQTk=", "isBase64Encoded": true});
        let (plain, encoded) = (Request::read(&plain).unwrap(), Request::read(&encoded).unwrap());
        assert_eq!(plain, encoded);
        let form = plain.form();
        assert_eq!((form["a"].as_str(), form["d"].as_str()), ("b c&", "\u{1f469}"));
        assert_eq!(Request::read(&json!({"body": "%%%", "isBase64Encoded": true})), None);
    }

    #[test]
    fn headers_have_no_case() {
        let request = Request::read(&json!({"headers": {"X-Slack-Signature": "v0=1", "x-other": 1}})).unwrap();
        assert_eq!(request.signature, "v0=1");
    }
}
