//! The metrics function as Lambda runs it: its own binary, events by SQS, the data read back from CloudWatch.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod support;

use std::collections::BTreeMap;

use andon::testing::queue::batch;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use jiff::Timestamp;
use serde_json::{Value, json};
use support::recorded;
use test_support::aws;
use test_support::emulator::moto;
use test_support::runtime_api::Function;
use test_support::stand_in::Aws;
use test_support::unique;

const METRICS: &str = env!("CARGO_BIN_EXE_metrics");

fn environment(table: &str, codepipeline: &Aws) -> BTreeMap<String, String> {
    [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", &moto().unwrap()),
        ("AWS_ENDPOINT_URL_CODEPIPELINE", &codepipeline.url()),
        ("ANDON_TABLE", table),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_run_is_read_back_from_cloudwatch() {
    let (shared, codepipeline) = (aws::config(&moto().unwrap(), "eu-west-1"), Aws::start().unwrap());
    let table = unique("andon-test");
    DynamoLedger::connect(&shared, &table, SystemClock).create_table().await.unwrap();
    // The emulator adds up what is of a pipeline's stages as well; so they are left out.
    let config = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{table}.yml"));
    std::fs::write(&config, "version: 1\nstatistics: { detail: pipeline }\n").unwrap();
    let mut environment = environment(&table, &codepipeline);
    environment.insert("ANDON_CONFIG".to_owned(), config.display().to_string());
    let function = Function::start(METRICS, environment).await.unwrap();
    let pipeline = unique("ledger-core");
    let events = recorded("codepipeline-run-retry-succeeded", &pipeline);
    // Twice, and the second time backwards: it must count once.
    let backwards: Vec<Value> = events.iter().rev().cloned().collect();
    for chunk in events.chunks(10).chain(backwards.chunks(10)) {
        let answer = function.invoke(&batch(chunk)).await.unwrap();
        assert_eq!(answer.ok(), Some(&json!({"batchItemFailures": []})), "{}", function.log());
    }
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&shared);
    let mut sums = BTreeMap::new();
    for metric in [
        "SuccessCount",
        "FailureCount",
        "SuccessLeadTime",
        "FailureLeadTime",
        "RedTime",
        "GreenTime",
        "SuccessCycleTime",
        "DeliveryLeadTime",
    ] {
        let now = Timestamp::now().as_second();
        let statistics = cloudwatch
            .get_metric_statistics()
            .namespace("Pipeline")
            .metric_name(metric)
            .dimensions(Dimension::builder().name("PipelineName").value(&pipeline).build())
            .start_time(DateTime::from_secs(now - 86_400))
            .end_time(DateTime::from_secs(now))
            .period(86_400)
            .statistics(Statistic::Sum)
            .send()
            .await
            .unwrap();
        let sum: f64 = statistics.datapoints().iter().filter_map(aws_sdk_cloudwatch::types::Datapoint::sum).sum();
        sums.insert(metric, sum);
    }
    assert_eq!(
        sums,
        BTreeMap::from([
            ("SuccessCount", 1.0),
            ("FailureCount", 1.0),
            ("SuccessLeadTime", 1911.0),
            ("FailureLeadTime", 566.0),
            ("RedTime", 1575.0),
            ("GreenTime", 0.0),
            ("SuccessCycleTime", 0.0),
            ("DeliveryLeadTime", 0.0),
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_record_is_reported_alone() {
    let (shared, codepipeline) = (aws::config(&moto().unwrap(), "eu-west-1"), Aws::start().unwrap());
    let table = unique("andon-test");
    DynamoLedger::connect(&shared, &table, SystemClock).create_table().await.unwrap();
    let function = Function::start(METRICS, environment(&table, &codepipeline)).await.unwrap();
    let mut payload = batch(&recorded("codepipeline-run-succeeded", &unique("checkout"))[..3]);
    payload["Records"][1]["body"] = json!("{oops");
    let answer = function.invoke(&payload).await.unwrap();
    assert_eq!(answer.ok(), Some(&json!({"batchItemFailures": [{"itemIdentifier": "1"}]})));
    assert!(function.log().contains("body is not JSON"), "{}", function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_is_named() {
    let codepipeline = Aws::start().unwrap();
    let function = Function::start(METRICS, environment("no-such-table", &codepipeline)).await.unwrap();
    let event = recorded("codepipeline-run-succeeded", "checkout").remove(0);
    let answer = function.invoke(&event).await.unwrap();
    let Some(failure) = answer.error() else { panic!("{answer:?}") };
    assert!(failure.message.contains("no-such-table"), "{failure:?}");
}
