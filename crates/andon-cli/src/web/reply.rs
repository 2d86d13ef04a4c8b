//! Replies in JSON.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

/// A JSON reply.
pub(super) fn as_json(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], value.to_string())
        .into_response()
}

/// A reply that says why a request is refused.
pub(super) fn refuse(status: StatusCode, problem: &str) -> Response {
    as_json(status, &json!({"error": problem}))
}
