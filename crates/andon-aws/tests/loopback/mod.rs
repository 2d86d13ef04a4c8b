//! A server on this machine that answers AWS calls as a test says, and remembers them.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One call: the operation as `X-Amz-Target` names it, and its body.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) region: String,
    pub(crate) body: Value,
}

pub(crate) struct Server {
    pub(crate) endpoint: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Server {
    /// Answers each call with what `answer` makes of it: a status line's end and a body.
    pub(crate) async fn start(answer: impl Fn(&Call) -> (&'static str, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&calls);
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let Some(call) = read(&mut socket).await else { continue };
                let (status, body) = answer(&call);
                remembered.lock().unwrap().push(call);
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close\r\n\
                     content-length: {length}\r\n\r\n{body}"
                );
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { endpoint, calls }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

async fn read(socket: &mut TcpStream) -> Option<Call> {
    let mut request = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = socket.read(&mut part).await.ok()?;
        request.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let header = |name: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
            };
            if body.len() >= header("content-length")?.parse().ok()? {
                return Some(Call {
                    operation: header("x-amz-target")?.split('.').next_back()?.to_owned(),
                    // Credential=key/day/region/service/aws4_request
                    region: header("authorization")?.split('/').nth(2)?.to_owned(),
                    body: serde_json::from_str(body).ok()?,
                });
            }
        }
        if length == 0 {
            return None;
        }
    }
}
