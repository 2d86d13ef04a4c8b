//! `POST /alexa`: the Alexa skill, as it runs on Lambda.
//!
//! For local clients only: the signatures of Alexa's requests are not checked here.

use alexa::{Alexa, Skills};
use andon::clock::{Clock, Timer};
use andon::ledger::Ledger;
use andon::run_action::NoActions;
use andon_answers::Answerer as Answers;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::events::{Body, is_foreign};
use super::handle::Handle;
use super::reply::{as_json, refuse};
use crate::local::{LocalAndon, Shared};

/// The skill, which answers here and does nothing.
pub(super) type Skill<L, C> = Alexa<Shared<L>, NoActions, NoActions, C>;

/// The skill over what the station knows.
pub(super) fn over<L: Ledger, C: Clock + Timer + Clone>(station: &LocalAndon<L, C>, skills: Skills) -> Skill<L, C> {
    let clock = station.clock().clone();
    Alexa {
        desk: Answers::new(station.ledger().clone(), clock.clone()),
        actions: NoActions,
        passcode: NoActions,
        clock,
        rules: None,
        skills,
    }
}

/// Answers one request of Alexa's: always 200, as the reply says the rest; 400 for what is no JSON.
pub(super) async fn post(State(desk): State<Handle>, headers: HeaderMap, body: Result<Body, Response>) -> Response {
    if is_foreign(&headers) {
        return refuse(StatusCode::FORBIDDEN, "requests from pages of other sites are not allowed");
    }
    let body = match body {
        Ok(Body(body)) => body,
        Err(refusal) => return refusal,
    };
    match serde_json::from_slice(&body) {
        Ok(request) => match desk.skill(request).await {
            Ok(reply) => as_json(StatusCode::OK, &reply),
            Err(error) => refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
        },
        Err(error) => refuse(StatusCode::BAD_REQUEST, &format!("the body is not JSON: {error}")),
    }
}
