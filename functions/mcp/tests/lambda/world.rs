//! The function behind its address, over a ledger with the invented fleet, and a CodePipeline to act on.

use std::path::PathBuf;
use std::sync::Arc;

use andon::ledger::{Ledger as _, Versioned};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_mcp::testing::fleet;
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use serde_json::{Value, json};
use test_support::ask::{self, Reply};
use test_support::aws;
use test_support::emulator::{dynalite, moto};
use test_support::function_url::{FunctionUrl, signed_by};
use test_support::runtime_api::Function;
use test_support::stand_in::Aws;
use test_support::unique;

/// Who may start actions, and who may not.
pub(crate) const ADA: &str = "AKIAADA";
pub(crate) const EVE: &str = "AKIAEVE";
const ACCOUNTS: &str = "version: 1\naccounts:\n  \"123456789012\": { name: shop, customer: Acme }\n";
/// Of so many pipelines, the runs are recorded in full.
const IN_FULL: usize = 3;

pub(crate) struct World {
    pub(crate) function: Arc<Function>,
    pub(crate) codepipeline: Aws,
    environment: Vec<(String, String)>,
    address: FunctionUrl,
}

impl World {
    /// With so many pipelines, and this section `mcp` of the configuration.
    pub(crate) async fn start(many: usize, section: &str) -> Self {
        let (shared, table, key) =
            (aws::config(&dynalite().unwrap(), "us-east-1"), unique("andon-test"), unique("mcp-key"));
        let ledger = DynamoLedger::connect(&shared, &table, SystemClock);
        ledger.create_table().await.unwrap();
        let recorded = iter(fleet(many).enumerate()).map(|(at, pipeline)| {
            let ledger = &ledger;
            async move {
                for run in pipeline.runs.into_iter().filter(|_| at < IN_FULL) {
                    ledger.add(&[run]).await.remove(0).unwrap();
                }
                ledger.save(&Versioned { value: pipeline.history, version: 0 }, &[]).await.unwrap();
            }
        });
        recorded.buffer_unordered(16).collect::<Vec<()>>().await;
        let secret =
            json!({"Name": key, "SecretString": "0123456789abcdef".repeat(4), "ClientRequestToken": key.repeat(2)});
        let created = ask::json(&moto().unwrap(), "secretsmanager", "secretsmanager.CreateSecret", &secret).unwrap();
        assert_eq!(created.status, 200, "{}", created.body);
        let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{table}.yml"));
        std::fs::write(&config, format!("{ACCOUNTS}mcp: {section}\n")).unwrap();
        let codepipeline = Aws::start().unwrap();
        codepipeline.set_pipeline_state(json!({"pipelineName": "payments-api", "stageStates": [{
            "stageName": "Build",
            "latestExecution": {"pipelineExecutionId": "payments-api-2", "status": "Failed"},
            "actionStates": [],
        }]}));
        codepipeline.put_execution(
            "payments-api",
            json!({"pipelineExecutionId": "payments-api-2", "status": "Failed", "startTime": 1_767_225_600}),
        );
        let mut environment = codepipeline.environment();
        environment.extend(
            [
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ENDPOINT_URL", &moto().unwrap()),
                ("AWS_ENDPOINT_URL_DYNAMODB", &dynalite().unwrap()),
                ("RUST_LOG", "info,rmcp=warn"),
                ("ANDON_TABLE", &table),
                ("ANDON_CONFIG", &config.display().to_string()),
                ("ANDON_MCP_KEY", &format!("secretsmanager:{key}")),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let (function, address) = instance(&environment).await;
        Self { function, codepipeline, environment, address }
    }

    /// Where clients call.
    pub(crate) fn url(&self) -> String {
        format!("{}/mcp", self.address.url())
    }

    /// Another instance of the function, as Lambda starts one when calls come at the same time.
    pub(crate) async fn another(&self) -> (Arc<Function>, FunctionUrl) {
        instance(&self.environment).await
    }

    /// What CodePipeline was told to do; looks do not count.
    pub(crate) fn done(&self) -> Vec<Value> {
        let calls = self.codepipeline.take_requests().into_iter();
        calls.filter(|call| !call.operation.starts_with("Get")).map(|call| json!([call.operation, call.body])).collect()
    }
}

async fn instance(environment: &[(String, String)]) -> (Arc<Function>, FunctionUrl) {
    let function = Arc::new(Function::start(env!("CARGO_BIN_EXE_mcp"), environment.to_vec()).await.unwrap());
    let callers = [
        (ADA, "arn:aws:sts::123456789012:assumed-role/releasers/ada@example.com"),
        (EVE, "arn:aws:sts::123456789012:assumed-role/readers/eve@example.com"),
    ];
    let address = FunctionUrl::open(Arc::clone(&function), &callers).unwrap();
    (function, address)
}

/// A request of the protocol in its latest version, of a client that can ask a person.
pub(crate) fn request(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// Sends a request of the protocol in its latest version.
pub(crate) fn send(url: &str, access_key: &str, request: &Value) -> Reply {
    let name = request["params"]["name"].as_str().or_else(|| request["params"]["uri"].as_str()).unwrap_or_default();
    let mut headers = vec![
        ("authorization", signed_by(access_key)),
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", request["method"].as_str().unwrap_or_default().to_owned()),
    ];
    if !name.is_empty() {
        headers.push(("mcp-name", name.to_owned()));
    }
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ask::post(url, &headers, &request.to_string()).unwrap()
}
