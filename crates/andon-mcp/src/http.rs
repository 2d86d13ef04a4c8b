//! The protocol over HTTP: one request, one answer, and nothing kept between them.
//!
//! Answers are JSON and never streams. Cursors and confirmations are sealed with a key that all processes share, so that
//! any of them can take the next request. Web pages may call only from origins that are listed.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;

use andon::clock::{Clock, Timer};
use andon::ledger::Ledger;
use andon::run_action::PipelineActions;
use andon_notify::EvidenceSource;
use futures_util::future::{Either, select};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use rmcp::model::Tool;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::sync::mpsc;

use crate::Caller;
use crate::catalog::tools;
use crate::desk::Desk;
use crate::seal::Seal;
use crate::server::{MAX_MESSAGE, MAX_WAITING, Server, Used};

/// The largest body of a request, in bytes.
pub const MAX_BODY: usize = MAX_MESSAGE;
/// How long an answer may take, before whatever runs this server ends the call without a word.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);

/// Answers requests of the protocol.
#[derive(Debug)]
pub struct HttpServer<L, E, A, C> {
    desk: Desk<L, E, A, C>,
    seal: Seal,
    used: Used,
    /// What is listed for those who may act, and for those who may not.
    all: Arc<[Tool]>,
    reading: Arc<[Tool]>,
    config: StreamableHttpServerConfig,
}

impl<L: Ledger, E: EvidenceSource, A: PipelineActions, C: Clock + Timer + Clone> HttpServer<L, E, A, C> {
    /// A server with the key of all its processes, and the web origins that may call, each with its port.
    pub fn new(desk: Desk<L, E, A, C>, key: &[u8], origins: impl IntoIterator<Item = String>) -> Self {
        // A host list guards servers on a user's own machine. This one is called by its public name, whatever that is.
        let config = StreamableHttpServerConfig::default()
            .disable_allowed_hosts()
            .with_allowed_origins(origins)
            .enforce_origin_validation()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(MAX_BODY);
        let (all, reading) = (tools(desk.allowed()).into(), tools(&BTreeSet::new()).into());
        Self { desk, seal: Seal::shared(key), used: Used::default(), all, reading, config }
    }

    /// Answers a request of a caller whom somebody else has let in.
    pub async fn answer(&self, request: Request<String>, caller: Caller) -> Response<String> {
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        let tools = if caller.may_act { &self.all } else { &self.reading };
        let server = Server {
            jobs,
            tools: Arc::clone(tools),
            seal: self.seal.clone(),
            used: Arc::clone(&self.used),
            caller: Some(caller),
        };
        let sessions = Arc::new(NeverSessionManager::default());
        let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, self.config.clone());
        let answering = Box::pin(async {
            let (head, body) = service.handle(request).await.into_parts();
            let Ok(body) = body.collect().await;
            (head, body.to_bytes())
        });
        // The desk's futures stay on this task: ledgers need not be shared between threads.
        let working = Box::pin(async {
            self.desk.work(waiting, &self.seal).await;
            pending::<()>().await;
        });
        let late = Box::pin(self.desk.clock().wait(PATIENCE));
        let mut response = match select(answering, select(working, late)).await {
            Either::Left(((head, body), _)) => Response::from_parts(head, String::from_utf8_lossy(&body).into_owned()),
            Either::Right(_) => {
                let mut late = Response::new(
                    "The answer took too long. An action may have been done: read the state before you try again."
                        .to_owned(),
                );
                *late.status_mut() = StatusCode::GATEWAY_TIMEOUT;
                late
            }
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain; charset=utf-8"));
        response
    }
}
