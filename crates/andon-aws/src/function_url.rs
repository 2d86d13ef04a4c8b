//! Requests as a function URL hands them over, in payload format 2.0.
//!
//! Source: AWS Lambda developer guide, "Invoking Lambda function URLs".

use aws_smithy_types::base64;
use serde_json::Value;
use thiserror::Error;

/// A request to a function URL, as far as its payload goes.
#[derive(Debug, Clone, Copy)]
pub struct Request<'p> {
    payload: &'p Value,
}

impl<'p> Request<'p> {
    /// The request in a payload; `None` if it is of another kind, such as an invocation by hand.
    pub fn of(payload: &'p Value) -> Option<Self> {
        let request = Self { payload };
        (!request.method().is_empty()).then_some(request)
    }

    /// The method, such as `POST`.
    pub fn method(self) -> &'p str {
        self.text("/requestContext/http/method")
    }

    /// The path, as it was sent.
    pub fn path(self) -> &'p str {
        self.text("/rawPath")
    }

    /// The ARN of the principal who signed the request, if IAM checks requests.
    pub fn caller(self) -> Option<&'p str> {
        Some(self.text("/requestContext/authorizer/iam/userArn")).filter(|caller| !caller.is_empty())
    }

    /// The headers.
    pub fn headers(self) -> impl Iterator<Item = (&'p str, &'p str)> {
        let headers = self.payload.get("headers").and_then(Value::as_object).into_iter().flatten();
        headers.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// A header, whatever the case of its name.
    pub fn header(self, name: &str) -> Option<&'p str> {
        self.headers().find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
    }

    /// The bytes of the body as they were sent: at most `max`.
    ///
    /// # Errors
    ///
    /// If it is larger, or is said to be base64 and is not.
    pub fn body(self, max: usize) -> Result<Vec<u8>, BodyError> {
        let body = self.text("/body");
        let is_encoded = self.payload.get("isBase64Encoded").and_then(Value::as_bool) == Some(true);
        // Four characters in base64 are three bytes, the last ones one or two fewer.
        let least = if is_encoded { (body.len() / 4 * 3).saturating_sub(2) } else { body.len() };
        if least > max {
            return Err(BodyError::TooLarge);
        }
        let bytes =
            if is_encoded { base64::decode(body).map_err(|_| BodyError::NotBase64)? } else { body.as_bytes().to_vec() };
        if bytes.len() > max { Err(BodyError::TooLarge) } else { Ok(bytes) }
    }

    fn text(self, pointer: &str) -> &'p str {
        self.payload.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BodyError {
    /// It is larger than is read.
    #[error("the body is too large")]
    TooLarge,
    /// It is said to be base64, and is not.
    #[error("the body is not base64")]
    NotBase64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload(body: &str, is_encoded: bool) -> Value {
        json!({
            "rawPath": "/slack/commands", "headers": {"X-Slack-Signature": "v0=1", "x-other": 1}, "body": body,
            "isBase64Encoded": is_encoded, "requestContext": {"http": {"method": "POST"}},
        })
    }

    #[test]
    fn a_body_is_the_same_however_it_is_handed_over() {
        let (plain, encoded) = (payload("a=b+c", false), payload("YT1iK2M=", true));
        for payload in [plain, encoded] {
            assert_eq!(Request::of(&payload).unwrap().body(5), Ok(b"a=b+c".to_vec()));
            assert_eq!(Request::of(&payload).unwrap().body(2), Err(BodyError::TooLarge));
        }
        assert_eq!(Request::of(&payload("%%%", true)).unwrap().body(100), Err(BodyError::NotBase64));
    }

    #[test]
    fn headers_have_no_case_and_what_is_no_text_is_none() {
        let payload = payload("", false);
        let request = Request::of(&payload).unwrap();
        assert_eq!(request.header("x-slack-signature"), Some("v0=1"));
        assert_eq!(request.header("x-other"), None);
        assert_eq!((request.method(), request.path(), request.caller()), ("POST", "/slack/commands", None));
    }

    #[test]
    fn an_invocation_by_hand_is_no_request() {
        assert!(Request::of(&json!({"Records": []})).is_none());
        assert!(Request::of(&json!("text")).is_none());
    }
}
