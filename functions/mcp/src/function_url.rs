//! Signed requests to the function's URL as HTTP, and answers to them.

use andon_aws::function_url::{self, BodyError};
use andon_mcp::http::MAX_BODY;
use http::{Request, Response};
use serde_json::{Map, Value, json};

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) why: &'static str,
}

impl Refusal {
    pub(crate) fn into_json(self) -> Value {
        let headers = json!({"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"});
        json!({"statusCode": self.status, "headers": headers, "body": self.why, "isBase64Encoded": false})
    }
}

/// Reads a request, and the ARN of who has signed it.
pub(crate) fn read(payload: &Value) -> Result<(Request<String>, String), Refusal> {
    let refused = |status, why| Refusal { status, why };
    let Some(call) = function_url::Request::of(payload) else {
        return Err(refused(400, "This is not a request to a function URL."));
    };
    // IAM says who has signed. Without it, the function's URL would be open to everybody.
    let Some(caller) = call.caller() else {
        return Err(refused(401, "Sign the request with AWS credentials, for the service lambda."));
    };
    let mut request = Request::builder().method(call.method()).uri(call.path());
    for (name, value) in call.headers() {
        request = request.header(name, value);
    }
    let body = call.body(MAX_BODY).map_err(|error| match error {
        BodyError::TooLarge => refused(413, "The body is too large."),
        BodyError::NotBase64 => refused(400, "The body is not base64."),
    })?;
    let body = String::from_utf8(body).map_err(|_| refused(400, "The body is not UTF-8."))?;
    let request = request.body(body).map_err(|_| refused(400, "The request is not HTTP."))?;
    Ok((request, caller.to_owned()))
}

/// An answer, as a function URL takes it.
pub(crate) fn answer(response: Response<String>) -> Value {
    let (head, body) = response.into_parts();
    let headers: Map<String, Value> = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), json!(value.to_str().ok()?))))
        .collect();
    json!({"statusCode": head.status.as_u16(), "headers": headers, "body": body, "isBase64Encoded": false})
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "arn:aws:iam::111122223333:user/ada";

    fn payload() -> Value {
        json!({
            "rawPath": "/mcp", "headers": {"Content-Type": "application/json", "x-other": 7}, "body": "{}",
            "requestContext": {"http": {"method": "POST"}, "authorizer": {"iam": {"userArn": ADA}}},
        })
    }

    fn status(change: impl FnOnce(&mut Value)) -> u16 {
        let mut payload = payload();
        change(&mut payload);
        read(&payload).map_or_else(|refusal| refusal.status, |_| 200)
    }

    #[test]
    fn a_request_is_read_with_who_has_signed_it() {
        let (request, caller) = read(&payload()).unwrap();
        assert_eq!((request.method().as_str(), request.uri().path(), caller.as_str()), ("POST", "/mcp", ADA));
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.body(), "{}");
        let mut encoded = payload();
        encoded["body"] = json!("e30=");
        encoded["isBase64Encoded"] = json!(true);
        assert_eq!(read(&encoded).unwrap().0.body(), "{}");
    }

    #[test]
    fn what_is_no_signed_request_is_refused() {
        assert_eq!(status(|payload| *payload = json!({"Records": []})), 400);
        assert_eq!(status(|payload| payload["requestContext"]["authorizer"] = json!(null)), 401);
        assert_eq!(status(|payload| payload["requestContext"]["authorizer"]["iam"]["userArn"] = json!("")), 401);
        assert_eq!(status(|payload| payload["headers"]["a b"] = json!("c")), 400);
        assert_eq!(status(|payload| payload["rawPath"] = json!("no path\u{0}")), 400);
        assert_eq!(status(|payload| payload["body"] = json!("x".repeat(MAX_BODY + 1))), 413);
        for (body, wanted) in [("%%%".to_owned(), 400), ("/w==".to_owned(), 400), ("A".repeat(MAX_BODY * 2), 413)] {
            assert_eq!(
                status(|payload| {
                    payload["body"] = json!(body);
                    payload["isBase64Encoded"] = json!(true);
                }),
                wanted
            );
        }
    }

    #[test]
    fn an_answer_keeps_its_status_and_headers() {
        let response = Response::builder().status(202).header("allow", "POST").body("x".to_owned()).unwrap();
        let wanted = json!({"statusCode": 202, "headers": {"allow": "POST"}, "body": "x", "isBase64Encoded": false});
        assert_eq!(answer(response), wanted);
    }
}
