//! One small HTTP/1.1 server on a loopback port, on a thread of its own.
//!
//! Unlike a web framework it can also close a connection without an answer, which is what tests of failure need.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

/// A request, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) received: Instant,
}

impl Request {
    /// A header's text, or nothing where it is missing or no text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What a handler does with a request.
#[derive(Debug)]
pub(crate) enum Reply {
    /// It answers.
    Answer(hyper::Response<Full<Bytes>>),
    /// It closes the connection without a word.
    Close,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = hyper::Response::new(Full::new(body.into()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self::Answer(response)
    }

    /// The same answer with one more header; a value that HTTP does not allow is left out.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let (Self::Answer(response), Ok(value)) = (&mut self, HeaderValue::from_str(value)) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
        self
    }
}

/// A server that ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on a free loopback port.
    pub(crate) fn start<H, F>(handler: H) -> io::Result<Self>
    where
        H: Fn(Request) -> F + Clone + Send + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        Self::start_beside(handler, |_| std::future::pending())
    }

    /// Serves on a free loopback port, and runs another future on the same thread from the moment the port is open.
    pub(crate) fn start_beside<H, F, B, N>(handler: H, beside: B) -> io::Result<Self>
    where
        H: Fn(Request) -> F + Clone + Send + 'static,
        F: Future<Output = Reply> + Send + 'static,
        B: FnOnce(SocketAddr) -> N + Send + 'static,
        N: Future<Output = ()>,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name(format!("server {address}")).spawn(move || {
            runtime.block_on(async {
                let beside = async {
                    beside(address).await;
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    _ = stopped => {}
                    _ = accept(listener, handler) => {}
                    () = beside => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept<H, F>(listener: TcpListener, handler: H) -> io::Result<()>
where
    H: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let handler = handler.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |request| answer(handler.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

/// An error makes hyper close the connection.
async fn answer<H, F>(handler: H, request: hyper::Request<Incoming>) -> io::Result<hyper::Response<Full<Bytes>>>
where
    H: Fn(Request) -> F,
    F: Future<Output = Reply>,
{
    let received = Instant::now();
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request { method: head.method, uri: head.uri, headers: head.headers, body, received };
    match handler(request).await {
        Reply::Answer(response) => Ok(response),
        Reply::Close => Err(io::Error::other("closed on purpose")),
    }
}
