//! A function's URL: turns HTTP into the events of payload format 2.0, and what the function answers back into HTTP.
//!
//! As with the authorization type `AWS_IAM`, requests without a signature never reach the function. Whether a signature is
//! right is IAM's business and not looked at; the access key says who has signed.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use http_body_util::Full;
use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::http::{Reply, Request, Server};
use crate::runtime_api::Function;

/// How a signature begins; what follows is the access key.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=";
/// The service that requests to function URLs are signed for.
const SERVICE: &str = "/lambda/aws4_request";

/// The address of a function.
#[derive(Debug)]
pub struct FunctionUrl {
    server: Server,
}

impl FunctionUrl {
    /// Opens an address, for callers whose access keys and ARNs these are.
    pub fn open(function: Arc<Function>, callers: &[(&str, &str)]) -> io::Result<Self> {
        let callers: BTreeMap<String, String> =
            callers.iter().map(|(key, arn)| ((*key).to_owned(), (*arn).to_owned())).collect();
        let callers = Arc::new(callers);
        let server = Server::start(move |request| {
            let (function, callers) = (Arc::clone(&function), Arc::clone(&callers));
            async move { answer(&function, &callers, &request).await }
        })?;
        Ok(Self { server })
    }

    /// The address, without a slash at its end.
    pub fn url(&self) -> String {
        self.server.url()
    }
}

/// A signature as far as the address looks at it.
pub fn signed_by(access_key: &str) -> String {
    format!("{SIGNED}{access_key}/20261130/us-east-1{SERVICE}, SignedHeaders=host;x-amz-date, Signature=0000")
}

async fn answer(function: &Function, callers: &BTreeMap<String, String>, request: &Request) -> Reply {
    let credential = request.header("authorization").strip_prefix(SIGNED);
    let credential = credential.and_then(|rest| rest.split_once(',')).map(|(credential, _)| credential);
    let key = credential.filter(|it| it.ends_with(SERVICE)).and_then(|it| it.split('/').next());
    let Some((key, arn)) = key.and_then(|key| callers.get_key_value(key)) else {
        return Reply::new(403, "application/json", r#"{"Message":"Forbidden"}"#);
    };
    match function.invoke(&event(request, key, arn)).await.ok().as_ref().and_then(|answer| answer.ok()) {
        Some(answer) => reply(answer),
        None => Reply::new(502, "application/json", r#"{"Message":"Internal Server Error"}"#),
    }
}

/// The event of a request.
fn event(request: &Request, key: &str, arn: &str) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    for name in request.headers.keys() {
        let values = request.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        headers.insert(name.as_str().to_owned(), json!(values.collect::<Vec<_>>().join(",")));
    }
    let kind = request.header("content-type");
    let text = std::str::from_utf8(&request.body).ok();
    let is_text = kind.starts_with("text/") || kind.starts_with("application/json");
    let body = match text.filter(|_| is_text) {
        Some(text) => json!({"body": text, "isBase64Encoded": false}),
        None => json!({"body": base64(&request.body), "isBase64Encoded": true}),
    };
    let path = request.uri.path();
    let account = arn.split(':').nth(4).unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.uri.query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": account,
            "apiId": "andon",
            "authorizer": {"iam": {
                "accessKey": key, "accountId": account, "callerId": key, "cognitoIdentity": null,
                "principalOrgId": null, "userArn": arn, "userId": key,
            }},
            "domainName": "andon.lambda-url.us-east-1.on.aws",
            "domainPrefix": "andon",
            "http": {
                "method": request.method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": request.header("user-agent"),
            },
            "requestId": "1",
            "routeKey": "$default",
            "stage": "$default",
        },
    });
    if let (Some(event), Value::Object(body)) = (event.as_object_mut(), body) {
        event.extend(body);
    }
    event
}

/// The answer of a function: with a status, or JSON alone.
fn reply(answer: &Value) -> Reply {
    let Some(status) = answer.get("statusCode").and_then(Value::as_u64) else {
        return Reply::new(200, "application/json", answer.to_string());
    };
    let body = answer.get("body").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut response = hyper::Response::new(Full::new(body.into()));
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    *response.status_mut() = status.unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    Reply::Answer(response)
}

/// Bytes in base64, RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| (bits << 8) | chunk.get(at).map_or(0, |byte| usize::from(*byte)));
        for at in 0..4 {
            let letter = ALPHABET.get((bits >> (18 - 6 * at)) & 63).copied().unwrap_or(b'=');
            text.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_written_in_base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xfe]), "//4=");
    }
}
