//! What the functions run against: moto behind a recorder, and stand-ins for what it lacks.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use test_support::call::Call;
use test_support::emulator::Emulator;
use test_support::recorder::Recorder;
use test_support::stand_in::{Aws, Slack};
use test_support::{ask, unique};

/// Where certificate authorities are, on Lambda first.
const AUTHORITIES: [&str; 2] = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

/// The skill that may ask.
pub(super) const SKILL: &str = "amzn1.ask.skill.12345678-1234-1234-1234-123456789012";

/// Alerts of every kind go to Slack and to the topic.
const CONFIGURATION: &str = "\
version: 1
destinations:
  team: { slack-webhook: \"env:BENCH_WEBHOOK\" }
routes:
  - name: everything
    to: [team, default]
";

pub(super) struct World {
    recorder: Recorder,
    aws: Aws,
    slack: Slack,
    environment: Vec<(String, String)>,
    /// Ends last.
    moto: Emulator,
}

impl World {
    pub(super) fn start() -> Result<Self> {
        let moto = Emulator::moto()?;
        let recorder = Recorder::start(moto.url())?;
        let (aws, slack) = (Aws::start()?, Slack::start()?);
        let table = unique("bench");
        create_table(moto.url(), &table)?;
        let topic = create_topic(moto.url())?;
        let configuration = super::folder().join("andon.yml");
        std::fs::create_dir_all(super::folder())?;
        std::fs::write(&configuration, CONFIGURATION).context("cannot write the benchmark's andon.yml")?;

        let mut environment = aws.environment();
        let mut set = |name: &str, value: &str| environment.push((name.to_owned(), value.to_owned()));
        set("AWS_ENDPOINT_URL", &recorder.url());
        set("ANDON_TABLE", &table);
        set("ANDON_TOPIC_ARN", &topic);
        set("ANDON_CONFIG", &configuration.display().to_string());
        set("ANDON_SLACK_API_URL", &slack.api_url());
        set("BENCH_WEBHOOK", &slack.webhook_url());
        set("ANDON_SKILL_ID", SKILL);
        if let Some(authorities) = AUTHORITIES.iter().find(|path| std::path::Path::new(path).is_file()) {
            set("SSL_CERT_FILE", authorities);
        }
        Ok(Self { recorder, aws, slack, environment, moto })
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    /// The same with a table of its own, which holds nothing yet.
    pub(super) fn another_table(&self) -> Result<Vec<(String, String)>> {
        let table = unique("bench");
        create_table(self.moto.url(), &table)?;
        let mut environment = self.environment();
        environment.retain(|(name, _)| name != "ANDON_TABLE");
        environment.push(("ANDON_TABLE".to_owned(), table));
        Ok(environment)
    }

    /// A pipeline that `CodePipeline` knows and that has no executions yet.
    pub(super) fn know_pipeline(&self, name: &str) {
        let role = "arn:aws:iam::111122223333:role/pipeline";
        self.aws.declare_pipeline(json!({ "name": name, "version": 1, "roleArn": role, "stages": [] }));
        self.aws.set_pipeline_state(json!({ "pipelineName": name, "pipelineVersion": 1, "stageStates": [] }));
    }

    /// All calls since this was last asked, whoever answered them, in the order in which they came.
    pub(super) fn take_calls(&self) -> Vec<Call> {
        let mut calls = self.recorder.take_requests();
        calls.extend(self.aws.take_requests());
        calls.extend(self.slack.take_requests());
        calls.sort_by_key(|call| call.started);
        calls
    }
}

/// The table of the ledger, as `sam-template.yml` and the ledger itself make it.
fn create_table(url: &str, table: &str) -> Result<()> {
    let key = |hash: &str, range: &str| json!([{ "AttributeName": hash, "KeyType": "HASH" }, { "AttributeName": range, "KeyType": "RANGE" }]);
    let attribute = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let input = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": Value::from(["pk", "sk", "list", "name"].map(attribute).to_vec()),
        "KeySchema": key("pk", "sk"),
        "GlobalSecondaryIndexes": [{
            "IndexName": "list",
            "KeySchema": key("list", "name"),
            "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["slim"] },
        }],
    });
    let reply = ask::json(url, "dynamodb", "DynamoDB_20120810.CreateTable", &input)?;
    if reply.status != 200 {
        bail!("moto does not create the table: {}", reply.body);
    }
    Ok(())
}

fn create_topic(url: &str) -> Result<String> {
    let reply = ask::form(url, "sns", &[("Action", "CreateTopic"), ("Name", &unique("bench"))])?;
    let arn = reply.body.split("<TopicArn>").nth(1).and_then(|rest| rest.split('<').next());
    arn.map(str::to_owned).with_context(|| format!("moto does not create the topic: {}", reply.body))
}
