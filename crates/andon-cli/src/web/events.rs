//! `POST /events`: receives events.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::MAX_BODY;
use super::handle::Handle;
use super::reply::{as_json, refuse};
use crate::local::{Outcome, recorded};

/// The most that one event may hold: EventBridge itself allows 256 KB, wrapped and escaped it is more.
const MAX_EVENT: usize = 1 << 20;

/// How long a body may take to arrive.
const MAX_BODY_TIME: Duration = Duration::from_secs(30);

/// The whole body of a request, or the reply to one whose body is too long or too slow.
#[derive(Debug)]
pub(super) struct Body(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match tokio::time::timeout(MAX_BODY_TIME, Bytes::from_request(request, state)).await {
            Ok(Ok(body)) => Ok(Self(body)),
            Ok(Err(rejection)) => Err(refuse_body(&rejection)),
            Err(_) => Err(refuse(
                StatusCode::REQUEST_TIMEOUT,
                &format!("the body did not arrive within {} seconds", MAX_BODY_TIME.as_secs()),
            )),
        }
    }
}

fn refuse_body(rejection: &BytesRejection) -> Response {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let problem = format!("a body has at most {MAX_BODY} bytes: send fewer events");
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, &problem);
    }
    refuse(rejection.status(), &rejection.body_text())
}

/// Takes one event, an array of them, or whatever SQS or SNS have put around them.
///
/// 200 once every event has been taken in; 400 if one cannot be read, its neighbours are taken in all the same; 413 if
/// it is too much; 503 if nothing could be kept: send it again.
pub(super) async fn post(State(desk): State<Handle>, headers: HeaderMap, body: Result<Body, Response>) -> Response {
    if is_foreign(&headers) {
        return refuse(StatusCode::FORBIDDEN, "requests from pages of other sites are not allowed");
    }
    let body = match body {
        Ok(Body(body)) => body,
        Err(refusal) => return refusal,
    };
    let payload: Value = match serde_json::from_slice(&body) {
        Ok(payload) => payload,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("the body is not JSON: {error}")),
    };
    let events = recorded::unwrap(payload);
    if body.len() > MAX_EVENT
        && let Some(index) = events.iter().position(|event| event.as_ref().is_ok_and(is_too_large))
    {
        let problem = format!("event {} is too large: one event has at most {MAX_EVENT} bytes", index + 1);
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, &problem);
    }
    match desk.take(events).await {
        Ok(fates) => {
            let malformed = fates.iter().any(|fate| matches!(fate, Outcome::Malformed(_)));
            let status = if malformed { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            let fates: Vec<Value> = fates.iter().map(told).collect();
            as_json(status, &json!({"events": fates}))
        }
        Err(error) => refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    }
}

/// What became of an event.
fn told(fate: &Outcome) -> Value {
    match fate {
        Outcome::Handled => json!({"outcome": "handled"}),
        Outcome::LeftAlone(what) => json!({"outcome": "left-alone", "what": what}),
        Outcome::Pending(problem) => json!({"outcome": "pending", "problem": problem}),
        Outcome::Malformed(malformed) => {
            json!({"outcome": "malformed", "member": malformed.member, "problem": malformed.to_string()})
        }
    }
}

/// Whether a browser sends this on behalf of some other site's page.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or_default());
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_none() || host != text(header::HOST)
}

fn is_too_large(event: &Value) -> bool {
    event.to_string().len() > MAX_EVENT
}
