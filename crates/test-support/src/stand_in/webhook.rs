//! A webhook that verifies requests as receivers of Standard Webhooks do, by a program of its own.

use std::io;

use hyper::Method;
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::http::{Reply, Request};
use crate::tools;

/// Where it takes events.
const PATH: &str = "/hooks/andon";

impl Receiver {
    /// Starts a webhook that takes every event with a right signature.
    pub fn webhook() -> io::Result<Self> {
        Self::start("webhook", PATH, answer)
    }
}

fn answer(request: &Request, event: &Value) -> Reply {
    if request.method != Method::POST || request.uri.path() != PATH {
        return Reply::new(404, "text/plain", "");
    }
    let headers = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers = headers.map(|name| request.header(name));
    let delivery = json!({
        "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
    });
    let is_event = event["specversion"] == "1.0" && event["id"] == request.header("webhook-id");
    match tools::judged("webhook.py", [delivery]) {
        Ok(faults) if faults.is_empty() && is_event => Reply::new(204, "text/plain", ""),
        Ok(faults) => Reply::new(401, "text/plain", faults.join("; ")),
        Err(error) => Reply::new(500, "text/plain", error.to_string()),
    }
}
