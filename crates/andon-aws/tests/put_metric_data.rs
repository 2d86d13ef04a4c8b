//! How metric data are divided into calls.

#![expect(clippy::unwrap_used, reason = "tests")]

use andon::statistics::{Datum, Metric, MetricSink};
use andon_aws::cloudwatch::CloudWatchSink;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::put_metric_data::{PutMetricDataError, PutMetricDataOutput};
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use jiff::Timestamp;

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn datum(name: &str) -> Datum {
    Datum {
        metric: Metric::SuccessCount,
        value: 1.0,
        dimensions: vec![("PipelineName", name.to_owned()), ("StageName", name.to_owned())],
        at: now(),
    }
}

/// A client that takes everything.
fn taking() -> (aws_smithy_mocks::Rule, Client) {
    let rule = mock!(Client::put_metric_data)
        .match_requests(|request| {
            assert!(request.metric_data().len() <= 1000);
            request.namespace() == Some("Pipeline")
        })
        .then_output(|| PutMetricDataOutput::builder().build());
    let client = mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]);
    (rule, client)
}

#[tokio::test]
async fn two_thousand_five_hundred_data_are_three_calls() {
    let (rule, client) = taking();
    CloudWatchSink::new(client, now()).put_all(&vec![datum("web"); 2500]).await.unwrap();
    assert_eq!(rule.num_calls(), 3);
}

#[tokio::test]
async fn data_with_long_names_are_divided_by_their_size() {
    let (rule, client) = taking();
    CloudWatchSink::new(client, now()).put(&vec![datum(&"ü".repeat(100)); 1000]).await.unwrap();
    assert_eq!(rule.num_calls(), 2);
}

#[tokio::test]
async fn without_timely_data_there_is_no_call() {
    let (rule, client) = taking();
    let much_later = "2027-11-20T10:00:00Z".parse::<Timestamp>().unwrap();
    CloudWatchSink::new(client, much_later).put(&[datum("web")]).await.unwrap();
    assert_eq!(rule.num_calls(), 0);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let rule = mock!(Client::put_metric_data).then_error(|| {
        let denied = ErrorMetadata::builder().code("AccessDenied").message("User x is not authorized").build();
        PutMetricDataError::generic(denied)
    });
    let client = mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]);
    let error = CloudWatchSink::new(client, now()).put(&[datum("web")]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot send 1 data point: the function's role lacks cloudwatch:PutMetricData \
         (AccessDenied: User x is not authorized)"
    );
}
