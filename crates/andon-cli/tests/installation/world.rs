//! An account without Andon, and a release in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use andon_package::archive;
use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::Stack;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::ask;
use test_support::aws;
use test_support::emulator::Emulator;
use test_support::recorder::Recorder;

use crate::support::Ended;
use crate::support::account::{REGION, run_at};

/// The bucket that Andon makes in moto's account.
pub(crate) const BUCKET: &str = "andon-artifacts-123456789012-us-east-1";
/// The files of a release that are the same on every system.
const FILES: [&str; 2] = ["sam-template.yml", "andon.yml"];

pub(crate) struct World {
    pub(crate) release: TempDir,
    pub(crate) recorder: Recorder,
    moto: Emulator,
}

impl World {
    /// With a caller who may do everything.
    pub(crate) fn new() -> Self {
        let moto = Emulator::moto_for_stacks().unwrap();
        let world = Self { release: release(b"#!/bin/sh\n"), recorder: Recorder::start(moto.url()).unwrap(), moto };
        world.allow(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
        world
    }

    /// Lets the caller do this and nothing else.
    pub(crate) fn allow(&self, statements: &Value) {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        for fields in [
            vec![("Action", "CreateUser"), ("UserName", "moto")],
            vec![
                ("Action", "PutUserPolicy"),
                ("UserName", "moto"),
                ("PolicyName", "rights"),
                ("PolicyDocument", &policy),
            ],
        ] {
            ask::form(self.moto.url(), "iam", &fields).unwrap();
        }
    }

    /// The same account, empty again.
    pub(crate) fn empty_again(&self) {
        let reply = ask::post(&format!("{}/moto-api/reset", self.moto.url()), &[], "").unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.allow(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
        self.recorder.take_requests();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run_at(Some(&self.recorder.url()), arguments, &[])
    }

    /// Deploys the release without asking.
    pub(crate) fn deploy(&self, more: &[&str]) -> Ended {
        let from = self.release.path().to_str().unwrap().to_owned();
        let from: &[&str] = if more.contains(&"--from") { &[] } else { &["--from", &from] };
        self.run(&[&["deploy", "--pace", "10", "--yes"], from, more].concat())
    }

    pub(crate) fn destroy(&self, more: &[&str]) -> Ended {
        self.run(&[&["destroy", "--pace", "10", "--confirm", "andon"], more].concat())
    }

    /// Writes a configuration, beside the release.
    pub(crate) fn configuration(&self, text: &str) -> String {
        let path = self.release.path().join("ours.yml");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What is in the account, beside the recorder.
    pub(crate) fn look<T>(&self, look: impl AsyncFnOnce(SdkConfig) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { look(aws::config(self.moto.url(), REGION)).await })
    }

    /// Asks a service that speaks JSON.
    pub(crate) fn ask(&self, service: &str, target: &str, input: &Value) -> Value {
        let reply = ask::json(self.moto.url(), service, target, input).unwrap();
        assert_eq!(reply.status, 200, "{target}: {}", reply.body);
        reply.json()
    }

    /// The stack, if there is one.
    pub(crate) fn stack(&self) -> Option<Stack> {
        self.look(async |config| {
            let client = aws_sdk_cloudformation::Client::new(&config);
            let answer = client.describe_stacks().send().await.unwrap();
            let mut stacks = answer.stacks.unwrap_or_default().into_iter();
            let found = stacks.find(|stack| stack.stack_name() == Some("andon"));
            found.filter(|stack| stack.stack_status().unwrap().as_str() != "DELETE_COMPLETE")
        })
    }

    pub(crate) fn status(&self) -> String {
        self.stack().map_or_else(|| "none".to_owned(), |stack| stack.stack_status().unwrap().as_str().to_owned())
    }

    pub(crate) fn parameter(&self, name: &str) -> String {
        let stack = self.stack().unwrap();
        let parameter = stack.parameters().iter().find(|parameter| parameter.parameter_key() == Some(name)).unwrap();
        parameter.parameter_value().unwrap_or_default().to_owned()
    }

    pub(crate) fn output(&self, name: &str) -> String {
        let stack = self.stack().unwrap();
        let output = stack.outputs().iter().find(|output| output.output_key() == Some(name)).unwrap();
        output.output_value().unwrap_or_default().to_owned()
    }

    /// The physical id of a resource of the stack.
    pub(crate) fn resource(&self, name: &str) -> String {
        self.look(async |config| {
            let client = aws_sdk_cloudformation::Client::new(&config);
            let listed = client.list_stack_resources().stack_name("andon").send().await.unwrap();
            let mut resources = listed.stack_resource_summaries.unwrap().into_iter();
            let resource = resources.find(|resource| resource.logical_resource_id() == Some(name)).unwrap();
            resource.physical_resource_id().unwrap().to_owned()
        })
    }

    /// Has somebody subscribe to the topic of the stack.
    pub(crate) fn subscribe(&self) {
        let topic = self.output("Topic");
        let fields =
            [("Action", "Subscribe"), ("TopicArn", &*topic), ("Protocol", "email"), ("Endpoint", "team@example.com")];
        assert_eq!(ask::form(self.moto.url(), "sns", &fields).unwrap().status, 200);
    }

    /// The configuration in the package that a function of the stack was deployed with.
    pub(crate) fn deployed_configuration(&self) -> String {
        self.look(async |config| {
            let client = aws_sdk_cloudformation::Client::new(&config);
            let template = client.get_template().stack_name("andon").send().await.unwrap().template_body.unwrap();
            let uri = template.lines().find_map(|line| line.trim().strip_prefix("CodeUri: s3://")).unwrap();
            let (bucket, key) = uri.split_once('/').unwrap();
            let s3 = aws_sdk_s3::Client::new(&config);
            let object = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
            let bytes = object.body.collect().await.unwrap().into_bytes();
            archive::configuration(&bytes).unwrap().unwrap()
        })
    }

    /// What changed something in the account, in order.
    pub(crate) fn changes(&self) -> Vec<String> {
        let calls = self.recorder.take_requests().into_iter().map(|call| call.operation);
        calls.filter(|operation| is_change(operation)).collect()
    }

    /// A log group with the name of one that the stack makes, so that the stack fails.
    pub(crate) fn in_the_way(&self, name: &str, there: bool) {
        self.look(async |config| {
            let client = aws_sdk_cloudwatchlogs::Client::new(&config);
            if there {
                client.create_log_group().log_group_name(name).send().await.unwrap();
            } else {
                client.delete_log_group().log_group_name(name).send().await.unwrap();
            }
        });
    }
}

/// Whether an operation changes something; S3's are named by method and path.
pub(crate) fn is_change(operation: &str) -> bool {
    let s3 = ["PUT ", "POST ", "DELETE "].iter().any(|method| operation.starts_with(method));
    s3 || ["CreateChangeSet", "ExecuteChangeSet", "DeleteStack", "DeleteDashboards"].contains(&operation)
}

/// A release whose functions are all this program.
pub(crate) fn release(program: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in FILES {
        fs::copy(root.join(file), folder.path().join(file)).unwrap();
    }
    let package = archive::package(program, None).unwrap();
    // The last one is a function of another template.
    for function in ["alexa", "chat", "dashboard", "mcp", "metrics", "notifier", "other"] {
        for arch in ["arm64", "x86_64"] {
            fs::write(folder.path().join(format!("{function}-{arch}.zip")), &package).unwrap();
        }
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let line = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        format!("{}  {name}\n", archive::sha256(&fs::read(path).unwrap()))
    };
    let sums: String = files.iter().map(line).collect();
    fs::write(folder.path().join("SHA256SUMS"), sums).unwrap();
    folder
}
