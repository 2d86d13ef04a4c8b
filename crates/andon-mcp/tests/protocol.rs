//! The server as clients meet it: the official Python client in its modes, hostile text, broken messages, and the end of
//! input. The server is the example `invented`, which cargo builds along with the tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "compiled for tests only"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::tools::mcp_client;

/// The example, beside the tests in the target directory.
fn server() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/invented")
}

fn judged(mode: &str, check: &str, arguments: &[&str]) {
    let output = mcp_client().args([mode, check]).arg(server()).args(arguments).output().unwrap();
    let (faults, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    eprintln!("{log}");
    assert!(output.status.success(), "{log}");
    assert_eq!(faults.trim(), "", "{log}");
    let carried_out = log.matches("CARRIED OUT payments-api payments-api-2").count();
    assert_eq!(carried_out, usize::from(check == "acting"), "{log}");
}

#[test]
fn the_official_client_reads_in_every_mode() {
    for mode in ["auto", "legacy", "2026-07-28"] {
        judged(mode, "reading", &["60"]);
    }
}

#[test]
fn a_person_confirms_in_every_mode() {
    for mode in ["auto", "legacy", "2026-07-28"] {
        judged(mode, "acting", &["3", "act"]);
    }
}

#[test]
fn a_thousand_pipelines_come_page_by_page() {
    judged("auto", "reading", &["1000"]);
}

struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(server())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        Self { child, stdin, stdout }
    }

    fn send(&mut self, line: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(line).unwrap();
        stdin.write_all(b"\n").unwrap();
        stdin.flush().unwrap();
    }

    /// The answer with this id; what else comes before it is dropped.
    fn answer(&mut self, id: u64) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.stdout.as_mut().unwrap().read_line(&mut line).unwrap() > 0, "the server is gone");
            let message: Value = serde_json::from_str(&line).expect("only the protocol on standard output");
            if message["id"] == id {
                return message;
            }
        }
    }

    fn initialized(&mut self) {
        self.send(
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
                "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}})
            .to_string()
            .as_bytes(),
        );
        assert!(self.answer(1)["result"]["instructions"].as_str().unwrap().contains("untrusted_"));
        self.send(br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    }
}

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// A call, broken somewhere.
fn broken(random: &mut Random) -> Vec<u8> {
    let names = ["list_pipelines", "why", "get_log", "ask", "retry", "", "\u{202e}", "tools/call"];
    let values = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("payments-api"),
        json!({"a": [[[[[[]]]]]]}),
        json!([1, 2]),
        json!("\u{0}\u{feff}"),
        json!("x".repeat(2000)),
        json!(true),
    ];
    let value = |random: &mut Random| values[random.below(values.len())].clone();
    let keys = ["pipeline", "run", "cursor", "state", "question", "around", "since", "confirm"];
    let arguments: serde_json::Map<String, Value> =
        (0..random.below(4)).map(|_| (keys[random.below(keys.len())].to_owned(), value(random))).collect();
    let methods = ["tools/call", "tools/list", "resources/read", "prompts/get", "initialize", "server/discover", "x"];
    let mut message = json!({
        "jsonrpc": "2.0", "id": 7, "method": methods[random.below(methods.len())],
        "params": {"name": names[random.below(names.len())], "arguments": arguments, "uri": value(random),
            "requestState": value(random), "inputResponses": value(random)},
    });
    if random.below(5) == 0 {
        message["params"] = value(random);
    }
    if random.below(9) == 0 {
        message["id"] = value(random);
    }
    let mut bytes = message.to_string().into_bytes();
    for _ in 0..random.below(3) {
        let at = random.below(bytes.len());
        match random.below(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            _ => bytes.insert(at, b'{'),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes.retain(|byte| *byte != b'\n');
    bytes
}

#[test]
fn ten_thousand_broken_messages_harm_nothing() {
    let mut server = Server::start(&["3", "act"]);
    server.initialized();
    // Answers are read while messages are written, as neither side buffers without limit.
    let stdout = server.stdout.take().unwrap();
    let (lines, answers) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            let message: Value = serde_json::from_str(&line).expect("only the protocol on standard output");
            if message["id"] == 424_242 {
                lines.send(message).unwrap();
            }
        }
    });
    let mut random = Random(20_261_130);
    for _ in 0..10_000 {
        let message = broken(&mut random);
        server.send(&message);
    }
    server.send(&vec![b'x'; 2_000_000]);
    let call = json!({"jsonrpc": "2.0", "id": 424_242, "method": "tools/call",
        "params": {"name": "get_pipeline", "arguments": {"pipeline": "payments-api"}}});
    server.send(call.to_string().as_bytes());
    let answer = answers.recv_timeout(Duration::from_mins(1)).expect("an answer after all of that");
    assert_eq!(answer["result"]["structuredContent"]["state"], "red", "{answer}");
    drop(server.stdin.take());
    reader.join().unwrap();
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn the_end_of_input_ends_the_server_within_a_second() {
    for greets in [true, false] {
        let mut server = Server::start(&["3"]);
        if greets {
            server.initialized();
        }
        drop(server.stdin.take());
        let since = Instant::now();
        assert!(server.child.wait().unwrap().success());
        assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    }
}

#[test]
fn a_client_that_cannot_ask_a_person_cannot_act() {
    let mut server = Server::start(&["3", "act"]);
    server.initialized();
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "retry",
        "arguments": {"pipeline": "payments-api", "run": "payments-api-2", "reason": "x"}}});
    server.send(call.to_string().as_bytes());
    let answer = server.answer(2);
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("cannot ask a person"), "{answer}");
    drop(server.stdin.take());
    server.child.wait().unwrap();
}
