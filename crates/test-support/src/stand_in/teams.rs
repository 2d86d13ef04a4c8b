//! The webhook of a workflow that posts to Teams, as Power Automate answers.

use std::io;

use hyper::Method;
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::adaptive_card;
use crate::http::{Reply, Request};

/// Where the workflow is invoked, with its signature.
const PATH: &str = "/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke\
    ?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=c2lnbmF0dXJlLW9mLWEtdGVzdA";

impl Receiver {
    /// Starts a workflow that posts every card that it is sent.
    pub fn teams() -> io::Result<Self> {
        Self::start("teams", PATH, answer)
    }
}

fn answer(request: &Request, body: &Value) -> Reply {
    if request.method != Method::POST || request.uri.path_and_query().is_none_or(|path| path.as_str() != PATH) {
        let message = "The request must be authenticated only by Shared Access scheme or valid bearer.";
        return refuse(401, "DirectApiAuthorizationRequired", message);
    }
    if request.body.len() > adaptive_card::MAX_LEN {
        return refuse(413, "RequestEntityTooLarge", "Request Entity too large");
    }
    match adaptive_card::faults(body).first() {
        Some(fault) => refuse(400, "TriggerInputSchemaMismatch", fault),
        None => Reply::new(202, "text/plain", ""),
    }
}

fn refuse(status: u16, code: &str, message: &str) -> Reply {
    let body = json!({"error": {"code": code, "message": message}});
    Reply::new(status, "application/json", body.to_string())
}
