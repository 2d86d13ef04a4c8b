//! `GET /api`: the board as JSON.

use andon_board::Pipeline;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Site;
use super::handle::NoAnswer;
use super::pages::{Place, find};
use super::reply::as_json;
use super::scope::Scope;
use crate::json::{in_full, row};

pub(super) async fn board(scope: Scope, State(site): State<Site>) -> Response {
    match site.rows.read(&site.desk, &site.news).await {
        Ok(rows) => {
            let accounts = site.config.accounts();
            let shown = rows.iter().filter(|row| scope.has(&row.overview.pipeline.home.account, accounts));
            let rows: Vec<Value> = shown.map(|one| row(one, Timestamp::now())).collect();
            as_json(StatusCode::OK, &rows.into())
        }
        Err(error) => no_answer(&error),
    }
}

pub(super) async fn pipeline(scope: Scope, State(site): State<Site>, Path(place): Path<Place>) -> Response {
    match find(&site, &scope, place).await {
        Ok(Some(Pipeline { history, run, .. })) => {
            as_json(StatusCode::OK, &in_full(&history, run.as_ref(), Timestamp::now()))
        }
        Ok(None) => as_json(StatusCode::NOT_FOUND, &json!({"error": "no runs of such a pipeline are recorded"})),
        Err(error) => no_answer(&error),
    }
}

fn no_answer(error: &NoAnswer) -> Response {
    as_json(StatusCode::SERVICE_UNAVAILABLE, &json!({"error": error.to_string()}))
}
