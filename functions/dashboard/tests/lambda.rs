//! The dashboard function as Lambda runs it: its own binary, over HTTP, the dashboards read back from CloudWatch.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeMap;

use andon::event::{Event, Received, parse};
use andon::ledger::{NoArchive, record};
use andon::run::Run;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::moto;
use test_support::fault::Fault;
use test_support::recorder::Recorder;
use test_support::runtime_api::Function;
use test_support::unique;

const DASHBOARD: &str = env!("CARGO_BIN_EXE_dashboard");

/// A running function, with what it calls on record.
struct World {
    function: Function,
    recorder: Recorder,
    cloudwatch: aws_sdk_cloudwatch::Client,
    ledger: DynamoLedger<SystemClock>,
}

impl World {
    async fn start() -> Self {
        let shared = aws::config(&moto().unwrap(), "eu-west-1");
        let recorder = Recorder::start(&moto().unwrap()).unwrap();
        let table = unique("andon-test");
        let ledger = DynamoLedger::connect(&shared, &table, SystemClock);
        ledger.create_table().await.unwrap();
        let environment: BTreeMap<String, String> = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &recorder.url()),
            ("ANDON_TABLE", &table),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let function = Function::start(DASHBOARD, environment).await.unwrap();
        Self { function, recorder, cloudwatch: aws_sdk_cloudwatch::Client::new(&shared), ledger }
    }

    /// Has the ledger know a recorded run.
    async fn know(&self, file: &str) {
        let home = andon::testing::home();
        for event in andon::testing::events(file) {
            let received = Received { home: home.clone(), at: andon::testing::time(&event) };
            if let Event::Pipeline(event) = parse(&event, &received).unwrap() {
                record(&self.ledger, &NoArchive, &andon::run::DeploymentRule::EVERY_RUN, Run::of(&event))
                    .await
                    .unwrap();
            }
        }
    }

    async fn ask(&self, event: Value) -> Value {
        let answer = self.function.invoke(&event).await.unwrap();
        answer.ok().cloned().unwrap_or_else(|| panic!("{answer:?}: {}", self.function.log()))
    }

    /// The operations that change something, since this was last asked.
    fn changes(&self) -> Vec<String> {
        let operations = self.recorder.take_requests().into_iter().map(|call| call.operation);
        operations
            .filter(|operation| !["Get", "List", "Query", "Describe"].iter().any(|read| operation.starts_with(read)))
            .collect()
    }
}

fn on_a_dashboard(mut parameters: Value) -> Value {
    parameters["widgetContext"] = json!({
        "dashboardName": "Pipelines-us-east-1", "widgetId": "widget-1", "accountId": "123456789012", "locale": "en",
        "timezone": {"label": "UTC", "offsetISO": "+00:00", "offsetInMinutes": 0}, "period": 300, "isAutoPeriod": true,
        "timeRange": {"mode": "relative", "start": 1_700_000_000_000_i64, "end": 1_700_086_400_000_i64, "relativeStart": 86_400_000},
        "theme": "dark", "linkCharts": true, "title": "Now", "forms": {"all": {}}, "params": {}, "width": 1200, "height": 600,
    });
    parameters
}

/// One test, for all of it is about the one dashboard that the host's account and region have.
#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_makes_the_dashboard_and_the_dashboard_asks_for_the_board() {
    let world = World::start().await;
    world.know("codepipeline-run-build-failed").await;
    world.changes();

    let event = json!({"andon": "dashboard"});
    assert_eq!(world.ask(event.clone()).await, json!({"dashboards": 1, "put": 1, "removed": 0}));
    assert_eq!(world.changes(), ["PutDashboard"]);
    assert_eq!(world.ask(event.clone()).await, json!({"dashboards": 1, "put": 0, "removed": 0}));
    assert_eq!(world.changes(), Vec::<String>::new(), "nothing has changed");

    let listed = world.cloudwatch.list_dashboards().dashboard_name_prefix("Pipelines-us-east-1").send().await.unwrap();
    let name = listed.dashboard_entries().first().and_then(|entry| entry.dashboard_name()).unwrap().to_owned();
    let dashboard = world.cloudwatch.get_dashboard().dashboard_name(&name).send().await.unwrap();
    let body: Value = serde_json::from_str(dashboard.dashboard_body().unwrap()).unwrap();
    let widgets = body.pointer("/widgets").and_then(Value::as_array).unwrap();
    let board = widgets.iter().find(|widget| widget.pointer("/type") == Some(&json!("custom"))).unwrap();
    let endpoint = board.pointer("/properties/endpoint").and_then(Value::as_str).unwrap();
    assert!(
        endpoint.starts_with("arn:aws:lambda:us-east-1:") && endpoint.contains(":function:dashboard"),
        "{endpoint}"
    );

    // CloudWatch asks with the parameters that stand on the dashboard.
    let html = world.ask(on_a_dashboard(board.pointer("/properties/params").cloned().unwrap())).await;
    let html = html.as_str().unwrap();
    let pipeline = andon::testing::events("codepipeline-run-build-failed").remove(0)["detail"]["pipeline"].clone();
    assert!(html.contains(pipeline.as_str().unwrap()), "{html}");
    assert!(html.contains(endpoint), "what can be clicked calls the same function");
    let described = world.ask(json!({"describe": true})).await;
    assert!(described.pointer("/markdown").and_then(Value::as_str).unwrap().contains("```yaml"), "{described}");
    assert_eq!(world.ask(json!({"detail-type": "something else"})).await, Value::Null);
    assert_eq!(world.changes(), Vec::<String>::new(), "the board only reads");

    // What somebody edits is put right; what CloudWatch refuses is said, and tried again by whoever called.
    let edited = world.cloudwatch.put_dashboard().dashboard_name(&name).dashboard_body(r#"{"widgets":[]}"#);
    edited.send().await.unwrap();
    world.recorder.inject("PutDashboard", Fault::error(403, "AccessDenied", "User x is not authorized"));
    let refused = world.function.invoke(&event).await.unwrap();
    let problem = &refused.error().unwrap().message;
    assert!(
        problem.starts_with("1 of 1 dashboards failed and will be retried: cannot put the dashboard Pipelines-"),
        "{problem}"
    );
    assert!(problem.contains("the function's role lacks cloudwatch:PutDashboard"), "{problem}");
    assert_eq!(world.ask(event).await, json!({"dashboards": 1, "put": 1, "removed": 0}));
}
