//! The commands that read, against a deployed stack: moto's CloudFormation and DynamoDB, over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;
use support::account::{Account, REGION, run_at};

const NOW: &str = "2026-11-20T11:30:00Z";

/// A service that refuses whatever it is asked, with this answer.
fn refusing(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 16_384]);
            let _ = write!(
                stream,
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

#[test]
fn the_deployed_andon_answers_as_one_on_this_machine_does() {
    let account = Account::with_andon("andon");
    let data = tempfile::tempdir().unwrap();
    let path = data.path().to_str().unwrap();
    let files = ["history", "deploy-failed-parallel", "retry-succeeded", "running", "in-progress", "stopped"];
    let files: Vec<String> = files.map(support::recorded).to_vec();
    let mut replay = vec!["replay", "--json", "--data", path];
    replay.extend(files.iter().map(String::as_str));
    assert_eq!(support::run(&replay).code, 0);
    for asked in [
        vec!["status"],
        vec!["status", "--red"],
        vec!["status", "*-api", "--since", "30d"],
        vec!["status", "orders-fulfilment"],
        vec!["runs", "payments-api", "-n", "3"],
        // Of a pipeline without a failure: `replay` explains those, and nothing does in the table here.
        vec!["runs", "data-lake-etl", "--json"],
        vec!["runs", "--red"],
        vec!["open", "ledger-core", "commit", "--print"],
        vec!["ask", "what is failing"],
        vec!["watch", "ledger-core"],
    ] {
        let given = [&asked[..], &["--now", NOW]].concat();
        let (there, here) = (account.run(&given), support::run(&[&given[..], &["--data", path]].concat()));
        assert_eq!((there.code, &there.err), (here.code, &here.err), "{asked:?}");
        assert_eq!(there.out, here.out, "{asked:?}");
        assert!(!there.out.is_empty() || here.code != 0, "{asked:?}");
    }
}

#[test]
fn a_stack_is_found_by_its_name_or_by_being_the_only_one() {
    let account = Account::with_andon("tower");
    account.create("unrelated", &json!({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}));
    let found = account.run(&["status", "--red", "--now", NOW]);
    assert_eq!((found.code, found.err.as_str()), (0, ""));
    assert!(found.out.contains("orders-fulfilment"), "{}", found.out);
    let other = account.run(&["status", "--stack", "unrelated"]);
    assert_eq!(other.code, 2);
    insta::assert_snapshot!(other.err);
    let absent = account.run(&["status", "--stack", "nowhere"]);
    insta::assert_snapshot!(absent.err);
    account.deploy("second");
    let several = account.run(&["status"]);
    insta::assert_snapshot!(several.err);
    let by_environment = run_at(Some(account.moto.url()), &["status"], &[("ANDON_STACK", "second")]);
    assert_eq!((by_environment.code, by_environment.out.as_str()), (0, "No pipelines yet.\n"));
}

#[test]
fn an_account_without_andon_is_told_what_to_do() {
    let account = Account::empty();
    let ended = account.run(&["status"]);
    assert_eq!(ended.code, 2);
    insta::assert_snapshot!(ended.err);
}

#[test]
fn what_is_missing_is_said_in_one_sentence() {
    let region = run_at(None, &["status"], &[]);
    assert_eq!(region.code, 2);
    insta::assert_snapshot!(region.err);
    let credentials = run_at(None, &["status"], &[("AWS_REGION", REGION)]);
    assert_eq!(credentials.code, 2);
    assert!(
        credentials.err.starts_with("andon: cannot find the stack andon: no AWS credentials; run"),
        "{}",
        credentials.err
    );
    assert_eq!(credentials.err.lines().count(), 1, "{}", credentials.err);
    let denied = refusing(
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: \
         arn:aws:iam::111122223333:user/ada is not authorized to perform: cloudformation:DescribeStacks on resource: \
         arn:aws:cloudformation:us-east-1:111122223333:stack/andon/*</Message></Error></ErrorResponse>",
    );
    let ended = run_at(Some(&denied), &["status"], &[]);
    assert_eq!(ended.code, 2);
    insta::assert_snapshot!(ended.err);
    let expired = refusing(
        "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the \
         request is expired</Message></Error></ErrorResponse>",
    );
    let config = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(config.path(), "[profile work]\naws_access_key_id = a\naws_secret_access_key = b\n").unwrap();
    let set = [("AWS_CONFIG_FILE", config.path().to_str().unwrap())];
    let ended = run_at(Some(&expired), &["status", "--profile", "work"], &set);
    insta::assert_snapshot!(ended.err);
}
