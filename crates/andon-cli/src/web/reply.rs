//! Replies in JSON, and refusals as pages for people.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::page;

/// A JSON reply.
pub(super) fn as_json(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], value.to_string())
        .into_response()
}

/// The same to a person, as a page, where a browser asks for one.
pub(super) fn refuse_to(headers: &HeaderMap, status: StatusCode, problem: &str) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return refuse(status, problem);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page::refusal(problem).0).into_response()
}

/// What is at no address.
pub(super) async fn nothing(headers: HeaderMap) -> Response {
    refuse_to(&headers, StatusCode::NOT_FOUND, "there is no such page")
}

/// A reply that says why a request is refused.
pub(super) fn refuse(status: StatusCode, problem: &str) -> Response {
    as_json(status, &json!({"error": problem}))
}
