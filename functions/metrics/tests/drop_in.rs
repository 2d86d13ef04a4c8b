//! A dashboard that was written for the best-known metrics of CodePipeline shows right numbers on Andon's.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod support;

use std::collections::BTreeMap;

use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::name::AccountId;
use andon::testing::queue::batch;
use andon::testing::{events, invocation};
use andon_aws::cloudwatch::CloudWatchSink;
use andon_config::Config;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use jiff::Timestamp;
use metrics::Metrics;
use serde_json::{Value, json};
use support::moved;
use test_support::aws;
use test_support::emulator::moto;
use test_support::unique;

const REGION: &str = "il-central-1";

/// The body of such a dashboard: one widget for a pipeline, five means over thirty days, found by namespace, name and
/// the dimension `PipelineName` alone.
fn dashboard(pipeline: &str) -> Value {
    let series = |name: &str, label: &str| json!(["Pipeline", name, "PipelineName", pipeline, {"stat": "Average", "label": label}]);
    json!({"widgets": [{
        "type": "metric", "x": 0, "y": 0, "width": 21, "height": 3,
        "properties": {
            "title": pipeline, "region": REGION, "view": "singleValue", "period": 2_592_000, "stacked": false,
            "metrics": [
                series("SuccessCycleTime", "Cycle Time"),
                series("DeliveryLeadTime", "Lead Time"),
                series("GreenTime", "MTBF"),
                series("RedTime", "MTTR"),
                series("FailureLeadTime", "Feedback Time"),
            ],
        },
    }]})
}

/// What the dashboard shows: each series by its label.
async fn shown(client: &Client, dashboard: &Value) -> BTreeMap<String, Option<f64>> {
    let properties = &dashboard["widgets"][0]["properties"];
    let period = i32::try_from(properties["period"].as_i64().unwrap()).unwrap();
    let now = Timestamp::now().as_second();
    let mut shown = BTreeMap::new();
    for series in properties["metrics"].as_array().unwrap() {
        let text = |index: usize| series[index].as_str().unwrap();
        let answer = client
            .get_metric_statistics()
            .namespace(text(0))
            .metric_name(text(1))
            .dimensions(Dimension::builder().name(text(2)).value(text(3)).build())
            .statistics(Statistic::from(series[4]["stat"].as_str().unwrap()))
            .period(period)
            .start_time(DateTime::from_secs(now - i64::from(period)))
            .end_time(DateTime::from_secs(now))
            .send()
            .await
            .unwrap();
        let mean = answer.datapoints().first().and_then(aws_sdk_cloudwatch::types::Datapoint::average);
        shown.insert(series[4]["label"].as_str().unwrap().to_owned(), mean);
    }
    shown
}

/// The recorded history of `ledger-core`: green, twice red, green, green, red, and green again by a retry in place.
fn history(pipeline: &str) -> Vec<Value> {
    let files = ["codepipeline-run-history", "codepipeline-run-retry-succeeded"];
    let mut events: Vec<Value> = files.iter().flat_map(|file| events(file)).collect();
    events.retain(|event| event["detail"]["pipeline"] == "ledger-core");
    moved(events, pipeline)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_five_means_are_right() {
    let aws = aws::config(&moto().unwrap(), REGION);
    let now = Timestamp::now();
    let function = Metrics {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        sink: CloudWatchSink::connect(&aws, now),
        clock: now,
        config: Config::default(),
    };
    let pipeline = unique("ledger-core");
    for (index, messages) in history(&pipeline).chunks(10).enumerate() {
        let mut call = invocation(&format!("call-{index}"));
        call.home.account = AccountId::parse("123456789012").unwrap();
        function.handle(batch(messages), &call).await.unwrap();
    }
    let means = shown(&Client::new(&aws), &dashboard(&pipeline)).await;
    let means: BTreeMap<&str, f64> = means.iter().map(|(label, mean)| (label.as_str(), mean.unwrap())).collect();
    // Worked out by hand from the times in the files, each rounded to the second.
    let expected = BTreeMap::from([
        ("Cycle Time", (168_620.0 + 96_333.0 + 77_965.0) / 3.0),
        ("Lead Time", (70_882.0 + 562.0 + 1_911.0) / 3.0),
        ("MTBF", f64::midpoint(98_304.0, 172_958.0)),
        ("MTTR", f64::midpoint(70_311.0, 1_575.0)),
        ("Feedback Time", (241.0 + 244.0 + 566.0) / 3.0),
    ]);
    assert_eq!(means.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (label, mean) in means {
        assert!((mean - expected[label]).abs() < 1e-6, "{label}: {mean} and not {}", expected[label]);
    }
}
