use andon::statistics::{Datum, MAX_DATA, Metric, MetricSink, NAMESPACE};
use andon_aws::clock::SystemClock;
use andon_aws::cloudwatch::CloudWatchSink;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, Dimension, StandardUnit, Statistic};
use jiff::{SignedDuration, Timestamp};

use test_support::unique;

use super::moto;

fn client() -> Client {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(moto())
        .build();
    Client::from_conf(config)
}

fn datum(pipeline: &str, value: f64, at: Timestamp) -> Datum {
    Datum { metric: Metric::RedTime, value, dimensions: vec![("PipelineName", pipeline.to_owned())], at }
}

/// How many data of a pipeline there are, and their sum.
async fn kept(pipeline: &str) -> (f64, f64) {
    let now = Timestamp::now().as_second();
    let answer = client()
        .get_metric_statistics()
        .namespace(NAMESPACE)
        .metric_name("RedTime")
        .dimensions(Dimension::builder().name("PipelineName").value(pipeline).build())
        .start_time(DateTime::from_secs(now - 30 * 24 * 3600))
        .end_time(DateTime::from_secs(now + 24 * 3600))
        .period(60)
        .unit(StandardUnit::Seconds)
        .statistics(Statistic::SampleCount)
        .statistics(Statistic::Sum)
        .send()
        .await
        .unwrap();
    let points = answer.datapoints();
    let total = |of: fn(&Datapoint) -> Option<f64>| points.iter().filter_map(of).sum();
    (total(Datapoint::sample_count), total(Datapoint::sum))
}

#[tokio::test]
async fn data_that_were_put_can_be_read_back() {
    let pipeline = unique("web");
    let sink = CloudWatchSink::new(client(), SystemClock);
    sink.put(&[datum(&pipeline, 400.0, Timestamp::now()), datum(&pipeline, 20.0, Timestamp::now())]).await.unwrap();
    assert_eq!(kept(&pipeline).await, (2.0, 420.0));
}

#[tokio::test]
async fn any_number_of_data_is_put() {
    let pipeline = unique("web");
    let data = vec![datum(&pipeline, 1.0, Timestamp::now()); 2500];
    let sink = CloudWatchSink::new(client(), SystemClock);
    let error = sink.put(&data).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot send 2500 data points: one call takes at most {MAX_DATA}"));
    assert_eq!(kept(&pipeline).await, (0.0, 0.0));
    sink.put_all(&data).await.unwrap();
    assert_eq!(kept(&pipeline).await, (2500.0, 2500.0));
}

#[tokio::test]
async fn data_that_cloudwatch_would_refuse_do_not_harm_the_others() {
    let pipeline = unique("web");
    let now = Timestamp::now();
    let data = [
        datum(&pipeline, 1.0, now - SignedDuration::from_hours(15 * 24)),
        datum(&pipeline, 10.0, now),
        datum(&pipeline, 100.0, now + SignedDuration::from_hours(3)),
    ];
    CloudWatchSink::new(client(), SystemClock).put(&data).await.unwrap();
    assert_eq!(kept(&pipeline).await, (1.0, 10.0));
}

#[tokio::test]
async fn odd_names_arrive_escaped() {
    let pipeline = unique("Größe");
    CloudWatchSink::new(client(), SystemClock).put(&[datum(&pipeline, 7.0, Timestamp::now())]).await.unwrap();
    assert_eq!(kept(&andon::statistics::dimension_value(&pipeline)).await, (1.0, 7.0));
}
