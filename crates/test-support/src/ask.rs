//! A client of AWS's protocols that is no SDK: to prepare an emulator and to look at what is in it.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// The access key of the emulators' own account.
const KEY: &str = "testing";

/// An answer: its HTTP status and its text. The status is 0 where the connection was closed without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The lines above the text.
    pub head: String,
    /// The text.
    pub body: String,
}

impl Reply {
    /// The text as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Asks an API that speaks JSON: `json(url, "dynamodb", "DynamoDB_20120810.ListTables", &json!({}))`.
pub fn json(url: &str, service: &str, target: &str, input: &Value) -> io::Result<Reply> {
    json_as(KEY, url, service, target, input)
}

/// Asks an API that speaks JSON with somebody else's access key, by which an emulator tells accounts apart.
pub fn json_as(key: &str, url: &str, service: &str, target: &str, input: &Value) -> io::Result<Reply> {
    json_by(&authorization(key, service), url, service, target, input)
}

/// Asks an API that speaks JSON in a region: elsewhere it is `us-east-1`.
pub fn json_in(region: &str, url: &str, service: &str, target: &str, input: &Value) -> io::Result<Reply> {
    json_by(&authorization(KEY, service).replace("us-east-1", region), url, service, target, input)
}

fn json_by(authorization: &str, url: &str, service: &str, target: &str, input: &Value) -> io::Result<Reply> {
    let version = if service == "dynamodb" { "1.0" } else { "1.1" };
    let content_type = format!("application/x-amz-json-{version}");
    let headers = [
        ("X-Amz-Target", target),
        ("X-Amz-Date", "20260101T000000Z"),
        ("Content-Type", &content_type),
        ("Authorization", authorization),
    ];
    post(url, &headers, &input.to_string())
}

/// Asks an API that speaks forms: `form(url, "sns", &[("Action", "CreateTopic"), ("Name", "alerts")])`.
pub fn form(url: &str, service: &str, fields: &[(&str, &str)]) -> io::Result<Reply> {
    let authorization = authorization(KEY, service);
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", authorization.as_str())];
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
    post(url, &headers, &body.join("&"))
}

/// Puts nothing at an address, which is how S3 is asked for a bucket: `put("http://127.0.0.1:5000/bucket", "s3")`.
pub fn put(url: &str, service: &str) -> io::Result<Reply> {
    send("PUT", url, &[("Authorization", &authorization(KEY, service))], "")
}

/// Posts a text to an address of the kind `http://127.0.0.1:PORT/path`.
pub fn post(url: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Reply> {
    send("POST", url, headers, body)
}

fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Reply> {
    let rest = url.trim_start_matches("http://");
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut request = format!("{method} /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    let _ = write!(request, "Content-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => return Err(error),
        _ => {}
    }
    let answer = String::from_utf8_lossy(&bytes);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Reply { status, head: head.to_owned(), body: body.to_owned() })
}

/// What tells an emulator whose account and which service is meant; nobody checks the signature.
fn authorization(key: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
