//! Requests of Slack to the function's URL, and answers to them.

use std::collections::BTreeMap;

use andon_aws::function_url;
use serde_json::{Value, json};

/// The largest body that is read, in bytes: that of a function URL.
const MAX_BODY: usize = 6 * 1024 * 1024;

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
    /// Reads a request to the function's URL; `None` for what is none.
    pub(crate) fn read(payload: &Value) -> Option<Self> {
        let call = function_url::Request::of(payload)?;
        let header = |name: &str| call.header(name).unwrap_or_default().to_owned();
        Some(Self {
            method: call.method().to_owned(),
            path: call.path().to_owned(),
            timestamp: header("x-slack-request-timestamp"),
            signature: header("x-slack-signature"),
            body: call.body(MAX_BODY).ok()?,
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
    fn a_form_is_read_as_it_was_sent() {
        let payload = json!({
            "requestContext": {"http": {"method": "POST"}}, "rawPath": "/slack/commands",
            "headers": {"X-Slack-Signature": "v0=1"}, "body": "YT1iK2MlMjYmZD0lRjAlOUYlOTElQTk=", "isBase64Encoded": true,
        });
        let request = Request::read(&payload).unwrap();
        assert_eq!((request.path.as_str(), request.signature.as_str()), ("/slack/commands", "v0=1"));
        let form = request.form();
        assert_eq!((form["a"].as_str(), form["d"].as_str()), ("b c&", "\u{1f469}"));
    }
}
