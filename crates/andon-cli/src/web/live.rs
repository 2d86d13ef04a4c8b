//! `GET /live`: server-sent events that make pages refresh.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::sync::watch;

const SCRIPT: &str = include_str!("live.js");

/// Notifies followers that there is news.
#[derive(Debug, Clone)]
pub(super) struct News(watch::Sender<Edition>);

/// Which news, in the order they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edition {
    Number(u64),
    /// No more will come: the process is about to end.
    Last,
}

impl News {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Edition::Number(0)))
    }

    /// There is news.
    pub(super) fn tell(&self) {
        self.0.send_modify(|edition| {
            if let Edition::Number(number) = edition {
                *number = number.wrapping_add(1);
            }
        });
    }

    /// There will be no more, so that no connection waits for any.
    pub(super) fn end(&self) {
        self.0.send_replace(Edition::Last);
    }

    /// An event for each piece of news; of several at once, for the last.
    fn follow(&self) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        stream::unfold(self.0.subscribe(), |mut editions| async move {
            editions.changed().await.ok()?;
            let edition = *editions.borrow_and_update();
            match edition {
                Edition::Number(number) => {
                    Some((Ok(Event::default().event("news").data(number.to_string())), editions))
                }
                Edition::Last => None,
            }
        })
    }
}

pub(super) async fn get(State(news): State<News>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Sse::new(news.follow()).keep_alive(KeepAlive::default()))
}

/// The script of every page.
pub(super) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, SCRIPT).into_response()
}
