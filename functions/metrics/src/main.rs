//! Wires the metrics function to Lambda.

use andon::batch::Invocation;
use andon_aws::clock::SystemClock;
use andon_aws::cloudwatch::CloudWatchSink;
use andon_aws::codepipeline::CodePipelineArchive;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::{config, environment};
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn, tracing};
use metrics::Metrics;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing::init_default_subscriber();
    let table = environment::table()?;
    let configuration = environment::config()?;
    let aws = config::load().await;
    let metrics = Metrics {
        ledger: DynamoLedger::connect(&aws, table, SystemClock),
        archive: CodePipelineArchive::new(&aws),
        sink: CloudWatchSink::connect(&aws, SystemClock),
        clock: SystemClock,
        config: configuration,
    };
    let metrics = &metrics;
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        let home = environment::home(&event.context.invoked_function_arn);
        metrics.archive.belongs_to(&home.account);
        let invocation = Invocation { id: event.context.request_id, home };
        Box::pin(metrics.handle(event.payload, &invocation)).await.map_err(|unfinished| Diagnostic {
            error_type: "Unfinished".to_owned(),
            error_message: unfinished.to_string(),
        })
    }))
    .await
}
