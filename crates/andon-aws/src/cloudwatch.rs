//! CloudWatch metrics: sending data points.
//!
//! The SDK compresses request bodies of more than 10 KB.

use andon::clock::Clock;
use andon::statistics::{Datum, MAX_DATA, MetricSink, NAMESPACE, SinkError, dimension_value, timely};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};

use crate::fault::{FaultKind, lacks, said};

/// The most bytes that go into one call. CloudWatch takes 1 MB and does not say of what, so this is counted generously
/// and before compression; only data with very long names come near it.
const MAX_BYTES: usize = 900_000;
/// What a datum takes beside its dimensions, and a dimension beside its name and value: counted generously.
const BYTES_BESIDE: usize = 64;

/// Sends metric data to CloudWatch.
#[derive(Debug, Clone)]
pub struct CloudWatchSink<C> {
    client: Client,
    clock: C,
}

impl<C: Clock> CloudWatchSink<C> {
    /// A sink by the account, region and credentials of a configuration. Nothing is called yet.
    pub fn connect(config: &aws_config::SdkConfig, clock: C) -> Self {
        Self::new(Client::new(config), clock)
    }

    /// The clock decides which data points are too old for CloudWatch.
    pub fn new(client: Client, clock: C) -> Self {
        Self { client, clock }
    }

    /// Puts any number of data, in as many calls as that takes. After an error some of them may have been put.
    pub async fn put_all(&self, data: &[Datum]) -> Result<(), SinkError> {
        for chunk in data.chunks(MAX_DATA) {
            self.put(chunk).await?;
        }
        Ok(())
    }

    async fn send(&self, data: Vec<MetricDatum>) -> Result<(), SinkError> {
        let count = data.len();
        let request = self.client.put_metric_data().namespace(NAMESPACE).set_metric_data(Some(data));
        request.send().await.map(drop).map_err(|error| SinkError {
            count,
            problem: match FaultKind::of(&error) {
                FaultKind::Denied => lacks("cloudwatch:PutMetricData", &error),
                _ => said(&error),
            },
        })
    }
}

impl<C: Clock> MetricSink for CloudWatchSink<C> {
    /// Data too old or too far ahead for CloudWatch are left out, and counted in the log: they would have all others
    /// refused with them, now and whenever it is tried again.
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError> {
        if data.len() > MAX_DATA {
            let problem = format!("one call takes at most {MAX_DATA}");
            return Err(SinkError { count: data.len(), problem });
        }
        let (timely, left_out) = timely(data, self.clock.now());
        if left_out > 0 {
            tracing::warn!(
                metric.left_out = left_out,
                "left out {left_out} data points older than two weeks or more than two hours ahead: CloudWatch rejects them"
            );
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        for datum in timely {
            let (datum, size) = metric_datum(datum);
            if bytes + size > MAX_BYTES {
                self.send(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += size;
            batch.push(datum);
        }
        if batch.is_empty() { Ok(()) } else { self.send(batch).await }
    }
}

/// A datum in CloudWatch's shape, and the room it takes.
fn metric_datum(datum: &Datum) -> (MetricDatum, usize) {
    let mut size = BYTES_BESIDE + datum.metric.name().len();
    let mut builder = MetricDatum::builder()
        .metric_name(datum.metric.name())
        .unit(StandardUnit::from(datum.metric.unit()))
        .timestamp(DateTime::from_nanos(datum.at.as_nanosecond()).unwrap_or(DateTime::from_secs(datum.at.as_second())))
        .value(datum.value);
    for (name, value) in &datum.dimensions {
        let value = dimension_value(value);
        size += BYTES_BESIDE + name.len() + value.len();
        builder = builder.dimensions(Dimension::builder().name(*name).value(value).build());
    }
    (builder.build(), size)
}
