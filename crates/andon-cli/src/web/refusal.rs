//! Refusals that people may see.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use super::head::head;
use super::reply::refuse;

/// A reply that says why a request is refused: a page where a browser asks for one, and JSON otherwise.
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
    (status, headers, page(problem).0).into_response()
}

/// What is at no address.
pub(super) async fn nothing(headers: HeaderMap) -> Response {
    refuse_to(&headers, StatusCode::NOT_FOUND, "there is no such page")
}

/// The page of somebody who is refused: a sentence without its capital and full stop.
fn page(problem: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head("Andon", &html! {}))
            body {
                header { h1 { "Andon" } }
                main { p.refusal { (problem) "." } }
            }
        }
    }
}
