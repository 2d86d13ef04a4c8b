//! A proxy in front of an emulator that notes every request, and makes one fail when it is told to.
//!
//! With it a test knows which AWS calls a function makes, in which order and after which others it waits, and can take
//! from under it any one of them.

use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Uri;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::call::{Call, CallLog};
use crate::fault::{Fault, Faults};
use crate::http::{Reply, Request, Server};
use crate::lock;
use crate::stand_in::protocol;

/// The proxy.
#[derive(Debug)]
pub struct Recorder {
    server: Server,
    calls: CallLog,
    faults: Faults<Fault>,
    cut: Arc<Mutex<Option<Cut>>>,
}

/// Where a client is cut off.
#[derive(Debug)]
struct Cut {
    counts: fn(&str) -> bool,
    passing: usize,
    loses_reply: bool,
    is_done: bool,
}

impl Recorder {
    /// Starts a proxy to an address such as `http://127.0.0.1:5000`.
    pub fn start(upstream: &str) -> io::Result<Self> {
        let (calls, faults) = (CallLog::default(), Faults::default());
        let cut = Arc::<Mutex<Option<Cut>>>::default();
        let upstream = upstream.trim_end_matches('/').to_owned();
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let server = {
            let (calls, faults, cut) = (calls.clone(), faults.clone(), Arc::clone(&cut));
            Server::start(move |request| {
                handle(upstream.clone(), client.clone(), calls.clone(), faults.clone(), Arc::clone(&cut), request)
            })?
        };
        Ok(Self { server, calls, faults, cut })
    }

    /// Its address, without a slash at its end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The next request for an operation (`PutItem`) fails this way; said again, also the one after it.
    pub fn inject(&self, operation: &str, fault: Fault) {
        self.faults.once(operation, fault);
    }

    /// Every request for an operation fails this way from now on.
    pub fn inject_always(&self, operation: &str, fault: Fault) {
        self.faults.standing(operation, fault);
    }

    /// Of the requests that count, the one after `passing` others is the last thing that happens, as if the client's
    /// credentials expired there: it is refused or, with `loses_reply`, done without an answer, and every request after
    /// it is refused.
    pub fn cut_off(&self, counts: fn(&str) -> bool, passing: usize, loses_reply: bool) {
        *lock(&self.cut) = Some(Cut { counts, passing, loses_reply, is_done: false });
    }

    /// Nothing fails any more. Says whether a client was cut off.
    pub fn clear_faults(&self) -> bool {
        self.faults.clear();
        lock(&self.cut).take().is_some_and(|cut| cut.is_done)
    }

    /// All requests so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Call> {
        self.calls.all()
    }

    /// All requests since this was last asked.
    pub fn take_requests(&self) -> Vec<Call> {
        self.calls.take()
    }
}

async fn handle(
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    calls: CallLog,
    faults: Faults<Fault>,
    cut: Arc<Mutex<Option<Cut>>>,
    request: Request,
) -> Reply {
    let asked = protocol::read(&request);
    let number = calls.begin(&asked.service, &asked.region, &asked.operation, asked.input.clone(), request.received);
    let forward = async || forward(&upstream, &client, request).await;
    let fault = next_cut(&cut, &asked.operation).or_else(|| faults.next(&asked.operation));
    let reply = crate::stand_in::faulty(fault, &asked, forward).await;
    crate::stand_in::note(&calls, number, &reply).await;
    reply
}

fn next_cut(cut: &Mutex<Option<Cut>>, operation: &str) -> Option<Fault> {
    let mut cut = lock(cut);
    let cut = cut.as_mut()?;
    if !cut.is_done {
        if !(cut.counts)(operation) {
            return None;
        }
        if cut.passing > 0 {
            cut.passing -= 1;
            return None;
        }
        cut.is_done = true;
        if cut.loses_reply {
            return Some(Fault::LostReply);
        }
    }
    Some(Fault::error(403, "ExpiredToken", "The security token included in the request is expired"))
}

/// Sends the request on as it came, its host included: emulators tell services apart by it and by the signature.
async fn forward(upstream: &str, client: &Client<HttpConnector, Full<Bytes>>, request: Request) -> Reply {
    let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("{upstream}{path}").parse::<Uri>() else { return Reply::Close };
    let mut onward = hyper::Request::new(Full::new(request.body));
    *onward.method_mut() = request.method;
    *onward.uri_mut() = uri;
    *onward.headers_mut() = request.headers;
    let Ok(response) = client.request(onward).await else { return Reply::Close };
    let (head, body) = response.into_parts();
    let Ok(body) = body.collect().await else { return Reply::Close };
    let mut answer = hyper::Response::new(Full::new(body.to_bytes()));
    *answer.status_mut() = head.status;
    *answer.headers_mut() = head.headers;
    for of_the_connection in ["connection", "keep-alive", "transfer-encoding", "content-length"] {
        answer.headers_mut().remove(of_the_connection);
    }
    Reply::Answer(answer)
}
