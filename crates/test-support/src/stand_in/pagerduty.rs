//! `PagerDuty`'s Events API v2, as it answers.

use std::io;

use hyper::Method;
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::http::{Reply, Request};

/// The most bytes of an event.
const MAX_LEN: usize = 512 * 1024;

impl Receiver {
    /// Starts an API that takes every event with a key of the right length.
    pub fn pagerduty() -> io::Result<Self> {
        Self::start("pagerduty", "", answer)
    }
}

fn answer(request: &Request, event: &Value) -> Reply {
    if request.method != Method::POST || request.uri.path() != "/v2/enqueue" {
        return Reply::new(404, "text/plain", "");
    }
    if request.body.len() > MAX_LEN {
        return Reply::new(413, "text/plain", "");
    }
    let faults = faults(event);
    if faults.is_empty() {
        let body = json!({"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]});
        return Reply::new(202, "application/json", body.to_string());
    }
    let body = json!({"status": "invalid event", "message": "Event object is invalid", "errors": faults});
    Reply::new(400, "application/json", body.to_string())
}

/// What the API says against an event with its `routing_key`.
pub fn faults(event: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    if length(&event["routing_key"]) != 32 {
        faults.push("Length of 'routing_key' is incorrect (should be 32 characters)".to_owned());
    }
    if !(1..=255).contains(&length(&event["dedup_key"])) {
        faults.push("'dedup_key' is too long (maximum is 255 characters)".to_owned());
    }
    match event["event_action"].as_str() {
        Some("resolve" | "acknowledge") => {}
        Some("trigger") => {
            let payload = &event["payload"];
            for member in ["summary", "source", "severity"] {
                if length(&payload[member]) == 0 {
                    faults.push(format!("'payload.{member}' is missing or blank"));
                }
            }
            if length(&payload["summary"]) > 1024 {
                faults.push("'payload.summary' is too long".to_owned());
            }
            if !["critical", "error", "warning", "info"].iter().any(|known| payload["severity"] == *known) {
                faults.push("'payload.severity' is invalid".to_owned());
            }
            for link in event["links"].as_array().into_iter().flatten() {
                if length(&link["href"]) == 0 {
                    faults.push("'links.href' is blank".to_owned());
                }
            }
        }
        _ => faults.push("'event_action' is invalid".to_owned()),
    }
    faults
}
