//! A web server with pages that a test puts there: the files of a release, or what an API answers.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use crate::http::{Reply, Server};
use crate::lock;

/// The server.
#[derive(Debug)]
pub struct Site {
    server: Server,
    pages: Arc<Mutex<BTreeMap<String, Bytes>>>,
    requests: Arc<Mutex<Vec<(String, Bytes)>>>,
}

impl Site {
    /// Starts one without pages.
    pub fn start() -> io::Result<Self> {
        let pages = Arc::<Mutex<BTreeMap<String, Bytes>>>::default();
        let requests = Arc::<Mutex<Vec<(String, Bytes)>>>::default();
        let server = {
            let (pages, requests) = (Arc::clone(&pages), Arc::clone(&requests));
            Server::start(move |request| {
                let path = request.uri.path().to_owned();
                let page = lock(&pages).get(&path).cloned();
                lock(&requests).push((path, request.body));
                async move {
                    match page {
                        Some(page) => Reply::new(200, "application/octet-stream", page),
                        None => Reply::new(404, "text/plain", "not found"),
                    }
                }
            })?
        };
        Ok(Self { server, pages, requests })
    }

    /// Its address, without a slash at its end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Puts a page at a path such as `/v1/SHA256SUMS`, whatever it is asked for by.
    pub fn put(&self, path: &str, page: impl Into<Bytes>) {
        lock(&self.pages).insert(path.to_owned(), page.into());
    }

    /// Takes a page away.
    pub fn remove(&self, path: &str) {
        lock(&self.pages).remove(path);
    }

    /// The paths that were asked for, each with what was sent there.
    pub fn requests(&self) -> Vec<(String, Bytes)> {
        lock(&self.requests).clone()
    }
}
