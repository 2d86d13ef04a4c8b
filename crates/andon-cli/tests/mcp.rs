//! `andon mcp`, as an assistant starts it. What the tools give and how the protocol goes is tested in `andon-mcp`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{andon, recorded, run};

/// What the server answers to these calls of tools, and how it ends.
fn called(mut server: Command, calls: &[Value]) -> (Vec<Value>, i32) {
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (mut stdin, mut stdout) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
    let mut answer = |message: Value| {
        writeln!(stdin, "{message}").unwrap();
        let mut line = String::new();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "no answer to {message}");
        serde_json::from_str::<Value>(&line).unwrap()
    };
    let hello = answer(json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}));
    assert_eq!(hello["result"]["serverInfo"]["name"], "andon");
    let call = |(id, params): (usize, &Value)| json!({"jsonrpc": "2.0", "id": id + 1, "method": "tools/call", "params": params});
    let answers = calls.iter().enumerate().map(call).map(&mut answer).collect();
    drop(stdin);
    (answers, server.wait().unwrap().code().unwrap())
}

#[test]
fn assistants_read_a_directory_of_data() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap();
    assert_eq!(run(&["replay", "--data", data, &recorded("build-failed")]).code, 0);
    let config = directory.path().join("andon.yml");
    std::fs::write(&config, "version: 1\naccounts:\n  \"111122223333\": { name: shop, customer: Acme }\n").unwrap();
    let arguments = ["mcp", "--data", data, "--config", config.to_str().unwrap()];
    let calls = [
        json!({"name": "list_pipelines", "arguments": {"customer": "acme"}}),
        json!({"name": "why", "arguments": {"pipeline": "payments-api"}}),
        json!({"name": "retry", "arguments": {"pipeline": "payments-api", "run": "x", "reason": "x"}}),
    ];
    let (answers, code) = called(andon(&arguments), &calls);
    let content = |at: usize| &answers[at]["result"]["structuredContent"];
    assert_eq!(content(0)["pipelines"][0]["customer"], "Acme", "{answers:?}");
    assert_eq!(content(1)["failures"][0]["stage"], "Build", "{answers:?}");
    // Nothing is allowed by this configuration.
    let refused = answers[2]["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(refused, "Actions are off; set `mcp.actions` in andon.yml.");
    assert_eq!(code, 0);
}

#[cfg(feature = "aws")]
#[test]
fn assistants_read_the_deployed_stack_with_the_users_own_rights() {
    let account = support::account::Account::with_andon("tower");
    let calls = [
        json!({"name": "list_pipelines", "arguments": {"state": "red"}}),
        json!({"name": "get_pipeline", "arguments": {"pipeline": "orders-fulfilment"}}),
    ];
    for arguments in [vec!["mcp", "--stack", "tower", "--region", support::account::REGION], vec!["mcp"]] {
        let folder = tempfile::tempdir().unwrap();
        let server = account.command(&arguments, folder.path());
        let (answers, code) = called(server, &calls);
        let content = |at: usize| &answers[at]["result"]["structuredContent"];
        let red: Vec<&str> =
            content(0)["pipelines"].as_array().unwrap().iter().filter_map(|row| row["pipeline"].as_str()).collect();
        assert!(red.contains(&"orders-fulfilment"), "{answers:?}");
        assert_eq!(content(1)["state"], "red", "{answers:?}");
        assert_eq!(code, 0);
    }
    let absent = account.run(&["mcp", "--stack", "nowhere"]);
    assert_eq!((absent.code, absent.out.as_str()), (2, ""));
    assert!(absent.err.contains("nowhere"), "{}", absent.err);
}

#[test]
fn without_data_the_reason_is_on_standard_error() {
    let ended = run(&["mcp", "--data", "/nowhere/at/all"]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("no data in /nowhere/at/all"), "{}", ended.err);
}
