//! `andon serve`: events come in by HTTP, the board and its data go out, and nothing is lost on the way.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::rc::Rc;

use andon_cli::local::{CallbackSender, FollowingClock, LocalAndon, Pending, Sent, open};
use andon_config::Config;
use serde_json::{Value, json};
use support::{Server, events, folder};

fn event(pipeline: &str, execution: &str, level: &str, detail: &Value, second: usize) -> Value {
    let mut event = json!({
        "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
        "account": "111122223333", "region": "eu-west-1",
        "time": format!("2026-11-20T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60),
        "detail": {"pipeline": pipeline, "execution-id": execution},
    });
    for (name, value) in detail.as_object().unwrap() {
        event["detail"][name] = value.clone();
    }
    event
}

/// A whole run in five events.
fn whole_run(pipeline: &str, execution: &str, end: &str, second: usize) -> Vec<Value> {
    let action = |state: &str| json!({"stage": "Build", "action": "Test", "state": state});
    vec![
        event(pipeline, execution, "Pipeline", &json!({"state": "STARTED"}), second),
        event(pipeline, execution, "Action", &action("STARTED"), second + 1),
        event(pipeline, execution, "Action", &action(end), second + 60),
        event(pipeline, execution, "Stage", &json!({"stage": "Build", "state": end}), second + 61),
        event(pipeline, execution, "Pipeline", &json!({"state": end}), second + 62),
    ]
}

fn post(server: &Server, events: &[Value]) {
    let reply = server.post(&serde_json::to_vec(events).unwrap());
    assert_eq!(reply.status, 200, "{}", reply.body);
}

fn statuses(server: &Server) -> Vec<String> {
    let list = server.get("/api/pipelines").json();
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", row["pipeline"].as_str().unwrap(), row["status"].as_str().unwrap())).collect()
}

#[test]
fn events_that_are_posted_are_on_the_board() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    assert_eq!(server.get("/api/pipelines").json(), json!([]));
    assert!(server.get("/").body.contains("No pipelines yet"));
    let reply = server.post(events("build-failed")[0].to_string().as_bytes());
    assert_eq!((reply.status, reply.json()), (200, json!({"events": [{"outcome": "handled"}]})));
    post(&server, &events("build-failed"));
    post(&server, &events("running"));
    assert_eq!(statuses(&server), ["payments-api failed", "mobile-bff waiting"]);

    let board = server.get("/");
    assert!(
        board.head.contains("content-security-policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    );
    for expected in
        ["payments-api", "Build / UnitTests", "84c614a3", "Round refunds half to even", "Tomasz Wilk", "ApproveRelease"]
    {
        assert!(board.body.contains(expected), "{expected}");
    }
    let page = server.get("/pipelines/111122223333/eu-west-1/payments-api");
    assert!(page.status == 200 && page.body.contains("UnitTests"));
    let full = server.get("/api/pipelines/111122223333/eu-west-1/payments-api").json();
    assert_eq!(full["latest"]["stages"][1]["actions"][0]["status"], "failed");
    assert_eq!(server.get("/pipelines/111122223333/eu-west-1/nobody").status, 404);
    assert_eq!(server.get("/api/pipelines/1/2/3").status, 404);
    assert_eq!(server.get("/pipelines/%00/%2E%2E/%F0%9F%9A%80").status, 404);
    assert_eq!(server.end(), Some(0));
}

#[test]
fn queues_and_topics_may_be_wrapped_around_events() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let batch = std::fs::read(folder().join("sqs-batch-codepipeline.json")).unwrap();
    assert_eq!(server.post(&batch).status, 200);
    assert!(statuses(&server).contains(&"payments-api failed".to_owned()));
}

#[test]
fn what_cannot_be_read_is_refused_by_name_and_its_neighbours_are_taken() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let reply = server.post(b"{oops");
    assert_eq!((reply.status, reply.json()["error"].as_str().unwrap().contains("not JSON")), (400, true));
    assert_eq!(server.post(b"").status, 400);
    let body = json!([
        7,
        event("p", "e", "Pipeline", &json!({"state": "STARTED"}), 0),
        event("p", "e", "Pipeline", &json!({}), 0),
        {}
    ]);
    let reply = server.post(body.to_string().as_bytes());
    assert_eq!(reply.status, 400);
    let outcomes = reply.json();
    let members: Vec<_> =
        outcomes["events"].as_array().unwrap().iter().map(|event| (&event["outcome"], &event["member"])).collect();
    assert_eq!(
        members,
        [
            (&json!("malformed"), &json!("the event")),
            (&json!("handled"), &Value::Null),
            (&json!("malformed"), &json!("detail.state")),
            (&json!("left-alone"), &Value::Null),
        ]
    );
    assert_eq!(statuses(&server), ["p in-progress"]);
}

#[test]
fn too_much_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let large =
        |bytes: usize| event("p", "e", "Pipeline", &json!({"state": "STARTED", "filler": "x".repeat(bytes)}), 0);
    assert_eq!(server.post(large(256 << 10).to_string().as_bytes()).status, 200);
    assert_eq!(server.post(large(1 << 20).to_string().as_bytes()).status, 413);
    assert_eq!(
        server.post(json!([large(500 << 10), large(500 << 10), large(500 << 10)]).to_string().as_bytes()).status,
        200
    );
    assert_eq!(server.post(&vec![b' '; (8 << 20) + 1]).status, 413);
}

#[test]
fn pages_of_other_sites_cannot_send_events() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let post = |origin: &str| server.send("POST", "/events", &format!("Origin: {origin}\r\n"), b"[]").status;
    assert_eq!(post("https://example.com"), 403);
    assert_eq!(post("null"), 403);
    assert_eq!(post(&format!("http://{}", server.address())), 200);
}

#[test]
fn the_skill_answers_from_what_has_come_in() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    post(&server, &events("build-failed"));
    let ask = |headers: &str, body: &str| server.send("POST", "/alexa", headers, body.as_bytes());
    let failing = json!({"request": {"type": "IntentRequest", "locale": "en-GB", "intent": {"name": "FailingIntent"}}});
    let reply = ask("", &failing.to_string());
    assert_eq!(reply.status, 200);
    let said = reply.json()["response"]["outputSpeech"]["ssml"].as_str().unwrap().to_owned();
    assert!(said.starts_with("<speak><s>Only payments API is failing."), "{said}");
    assert_eq!(ask("", "{oops").status, 400);
    assert_eq!(ask("Origin: https://example.com\r\n", &failing.to_string()).status, 403);
}

#[test]
fn a_skill_that_may_not_ask_hears_nothing() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let command =
        support::andon(&["serve", "--port", "0", "--quiet", "--data", folder, "--skill", "amzn1.ask.skill.1"]);
    let server = Server::of(command);
    let launch = |skill: &str| {
        let system = json!({"System": {"application": {"applicationId": skill}}});
        let request = json!({"context": system, "request": {"type": "LaunchRequest"}});
        server.send("POST", "/alexa", "", request.to_string().as_bytes()).json()["response"].clone()
    };
    assert!(launch("amzn1.ask.skill.1")["outputSpeech"].is_object());
    assert_eq!(launch("amzn1.ask.skill.2"), json!({"shouldEndSession": true}));
}

#[test]
fn whoever_follows_hears_of_news_and_is_let_go_when_the_server_ends() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "GET /live HTTP/1.1\r\nHost: {}\r\n\r\n", server.address()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.to_lowercase() == "content-type: text/event-stream"));
    post(&server, &events("build-failed"));
    assert!(lines.any(|line| line == "event: news"));
    let asked = std::time::Instant::now();
    assert_eq!(server.end(), Some(0));
    assert!(asked.elapsed().as_secs() < 5, "it has not waited until its time limit");
    assert!(lines.all(|line| line != "event: news"));
}

#[test]
fn the_board_is_searched_and_turned_page_by_page() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let all: Vec<Value> = (0..60)
        .flat_map(|index| {
            whole_run(&format!("pipeline-{index:02}"), "e", if index == 7 { "FAILED" } else { "SUCCEEDED" }, 0)
        })
        .collect();
    post(&server, &all);
    let rows = |address: &str| server.get(address).body.matches("<article").count();
    assert_eq!(["/", "/?page=2", "/?page=99", "/?page=x"].map(rows), [50, 10, 10, 50]);
    assert_eq!(["/?search=pipeline-0", "/?search=red", "/?search=ireland%20e-59"].map(rows), [10, 1, 1]);
    assert!(server.get("/?search=%3Cscript%3E").body.contains("No pipelines match “&lt;script&gt;”"));
    let run = server.get("/pipelines/111122223333/eu-west-1/pipeline-07/runs/e");
    assert!(run.status == 200 && run.body.contains("Latest run"));
    let unknown = server.get("/pipelines/111122223333/eu-west-1/pipeline-07/runs/other");
    assert!(unknown.body.contains("Andon has no record of this run (it keeps the last 30)."));
    assert_eq!(server.get("/pipelines/111122223333/eu-west-1/other/runs/e").status, 404);
}

#[test]
fn names_from_outside_are_text_on_the_board_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let name = "<script>alert(1)</script>\"'&";
    let failed = json!({
        "stage": "<img src=x onerror=alert(1)>", "action": "</style><b>", "state": "FAILED",
        "execution-result": {
            "external-execution-summary": "</article><iframe src=//x>",
            "external-execution-url": "javascript:alert(1)",
        },
    });
    post(&server, &[event(name, "\"><svg onload=alert(1)>", "Action", &failed, 0)]);
    let board = server.get("/").body;
    let link = board.split("href=\"/pipelines/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = server.get(&format!("/pipelines/{link}"));
    assert_eq!(page.status, 200);
    for html in [board, page.body] {
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert_eq!(html.matches("<script").count(), 1, "the page's own");
        for hostile in ["<script>", "<img", "<b>alert", "</style><b>", "<iframe", "<svg onload", "javascript:"] {
            assert!(!html.contains(hostile), "{hostile}");
        }
    }
}

#[test]
fn a_server_killed_between_requests_has_lost_nothing() {
    let data = tempfile::tempdir().unwrap();
    let whole = events("retry-succeeded");
    for part in whole.chunks(5) {
        let server = Server::start(data.path());
        post(&server, part);
        server.kill();
    }
    let server = Server::start(data.path());
    let pipeline = server.get("/api/pipelines/111122223333/eu-west-1/ledger-core").json();
    assert_eq!((&pipeline["status"], &pipeline["attempt"]), (&json!("succeeded"), &json!(2)));

    let at_once = tempfile::tempdir().unwrap();
    let undisturbed = Server::start(at_once.path());
    post(&undisturbed, &whole);
    assert_eq!(pipeline, undisturbed.get("/api/pipelines/111122223333/eu-west-1/ledger-core").json());
}

/// An Andon over the data of a server that is gone, some time later; what it tells is written down.
fn later(data: &Path, time: jiff::Timestamp) -> (Vec<String>, Vec<String>) {
    let told: Rc<RefCell<Vec<String>>> = Rc::default();
    let sender = CallbackSender::new({
        let told = Rc::clone(&told);
        move |sent| {
            if let Sent::Alert { message, .. } = sent {
                told.borrow_mut().push(message.title.clone());
            }
            Ok(())
        }
    });
    let clock = FollowingClock::new();
    clock.reach(time);
    let andon = LocalAndon::new(open(data).unwrap(), Pending::open(data).unwrap(), sender, clock, Config::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(andon.try_again()).unwrap(), [""; 0]);
    (told.take(), andon.pending().waiting().unwrap())
}

#[test]
fn an_event_that_was_not_done_with_outlives_the_server() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let now = jiff::Timestamp::now();
    let mut unexplained = event("p", "e", "Pipeline", &json!({"state": "FAILED"}), 0);
    unexplained["time"] = json!(now);
    let reply = server.post(unexplained.to_string().as_bytes());
    assert_eq!((reply.status, &reply.json()["events"][0]["outcome"]), (200, &json!("pending")));
    server.kill();
    let minute = jiff::SignedDuration::from_mins(1);
    assert_eq!(later(data.path(), now + minute), (vec!["p failed".to_owned()], vec![]));
    assert_eq!(later(data.path(), now + minute + minute), (vec![], vec![]), "told once");
}

/// Two runs of each of 200 pipelines, 2,000 events, every tenth of them sent twice.
#[test]
fn many_events_over_many_pipelines_add_up() {
    const PIPELINES: usize = 200;
    let names: Vec<String> = (0..PIPELINES).map(|index| format!("pipeline-{index:03}")).collect();
    let mut all: Vec<Value> = Vec::new();
    for (index, end) in ["FAILED", "SUCCEEDED"].into_iter().enumerate() {
        let runs: Vec<Vec<Value>> =
            names.iter().map(|name| whole_run(name, &format!("{name}-{index}"), end, 3600 * index)).collect();
        // The pipelines run side by side.
        for step in 0..5 {
            all.extend(runs.iter().map(|run| run[step].clone()));
        }
    }
    let repeated: Vec<Value> = all
        .iter()
        .enumerate()
        .flat_map(|(index, event)| vec![event.clone(); if index % 10 == 0 { 2 } else { 1 }])
        .collect();

    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    for part in repeated.chunks(100) {
        post(&server, part);
    }
    let list = server.get("/api/pipelines").json();
    assert_eq!(list.as_array().unwrap().len(), PIPELINES);
    for row in list.as_array().unwrap() {
        assert_eq!(row["trend"], json!(["failed", "succeeded"]), "{}", row["pipeline"]);
    }
    assert!(server.peak_memory() < 100 << 10, "{} KiB", server.peak_memory());

    let text = serde_json::to_vec(&repeated).unwrap();
    let replayed = support::run_with(&text, &["replay", "--json", "-"]);
    assert_eq!((replayed.code, replayed.err.as_str()), (0, ""));
    let lines = replayed.json_lines();
    let count = |member: &str, value: &str| lines.iter().filter(|line| line[member] == value).count();
    assert_eq!((count("kind", "failed"), count("kind", "recovered")), (PIPELINES, PIPELINES));
    // Of the pipeline alone: its stages and actions are measured only where the configuration says so.
    assert_eq!((count("name", "FailureCount"), count("name", "SuccessCount")), (PIPELINES, PIPELINES));
}

/// A configuration of two customers.
fn customers(directory: &Path) -> String {
    let file = directory.join("andon.yml");
    let text = "version: 1\naccounts:\n  \"111122223333\": { name: shop, customer: Acme & Co }\n  \"444455556666\": { name: finance, customer: Globex }\n";
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

const KEY: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn behind_a_proxy_the_board_is_shown_to_named_users_alone() {
    let data = tempfile::tempdir().unwrap();
    let config = customers(data.path());
    let start = |proxy: &str| {
        let data = data.path().join(proxy);
        let arguments = ["serve", "--port", "0", "--quiet", "--config", &config, "--data", data.to_str().unwrap()];
        let mut command = support::andon(&[&arguments[..], &["--trusted-proxy", proxy]].concat());
        command.args(["--user-header", "X-Auth-Email"]);
        Server::of(command)
    };
    let server = start("127.0.0.1");
    assert_eq!(server.post(json!(events("build-failed")).to_string().as_bytes()).status, 200);
    for path in ["/", "/api/pipelines", "/live", "/pipelines/111122223333/eu-west-1/payments-api"] {
        assert_eq!(server.get(path).status, 401, "{path}");
        assert_eq!(server.send("GET", path, "X-Forwarded-User: ada\r\n", b"").status, 401, "{path}");
    }
    let page = server.send("GET", "/", "X-Auth-Email: ada@<b>example.com\r\n", b"");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Signed in as ada@&lt;b&gt;example.com"), "{}", page.body);
    assert_eq!(server.get("/healthz").status, 200);
    let elsewhere = start("192.0.2.7");
    assert_eq!(elsewhere.send("GET", "/", "X-Auth-Email: ada\r\n", b"").status, 403);
}

#[test]
fn a_signed_link_shows_one_customer_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let config = customers(data.path());
    let directory = data.path().to_str().unwrap();
    let arguments = ["serve", "--port", "0", "--quiet", "--config", &config, "--data", directory];
    let mut command = support::andon(&[&arguments[..], &["--trusted-proxy", "192.0.2.7"]].concat());
    command.env("ANDON_SHARE_KEY", KEY);
    let server = Server::of(command);
    for name in ["build-failed", "cross-region-failed"] {
        assert_eq!(server.post(json!(events(name)).to_string().as_bytes()).status, 200);
    }
    let share = |arguments: &[&str], key: &str| -> support::Ended {
        let mut command = support::andon(&[&["share", "--config", &config][..], arguments].concat());
        command.env("ANDON_SHARE_KEY", key).output().unwrap().into()
    };
    let shared = share(&["--customer", "acme & co", "--for", "2h", "--url", "https://board.example.com/"], KEY);
    assert_eq!((shared.code, shared.err.as_str()), (0, ""));
    let path = shared.out.trim().strip_prefix("https://board.example.com").unwrap();
    let page = server.get(path);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("payments-api") && !page.body.contains("invoice-export"), "{}", page.body);
    assert!(page.body.contains("The pipelines of Acme &amp; Co, shared until "), "{}", page.body);
    // Every address of the page stays below the link.
    let outside = ["href=\"/\"", "href=\"/?", "href=\"/pipelines", "src=\"/live.js\"", "action=\"/\""];
    assert!(outside.iter().all(|address| !page.body.contains(address)), "{}", page.body);
    assert_eq!(server.get(&format!("{path}live.js")).status, 200);
    assert_eq!(server.get(&format!("{path}pipelines/111122223333/eu-west-1/payments-api")).status, 200);
    assert_eq!(server.get(&format!("{path}pipelines/444455556666/eu-west-1/invoice-export")).status, 404);
    assert_eq!(server.get(&format!("{path}?search=invoice")).status, 200);
    assert!(!server.get(&format!("{path}?search=invoice")).body.contains("invoice-export"));
    assert_eq!(server.get("/").status, 403, "the rest is for the proxy's users");
    let forged = path.replace("Acme", "Globex");
    assert_eq!(server.get(&forged).status, 403);
    let refused = server.send("GET", &forged, "Accept: text/html\r\n", b"");
    assert!(refused.body.contains("<p class=\"refusal\">this link has expired or is not valid"), "{}", refused.body);
    assert_eq!(server.get(&format!("{path}live")).status, 204, "the news would tell when others' pipelines run");
    // Bad input says what to do.
    assert!(share(&["--customer", "acme & coo"], KEY).err.contains("Did you mean Acme & Co?"));
    assert!(share(&["--customer", "acme & co"], "short").err.contains("openssl rand"));
    assert!(share(&["--customer", "acme & co"], "").err.contains("ANDON_SHARE_KEY is not set"));
    assert_eq!(share(&["--customer", "acme & co", "--for", "forever"], KEY).code, 2);
}
