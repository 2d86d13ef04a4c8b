//! `GET /live`: server-sent events that make pages refresh.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep_until};

use super::reply::refuse;
use super::scope::Scope;

const SCRIPT: &str = include_str!("live.js");
/// How many pages may watch at once; further ones refresh themselves every few seconds.
pub(super) const MAX_WATCHERS: usize = 384;
/// The least time between two notices to a page. News that come sooner are told together.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// Notifies followers that there is news.
#[derive(Debug, Clone)]
pub(super) struct News {
    latest: watch::Sender<Edition>,
    places: Arc<Semaphore>,
}

/// Which news, in the order they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    Number(u64),
    /// No more will come: the process is about to end.
    Last,
}

impl News {
    pub(super) fn new() -> Self {
        let latest = watch::Sender::new(Edition::Number(0));
        Self { latest, places: Arc::new(Semaphore::new(MAX_WATCHERS)) }
    }

    /// There is news.
    pub(super) fn tell(&self) {
        self.latest.send_modify(|edition| {
            if let Edition::Number(number) = edition {
                *number = number.wrapping_add(1);
            }
        });
    }

    /// There will be no more, so that no connection waits for any.
    pub(super) fn end(&self) {
        self.latest.send_replace(Edition::Last);
    }

    /// The latest edition.
    pub(super) fn latest(&self) -> Edition {
        *self.latest.borrow()
    }

    /// An event for each piece of news; of several within the least interval, for the last.
    fn follow(&self, place: OwnedSemaphorePermit) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        let follower = (self.latest.subscribe(), Instant::now(), place);
        stream::unfold(follower, |(mut editions, quiet_until, place)| async move {
            editions.changed().await.ok()?;
            if *editions.borrow() != Edition::Last {
                tokio::select! {
                    () = sleep_until(quiet_until) => {}
                    _ = editions.wait_for(|edition| *edition == Edition::Last) => {}
                }
            }
            let edition = *editions.borrow_and_update();
            match edition {
                Edition::Number(number) => {
                    let event = Event::default().event("news").data(number.to_string());
                    Some((Ok(event), (editions, Instant::now() + MIN_INTERVAL, place)))
                }
                Edition::Last => None,
            }
        })
    }
}

/// Follows the news; 503 if too many do.
///
/// A shared view gets none, with 204, which browsers do not ask for again: news are of every pipeline, so their times would
/// tell when other customers' pipelines run. Its pages fetch themselves every few seconds.
pub(super) async fn get(scope: Scope, State(news): State<News>) -> Response {
    if scope.shared.is_some() {
        return StatusCode::NO_CONTENT.into_response();
    }
    if let Ok(place) = Arc::clone(&news.places).try_acquire_owned() {
        let events = Sse::new(news.follow(place)).keep_alive(KeepAlive::default());
        return ([(header::CACHE_CONTROL, "no-store")], events).into_response();
    }
    // Closed, so that who is refused does not keep one of the connections that pages need.
    let refused = refuse(StatusCode::SERVICE_UNAVAILABLE, "too many pages are watching: reload instead");
    ([(header::CONNECTION, "close")], refused).into_response()
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
