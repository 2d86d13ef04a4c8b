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
    lambda::serve(
        async || {
            let aws = config::load().await;
            Metrics {
                ledger: DynamoLedger::connect(&aws, &table, SystemClock),
                archive: CodePipelineArchive::new(&aws),
                sink: CloudWatchSink::connect(&aws, SystemClock),
                clock: SystemClock,
                config: configuration.clone(),
            }
        },
        async |metrics, payload, invocation| {
            metrics.archive.belongs_to(&invocation.home.account);
            metrics.handle(payload, invocation).await
        },
    )
    .await
}
