//! Wires the notifier to Lambda.

use andon_aws::clock::SystemClock;
use andon_aws::codepipeline::CodePipelineArchive;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::evidence::AwsEvidence;
use andon_aws::send::{AwsSender, DeadLetterQueue, SLACK_API};
use andon_aws::{config, environment, lambda};
use notifier::Notifier;

/// The ports on AWS.
type OnAws =
    (DynamoLedger<SystemClock>, CodePipelineArchive, AwsEvidence, AwsSender<SystemClock>, DeadLetterQueue, SystemClock);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, topic) = (environment::table()?, environment::topic()?);
    let (slack_api, dead_letters) = (environment::slack_api(SLACK_API)?, environment::dead_letters()?);
    let apis = environment::service_apis()?;
    let (configuration, role) = (environment::config()?, environment::evidence_role()?);
    let aws = config::load().await;
    let ledger = DynamoLedger::connect(&aws, &table, SystemClock);
    ledger.warm().await;
    let function = Notifier::<OnAws> {
        ledger,
        archive: CodePipelineArchive::new(&aws),
        evidence: AwsEvidence::new(&aws, role),
        sender: AwsSender::new(&aws, topic, &slack_api, SystemClock).with_apis(apis),
        dead_letters: DeadLetterQueue::new(&aws, dead_letters),
        clock: SystemClock,
        config: configuration,
    };
    lambda::serve(function, async |notifier, payload, invocation| {
        notifier.archive.belongs_to(&invocation.home.account);
        notifier.evidence.belongs_to(&invocation.home.account);
        Box::pin(notifier.handle(payload, invocation)).await
    })
    .await
}
