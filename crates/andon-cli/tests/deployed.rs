//! The commands that read, against a deployed stack: moto's CloudFormation and DynamoDB, over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use andon::event::{Event, Received, parse};
use andon::ledger::{NoArchive, record};
use andon::name::{AccountId, Home, Region};
use andon::run::{DeploymentRule, Run};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use aws_config::BehaviorVersion;
use aws_sdk_s3::config::Credentials;
use serde_json::{Value, json};
use support::{Ended, andon, events};
use test_support::ask;
use test_support::emulator::Emulator;

const NOW: &str = "2026-11-20T11:30:00Z";
const REGION: &str = "us-east-1";

/// An account with nothing in it.
struct Account {
    moto: Emulator,
}

impl Account {
    fn empty() -> Self {
        Self { moto: Emulator::moto().unwrap() }
    }

    /// An account with a deployed Andon that knows a few of the recorded runs.
    fn with_andon(stack: &str) -> Self {
        let account = Self::empty();
        account.deploy(stack);
        let runs = ["history", "deploy-failed-parallel", "retry-succeeded", "running", "in-progress", "stopped"];
        account.record(stack, runs.into_iter().flat_map(events));
        account
    }

    /// Creates the part of a stack that a reader needs: its table and its outputs.
    fn deploy(&self, stack: &str) {
        let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
        let attribute = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
        let attributes = ["pk", "sk", "list", "name"].map(attribute);
        let template = json!({
            "Resources": {"Ledger": {"Type": "AWS::DynamoDB::Table", "Properties": {
                "TableName": format!("{stack}-table"),
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": attributes,
                "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
                "GlobalSecondaryIndexes": [{
                    "IndexName": "list",
                    "KeySchema": [key("list", "HASH"), key("name", "RANGE")],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["slim"]},
                }],
            }}},
            "Outputs": {"Table": {"Value": {"Ref": "Ledger"}}, "NotifierFunction": {"Value": "arn:of:the:notifier"}},
        });
        self.create(stack, &template);
    }

    fn create(&self, stack: &str, template: &Value) {
        let fields = [("Action", "CreateStack"), ("StackName", stack), ("TemplateBody", &template.to_string())];
        let reply = ask::form(self.moto.url(), "cloudformation", &fields).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    fn record(&self, stack: &str, events: impl Iterator<Item = Value>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
                .region(REGION)
                .endpoint_url(self.moto.url())
                .credentials_provider(Credentials::new("test", "test", None, None, "test"));
            let ledger = DynamoLedger::connect(&config.load().await, format!("{stack}-table"), SystemClock);
            let home =
                Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse(REGION).unwrap() };
            for event in events {
                let received = Received { home: home.clone(), at: "2026-11-20T00:00:00Z".parse().unwrap() };
                if let Ok(Event::Pipeline(event)) = parse(&event, &received) {
                    record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, Run::of(&event)).await.unwrap();
                }
            }
        });
    }

    /// Runs a command as somebody with credentials of the account, in a folder without any data.
    fn run(&self, arguments: &[&str]) -> Ended {
        run_at(Some(self.moto.url()), arguments, &[])
    }
}

/// Runs a command with these settings of the environment and no others that matter.
fn run_at(url: Option<&str>, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = andon(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .current_dir(folder.path())
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("ANDON_STACK");
    if let Some(url) = url {
        command
            .env("AWS_ENDPOINT_URL", url)
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
    }
    command.envs(set.iter().copied());
    command.output().unwrap().into()
}

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
        vec!["runs", "--red", "--json"],
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
