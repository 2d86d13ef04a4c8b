//! Wires the notifier to Lambda.

use andon::batch::Invocation;
use andon_aws::clock::SystemClock;
use andon_aws::codepipeline::CodePipelineArchive;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::environment;
use andon_aws::evidence::AwsEvidence;
use andon_aws::send::{AwsSender, DeadLetterQueue, SLACK_API};
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn, tracing};
use notifier::Notifier;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing::init_default_subscriber();
    let (table, topic) = (environment::table()?, environment::topic()?);
    let (slack_api, dead_letters) = (environment::slack_api(SLACK_API)?, environment::dead_letters()?);
    let config = environment::config()?;
    let aws = andon_aws::config::load().await;
    let notifier = &Notifier {
        ledger: DynamoLedger::connect(&aws, table, SystemClock),
        archive: CodePipelineArchive::new(&aws),
        evidence: AwsEvidence::new(&aws),
        sender: AwsSender::new(&aws, topic, &slack_api, SystemClock),
        dead_letters: DeadLetterQueue::new(&aws, dead_letters),
        clock: SystemClock,
        config,
    };
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        let home = environment::home(&event.context.invoked_function_arn);
        notifier.archive.belongs_to(&home.account);
        notifier.evidence.belongs_to(&home.account);
        let invocation = Invocation { id: event.context.request_id, home };
        Box::pin(notifier.handle(event.payload, &invocation)).await.map_err(|unfinished| Diagnostic {
            error_type: "Unfinished".to_owned(),
            error_message: unfinished.to_string(),
        })
    }))
    .await
}
