//! `andon serve` under fire: foreign names, connections that keep still, bodies of thousands of events, and many watchers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr, reason = "a test")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Server, andon};

fn event(pipeline: usize, execution: &str, state: &str) -> Value {
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": "2026-11-20T10:00:00Z",
        "detail": {"pipeline": format!("service-{pipeline:04}"), "execution-id": execution, "state": state},
    })
}

fn started(pipelines: usize) -> Vec<u8> {
    let events: Vec<Value> = (0..pipelines).map(|pipeline| event(pipeline, "first", "STARTED")).collect();
    serde_json::to_vec(&events).unwrap()
}

/// The status of a request with a `Host` of its own.
fn status(server: &Server, method: &str, path: &str, host: &str) -> u16 {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn only_requests_for_this_machine_or_a_named_host_are_answered() {
    let data = tempfile::tempdir().unwrap();
    let arguments =
        ["serve", "--port", "0", "--quiet", "--host", "board.example", "--data", data.path().to_str().unwrap()];
    let server = Server::of(andon(&arguments));
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/api/pipelines"),
        ("GET", "/live"),
        ("GET", "/live.js"),
        ("POST", "/events"),
        ("POST", "/alexa"),
        ("GET", "/pipelines/1/2/3"),
        ("GET", "/nothing"),
    ] {
        for host in ["evil.example", "evil.example:4646", "127.0.0.1.evil.example", "localhost.evil.example"] {
            assert_eq!(status(&server, method, path, host), 421, "{method} {path} of {host}");
        }
    }
    for host in [
        "localhost",
        "localhost:4646",
        "127.0.0.1:4646",
        "[::1]:4646",
        "board.example",
        "Board.Example:443",
        "192.168.1.7",
    ] {
        assert_eq!(status(&server, "GET", "/api/pipelines", host), 200, "{host}");
    }
}

#[test]
fn connections_that_keep_still_are_closed_and_shut_nobody_out() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    // More than are served at once, none of which ever ends its head.
    let idle: Vec<TcpStream> = (0..700)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n").unwrap();
            stream
        })
        .collect();
    assert_eq!(server.get("/api/pipelines").status, 200, "answered once some of them have been closed");
    for mut stream in idle.into_iter().take(100) {
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut rest = Vec::new();
        // An answer of 408 or none: what counts is that it ends.
        let _ = stream.read_to_end(&mut rest).map_err(|error| assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock));
    }
}

#[test]
fn watchers_leave_room_for_pages() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let mut refused = 0;
    let watchers: Vec<TcpStream> = (0..420)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.contains(" 503 ") {
                refused += 1;
                // The server ends what it refuses: the answer is followed by the end of the stream.
                reader.read_to_end(&mut Vec::new()).unwrap();
            }
            stream
        })
        .collect();
    assert_eq!(refused, 420 - 384);
    assert_eq!(server.get("/").status, 200);
    drop(watchers);
}

#[test]
fn pages_are_answered_while_a_body_of_thousands_of_events_is_taken_in() {
    let data = tempfile::tempdir().unwrap();
    let server = Arc::new(Server::start(data.path()));
    let done = Arc::new(AtomicUsize::new(0));
    let taking = {
        let (server, done) = (Arc::clone(&server), Arc::clone(&done));
        std::thread::spawn(move || {
            let reply = server.post(&started(4_000));
            done.store(1, Ordering::SeqCst);
            (reply.status, reply.json()["events"].as_array().unwrap().len())
        })
    };
    let (mut pages, mut posts, mut slowest) = (0, 0, Duration::ZERO);
    while done.load(Ordering::SeqCst) == 0 {
        let began = Instant::now();
        assert_eq!(server.get("/").status, 200);
        assert_eq!(server.post(event(9_000, "other", "STARTED").to_string().as_bytes()).status, 200);
        slowest = slowest.max(began.elapsed());
        if done.load(Ordering::SeqCst) == 0 {
            pages += 1;
            posts += 1;
        }
    }
    assert_eq!(taking.join().unwrap(), (200, 4_000));
    eprintln!("{pages} pages and {posts} events between the 4,000 of one body; both took {slowest:?} at most");
    assert!(pages >= 3, "{pages} pages in the meantime");
    assert_eq!(server.get("/api/pipelines").json().as_array().unwrap().len(), 4_001);
}

/// The processor time that a process has used, in hundredths of a second.
fn ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

/// Posts events for a while, one after the other; gives back how many, the slowest reply, and the time used.
fn fire(server: &Server, execution: &str) -> (u32, Duration, Option<u64>) {
    let before = ticks(server.id());
    let (began, mut posts, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(5) {
        let state = if posts % 2 == 0 { "STARTED" } else { "SUCCEEDED" };
        let event = event(posts as usize % 3_000, execution, state).to_string();
        let asked = Instant::now();
        assert_eq!(server.post(event.as_bytes()).status, 200);
        slowest = slowest.max(asked.elapsed());
        posts += 1;
        std::thread::sleep(Duration::from_millis(40));
    }
    (posts, slowest, before.and_then(|before| Some(ticks(server.id())? - before)))
}

#[test]
fn two_hundred_watchers_get_one_notice_a_second_and_pages_are_rendered_once_for_each_change() {
    let data = tempfile::tempdir().unwrap();
    let server = Arc::new(Server::start(data.path()));
    assert_eq!(server.post(&started(3_000)).status, 200);
    let (alone, alone_slowest, alone_ticks) = fire(&server, "alone");

    let (notices, renderings) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(BTreeSet::new())));
    for _ in 0..200 {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let (server, notices, renderings) = (Arc::clone(&server), Arc::clone(&notices), Arc::clone(&renderings));
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if line == "event: news" {
                    notices.fetch_add(1, Ordering::SeqCst);
                    let page = server.get("/");
                    let tag = page.head.lines().find_map(|line| line.strip_prefix("etag: ")).map(str::to_owned);
                    renderings.lock().unwrap().insert(tag.unwrap());
                }
            }
        });
    }
    let (watched, watched_slowest, watched_ticks) = fire(&server, "watched");
    let (notices, renderings) = (notices.load(Ordering::SeqCst), renderings.lock().unwrap().len());
    eprintln!(
        "alone: {alone} events, {alone_slowest:?} at most, {alone_ticks:?} ticks; \
         watched by 200: {watched} events, {watched_slowest:?} at most, {watched_ticks:?} ticks, \
         {notices} notices, {renderings} renderings"
    );
    assert!(notices <= 200 * 8, "{notices} notices in five seconds to 200 watchers");
    // Within a second, one rendering for those who ask before the next event and one for those who ask after it.
    assert!(renderings <= watched as usize + 2, "{renderings} renderings of {watched} changes");
}
