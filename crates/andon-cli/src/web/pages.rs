//! What can be looked at: the board, one pipeline, and both as JSON.

use andon::board::Row;
use andon::name::{AccountId, Home, PipelineId, PipelineName, Region};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use maud::Markup;
use serde_json::{Value, json};

use super::desk::{Desk, NoAnswer, Pipeline};
use crate::board;
use crate::json::{in_full, row};

/// Nothing is fetched and nothing is run, whatever slips into a page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

type Place = Path<(String, String, String)>;

pub(super) async fn board(State(desk): State<Desk>) -> Response {
    match desk.pipelines().await {
        Ok(overviews) => as_page(StatusCode::OK, &board::fleet(&Row::list(overviews), Timestamp::now())),
        Err(error) => no_page(&error),
    }
}

pub(super) async fn pipeline(State(desk): State<Desk>, Path(place): Place) -> Response {
    match find(&desk, place).await {
        Ok(Some(Pipeline { history, run })) => {
            as_page(StatusCode::OK, &board::pipeline(&history, run.as_ref(), Timestamp::now()))
        }
        Ok(None) => as_page(StatusCode::NOT_FOUND, &board::sorry("No run of such a pipeline has been heard of.")),
        Err(error) => no_page(&error),
    }
}

pub(super) async fn board_json(State(desk): State<Desk>) -> Response {
    match desk.pipelines().await {
        Ok(overviews) => {
            let rows: Vec<Value> = Row::list(overviews).iter().map(row).collect();
            as_json(StatusCode::OK, &rows.into())
        }
        Err(error) => no_json(&error),
    }
}

pub(super) async fn pipeline_json(State(desk): State<Desk>, Path(place): Place) -> Response {
    match find(&desk, place).await {
        Ok(Some(Pipeline { history, run })) => as_json(StatusCode::OK, &in_full(&history, run.as_ref())),
        Ok(None) => as_json(StatusCode::NOT_FOUND, &json!({"error": "no run of such a pipeline has been heard of"})),
        Err(error) => no_json(&error),
    }
}

/// A JSON reply.
pub(super) fn as_json(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], value.to_string())
        .into_response()
}

fn as_page(status: StatusCode, page: &Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page.0.clone()).into_response()
}

fn no_page(error: &NoAnswer) -> Response {
    as_page(StatusCode::SERVICE_UNAVAILABLE, &board::sorry(&error.to_string()))
}

fn no_json(error: &NoAnswer) -> Response {
    as_json(StatusCode::SERVICE_UNAVAILABLE, &json!({"error": error.to_string()}))
}

/// The pipeline at an address; `None` if there is none, or if the address cannot be one.
async fn find(desk: &Desk, place: (String, String, String)) -> Result<Option<Pipeline>, NoAnswer> {
    let (account, region, name) = place;
    let parsed = (AccountId::parse(account), Region::parse(region), PipelineName::parse(name));
    match parsed {
        (Ok(account), Ok(region), Ok(name)) => desk.pipeline(PipelineId { home: Home { account, region }, name }).await,
        _ => Ok(None),
    }
}
