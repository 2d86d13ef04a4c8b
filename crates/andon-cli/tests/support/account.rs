//! An account in moto with a deployed Andon, as far as a reader needs one.

use std::path::Path;
use std::process::Command;

use andon::event::{Event, Received, parse};
use andon::ledger::{NoArchive, record};
use andon::name::{AccountId, Home, Region};
use andon::run::{DeploymentRule, Run};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use serde_json::{Value, json};
use test_support::ask;
use test_support::aws;
use test_support::emulator::Emulator;

use super::{Ended, andon, events};

/// The region of the tests.
pub(crate) const REGION: &str = "us-east-1";
/// The account of moto.
pub(crate) const MOTO: &str = "123456789012";

/// An account with nothing in it.
pub(crate) struct Account {
    pub(crate) moto: Emulator,
}

impl Account {
    pub(crate) fn empty() -> Self {
        Self { moto: Emulator::moto().unwrap() }
    }

    /// An account with a deployed Andon that knows a few of the recorded runs.
    pub(crate) fn with_andon(stack: &str) -> Self {
        let account = Self::empty();
        account.deploy(stack);
        let runs = ["history", "deploy-failed-parallel", "retry-succeeded", "running", "in-progress", "stopped"];
        account.record(stack, runs.into_iter().flat_map(events));
        account
    }

    /// Creates the part of a stack that a reader needs: its table and its outputs.
    pub(crate) fn deploy(&self, stack: &str) {
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

    pub(crate) fn create(&self, stack: &str, template: &Value) {
        let fields = [("Action", "CreateStack"), ("StackName", stack), ("TemplateBody", &template.to_string())];
        let reply = ask::form(self.moto.url(), "cloudformation", &fields).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    pub(crate) fn record(&self, stack: &str, events: impl Iterator<Item = Value>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let config = aws::config(self.moto.url(), REGION);
            let ledger = DynamoLedger::connect(&config, format!("{stack}-table"), SystemClock);
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
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[])
    }

    /// The same command, about to run in a folder.
    pub(crate) fn command(&self, arguments: &[&str], folder: &Path) -> Command {
        command_at(Some(self.moto.url()), arguments, folder)
    }

    /// The same, with these settings of the environment.
    pub(crate) fn run_with(&self, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
        run_at(Some(self.moto.url()), arguments, set)
    }
}

/// Runs a command with these settings of the environment and no others that matter.
pub(crate) fn run_at(url: Option<&str>, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
    run_in(tempfile::tempdir().unwrap().path(), url, arguments, set)
}

/// The same, in a folder.
pub(crate) fn run_in(folder: &Path, url: Option<&str>, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
    command_at(url, arguments, folder).envs(set.iter().copied()).output().unwrap().into()
}

/// A command in a folder, with no settings of the environment that matter but those that lead to this address.
fn command_at(url: Option<&str>, arguments: &[&str], folder: &Path) -> Command {
    let mut command = andon(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
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
    command
}
