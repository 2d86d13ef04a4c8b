//! Opsgenie's Alert API, as it answers.

use std::io;

use hyper::Method;
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::http::{Reply, Request};

/// The longest text of some members, in characters.
const LIMITS: [(&str, usize); 6] =
    [("message", 130), ("alias", 512), ("description", 15_000), ("entity", 512), ("source", 100), ("note", 25_000)];

impl Receiver {
    /// Starts an API that takes every alert with a key.
    pub fn opsgenie() -> io::Result<Self> {
        Self::start("opsgenie", "", answer)
    }
}

fn answer(request: &Request, body: &Value) -> Reply {
    if !request.header("authorization").starts_with("GenieKey ") {
        return reply(401, &json!({"message": "Could not authenticate"}));
    }
    let path = request.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let closes = path.starts_with("/v2/alerts/") && path.ends_with("/close?identifierType=alias");
    if request.method != Method::POST || !(closes || path == "/v2/alerts") {
        return reply(404, &json!({"message": "No route"}));
    }
    let faults = faults(body, closes);
    if faults.is_empty() {
        return reply(202, &json!({"result": "Request will be processed", "took": 0.107}));
    }
    reply(422, &json!({"message": "Request body is not processable. Please check the errors.", "errors": faults}))
}

/// What the API says against the body of a request.
pub fn faults(body: &Value, closes: bool) -> Vec<String> {
    let length = |value: &Value| value.as_str().map_or(0, |text| text.encode_utf16().count());
    let mut faults: Vec<String> = LIMITS
        .iter()
        .filter(|(member, most)| length(&body[*member]) > *most)
        .map(|(member, _)| format!("{member} is too long"))
        .collect();
    if !closes && length(&body["message"]) == 0 {
        faults.push("Message can not be empty.".to_owned());
    }
    let details = body["details"].as_object().into_iter().flatten();
    if details.map(|(name, text)| name.encode_utf16().count() + length(text)).sum::<usize>() > 8000 {
        faults.push("details are too long".to_owned());
    }
    faults
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply::new(status, "application/json", body.to_string())
}
