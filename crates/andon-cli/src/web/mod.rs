//! The HTTP server: events, the board and its data, live updates, and the Alexa skill.
//!
//! Handlers and ledger stay on one thread and take requests from a queue that all connections share. A body of many events
//! is taken in piece by piece, so that pages stay quick.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alexa::Skills;
use andon::clock::{Clock, Timer};
use andon::ledger::{Ledger, LedgerError};
use andon_config::Config;
use anyhow::Context as _;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{get, post};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::local::LocalAndon;

mod api;
mod connections;
mod events;
mod feed;
mod handle;
mod head;
mod host;
mod live;
mod page;
mod pages;
#[cfg(feature = "aws")]
mod queue;
mod refusal;
mod rendered;
mod reply;
mod scope;
mod skill;
mod viewer;
mod worker;

pub use feed::Feed;
use handle::Handle;
pub use host::Hosts;
use live::News;
#[cfg(feature = "aws")]
pub use queue::Queue;
use rendered::{Rendered, Rows};
pub use scope::{Access, Proxies, Seen};

/// The most that one request may hold.
const MAX_BODY: usize = 8 << 20;
/// How many requests may wait for their turn.
const MAX_WAITING: usize = 64;
/// How long requests in progress may take after a shutdown request.
const LAST_ORDERS: Duration = Duration::from_secs(5);

/// Whom the server answers.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// The names that it answers to.
    pub hosts: Hosts,
    /// Who may look at the board.
    pub access: Access,
}

/// Listens at an address.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}; choose another --port"))
}

/// Serves until shutdown; requests in progress are finished first.
///
/// Only requests that `doors` let in are answered. `sync` makes recorded events durable; it is called before clients get their acknowledgement.
pub async fn serve<L: Ledger, C: Clock + Timer + Clone>(
    listener: TcpListener,
    station: &LocalAndon<L, C>,
    skills: Skills,
    doors: Doors,
    sync: impl Fn() -> Result<(), LedgerError>,
) -> anyhow::Result<()> {
    serve_and_feed(listener, station, skills, doors, sync, async |_| std::future::pending().await).await
}

/// The same, with events from elsewhere too.
pub async fn serve_and_feed<L: Ledger, C: Clock + Timer + Clone>(
    listener: TcpListener,
    station: &LocalAndon<L, C>,
    skills: Skills,
    doors: Doors,
    sync: impl Fn() -> Result<(), LedgerError>,
    feeding: impl AsyncFnOnce(Feed) -> Infallible,
) -> anyhow::Result<()> {
    let (desk, requests) = mpsc::channel(MAX_WAITING);
    let news = News::new();
    let handle = Handle::new(desk);
    let feed = Feed::new(handle.clone());
    let site = Site {
        desk: handle,
        news: news.clone(),
        config: Arc::new(station.config().clone()),
        access: doors.access,
        rows: Rows::default(),
        rendered: Rendered::default(),
    };
    let last_news = news.clone();
    let server = connections::accept(listener, router(site, doors.hosts, everything()), async move {
        end().await;
        last_news.end();
    });
    let impatience = async {
        end().await;
        tokio::time::sleep(LAST_ORDERS).await;
    };
    let skill = skill::over(station, skills);
    tokio::select! {
        () = server => Ok(()),
        outcome = worker::work(station, &skill, requests, &news, sync) => outcome,
        never = feeding(feed) => match never {},
        () = impatience => Ok(()),
    }
}

/// Serves the board of a ledger that others write, until shutdown. What has changed is read once in a while.
pub async fn show(listener: TcpListener, ledger: &impl Ledger, config: &Config, every: Duration) -> anyhow::Result<()> {
    let (desk, requests) = mpsc::channel(MAX_WAITING);
    let news = News::new();
    let site = Site {
        desk: Handle::new(desk),
        news: news.clone(),
        config: Arc::new(config.clone()),
        access: Access::default(),
        rows: Rows::default(),
        rendered: Rendered::default(),
    };
    let last_news = news.clone();
    let server = connections::accept(listener, router(site, Hosts::default(), pages()), async move {
        end().await;
        last_news.end();
    });
    tokio::select! {
        () = server => {}
        () = worker::show(ledger, requests, &news, every) => {}
    }
    Ok(())
}

/// What connections share.
#[derive(Debug, Clone)]
struct Site {
    desk: Handle,
    news: News,
    config: Arc<Config>,
    access: Access,
    rows: Rows,
    rendered: Rendered,
}

impl FromRef<Site> for Handle {
    fn from_ref(site: &Site) -> Self {
        site.desk.clone()
    }
}

impl FromRef<Site> for News {
    fn from_ref(site: &Site) -> Self {
        site.news.clone()
    }
}

/// What only shows: everything, and the same below the links that are shared.
fn pages() -> Router<Site> {
    let shared = |rest: &str| format!("{}{{token}}/{rest}", scope::SHARED);
    Router::new()
        .route("/", get(pages::board))
        .route("/pipelines/{account}/{region}/{name}", get(pages::pipeline))
        .route("/pipelines/{account}/{region}/{name}/runs/{execution}", get(pages::pipeline))
        .route("/live", get(live::get))
        .route("/live.js", get(live::script))
        .route("/api/pipelines", get(api::board))
        .route("/api/pipelines/{account}/{region}/{name}", get(api::pipeline))
        .route(&shared(""), get(pages::board))
        .route(&shared("pipelines/{account}/{region}/{name}"), get(pages::pipeline))
        .route(&shared("pipelines/{account}/{region}/{name}/runs/{execution}"), get(pages::pipeline))
        .route(&shared("live"), get(live::get))
        .route(&shared("live.js"), get(live::script))
        .route("/healthz", get(async || "ok\n"))
}

/// What takes something in, too.
fn everything() -> Router<Site> {
    pages().route("/events", post(events::post)).route("/alexa", post(skill::post))
}

fn router(site: Site, hosts: Hosts, routes: Router<Site>) -> Router {
    routes
        .fallback(refusal::nothing)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(hosts, host::check))
        .with_state(site)
}

/// Waits for Ctrl-C or a termination signal.
async fn end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}
