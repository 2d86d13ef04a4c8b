//! Wires the metrics function to Lambda.

use andon_aws::clock::SystemClock;
use andon_aws::cloudwatch::CloudWatchSink;
use andon_aws::codepipeline::CodePipelineArchive;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::{config, environment, lambda};
use metrics::Metrics;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, configuration) = (environment::table()?, environment::config()?);
    let aws = config::load().await;
    let ledger = DynamoLedger::connect(&aws, &table, SystemClock);
    ledger.warm().await;
    let function = Metrics {
        ledger,
        archive: CodePipelineArchive::new(&aws),
        sink: CloudWatchSink::connect(&aws, SystemClock),
        clock: SystemClock,
        config: configuration,
    };
    lambda::serve(function, async |metrics, payload, invocation| {
        metrics.archive.belongs_to(&invocation.home.account);
        metrics.handle(payload, invocation).await
    })
    .await
}
