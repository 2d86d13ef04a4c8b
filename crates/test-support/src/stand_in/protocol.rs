//! AWS's protocols from the server's side: which operation a request asks for, and how an answer or an error looks.

use std::fmt::Write as _;
use std::io::Read;

use serde_json::{Map, Value, json};

use crate::http::{Reply, Request};

/// A refusal in AWS's manner.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.to_owned(), message: message.into() }
    }
}

/// How an API speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `awsJson1_0` and `awsJson1_1`.
    Json,
    /// `awsQuery`: a form in, XML out.
    Query,
    /// `rpcv2Cbor`; what is only passed on is not read ([`read_cbor`] does).
    Cbor,
    /// REST, likewise.
    Rest,
}

/// What a request asks for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) operation: String,
    pub(crate) input: Value,
    pub(crate) protocol: Protocol,
}

/// Reads a request of any AWS client.
pub(crate) fn read(request: &Request) -> Asked {
    let body = inflated(request);
    let (region, signed_for) = credential_scope(request.header("authorization")).unzip();
    let region = region.unwrap_or_default();
    let path: Vec<&str> = request.uri.path().split('/').collect();
    if let Some((prefix, operation)) = request.header("x-amz-target").rsplit_once('.') {
        let service = signed_for.unwrap_or_else(|| service_of_target(prefix));
        let input = serde_json::from_slice(&body).unwrap_or_default();
        return Asked { service, region, operation: operation.to_owned(), input, protocol: Protocol::Json };
    }
    if let ["", "service", name, "operation", operation] = path.as_slice() {
        let service = signed_for.unwrap_or_else(|| service_of_target(name));
        return Asked {
            service,
            region,
            operation: (*operation).to_owned(),
            input: Value::Null,
            protocol: Protocol::Cbor,
        };
    }
    let form = read_form(&body);
    if let Some(operation) = form.get("Action").and_then(Value::as_str).map(str::to_owned) {
        let service = signed_for.unwrap_or_else(|| "unsigned".to_owned());
        return Asked { service, region, operation, input: Value::Object(form), protocol: Protocol::Query };
    }
    let service = signed_for.unwrap_or_else(|| "unsigned".to_owned());
    let operation = format!("{} {}", request.method, request.uri.path());
    let input = serde_json::from_slice(&body).unwrap_or_default();
    Asked { service, region, operation, input, protocol: Protocol::Rest }
}

/// The input of a request in CBOR, as far as JSON has the same.
pub(crate) fn read_cbor(request: &Request) -> Value {
    ciborium::from_reader(inflated(request).as_slice()).unwrap_or_default()
}

/// The answer to a request, in the client's protocol.
pub(crate) fn answer(asked: &Asked, output: &Value) -> Reply {
    match asked.protocol {
        Protocol::Query => {
            let operation = &asked.operation;
            let mut xml = format!(
                "<{operation}Response xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><{operation}Result>"
            );
            write_xml(&mut xml, output);
            let _ = write!(
                xml,
                "</{operation}Result><ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"
            );
            Reply::new(200, "text/xml", xml)
        }
        Protocol::Cbor => {
            let mut cbor = Vec::new();
            // Into memory, and of a value that JSON can hold: neither can fail.
            let _ = ciborium::into_writer(output, &mut cbor);
            Reply::new(200, "application/cbor", cbor).with_header("smithy-protocol", "rpc-v2-cbor")
        }
        _ => Reply::new(200, "application/x-amz-json-1.1", output.to_string()),
    }
    .with_header("x-amzn-requestid", REQUEST_ID)
}

/// The refusal of a request, in the client's protocol.
pub(crate) fn refuse(asked: &Asked, refusal: &Refusal) -> Reply {
    let Refusal { status, code, message } = refusal;
    match asked.protocol {
        Protocol::Query => {
            let fault = if *status < 500 { "Sender" } else { "Receiver" };
            let (code, message) = (escaped(code), escaped(message));
            Reply::new(
                *status,
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
                ),
            )
        }
        Protocol::Cbor => Reply::new(*status, "application/cbor", cbor_error(code, message))
            .with_header("smithy-protocol", "rpc-v2-cbor")
            .with_header("x-amzn-query-error", &format!("{code};Sender")),
        Protocol::Json | Protocol::Rest => Reply::new(
            *status,
            "application/x-amz-json-1.1",
            json!({ "__type": code, "message": message, "Message": message }).to_string(),
        )
        .with_header("x-amzn-errortype", code),
    }
    .with_header("x-amzn-requestid", REQUEST_ID)
}

const REQUEST_ID: &str = "0f1e2d3c-4b5a-4697-8796-a5b4c3d2e1f0";

/// The region and the service in `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn credential_scope(authorization: &str) -> Option<(String, String)> {
    let (_, credential) = authorization.split_once("Credential=")?;
    let mut parts = credential.split(',').next()?.split('/').skip(2);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

fn service_of_target(prefix: &str) -> String {
    let name = prefix.split('_').next().unwrap_or_default();
    match name {
        "GraniteServiceVersion20100801" => "monitoring".to_owned(),
        name if name.starts_with("AmazonEC2ContainerService") => "ecs".to_owned(),
        name => name.to_lowercase(),
    }
}

/// The SDK compresses large requests of some services.
fn inflated(request: &Request) -> Vec<u8> {
    let mut body = Vec::new();
    if request.header("content-encoding").contains("gzip")
        && flate2::read::GzDecoder::new(request.body.as_ref()).read_to_end(&mut body).is_ok()
    {
        return body;
    }
    request.body.to_vec()
}

/// The fields of a form.
pub(crate) fn read_form(body: &[u8]) -> Map<String, Value> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (percent_decoded(name), percent_decoded(value).into())).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let decoded = match byte {
            b'+' => Some(b' '),
            b'%' => rest.next().zip(rest.next()).and_then(|(high, low)| {
                let digits = [high, low];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
            }),
            byte => Some(byte),
        };
        bytes.extend(decoded);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn write_xml(xml: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let _ = write!(xml, "<{name}>");
                write_xml(xml, value);
                let _ = write!(xml, "</{name}>");
            }
        }
        Value::Array(items) => {
            for item in items {
                xml.push_str("<member>");
                write_xml(xml, item);
                xml.push_str("</member>");
            }
        }
        Value::String(text) => xml.push_str(&escaped(text)),
        Value::Null => {}
        other => xml.push_str(&other.to_string()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A map of two texts, which is all of CBOR that an error needs.
fn cbor_error(code: &str, message: &str) -> Vec<u8> {
    let mut bytes = vec![0xa2];
    for text in ["__type", code, "message", message] {
        bytes.push(0x7a);
        bytes.extend(u32::try_from(text.len()).unwrap_or(0).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Instant;

    use bytes::Bytes;
    use hyper::{HeaderMap, Method};

    use super::*;

    const SIGNED: &str =
        "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host";

    fn request(path: &str, headers: &[(&'static str, &str)], body: impl Into<Bytes>) -> Asked {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let request = Request {
            method: Method::POST,
            uri: path.parse().unwrap(),
            headers: map,
            body: body.into(),
            received: Instant::now(),
        };
        read(&request)
    }

    fn told(asked: &Asked) -> (&str, &str, Protocol) {
        (&asked.service, &asked.operation, asked.protocol)
    }

    #[test]
    fn each_protocol_is_known_by_its_own_mark() {
        let json = request("/", &[("x-amz-target", "DynamoDB_20120810.PutItem")], r#"{"TableName":"t"}"#);
        assert_eq!(told(&json), ("dynamodb", "PutItem", Protocol::Json));
        assert_eq!(json.input["TableName"], "t");
        let form = request("/", &[("authorization", SIGNED)], "Action=PutMetricData&Namespace=a%2Fb+c%");
        assert_eq!(told(&form), ("monitoring", "PutMetricData", Protocol::Query));
        assert_eq!(form.input["Namespace"], "a/b c");
        let cbor = request("/service/GraniteServiceVersion20100801/operation/PutMetricData", &[], &b"\xa0"[..]);
        assert_eq!(told(&cbor), ("monitoring", "PutMetricData", Protocol::Cbor));
        let rest = request("/bucket/key", &[("authorization", &SIGNED.replace("monitoring", "s3"))], "");
        assert_eq!(told(&rest), ("s3", "POST /bucket/key", Protocol::Rest));
    }

    #[test]
    fn a_compressed_request_is_read() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"Action=PutMetricData").unwrap();
        let asked = request("/", &[("content-encoding", "gzip")], packed.finish().unwrap());
        assert_eq!(asked.operation, "PutMetricData");
    }

    #[test]
    fn what_is_not_http_text_is_no_reason_to_stop() {
        let asked = request("/", &[("x-amz-target", "nonsense")], &b"\xff\xfe"[..]);
        assert_eq!(told(&asked), ("unsigned", "POST /", Protocol::Rest));
    }
}
