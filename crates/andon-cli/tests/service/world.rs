//! An empty account, and a repository with a Dockerfile.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::ask;
use test_support::emulator::Emulator;
use test_support::recorder::Recorder;
use test_support::stand_in::Aws;

/// The account of moto.
pub(crate) const ACCOUNT: &str = "123456789012";
/// The first run of the pipeline.
pub(crate) const RUN: &str = "6f1d9f6e-6d1c-4b0e-9f5e-0c4a2a9f4b11";

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) recorder: Recorder,
    pub(crate) aws: Aws,
    moto: Emulator,
}

/// What a command wrote, and how it ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("not killed"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl World {
    /// With a repository of the service `orders` on GitHub, an authorised connection, and a pipeline whose first run
    /// waits for its approval.
    pub(crate) fn new() -> Self {
        let folder = orders();
        let moto = Emulator::moto_for_stacks().unwrap();
        let world = Self { folder, recorder: Recorder::start(moto.url()).unwrap(), aws: Aws::start().unwrap(), moto };
        world.aws.authorise_connections();
        world.aws.declare_pipeline(json!({"name": "orders", "version": 1, "stages": []}));
        world.aws.set_pipeline_state(json!({"pipelineName": "orders", "stageStates": [{"stageName": "Acceptance"}]}));
        world.run("InProgress");
        world.action("Source", "Source", "Source", "Succeeded", &json!({}));
        world.action("Build", "Build", "Build", "Succeeded", &json!({}));
        world.action("Acceptance", "Deploy", "Deploy", "Succeeded", &json!({}));
        world.action("Acceptance", "Test", "Test", "Succeeded", &json!({}));
        world.action("Approval", "Approve", "Approval", "InProgress", &json!({}));
        world
    }

    /// The same account, empty again, and a fresh clone of the repository.
    pub(crate) fn empty_again(&mut self) {
        let reply = ask::post(&format!("{}/moto-api/reset", self.moto.url()), &[], "").unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.folder = orders();
        self.recorder.take_requests();
    }

    /// Says how the first run of the pipeline stands. It began after everything that this test deploys.
    pub(crate) fn run(&self, status: &str) {
        let summary = json!({
            "pipelineExecutionId": RUN, "status": status, "startTime": 4_000_000_000_u32, "lastUpdateTime": 4_000_000_000_u32,
        });
        self.aws.put_execution("orders", summary);
    }

    pub(crate) fn action(&self, stage: &str, name: &str, category: &str, status: &str, result: &Value) {
        let stages = ["Source", "Build", "Acceptance", "Approval", "Production"];
        let second = stages.iter().position(|known| *known == stage).unwrap() * 60 + name.len();
        self.aws.put_action(
            "orders",
            json!({
                "pipelineExecutionId": RUN, "actionExecutionId": format!("{stage}-{name}"), "pipelineVersion": 1,
                "stageName": stage, "actionName": name, "status": status,
                "startTime": 4_000_000_000_u64 + second as u64, "lastUpdateTime": 4_000_000_030_u64 + second as u64,
                "input": {"actionTypeId": {"category": category, "owner": "AWS", "provider": "CodeBuild", "version": "1"}},
                "output": {"executionResult": result},
            }),
        );
    }

    pub(crate) fn andon(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.folder.path(), arguments);
        command
            .env("AWS_ENDPOINT_URL", self.recorder.url())
            .env("AWS_ENDPOINT_URL_CODEBUILD", self.aws.url())
            .env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", self.aws.url())
            .env("AWS_ENDPOINT_URL_CODEPIPELINE", self.aws.url())
            .env("AWS_ENDPOINT_URL_CODECONNECTIONS", self.aws.url())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }

    pub(crate) fn up(&self, more: &[&str]) -> Ended {
        self.andon(&[&["up", "--yes", "--pace", "10"], more].concat())
    }

    pub(crate) fn down(&self, more: &[&str]) -> Ended {
        self.andon(&[&["down", "--pace", "10", "--confirm", "orders"], more].concat())
    }

    /// Deploys a stage as the pipeline's action does.
    pub(crate) fn deploy_stage(&self, stage: &str, outputs: &BTreeMap<String, String>) {
        let template = crate::template::text("service.yml");
        let image = format!("{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/orders@sha256:{}", "0".repeat(64));
        let mut fields = vec![
            ("Action".to_owned(), "CreateStack".to_owned()),
            ("StackName".to_owned(), format!("orders-{stage}")),
            ("TemplateBody".to_owned(), template),
            ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM".to_owned()),
        ];
        let given = [("Name", "orders"), ("Environment", stage), ("Image", &image)];
        let network = ["Vpc", "PublicSubnets", "PrivateSubnets", "Cluster"].map(|name| (name, outputs[name].as_str()));
        let all = given.into_iter().chain(network).chain([("AccessLogs", outputs["Store"].as_str())]);
        for (number, (name, value)) in all.enumerate() {
            fields.push((format!("Parameters.member.{}.ParameterKey", number + 1), name.to_owned()));
            fields.push((format!("Parameters.member.{}.ParameterValue", number + 1), value.to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = ask::form(self.moto.url(), "cloudformation", &fields).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// The stacks, each with its status.
    pub(crate) fn stacks(&self) -> BTreeMap<String, String> {
        let body = self.describe("");
        let stacks: Vec<(String, String)> = body
            .split("<StackStatus>")
            .skip(1)
            .zip(body.split("<StackName>").skip(1))
            .map(|(status, name)| (up_to_tag(name), up_to_tag(status)))
            .collect();
        let count = stacks.len();
        let by_name: BTreeMap<String, String> = stacks.into_iter().collect();
        assert_eq!(by_name.len(), count, "a stack is there twice: {body}");
        by_name
    }

    pub(crate) fn outputs(&self, stack: &str) -> BTreeMap<String, String> {
        let body = self.describe(stack);
        body.split("<OutputKey>")
            .skip(1)
            .map(|rest| {
                let value = rest.split("<OutputValue>").nth(1).unwrap_or_default();
                (up_to_tag(rest), up_to_tag(value))
            })
            .collect()
    }

    fn describe(&self, stack: &str) -> String {
        let mut fields = vec![("Action", "DescribeStacks")];
        if !stack.is_empty() {
            fields.push(("StackName", stack));
        }
        let reply = self.ask(&fields);
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }

    /// Asks CloudFormation, in the region of the tests.
    pub(crate) fn ask(&self, fields: &[(&str, &str)]) -> ask::Reply {
        ask::form(self.moto.url(), "cloudformation", fields).unwrap()
    }

    /// The operations that changed something, in order, without repetitions in a row.
    pub(crate) fn changes(&self) -> Vec<String> {
        let mut changes: Vec<String> = self
            .recorder
            .take_requests()
            .into_iter()
            .map(|call| call.operation)
            .filter(|name| is_change(name))
            .collect();
        changes.dedup();
        changes
    }
}

/// Whether an operation changes something; S3's are named by method and path.
pub(crate) fn is_change(operation: &str) -> bool {
    let s3 = ["PUT ", "POST "].iter().any(|method| operation.starts_with(method));
    s3 || ["CreateChangeSet", "ExecuteChangeSet", "DeleteStack"].contains(&operation)
}

/// The command, with nothing of the environment of the tests.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_andon"));
    command.args(arguments).arg("--folder").arg(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .env_remove("NO_COLOR")
        .env_remove("ANDON_STACK");
    command
}

/// The repository of the service `orders`.
fn orders() -> TempDir {
    let folder = repository("https://github.com/northquay/orders.git");
    let dockerfile = "FROM scratch\nEXPOSE 8080\nUSER 65532\nHEALTHCHECK CMD curl http://localhost:8080/healthz\n";
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    folder
}

/// A Git repository with a remote.
pub(crate) fn repository(remote: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        assert!(Command::new("git").arg("-C").arg(folder.path()).args(arguments).status().unwrap().success());
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["remote", "add", "origin", remote]);
    folder
}

fn up_to_tag(text: &str) -> String {
    text.split('<').next().unwrap_or_default().to_owned()
}
