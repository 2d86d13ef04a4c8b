//! Connections: how many there may be at once, and how long each may keep the server waiting.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use super::live::MAX_WATCHERS;
use super::scope::Peer;

/// How many connections there may be; further ones wait to be accepted. Below the 1,024 files that a process may open by
/// default, with room for pages beside all watchers.
const MAX_CONNECTIONS: usize = MAX_WATCHERS + 256;
/// How long the head of a request may take to arrive, and how long a connection may be idle between two requests.
const MAX_HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a client may take to read any more of a reply.
const MAX_STALL: Duration = Duration::from_secs(30);
/// The pause before another attempt where the system cannot accept a connection, for want of files above all.
const PAUSE: Duration = Duration::from_millis(500);

/// Accepts connections until `ending` is done; then those that are open finish the request in progress.
pub(super) async fn accept(listener: TcpListener, router: Router, ending: impl Future<Output = ()>) {
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (last, ended) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut ending = pin!(ending);
    loop {
        let next = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        };
        tokio::select! {
            () = &mut ending => break,
            (permit, accepted) = next => match accepted {
                Ok((stream, peer)) => {
                    let router = router.clone().layer(Extension(Peer(peer.ip())));
                    let connection = answer(stream, router, ended.clone());
                    open.spawn(async move {
                        let _permit = permit;
                        connection.await;
                    });
                }
                Err(error) if of_the_client(&error) => {}
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = open.join_next() => {}
        }
    }
    drop(listener);
    let _ = last.send(true);
    while open.join_next().await.is_some() {}
}

/// Whether a connection failed that was about to be accepted, and not the accepting itself.
fn of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}

/// Answers the requests of one connection, one after the other.
async fn answer(stream: TcpStream, router: Router, mut ended: watch::Receiver<bool>) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(MAX_STALL));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(MAX_HEAD_TIME)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    tokio::select! {
        // Whatever goes wrong concerns this client alone, and the client knows.
        _ = connection.as_mut() => return,
        _ = ended.wait_for(|ended| *ended) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
