//! Refusals that people may see.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::reply::refuse;

/// The style of every page.
pub(super) const STYLE: &str = include_str!("page.css");

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
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Andon" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { "Andon" } }
                main { p.refusal { (problem) "." } }
            }
        }
    }
}
